package ui_test

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"postern/app/ui"
	"postern/app/ui/kit"
)

// rect is a place in the window.
type rect struct{ x1, y1, x2, y2 float32 }

func (r rect) in(o rect) bool {
	const room = 0.75 // of a dot: letters are rounded
	return r.x1 >= o.x1-room && r.y1 >= o.y1-room && r.x2 <= o.x2+room && r.y2 <= o.y2+room
}

func (r rect) cut(o rect) rect {
	return rect{max(r.x1, o.x1), max(r.y1, o.y1), min(r.x2, o.x2), min(r.y2, o.y2)}
}

func (r rect) empty() bool { return r.x2 <= r.x1 || r.y2 <= r.y1 }

// box is something that a window shows: where, and in what it scrolls. What is
// scrolled away can be reached, what lies outside its scroll's content cannot.
type box struct {
	o      fyne.CanvasObject
	at     rect
	within rect // the content of the scroll that holds it, else the window
	pane   rect // the scroll itself
	port   rect // what of that can be seen now
}

// boxes is everything that a window shows, from back to front.
func boxes(w fyne.Window) []box {
	size := w.Canvas().Size()
	whole := rect{0, 0, size.Width, size.Height}
	return boxesOf(w.Content(), fyne.NewPos(0, 0), box{within: whole, pane: whole, port: whole})
}

// boxesOf is o and what is in it; in is a box of the same scroll.
func boxesOf(o fyne.CanvasObject, at fyne.Position, in box) []box {
	if !o.Visible() {
		return nil
	}
	at = at.Add(o.Position())
	here := rect{at.X, at.Y, at.X + o.Size().Width, at.Y + o.Size().Height}
	in.o, in.at = o, here
	all := []box{in}
	switch v := o.(type) {
	case *kit.Scroll:
		in.pane = here
		for _, part := range test.WidgetRenderer(v).Objects() {
			in.port = all[0].port.cut(rect{at.X, at.Y + part.Position().Y, here.x2, at.Y + part.Position().Y + part.Size().Height})
			c := v.Content.Size()
			top := at.Y + v.Content.Position().Y
			if len(all) == 1 { // the first part is what the content is seen through
				top += part.Position().Y
			}
			in.within = rect{at.X, top, at.X + c.Width, top + c.Height}
			all = append(all, boxesOf(part, at, in)...)
		}
		return all
	case *fyne.Container:
		for _, c := range v.Objects {
			all = append(all, boxesOf(c, at, in)...)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(v).Objects() {
			all = append(all, boxesOf(c, at, in)...)
		}
	}
	return all
}

// words are what an object says, without white space.
func words(o fyne.CanvasObject) string {
	said := ui.NameOf(o)
	for _, part := range test.LaidOutObjects(o) {
		if t, ok := part.(*canvas.Text); ok {
			said += squeeze(t.Text)
		}
	}
	return said
}
