package ui

import (
	"context"
	"image"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/software"
)

// do is the one place that crosses to Fyne's thread; doAndWait is it for those who need the answer.
func (u *UI) do(f func()) {
	if u.waiting.add(f) {
		fyne.Do(u.cross)
	}
}

func (u *UI) doAndWait(f func()) {
	u.waiting.add(f)
	fyne.DoAndWait(u.cross)
}

// cross does all that waits for Fyne's thread, in its order. Fyne itself takes
// but one or two functions between two frames: where drawing is slow, verdicts
// would queue up behind the camera. Once Fyne's thread has ended, it calls what
// is meant for it on whatever thread asks; then nothing is done any more.
func (u *UI) cross() {
	began := time.Now()
	for _, f := range u.waiting.take() {
		if !u.hasLeft() {
			u.safely(f)
		}
	}
	u.opt.Meter.held(time.Since(began))
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

// Settle waits, off Fyne's thread, until what was asked for so far stands on the screen.
func (u *UI) Settle(ctx context.Context) error {
	u.doAndWait(func() {}) // what was asked for has begun
	done := make(chan struct{})
	go u.run(func(context.Context) { close(done) })
	select {
	case <-done:
		u.doAndWait(func() {})
		return nil
	case <-ctx.Done():
	case <-u.left:
	}
	return context.Canceled
}

// Capture is a picture of the window's content; it is called off Fyne's thread.
// It is drawn anew in software: reading back from the graphics card gives black
// where no compositor runs.
func (u *UI) Capture() (img image.Image) {
	u.doAndWait(func() {
		window, c := u.window.Canvas(), software.NewCanvas()
		c.SetPadded(false)
		c.SetContent(window.Content())
		c.Resize(window.Size())
		img = c.Capture()
	})
	return img
}

// hasLeft reports whether the window is about to go; see [UI.Leave].
func (u *UI) hasLeft() bool {
	select {
	case <-u.left:
		return true
	default:
		return false
	}
}

// run does a job off Fyne's thread, after those before it. Its context ends with the screens.
func (u *UI) run(job func(context.Context)) {
	if u.opt.Run != nil {
		u.opt.Run(job)
		return
	}
	select {
	case u.jobs <- job:
	case <-u.left:
	}
}

// aside does a job that may take long, beside the checks. Its context ends with the screens.
func (u *UI) aside(job func(context.Context)) {
	if u.opt.Run != nil {
		u.opt.Run(job)
		return
	}
	select {
	case u.asides <- job:
	case <-u.left:
	}
}

// work does the jobs, one after another, until ctx ends.
func (u *UI) work(ctx context.Context) {
	for {
		select {
		case job := <-u.jobs:
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
func (u *UI) workBeside(ctx context.Context) {
	var begun sync.WaitGroup
	defer begun.Wait()
	for {
		select {
		case job := <-u.asides:
			begun.Go(func() { job(ctx) })
		case <-ctx.Done():
			return
		}
	}
}

// tick keeps the ages on the screen true.
func (u *UI) tick(ctx context.Context) {
	t := time.NewTicker(20 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			u.do(func() { u.refreshState(nil) })
		case <-ctx.Done():
			return
		}
	}
}

// after calls f on Fyne's thread after a while, unless it is stopped before.
func (u *UI) after(d time.Duration, f func()) (stop func()) {
	if u.opt.After != nil {
		return u.opt.After(d, f)
	}
	t := time.AfterFunc(d, func() { u.do(f) })
	return func() { t.Stop() }
}
