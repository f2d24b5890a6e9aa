package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/drill"
	"postern/app/ui/kit"
)

// practice is a drill that runs. Its gate stands in for the real one, which
// sees nothing of it, and every screen bears a band that says so.
type practice struct {
	*drill.Drill
	real  Gate
	cards []drill.Card
	away  bool // the network was cut
	drawn bool // the card that is checked was shown on this screen: afterwards the cards come back
}

// cutFor makes the data of a practice gate older than a day, and no test of a
// card too old that was good before.
const cutFor = 25 * time.Hour

// mayCut reports whether the network may go now: between the first card and
// the second, which is the same code again, no day may pass.
func (r *practice) mayCut() bool {
	if r.away {
		return false
	}
	did := map[string]drill.Action{}
	results, _ := r.Score()
	for _, it := range results {
		did[it.Scene] = it.Did
	}
	return did["good"] == drill.Nothing || did["passed_back"] != drill.Nothing
}

// begin has a drill made, and puts its gate in the place of the real one after
// all that the real one was asked. Only the screen that asked for it may see
// that: on any other, what belongs to the real gate would be answered by the
// practice gate, whose PIN everybody knows.
func (u *UI) begin(asked screen, compare bool, then func(error)) {
	if u.backend == nil || u.drill != nil {
		return
	}
	u.aside(func(ctx context.Context) {
		d, err := drill.Start(ctx, drill.Options{IDMatch: compare, Now: u.opt.Now})
		if err != nil {
			u.do(func() { then(err) })
			return
		}
		u.run(func(context.Context) {
			u.do(func() {
				if u.drill == nil && u.screen == asked {
					u.drill = &practice{Drill: d, real: u.backend.Gate, cards: d.Cards()}
					u.swap(u.drill)
				}
				then(nil)
			})
		})
	})
}

// finish gives the real gate its place back.
func (u *UI) finish(then func()) {
	r := u.drill
	if r == nil {
		return
	}
	u.run(func(context.Context) {
		u.do(func() {
			if u.drill == r {
				u.drill = nil
				u.swap(r.real)
			}
			then()
		})
	})
}

// swap puts a gate in the place of another: nothing that was meant for one
// reaches the other.
func (u *UI) swap(g Gate) {
	u.backend.Gate, u.known = g, false
	u.generation++
	u.dropLine()
	u.refreshState(u.root.Refresh)
}

// bandHeight is what the band of a drill takes of every screen; nothing where none runs.
func (u *UI) bandHeight(width float32) float32 {
	if u.drill == nil {
		return 0
	}
	return u.bandPress().HeightFor(width)
}

// bandPress is the words of the band, which lead back to the cards.
func (u *UI) bandPress() *kit.Button {
	return kit.NewButton(u.say("drill.band"), kit.PracticeGround, kit.PracticeInk, func() { u.open("drill") }).Sized(u.grid().Of(22), 48)
}

// band is the mark of a drill: bright, framing the whole window, and
// of a colour that no outcome has.
func (u *UI) band(size fyne.Size, y float32) []fyne.CanvasObject {
	h := u.bandHeight(size.Width)
	if h == 0 {
		return nil
	}
	const edge = 5
	line := func(x, y, w, h float32) fyne.CanvasObject {
		return kit.Place(canvas.NewRectangle(kit.PracticeGround), x, y, w, h)
	}
	return []fyne.CanvasObject{
		line(0, y, size.Width, h), kit.Place(u.bandPress(), 0, y, size.Width, h),
		line(0, y, edge, size.Height-y), line(size.Width-edge, y, edge, size.Height-y), line(0, size.Height-edge, size.Width, edge),
	}
}
