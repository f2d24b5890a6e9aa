package gate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postern/app/scan"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// Token stands for one verdict on one showing. A screen that goes on from that
// verdict (an ID is compared, somebody is let in all the same) hands it back, so
// that nothing is done for another person than the one on the screen. It serves
// once, for [TokenLife], in this run of the program. The zero Token is none.
type Token [16]byte

// TokenLife is how long a person may take to go on from a verdict.
const TokenLife = 5 * time.Minute

// ErrToken says that a verdict can no longer be gone on from.
var ErrToken = errors.New("this check is over: it was dealt with, or too long ago; have the code shown again")

// Answer is a verdict as it goes to the screen.
type Answer struct {
	verdict.Verdict
	Who      Who   // tells whose code it is from those of others
	Token    Token // to go on from it; zero after an Admit
	Opens    Token // opens the barrier for an Admit of several; see Gate.Open
	Repeated bool  // the same showing again: nothing was judged or recorded, and this is what stood before
}

// Answer judges what a reading says and records the verdict before it answers.
// A code that stays before the camera or is read twice by a scanner is judged
// once: see repeats.
func (g *Gate) Answer(ctx context.Context, r scan.Reading) Answer {
	return g.alone(ctx, showing{text: r.Text, source: r.Source, read: r.At})
}

// AnswerUnreadable records that somebody showed a picture in which no code could be read.
func (g *Gate) AnswerUnreadable(ctx context.Context) Answer {
	return g.alone(ctx, showing{unreadable: true})
}

// Check is Answer, and gives the verdict alone.
func (g *Gate) Check(ctx context.Context, r scan.Reading) verdict.Verdict {
	return g.Answer(ctx, r).Verdict
}

// CheckUnreadable is AnswerUnreadable, and gives the verdict alone.
func (g *Gate) CheckUnreadable(ctx context.Context) verdict.Verdict {
	return g.AnswerUnreadable(ctx).Verdict
}

// Confirm says whether the ID that the person of this verdict (reason id_match)
// shows is the pass's. Where it is, the pass is judged again by what is known
// now, and the answer is Admit only if nothing came up since and the entry is
// durable. Where it is not, the answer is Check with the reason id_mismatch.
// A token whose code was not the last one gives ErrToken: its person is not
// before the guard any more.
// If it could not be recorded, the answer is Unknown and the token still serves.
func (g *Gate) Confirm(ctx context.Context, t Token, matches bool) (Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	mono := g.mono()
	p := g.pendings.find(t, mono)
	if p == nil || p.verdict.Reason != verdict.IDMatch || !slices.Contains(g.current, t) { // somebody else's code was taken since
		return Answer{}, fmt.Errorf("compare ID: %w", ErrToken)
	}
	f := g.gatherAgain(p.facts)
	f.presentation.Held, f.tested = p.facts.presentation.Held, p.facts.tested
	now, err := g.readClock(ctx, mono)
	v := g.judgeSafely(ctx, f, moment{Now: p.moment.Now, Trusted: p.moment.Trusted}, now)
	switch {
	case v.Reason != verdict.IDMatch: // something came up since
	case matches:
		v = withReason(v, verdict.OK)
	default:
		v = withReason(v, verdict.IDMismatch)
	}
	if err == nil {
		_, err = g.recordVerdict(ctx, journal.Confirm, f, v, now, p.check)
	}
	if err != nil {
		return Answer{Verdict: withReason(v, verdict.NotRecorded), Token: t}, nil
	}
	g.callAdmitted(v.Outcome)
	g.pendings.drop(t)
	a := g.issue(v, pending{facts: f, key: p.key, moment: now, at: mono, check: p.check})
	g.repeats.replace(p.key, a)
	return a, nil
}

// Tested says that the person of this verdict was tested here, at a place whose
// policy lets in who is (test_here). The pass is judged again by what is known
// now, but for the test that it lacked; the answer is Admit only if nothing else
// came up and the entry, a confirm, is durable. Where an ID is to be compared too
// the answer says so. Errors and what they leave are those of Confirm.
func (g *Gate) Tested(ctx context.Context, t Token) (Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	mono := g.mono()
	p := g.pendings.find(t, mono)
	if p == nil || p.verdict.Act() != verdict.TestThenAdmit || !slices.Contains(g.current, t) {
		return Answer{}, fmt.Errorf("tested here: %w", ErrToken)
	}
	f := g.gatherAgain(p.facts)
	f.presentation.Held = p.facts.presentation.Held
	f.tested = true
	now, err := g.readClock(ctx, mono)
	v := g.judgeSafely(ctx, f, moment{Now: p.moment.Now, Trusted: p.moment.Trusted}, now)
	check := p.check
	if err == nil {
		_, err = g.recordVerdict(ctx, journal.Confirm, f, v, now, check)
	}
	if err != nil {
		return Answer{Verdict: withReason(v, verdict.NotRecorded), Token: t}, nil
	}
	g.callAdmitted(v.Outcome)
	g.pendings.drop(t)
	a := g.issue(v, pending{facts: f, key: p.key, moment: now, at: mono, check: check})
	g.repeats.replace(p.key, a)
	return a, nil
}

// Emergency records that somebody was let in to a doctor whatever the verdict
// was. It asks for no PIN and is not counted. t says whose verdict it was; with
// a token that does not serve any more, or the zero Token of somebody without a
// code, the entry names no pass. The
// reason begins with "emergency_". It is durable when it returns nil.
func (g *Gate) Emergency(ctx context.Context, t Token, reason string) error {
	if !isEmergency(reason) || !isCode(reason) {
		return fmt.Errorf("record emergency: the reason %.70q is no code that begins with %q", reason, emergencyPrefix)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.letIn(ctx, t, reason, false)
}

const emergencyPrefix = "emergency_"

func isEmergency(reason string) bool { return strings.HasPrefix(reason, emergencyPrefix) }

// isCode reports whether s is a stable code, as entries carry them.
func isCode(s string) bool {
	return s != "" && len(s) <= journal.MaxNameLength && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// letIn records an override for the pass of t, where t serves.
func (g *Gate) letIn(ctx context.Context, t Token, reason string, counted bool) error {
	mono := g.mono()
	now, err := g.readClock(ctx, mono)
	if err != nil {
		return err
	}
	f, after := facts{view: g.store.View()}, EntryID{}
	if p := g.pendings.find(t, mono); p != nil {
		f.presentation, after = p.facts.presentation, p.check
	}
	d := g.draft(ctx, journal.Override, f, now)
	d.Entry.Outcome, d.Entry.Reason, d.Counted, d.After = verdict.Admit, reason, counted, after
	if _, err := g.append(ctx, d); err != nil {
		return err
	}
	g.pendings.drop(t)
	g.callAdmitted(verdict.Admit)
	return nil
}

// issue makes the answer to a verdict; all but an Admit can be gone on from.
func (g *Gate) issue(v verdict.Verdict, p pending) Answer {
	a := Answer{Verdict: v, Who: whoOf(p.facts)}
	p.verdict = v
	defer func() { g.current = append(g.current, a.Token) }()
	if v.Outcome != verdict.Admit {
		rand.Read(a.Token[:]) // crypto/rand never fails
		g.pendings.add(a.Token, &p)
	}
	return a
}

// gatherAgain opens the same text by what the gate knows now.
func (g *Gate) gatherAgain(f facts) (again facts) {
	defer func() {
		if r := recover(); r != nil {
			again = facts{view: g.store.View(), presentation: verdict.Presentation{Err: errInternal}}
		}
	}()
	return gather(g.store, f.text)
}

// pending is a verdict that somebody may go on from.
type pending struct {
	facts   facts
	verdict verdict.Verdict
	key     string // of the showing
	moment  moment
	at      time.Duration
	check   EntryID // of the check with which it began; zero: it was not recorded
}

// pendings are few: a screen shows one verdict at a time.
type pendings map[Token]*pending

const maxPendings = 64

func (p *pendings) add(t Token, it *pending) {
	if *p == nil {
		*p = pendings{}
	}
	maps.DeleteFunc(*p, func(_ Token, old *pending) bool { return it.at-old.at > TokenLife })
	for len(*p) >= maxPendings {
		oldest := t
		for t, old := range *p {
			if o := (*p)[oldest]; o == nil || old.at < o.at {
				oldest = t
			}
		}
		delete(*p, oldest)
	}
	(*p)[t] = it
}

func (p pendings) find(t Token, now time.Duration) *pending {
	it := p[t]
	if it == nil || now-it.at > TokenLife {
		return nil
	}
	return it
}

func (p pendings) drop(t Token) { delete(p, t) }
