package gate

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"time"

	"postern/app/scan"
	"postern/sync/verdict"
)

// Who tells one holder's code from another's for as long as a screen needs it:
// the same for every showing of a pass, whatever the holder's device signs anew.
// It is opaque, kept nowhere and written nowhere. Codes that do not open are
// told by their text.
type Who string

// Who says whose code a text is, and judges and records nothing.
func (g *Gate) Who(text string) (w Who) {
	defer func() {
		if r := recover(); r != nil {
			w = Who("text" + text)
		}
	}()
	view := g.store.View()
	return whoOf(facts{text: text, view: view, presentation: verdict.Open(text, view.Keys)})
}

func whoOf(f facts) Who {
	if p := f.presentation.Pass; p.Genuine() {
		return Who("pass" + string(p.Identity()))
	}
	return Who("text" + f.text)
}

// alone answers for one code, and opens the barrier after an Admit.
func (g *Gate) alone(ctx context.Context, s showing) Answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.current = nil
	a := g.answer(ctx, s)
	if !a.Repeated {
		g.callAdmitted(a.Outcome)
	}
	return a
}

// AnswerTogether judges codes that were shown together, in their order, each as
// Answer does. What was answered with the tokens in standing is shown beside
// them and can still be gone on from. The barrier stays shut: several people
// stand before it, and one that opened for the first would let them all
// through. Open opens it, for each Admit once.
func (g *Gate) AnswerTogether(ctx context.Context, standing []Token, rs ...scan.Reading) []Answer {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.current = append([]Token(nil), standing...)
	all := make([]Answer, 0, len(rs))
	for _, r := range rs {
		a := g.answer(ctx, showing{text: r.Text, source: r.Source, read: r.At})
		if a.Outcome == verdict.Admit && !a.Repeated {
			a.Opens = g.openings.add(g.mono())
		}
		all = append(all, a)
	}
	return all
}

// Open opens the barrier for one Admit of several, once. After that, or when
// TokenLife has passed, the error matches ErrToken.
func (g *Gate) Open(t Token) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	at, ok := g.openings[t]
	delete(g.openings, t)
	if !ok || g.mono()-at > TokenLife {
		return fmt.Errorf("open: %w", ErrToken)
	}
	g.callAdmitted(verdict.Admit)
	return nil
}

// openings are the Admits of several for which the barrier may still open, with
// the monotonic time of each.
type openings map[Token]time.Duration

func (o *openings) add(now time.Duration) (t Token) {
	if *o == nil {
		*o = openings{}
	}
	maps.DeleteFunc(*o, func(_ Token, at time.Duration) bool { return now-at > TokenLife })
	rand.Read(t[:]) // crypto/rand never fails
	(*o)[t] = now
	return t
}
