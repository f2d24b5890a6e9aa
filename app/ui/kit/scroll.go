package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Scroll shows a part of what is higher than its room. A finger, a mouse that is
// dragged, or a wheel moves the content. Fyne's own scroller takes no drags on the
// desktop, where a touch comes as a mouse.
//
// The content stops where the finger leaves it: nothing moves by itself, so that
// a second tap hits what the first one saw.
type Scroll struct {
	widget.BaseWidget
	Content fyne.CanvasObject
	offset  float32 // how much of the content is above the top, in dp
	bare    bool    // no bar is drawn
	port    *port
	bar     *canvas.Rectangle
	heir    *Scroll // took its place while a finger was on it; nil: none did
	drag    drag
}

// drag is a finger on its way over a [Scroll].
type drag struct {
	down    bool
	pressed Target        // what the finger came down on; may be nil
	at      fyne.Position // where it is now, in the window
	moved   fyne.Delta    // how far it went
	scrolls bool          // it went so far that it is no tap
	byBar   bool          // it holds the bar
}

const (
	// slop is how far a finger slips that means a tap: Fyne itself gives up at 2.
	slop = 12
	// barRoom is the room of the bar, at the right side.
	barRoom = 12
)

// NewScroll shows content, as wide as the scroll is.
func NewScroll(content fyne.CanvasObject) *Scroll {
	s := &Scroll{Content: content, bar: canvas.NewRectangle(theme.Color(theme.ColorNameScrollBar))}
	s.bar.CornerRadius = 2
	s.port = &port{shown: content}
	s.port.ExtendBaseWidget(s.port)
	s.ExtendBaseWidget(s)
	return s
}

// Bare leaves the bar out: nothing but the verdict stands on a verdict.
func (s *Scroll) Bare() *Scroll { s.bare = true; return s }

// MinSize asks for nothing: the content scrolls.
func (s *Scroll) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

// ScrollTo puts the content so that offset of it is above the top, as far as there is so much.
func (s *Scroll) ScrollTo(offset float32) {
	s.offset = max(min(offset, s.most()), 0)
	s.settle()
}

// most is the largest offset.
func (s *Scroll) most() float32 { return s.Content.Size().Height - s.Size().Height }

// Scrolled takes the wheel.
func (s *Scroll) Scrolled(e *fyne.ScrollEvent) { s.ScrollTo(s.offset - e.Scrolled.DY) }

// Dragged moves the content with the finger once the finger has gone further than a tap slips.
func (s *Scroll) Dragged(e *fyne.DragEvent) {
	if s.heir != nil {
		s.heir.Dragged(e)
		return
	}
	d := &s.drag
	if !d.down {
		*d = drag{down: true, pressed: s.targetAt(e.AbsolutePosition.Subtract(e.Dragged)), byBar: s.most() > 0 && !s.bare && e.Position.X-e.Dragged.DX > s.Size().Width-2*barRoom}
	}
	d.at = e.AbsolutePosition
	d.moved = fyne.NewDelta(d.moved.DX+e.Dragged.DX, d.moved.DY+e.Dragged.DY)
	by := e.Dragged.DY
	if !d.scrolls {
		if max(d.moved.DX, -d.moved.DX, d.moved.DY, -d.moved.DY) < slop {
			return
		}
		d.scrolls, by = true, d.moved.DY
	}
	if d.byBar {
		by *= -s.Content.Size().Height / s.Size().Height
	}
	s.offset = max(min(s.offset-by, s.most()), 0)
	s.lay(0, s.Size().Height)
}

// DragEnd taps what a finger pressed that did not scroll: Fyne gives no tap after a drag.
func (s *Scroll) DragEnd() {
	if h := s.heir; h != nil {
		s.heir = nil
		h.DragEnd()
		return
	}
	d := s.drag
	s.drag = drag{}
	s.settle()
	s.letGo()
	if d.pressed == nil || d.scrolls && (s.most() > 0 || s.targetAt(d.at) != d.pressed) {
		return
	}
	if r, ok := s.find(d.pressed); ok {
		r.Tapped(&fyne.PointEvent{AbsolutePosition: d.at, Position: d.at.Subtract(r.at)})
	}
}

// targetAt is what a finger at a place of the window would press.
func (s *Scroll) targetAt(at fyne.Position) Target {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil && c.Content() != nil {
		return TargetAt(c.Content(), at)
	}
	return nil
}

// find is a target that can be pressed in the window now: a new screen may have
// come while the finger was down.
func (s *Scroll) find(t Target) (Reached, bool) {
	c := fyne.CurrentApp().Driver().CanvasForObject(s)
	if c == nil || c.Content() == nil || covered(c.Content()) {
		return Reached{}, false
	}
	for _, r := range targetsIn(c.Content(), Reached{}) {
		if r.Target == t {
			return r, true
		}
	}
	return Reached{}, false
}

// letGo tells the surfaces under the scroll that the finger is gone: Fyne
// tells nobody but the scroll after a drag.
func (s *Scroll) letGo() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(s); c != nil && c.Content() != nil {
		for _, t := range touchAreas(c.Content()) {
			t.letGo()
		}
	}
}

// settle lays the content out at rest. What could be pressed but for its most
// part stands outside is left out until it is scrolled to: a thumb does not hit
// a sliver, and nobody can read one.
func (s *Scroll) settle() {
	h := s.Size().Height
	top, bottom := float32(0), h
	const rounding = 0.01 // what float32 loses on the way
	all := targetsIn(s.Content, Reached{})
	for changed, n := true, 0; changed && n < 4; n++ {
		changed = false
		for _, r := range all {
			y1 := r.at.Y - s.Content.Position().Y - s.offset
			y2 := y1 + r.Size().Height
			if y1 < bottom-rounding && y2 > bottom+rounding && bottom-y1 < leastTarget-rounding {
				bottom, changed = y1, true
			}
			if y2 > top+rounding && y1 < top-rounding && y2-top < leastTarget-rounding {
				top, changed = y2, true
			}
		}
	}
	if bottom-top < leastTarget { // there is no room for more
		top, bottom = 0, h
	}
	s.lay(top, bottom)
}

// lay shows the content between two heights of the room.
func (s *Scroll) lay(top, bottom float32) {
	size := s.Size()
	s.port.Move(fyne.NewPos(0, top))
	s.port.Resize(fyne.NewSize(size.Width, bottom-top))
	s.Content.Move(fyne.NewPos(0, -s.offset-top))
	high := s.Content.Size().Height
	s.bar.Hidden = s.bare || high <= size.Height
	if !s.bar.Hidden {
		const thick, least = 4, 32
		long := max(size.Height*size.Height/high, min(least, size.Height))
		Place(s.bar, size.Width-thick-2, (size.Height-long)*s.offset/s.most(), thick, long)
	}
	canvas.Refresh(s)
}

func (s *Scroll) CreateRenderer() fyne.WidgetRenderer { return scrollRenderer{s} }

type scrollRenderer struct{ s *Scroll }

func (r scrollRenderer) Layout(size fyne.Size) {
	s := r.s
	if f, ok := s.Content.(flowing); ok {
		s.Content.Resize(fyne.NewSize(size.Width, max(f.HeightFor(size.Width), size.Height)))
	} else {
		s.Content.Resize(fyne.NewSize(size.Width, max(s.Content.MinSize().Height, size.Height)))
	}
	s.ScrollTo(s.offset)
}

func (r scrollRenderer) MinSize() fyne.Size { return r.s.MinSize() }
func (r scrollRenderer) Refresh() {
	r.Layout(r.s.Size())
	canvas.Refresh(r.s)
}
func (r scrollRenderer) Destroy() {}

func (r scrollRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.port, r.s.bar}
}

// port is the window through which the content of a [Scroll] is seen.
type port struct {
	widget.BaseWidget
	shown fyne.CanvasObject
}

func (p *port) CreateRenderer() fyne.WidgetRenderer { return portRenderer{p} }

// portRenderer has a method IsClip, by which Fyne cuts off what reaches out.
type portRenderer struct{ p *port }

func (portRenderer) IsClip()                        {}
func (portRenderer) Layout(fyne.Size)               {}
func (portRenderer) MinSize() fyne.Size             { return fyne.NewSize(1, 1) }
func (r portRenderer) Refresh()                     { canvas.Refresh(r.p) }
func (portRenderer) Destroy()                       {}
func (r portRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.p.shown} }

// Keep gives the scrolls of what is shown anew the places of those of before,
// where there are as many, and the finger that is on one of them.
func Keep(before, now fyne.CanvasObject) {
	old, scrolls := scrollsIn(before), scrollsIn(now)
	if len(old) != len(scrolls) {
		return
	}
	for i, s := range scrolls {
		if old[i].offset > 0 {
			s.ScrollTo(old[i].offset)
		}
		if old[i].drag.down {
			old[i].heir, s.drag = s, old[i].drag
		}
	}
}
