package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"time"

	"postern/app/scan"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// showingTime is how long the same code counts as one showing: one that stays
// before the camera is seen thirty times a second, and a scanner reads one twice
// when its trigger is held. What a person typed, pasted or opened is always meant.
var showingTime = map[scan.Source]time.Duration{
	scan.Camera: 2500 * time.Millisecond,
	scan.Wedge:  5 * time.Second,
}

const longestShowing = 5 * time.Second

// repeats remembers what was shown just now, so that thirty frames of one code
// are one entry, whichever source they come from. It is kept by pass, never by
// text, and apart for each moment that the holder's device signed: a fresh
// presentation after paper is judged anew. Only texts that did not open go by
// themselves.
type repeats struct {
	last  map[string]repeat
	swept time.Duration // when what is over was last dropped
}

type repeat struct {
	answer Answer
	at     time.Duration
}

func repeatKey(p verdict.Presentation, text string) string {
	if !p.Pass.Genuine() {
		sum := sha256.Sum256([]byte(text))
		return "text" + string(sum[:])
	}
	var at int64
	if !p.Pass.Presented.IsZero() {
		at = p.Pass.Presented.Unix()
	}
	return "pass" + string(binary.BigEndian.AppendUint64(p.Pass.Identity(), uint64(at)))
}

// find gives the answer of the same showing. A camera that goes on seeing it prolongs it.
func (r *repeats) find(key string, source scan.Source, now time.Duration) (Answer, bool) {
	e, ok := r.last[key]
	if !ok || now-e.at > showingTime[source] || showingTime[source] == 0 {
		return Answer{}, false
	}
	if source == scan.Camera {
		e.at = now
		r.last[key] = e
	}
	e.answer.Repeated = true
	return e.answer, true
}

func (r *repeats) add(key string, source scan.Source, a Answer, now time.Duration) {
	if showingTime[source] == 0 {
		delete(r.last, key)
		return
	}
	if r.last == nil {
		r.last = map[string]repeat{}
	}
	if now-r.swept > longestShowing {
		maps.DeleteFunc(r.last, func(_ string, e repeat) bool { return now-e.at > longestShowing })
		r.swept = now
	}
	r.last[key] = repeat{a, now}
}

// replace gives a showing that still lasts another answer.
func (r *repeats) replace(key string, a Answer) {
	if e, ok := r.last[key]; ok {
		e.answer = a
		r.last[key] = e
	}
}

// admission is when somebody was let through, by reliable time, and which way.
type admission struct {
	at  time.Time
	way journal.Way
}

// admits remembers admissions by identity and in memory only. The journal
// remembers them by tag too and over a restart, but has no tag on days without
// a key, and on a full disk forgets what the hub has.
type admits struct {
	at map[string]admission
}

const maxAdmits = 20_000 // a busy gate's day

func (a *admits) add(identity string, now admission, window time.Duration) {
	if window == 0 {
		return
	}
	if a.at == nil {
		a.at = map[string]admission{}
	}
	if len(a.at) >= maxAdmits {
		a.drop(now.at.Add(-window))
	}
	if len(a.at) < maxAdmits {
		a.at[identity] = now
	}
}

func (a *admits) drop(before time.Time) {
	maps.DeleteFunc(a.at, func(_ string, t admission) bool { return t.at.Before(before) })
}

func (a *admits) find(identity string, since time.Time) admission {
	if t := a.at[identity]; !t.at.Before(since) {
		return t
	}
	return admission{}
}

// recentVerdicts holds the newest verdicts for the screen: names are nowhere else.
type recentVerdicts struct {
	verdicts map[EntryID]*verdict.Verdict
	order    []EntryID
}

const maxRecent = 100

func (r *recentVerdicts) add(e journal.Entry, v verdict.Verdict) {
	if r.verdicts == nil {
		r.verdicts = map[EntryID]*verdict.Verdict{}
	}
	if len(r.order) == maxRecent {
		delete(r.verdicts, r.order[0])
		r.order = append(r.order[:0], r.order[1:]...)
	}
	at := idOf(e)
	r.order = append(r.order, at)
	r.verdicts[at] = &v
}

func (r *recentVerdicts) find(e journal.Entry) *verdict.Verdict {
	return r.verdicts[idOf(e)]
}
