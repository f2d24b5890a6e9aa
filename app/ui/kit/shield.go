package kit

import (
	"image/color"
	"slices"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/widget"
)

// ShieldTime is how long a new screen feels no finger: shorter than anybody
// needs to read a word of it, longer than a second tap or a tap that was on its way.
const ShieldTime = 350 * time.Millisecond

// Shield lies over a screen that has just come, unseen, and takes the fingers that
// were meant for the one before: the next person's code may come at any moment,
// and "matches" for one must not count for the other.
type Shield struct {
	widget.BaseWidget
	stop func() // stops what lifts it; nil: it is lifted
}

// NewShield makes a shield that is off.
func NewShield() *Shield {
	v := &Shield{}
	v.ExtendBaseWidget(v)
	v.Hide()
	return v
}

// Cover lays the shield over the screen for [ShieldTime]; after is the clock that takes it off again.
func (s *Shield) Cover(after func(time.Duration, func()) (stop func())) {
	if s.stop != nil {
		s.stop()
	}
	s.Show()
	s.stop = after(ShieldTime, s.Hide)
}

// Moved reports whether what shows now has a target that was not there before: a
// finger that aims at the one must not hit the other.
func Moved(before, now fyne.CanvasObject) bool {
	old := targetsIn(before, Reached{})
	for _, r := range targetsIn(now, Reached{}) {
		if !slices.ContainsFunc(old, r.isAsBefore) {
			return true
		}
	}
	return false
}

// isAsBefore reports whether r says what a target of before said, in the place where
// that stood. What is scrolled away cannot be hit.
func (r Reached) isAsBefore(old Reached) bool {
	const near = 8
	x1, y1, x2, y2 := r.Seen()
	if x2 <= x1 || y2 <= y1 {
		return true
	}
	a1, b1, a2, b2 := old.Seen()
	return says(r.Target) == says(old.Target) && a2 > a1 && b2 > b1 &&
		max(x1-a1, a1-x1, x2-a2, a2-x2, y1-b1, b1-y1, y2-b2, b2-y2) <= near
}

func says(t Target) string {
	if s, ok := t.(interface{ Says() string }); ok {
		return s.Says()
	}
	return ""
}

func (*Shield) Tapped(*fyne.PointEvent)          {}
func (*Shield) TappedSecondary(*fyne.PointEvent) {}
func (*Shield) MouseDown(*desktop.MouseEvent)    {}
func (*Shield) MouseUp(*desktop.MouseEvent)      {}
func (*Shield) TouchDown(*mobile.TouchEvent)     {}
func (*Shield) TouchUp(*mobile.TouchEvent)       {}
func (*Shield) TouchCancel(*mobile.TouchEvent)   {}

// Dragged takes a finger that slips: it would scroll what lies under the shield.
func (*Shield) Dragged(*fyne.DragEvent) {}
func (*Shield) DragEnd()                {}

func (*Shield) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
