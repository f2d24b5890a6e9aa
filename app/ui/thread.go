package ui

import (
	"context"
	"image"
	"time"

	"fyne.io/fyne/v2/driver/software"
)

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
