package kit_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"postern/app/ui/kit"
)

// theApp is one for all tests: Fyne reads the fonts for each.
var theApp = sync.OnceValue(func() fyne.App {
	a := test.NewApp()
	a.Settings().SetTheme(kit.Theme{Light: kit.Day})
	return a
})

// windowOf shows something in a window of a size, under a shield.
func windowOf(t *testing.T, size fyne.Size, shown fyne.CanvasObject) (fyne.Window, *kit.Shield) {
	t.Helper()
	theApp()
	w, shield := theApp().NewWindow("kit"), kit.NewShield()
	t.Cleanup(w.Close)
	w.SetPadded(false)
	w.SetContent(container.NewStack(shown, shield))
	w.Resize(size)
	return w, shield
}

// list is a scroll of 100 wide with ten buttons of 60, 10 apart, that note in taps who was tapped.
func list(taps *[]int) *kit.Scroll {
	rows := kit.NewStack(10)
	for i := range 10 {
		rows.Add(kit.NewButton(fmt.Sprint(i), kit.White, kit.Chrome, func() { *taps = append(*taps, i) }).Sized(17, 60))
	}
	return kit.NewScroll(rows)
}

// finger is the events of a finger that comes down and moves, as Fyne's desktop driver makes them of a mouse.
type finger struct {
	on fyne.Draggable
	at fyne.Position
}

func (f *finger) moves(dx, dy float32) {
	f.at = f.at.AddXY(dx, dy)
	f.on.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: f.at, AbsolutePosition: f.at}, Dragged: fyne.NewDelta(dx, dy)})
}

func TestDragScrolls(t *testing.T) {
	var taps []int
	s := list(&taps)
	windowOf(t, fyne.NewSize(200, 300), s)
	f := &finger{s, fyne.NewPos(100, 200)} // on a button
	for range 10 {
		f.moves(0, -15)
	}
	if s.Offset() != 150 {
		t.Errorf("150 up scrolled by %v", s.Offset())
	}
	s.DragEnd()
	if len(taps) > 0 {
		t.Errorf("a drag tapped %v", taps)
	}
	for range 100 {
		f.moves(0, -15)
	}
	s.DragEnd()
	if end := float32(10*60 + 9*10 - 300); s.Offset() != end {
		t.Errorf("scrolled to %v, the end is at %v", s.Offset(), end)
	}
	f.moves(0, 5000)
	s.DragEnd()
	if s.Offset() != 0 {
		t.Errorf("scrolled back to %v", s.Offset())
	}
	s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -40)})
	if s.Offset() != 40 {
		t.Errorf("the wheel scrolled to %v", s.Offset())
	}
}

// A finger never stands still: what slips by a few dots is a tap, although Fyne calls it a drag.
func TestATapThatSlips(t *testing.T) {
	var taps []int
	s := list(&taps)
	_, shield := windowOf(t, fyne.NewSize(200, 300), s)
	f := &finger{s, fyne.NewPos(100, 90)}
	f.moves(3, 2)
	f.moves(2, -4)
	s.DragEnd()
	if len(taps) != 1 || taps[0] != 1 || s.Offset() != 0 {
		t.Errorf("a tap on the second row tapped %v and scrolled to %v", taps, s.Offset())
	}
	f = &finger{s, fyne.NewPos(100, 65)} // between two rows
	f.moves(2, 2)
	s.DragEnd()
	f = &finger{s, fyne.NewPos(100, 90)}
	f.moves(60, 3) // aside is no tap
	s.DragEnd()
	if len(taps) != 1 {
		t.Errorf("tapped %v", taps)
	}
	f = &finger{s, fyne.NewPos(100, 90)}
	f.moves(2, 2)
	shield.Cover(func(time.Duration, func()) func() { return func() {} }) // a new screen comes
	s.DragEnd()
	if len(taps) != 1 {
		t.Errorf("a finger that came down before tapped %v on a new screen", taps)
	}
}

// Fyne gives a drag to the last of what lies at a place and takes drags.
func TestShieldTakesDrags(t *testing.T) {
	var taps []int
	s := list(&taps)
	w, shield := windowOf(t, fyne.NewSize(200, 300), s)
	shield.Cover(func(time.Duration, func()) func() { return func() {} })
	test.Drag(w.Canvas(), fyne.NewPos(100, 200), 0, -50)
	test.Drag(w.Canvas(), fyne.NewPos(100, 200), 2, 2)
	if s.Offset() != 0 || len(taps) > 0 {
		t.Errorf("under the shield a drag scrolled to %v and tapped %v", s.Offset(), taps)
	}
	shield.Hide()
	test.Drag(w.Canvas(), fyne.NewPos(100, 200), 0, -50)
	if s.Offset() != 50 {
		t.Errorf("a drag scrolled to %v", s.Offset())
	}
}

// What stands in a scroll that has nothing to scroll is tapped by a finger that slips far, as elsewhere.
func TestShortScroll(t *testing.T) {
	tapped := 0
	s := kit.NewScroll(kit.NewStack(0, kit.NewButton("a", kit.White, kit.Chrome, func() { tapped++ }).Sized(17, 90)))
	windowOf(t, fyne.NewSize(200, 300), s)
	f := &finger{s, fyne.NewPos(100, 20)}
	f.moves(0, 40)
	s.DragEnd()
	if tapped != 1 {
		t.Errorf("tapped %d times", tapped)
	}
}

// At rest no target is a sliver at an edge.
func TestNoSlivers(t *testing.T) {
	var taps []int
	for _, high := range []float32{300, 286, 316} { // 20, 6 and 36 of the fifth row
		s := list(&taps)
		w, _ := windowOf(t, fyne.NewSize(200, high), s)
		for offset := float32(0); offset < 400; offset += 7 {
			s.ScrollTo(offset)
			for _, r := range kit.Targets(w.Content()) {
				if _, y1, _, y2 := r.Seen(); y2 > y1 && y2-y1 < 48 {
					t.Errorf("%v high, scrolled to %v: a row shows %v", high, offset, y2-y1)
				}
			}
		}
	}
}

// A long surface under a scroll hears that the finger is gone, although the
// scroll took the drag: an Admit would be held for ever.
func TestSurfaceUnderAScroll(t *testing.T) {
	down := 0
	surface := kit.NewTouchArea(func() { down++ }, func() { down-- })
	s := kit.NewScroll(kit.Gap(100))
	size := fyne.NewSize(200, 300)
	windowOf(t, size, kit.Fixed(size, kit.Place(surface, 0, 0, 200, 300), kit.Place(s, 0, 0, 200, 300)))
	surface.MouseDown(nil)
	f := &finger{s, fyne.NewPos(50, 50)}
	f.moves(1, 3)
	s.DragEnd()
	if down != 0 {
		t.Errorf("the surface is held by %d", down)
	}
	surface.MouseUp(nil)
	if down != 0 {
		t.Errorf("one finger was let go of %d times", 1-down)
	}
}

// A finger goes on scrolling what is built anew under it.
func TestKeepADrag(t *testing.T) {
	var taps []int
	size := fyne.NewSize(200, 300)
	var shown *kit.Scroll
	p := kit.NewPane(fyne.NewSize(1, 1), func(fyne.Size) fyne.CanvasObject {
		shown = list(&taps)
		return kit.Fixed(size, kit.Place(shown, 0, 0, 200, 300))
	})
	windowOf(t, size, p)
	f := &finger{shown, fyne.NewPos(100, 250)}
	for range 6 {
		f.moves(0, -20)
		before := p.Shown
		p.Refresh()
		kit.Keep(before, p.Shown)
	}
	f.on.DragEnd()
	if shown.Offset() != 120 || len(taps) > 0 {
		t.Errorf("120 up scrolled by %v and tapped %v", shown.Offset(), taps)
	}
	f = &finger{shown, fyne.NewPos(100, 250)} // the next finger begins anew
	f.moves(0, 3)
	shown.DragEnd()
	if shown.Offset() != 120 || len(taps) != 1 {
		t.Errorf("then a tap scrolled to %v and tapped %v", shown.Offset(), taps)
	}
}

// What is built anew stands where it stood.
func TestKeep(t *testing.T) {
	var taps []int
	size := fyne.NewSize(200, 300)
	build := func(fyne.Size) fyne.CanvasObject { return kit.Fixed(size, kit.Place(list(&taps), 0, 0, 200, 300)) }
	p := kit.NewPane(fyne.NewSize(1, 1), build)
	windowOf(t, size, p)
	before := p.Shown
	test.Drag(fyne.CurrentApp().Driver().CanvasForObject(p), fyne.NewPos(100, 200), 0, -120)
	p.Refresh()
	kit.Keep(before, p.Shown)
	for _, r := range kit.Targets(p.Shown)[:1] {
		if _, _, _, y2 := r.Seen(); y2 > 0 {
			t.Errorf("the first row is back at %v", y2)
		}
	}
}
