package gate

import (
	"context"
	"time"

	"postern/sync/journal"
	"postern/sync/status"
	"postern/sync/verdict"
)

// Judge gives the verdict on a text by what r holds. It records nothing and
// does not ask whether the pass was seen before. Where no pass opened, why says
// more than the reason; it is for people and decides nothing.
func Judge(r Reader, text string, c verdict.Clock) (v verdict.Verdict, why error) {
	f := gather(r, text)
	return f.judge(c, time.Time{}), f.presentation.Err
}

// Clock is what a verdict is judged by where trusted time is t, which may be
// zero. The device's clock may lie two minutes behind it.
func Clock(now, t time.Time) verdict.Clock { return moment{Now: now, Trusted: t}.clock() }

// facts are all that one judgement goes by. They are of one version of the store's view.
type facts struct {
	text         string
	view         *View
	presentation verdict.Presentation
	entry        status.Entry
	foreign      *status.Finding // nil for the authority's own passes
	statusErr    error
	tested       bool // here, a moment ago: no other test is asked for
}

// gather opens text and finds its status. An install may come in between: then
// the status could be of another version than the view, and it begins anew.
func gather(r Reader, text string) facts {
	for {
		f := facts{text: text, view: r.View()}
		if !f.view.Enrolled {
			f.presentation.Err = verdict.ErrNotEnrolled
			return f
		}
		f.presentation = verdict.Open(text, f.view.Keys)
		f.lookUp(r)
		if r.View() == f.view {
			return f
		}
	}
}

// lookUp asks for the pass's status: the authority's own passes stand in its
// lists, all others in those of their issuers.
func (f *facts) lookUp(r Reader) {
	p := f.presentation.Pass
	switch {
	case !p.Genuine():
	case !f.view.owns(p):
		var found status.Finding
		found, f.statusErr = r.Foreign(p)
		f.foreign = &found
	case p.Status != nil:
		f.entry, f.statusErr = r.Status(p.Status.URI, p.Status.Index)
	}
}

func (f facts) judge(c verdict.Clock, seen time.Time) verdict.Verdict {
	rules := f.view.Policy
	if f.tested {
		rules.Test = nil
	}
	v := verdict.Judge(f.presentation, verdict.View{
		Policy: rules, Snapshot: f.view.Snapshot,
		Status: f.entry, Foreign: f.foreign, StatusErr: f.statusErr, Seen: seen,
	}, c)
	switch {
	case v.Reason == verdict.NoKey && f.view.Keys == nil:
		return withReason(v, verdict.Blind) // no trust list yet: the gate is at fault, not the pass
	case f.view.Suspended && (v.Outcome == verdict.Admit || v.Outcome == verdict.Check):
		return withReason(v, verdict.GateSuspended)
	}
	return v
}

// withReason is v with the gate's own reason r instead, and what belongs to that.
func withReason(v verdict.Verdict, r verdict.Reason) verdict.Verdict {
	v.Outcome, v.Reason, v.Detail, v.Steps = r.Outcome(), r, verdict.Detail{}, r.Steps()
	v.Positive = false // the act is that of r, as the steps are
	return v
}

// window is how long the place's policy remembers an admission.
func (f facts) window() time.Duration {
	return time.Duration(f.view.Policy.Reentry) * time.Minute
}

const day = 24 * time.Hour

// tag is the pass's mark of the day; zero where there is no key for that day.
func (f facts) tag(at time.Time) journal.Tag {
	if at.Unix() < 0 {
		return journal.Tag{}
	}
	key := f.view.TagKeys[uint64(at.Unix())/uint64(day/time.Second)]
	if len(key) == 0 {
		return journal.Tag{}
	}
	return journal.NewTag(key, f.presentation.Pass.Identity())
}

// lastAdmission is how long ago a pass was admitted at this gate.
type lastAdmission struct {
	ago   time.Duration
	found bool // false: not within the window of the policy
}

// before is the admission's time by the clock of a verdict that says now; zero where there was none.
func (e lastAdmission) before(now time.Time) time.Time {
	if !e.found {
		return time.Time{}
	}
	return now.Add(-e.ago)
}

// seen asks how long ago the pass was last admitted, where the policy asks for
// it: by trusted time, so that a clock that is set does not shorten it. Somebody
// who went the other way last comes back, which is no second admission. Tags
// change at midnight UTC, so that it asks by yesterday's tag as well, and by
// those of trusted time; days without a key are in memory only. The caller holds g.mu.
func (g *Gate) seen(ctx context.Context, f facts, now moment) (lastAdmission, error) {
	p, window := f.presentation.Pass, f.window()
	if !p.Genuine() || window == 0 {
		return lastAdmission{}, nil
	}
	at := now.reliable()
	since := at.Add(-window)
	last := g.admits.find(string(p.Identity()), since)
	asked := map[journal.Tag]bool{{}: true} // the zero tag is none
	for _, t := range []time.Time{now.Now, now.Now.Add(-day), at, at.Add(-day)} {
		tag := f.tag(t)
		if asked[tag] {
			continue
		}
		asked[tag] = true
		t, way, err := g.store.Seen(ctx, tag, since)
		if err != nil {
			return lastAdmission{}, err
		}
		if t.After(last.at) {
			last = admission{t, way}
		}
	}
	way := g.wayOf(ctx, f.view)
	back := last.way != way && last.way != journal.NoWay && way != journal.NoWay
	if last.at.IsZero() || back {
		return lastAdmission{}, nil
	}
	return lastAdmission{max(at.Sub(last.at), 0), true}, nil
}
