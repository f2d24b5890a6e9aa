package ui

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
)

// worker is the way off Fyne's thread and back to it. Its methods may be called
// from any goroutine, but for after.
type worker struct {
	leave   context.CancelFunc         // ends all of it
	left    <-chan struct{}            // closed by leave
	jobs    chan func(context.Context) // off Fyne's thread, one after another
	asides  chan func(context.Context) // beside them
	waiting queue                      // for Fyne's thread
	running sync.WaitGroup

	guard func(func())        // does something on Fyne's thread; a panic in it must not end the program
	held  func(time.Duration) // is told how long Fyne's thread was held

	inPlace func(func(context.Context))                   // tests do jobs in place; nil
	later   func(d time.Duration, f func()) (stop func()) // tests have a clock of their own; nil
}

// newWorker makes a worker that works until leave is called.
func newWorker(opt Options, guard func(func())) (*worker, context.Context) {
	ctx, leave := context.WithCancel(context.Background())
	w := &worker{leave: leave, left: ctx.Done(), guard: guard, held: opt.Meter.held, inPlace: opt.Run, later: opt.After}
	if w.inPlace == nil {
		w.jobs, w.asides = make(chan func(context.Context), 256), make(chan func(context.Context), 16)
		w.running.Go(func() { w.work(ctx) })
		w.running.Go(func() { w.workBeside(ctx) })
	}
	return w, ctx
}

// do has f called on Fyne's thread, after what was handed over before it. Only
// do and doAndWait cross to that thread.
func (w *worker) do(f func()) {
	if w.waiting.add(f) {
		fyne.Do(w.cross)
	}
}

// doAndWait does the same, and returns when f has returned.
func (w *worker) doAndWait(f func()) {
	w.waiting.add(f)
	fyne.DoAndWait(w.cross)
}

// cross does all that waits for Fyne's thread, in its order. Fyne itself takes
// but one or two functions between two frames: where drawing is slow, verdicts
// would queue up behind the camera. Once Fyne's thread has ended, it calls what
// is meant for it on whatever thread asks; then nothing is done any more.
func (w *worker) cross() {
	began := time.Now()
	for _, f := range w.waiting.take() {
		if !w.hasLeft() {
			w.guard(f)
		}
	}
	w.held(time.Since(began))
}

// queue is what waits for Fyne's thread.
type queue struct {
	mu  sync.Mutex
	all []func()
}

// add reports whether nothing waited before.
func (q *queue) add(f func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.all = append(q.all, f)
	return len(q.all) == 1
}

func (q *queue) take() []func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.all
	q.all = nil
	return all
}

// hasLeft reports whether the window is about to go; see [UI.Leave].
func (w *worker) hasLeft() bool {
	select {
	case <-w.left:
		return true
	default:
		return false
	}
}

// run does a job off Fyne's thread, after those before it. Its context ends with the screens.
func (w *worker) run(job func(context.Context)) {
	if w.inPlace != nil {
		w.inPlace(job)
		return
	}
	select {
	case w.jobs <- job:
	case <-w.left:
	}
}

// aside does a job that may take long, beside the checks. Its context ends with the screens.
func (w *worker) aside(job func(context.Context)) {
	if w.inPlace != nil {
		w.inPlace(job)
		return
	}
	select {
	case w.asides <- job:
	case <-w.left:
	}
}

// work does the jobs, one after another, until ctx ends.
func (w *worker) work(ctx context.Context) {
	for {
		select {
		case job := <-w.jobs:
			if ctx.Err() != nil { // what would be recorded now, nobody would see
				return
			}
			job(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// workBeside does the asides, each beside the others, until ctx ends and the last is done.
func (w *worker) workBeside(ctx context.Context) {
	var begun sync.WaitGroup
	defer begun.Wait()
	for {
		select {
		case job := <-w.asides:
			begun.Go(func() { job(ctx) })
		case <-ctx.Done():
			return
		}
	}
}

// after calls f on Fyne's thread after a while, unless it is stopped before.
func (w *worker) after(d time.Duration, f func()) (stop func()) {
	if w.later != nil {
		return w.later(d, f)
	}
	t := time.AfterFunc(d, func() { w.do(f) })
	return func() { t.Stop() }
}
