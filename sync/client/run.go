package client

import (
	"context"
	"errors"
	"time"

	"postern/sync/journal"
)

// The pace of Run. Jitter keeps gates that lost or found their hub together from
// calling it at the same moment.
const (
	backoffBase = time.Second
	backoffCap  = time.Minute

	// While entries wait, a hub that is away is probed every probeMin to probeMax,
	// so that their push begins within ten seconds of its return.
	probeMin  = 4 * time.Second
	probeMax  = 8 * time.Second
	probeTime = 3 * time.Second // for one probe

	pushDelay   = 2 * time.Second // at most, from an entry to its push, so that a few can go together
	startDelay  = 2 * time.Second // at most, from the start to the first pull
	defaultPull = 10 * time.Minute
)

// Status is the state of the exchange with the hub, for screens.
type Status struct {
	Reachable bool      // the hub answered when it was last asked
	LastError Problem   // of the last attempt; zero where it succeeded
	Backlog   int       // entries that wait, counted to at most journal.MaxEntries
	LastPush  time.Time // when a receipt last came, by the gate's clock
	LastPull  time.Time // when a pull last succeeded, by the gate's clock
	Progress  Progress  // of the files of a pull that is going on
}

// Problem is an error for people: a code that screens have a sentence for, and
// a text that says more.
type Problem struct {
	Code Code
	Text string
}

// Progress counts bytes; both are 0 where nothing is being fetched.
type Progress struct{ Done, Total int64 }

// Run pulls and pushes until ctx ends. It pulls at the envelope's interval, and
// pushes soon after each value from entries, which the caller sends after it
// recorded an entry; a channel with room for one value is enough. It backs off
// after failures and obeys Retry-After. It calls report, from the goroutine that
// called Run, whenever the status has changed; report must not block.
func (c *Client) Run(ctx context.Context, entries <-chan struct{}, report func(Status)) {
	now := time.Now() // its monotonic clock is used, since the device's clock may jump
	r := &runner{c: c, report: report, push: task{at: now}, pull: task{at: now.Add(c.jitter(0, startDelay))}}
	c.progress = r.progressed
	defer func() { c.progress = nil }()
	for ctx.Err() == nil {
		r.step(ctx)
		r.wait(ctx, entries)
	}
}

// progressed reports how far a file has come, about a hundred times for each.
func (r *runner) progressed(done, total int64) {
	if was := r.status.Progress; done == total || was.Total != total || done-was.Done > total/100 {
		r.status.Progress = Progress{done, total}
		r.report(r.status)
	}
}

// jitter is a time in [from, to).
func (c *Client) jitter(from, to time.Duration) time.Duration {
	return from + time.Duration(c.random()*float64(to-from))
}

// never is the delay of a task that waits for something else to happen.
const never = 1000 * time.Hour

// task is when something is done next that is done again and again.
type task struct {
	at    time.Time // when next
	fails int       // in a row
}

func (t *task) due() bool { return !time.Now().Before(t.at) }

// runner is the state of Run.
type runner struct {
	c          *Client
	report     func(Status)
	status     Status
	push, pull task
	away       bool      // the hub cannot be reached, and is probed before anything else
	probing    task      // the next probe of a hub that is away; fails counts probes in vain
	hold       time.Time // no call before this time, by Retry-After
	interval   time.Duration
}

// step does what is due: first it pushes one batch, then it pulls, since there
// may be revocations, and then it pushes the rest of a long backlog.
func (r *runner) step(ctx context.Context) {
	if time.Now().Before(r.hold) || r.away && (!r.probing.due() || !r.probe(ctx)) {
		return
	}
	more := false
	if r.push.due() {
		more = r.pushOnce(ctx)
	}
	if r.pull.due() && r.free() {
		r.pullOnce(ctx)
	}
	for more && r.free() && !r.pull.due() && ctx.Err() == nil {
		more = r.pushOnce(ctx)
	}
}

// free reports whether the hub can be asked for something now.
func (r *runner) free() bool { return !r.away && !time.Now().Before(r.hold) }

// wait returns when something is due, or when ctx ends. An entry makes a push due
// soon.
func (r *runner) wait(ctx context.Context, entries <-chan struct{}) {
	for ctx.Err() == nil {
		t := time.NewTimer(time.Until(r.next()))
		select {
		case <-ctx.Done():
		case <-t.C:
			return
		case _, ok := <-entries:
			if !ok {
				entries = nil
			} else {
				r.entryRecorded()
			}
		}
		t.Stop()
	}
}

func (r *runner) next() time.Time {
	at := r.pull.at
	if r.push.at.Before(at) {
		at = r.push.at
	}
	if r.away && r.probing.at.After(at) {
		at = r.probing.at
	}
	if r.hold.After(at) {
		at = r.hold
	}
	return at
}

func (r *runner) entryRecorded() {
	r.status.Backlog = max(r.status.Backlog, 1)
	now := time.Now()
	if soon := now.Add(r.c.jitter(pushDelay/4, pushDelay)); r.push.fails == 0 && soon.Before(r.push.at) {
		r.push.at = soon
	}
	if r.away { // without a backlog the next probe may be far off
		r.push.at = now
		if soon := now.Add(r.c.jitter(probeMin, probeMax)); soon.Before(r.probing.at) {
			r.probing.at = soon
		}
	}
}

// pushOnce sends a batch and plans the next push. more is true where entries may
// be left.
func (r *runner) pushOnce(ctx context.Context) (more bool) {
	sent, more, err := r.c.pushOnce(ctx)
	if errors.Is(err, ErrWaiting) && r.interval == 0 {
		r.push.at = time.Now().Add(never) // the first pull brings the trust list and makes the push due
		return false
	}
	if err != nil {
		r.planRetry(ctx, &r.push, err)
		return false
	}
	r.push.fails = 0
	r.push.at = time.Now()
	if !more {
		r.push.at = r.push.at.Add(never)
		r.status.Backlog = 0
		return false
	}
	r.status.Backlog = max(r.status.Backlog-sent, 0)
	r.status.LastPush = r.c.now()
	r.succeeded()
	return true
}

func (r *runner) pullOnce(ctx context.Context) {
	result, err := r.c.Pull(ctx)
	r.status.Progress = Progress{}
	if err != nil {
		r.planRetry(ctx, &r.pull, err)
		return
	}
	r.interval = result.Pull
	r.status.LastPull = r.c.now()
	now := time.Now()
	r.pull = task{at: now.Add(r.c.jitter(r.every()*4/5, r.every()*6/5))}
	if r.push.fails > 0 || now.Add(r.every()).Before(r.push.at) {
		r.push.at = now // an entry may have been missed, and the trust list may have come
	}
	r.succeeded()
}

func (r *runner) every() time.Duration {
	if r.interval > 0 {
		return r.interval
	}
	return defaultPull
}

func (r *runner) succeeded() {
	r.status.Reachable, r.status.LastError = true, Problem{}
	r.report(r.status)
}

// planRetry reports err and plans t again: after the time that the hub asks for,
// or after a random part of a span that doubles with each failure. A hub that is
// away is probed first.
func (r *runner) planRetry(ctx context.Context, t *task, err error) {
	if ctx.Err() != nil {
		return
	}
	r.reportFailure(ctx, err)
	limit := max(backoffCap, r.every()/2)
	var busy *BusyError
	switch {
	case errors.As(err, &busy):
		r.holdFor(busy)
	case errors.Is(err, ErrUnreachable):
		limit = probeMax
		r.beginProbing()
	case errors.Is(err, ErrGarbage):
		r.beginProbing()
	}
	t.at = time.Now().Add(r.backoff(t.fails, limit))
	t.fails++
}

// holdFor makes no call for a little longer than the hub asked, by a random
// time, since it has refused other gates in the same moment.
func (r *runner) holdFor(busy *BusyError) {
	r.hold = time.Now().Add(busy.After + r.c.jitter(0, busy.After/4))
}

// backoff is a random time up to a span that doubles with each failure, to limit.
func (r *runner) backoff(fails int, limit time.Duration) time.Duration {
	span := backoffBase << min(fails, 20)
	return max(r.c.jitter(0, min(span, limit)), backoffBase/10)
}

// reportFailure puts a failure into the status and reports it.
func (r *runner) reportFailure(ctx context.Context, err error) {
	r.status.Reachable = !errors.Is(err, ErrUnreachable) && !errors.Is(err, ErrGarbage)
	r.status.LastError = Problem{CodeOf(err), err.Error()}
	if b, err := r.c.Store.Backlog(ctx, journal.MaxEntries); err == nil {
		r.status.Backlog = len(b.Entries)
	}
	r.c.log().Info("exchange with the hub failed", "code", r.status.LastError.Code, "backlog", r.status.Backlog, "error", err)
	r.report(r.status)
}
