package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Pane is a pane that is made anew for every size and every change of what it
// shows: one way for language, state, turning the tablet and resizing.
type Pane struct {
	widget.BaseWidget
	build func(fyne.Size) fyne.CanvasObject
	least fyne.Size
	Shown fyne.CanvasObject
}

// NewPane makes a pane that asks for least and has build make what it shows, on Fyne's thread.
func NewPane(least fyne.Size, build func(fyne.Size) fyne.CanvasObject) *Pane {
	b := &Pane{build: build, least: least}
	b.ExtendBaseWidget(b)
	return b
}

func (b *Pane) MinSize() fyne.Size { return b.least }

func (b *Pane) CreateRenderer() fyne.WidgetRenderer { return paneRenderer{b} }

type paneRenderer struct{ b *Pane }

// Layout builds for a new size only: Fyne lays out again whatever has new
// children, and would have new ones for ever.
func (r paneRenderer) Layout(size fyne.Size) {
	if r.b.Shown == nil || r.b.Shown.Size() != size {
		r.rebuild(size)
	}
}

func (r paneRenderer) rebuild(size fyne.Size) {
	if size.Width <= 0 || size.Height <= 0 {
		return
	}
	r.b.Shown = r.b.build(size)
	r.b.Shown.Resize(size)
}

func (r paneRenderer) Refresh() {
	r.rebuild(r.b.Size())
	canvas.Refresh(r.b)
}

func (r paneRenderer) MinSize() fyne.Size { return r.b.least }
func (r paneRenderer) Destroy()           {}

func (r paneRenderer) Objects() []fyne.CanvasObject {
	if r.b.Shown == nil {
		return nil
	}
	return []fyne.CanvasObject{r.b.Shown}
}
