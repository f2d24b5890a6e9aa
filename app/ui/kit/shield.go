package kit

import (
	"image/color"
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

func (*Shield) Tapped(*fyne.PointEvent)          {}
func (*Shield) TappedSecondary(*fyne.PointEvent) {}
func (*Shield) MouseDown(*desktop.MouseEvent)    {}
func (*Shield) MouseUp(*desktop.MouseEvent)      {}
func (*Shield) TouchDown(*mobile.TouchEvent)     {}
func (*Shield) TouchUp(*mobile.TouchEvent)       {}
func (*Shield) TouchCancel(*mobile.TouchEvent)   {}

func (*Shield) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}
