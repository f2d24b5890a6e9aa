package gate

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"time"

	"postern/sync/journal"
	"postern/sync/verdict"
)

// still is how long a code that stays before the camera counts as one showing.
const still = 2500 * time.Millisecond

// repeats remembers what the camera saw just now, so that thirty frames of
// one code are one entry. It is kept by pass, never by text, and apart for
// each moment that the holder's device signed: a fresh presentation after
// paper is judged anew. Only texts that did not open go by themselves.
type repeats struct {
	last  map[string]repeat
	swept time.Duration // when what is over was last dropped
}

type repeat struct {
	verdict verdict.Verdict
	at      time.Duration
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

// find gives the verdict of the same showing and prolongs it.
func (r *repeats) find(key string, now time.Duration) (verdict.Verdict, bool) {
	e, ok := r.last[key]
	if !ok || now-e.at > still {
		return verdict.Verdict{}, false
	}
	e.at = now
	r.last[key] = e
	return e.verdict, true
}

func (r *repeats) add(key string, v verdict.Verdict, now time.Duration) {
	if r.last == nil {
		r.last = map[string]repeat{}
	}
	if now-r.swept > still {
		maps.DeleteFunc(r.last, func(_ string, e repeat) bool { return now-e.at > still })
		r.swept = now
	}
	r.last[key] = repeat{v, now}
}

// admits remembers admissions by identity and in memory only. The journal
// remembers them by tag too and over a restart, but has no tag on days without
// a key, and on a full disk forgets what the hub has.
type admits struct {
	at map[string]time.Time
}

const maxAdmits = 20_000 // a busy gate's day

func (a *admits) add(identity string, now time.Time, window time.Duration) {
	if window == 0 {
		return
	}
	if a.at == nil {
		a.at = map[string]time.Time{}
	}
	if len(a.at) >= maxAdmits {
		a.drop(now.Add(-window))
	}
	if len(a.at) < maxAdmits {
		a.at[identity] = now
	}
}

func (a *admits) drop(before time.Time) {
	maps.DeleteFunc(a.at, func(_ string, t time.Time) bool { return t.Before(before) })
}

func (a *admits) find(identity string, since time.Time) time.Time {
	if t := a.at[identity]; !t.Before(since) {
		return t
	}
	return time.Time{}
}

// kept holds the newest verdicts for the screen: names are nowhere else.
type kept struct {
	verdicts map[place]*verdict.Verdict
	order    []place
}

const maxKept = 100

// place tells entries of all chains apart.
type place struct {
	seq  uint64
	prev journal.Hash
}

func (k *kept) add(e journal.Entry, v verdict.Verdict) {
	if k.verdicts == nil {
		k.verdicts = map[place]*verdict.Verdict{}
	}
	if len(k.order) == maxKept {
		delete(k.verdicts, k.order[0])
		k.order = append(k.order[:0], k.order[1:]...)
	}
	at := place{e.Seq, e.Prev}
	k.order = append(k.order, at)
	k.verdicts[at] = &v
}

func (k *kept) find(e journal.Entry) *verdict.Verdict {
	return k.verdicts[place{e.Seq, e.Prev}]
}
