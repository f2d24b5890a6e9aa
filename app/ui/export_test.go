package ui

import (
	"image"
	"image/color"
	"io"
	"strings"

	"fyne.io/fyne/v2"

	"postern/app/gate"
	"postern/app/settings"
	"postern/sync/verdict"
)

// Drop drops files on the window: the test driver cannot.
func Drop(u *UI, files []fyne.URI) { u.openPictures(files) }

// VeilStands is how long a new screen feels no finger.
const VeilStands = veilStands

// KeyAlone is how long a key must stand alone to press.
const KeyAlone = keyAlone

// NameOf is the name of a button that shows a drawing and no word.
func NameOf(o fyne.CanvasObject) string {
	if b, ok := o.(*press); ok {
		return b.name
	}
	return ""
}

// Faults counts the panics in screens.
func Faults(u *UI) int { return u.faults }

// AskClose is a click on the window's closing mark.
func AskClose(u *UI) { u.askClose() }

// Break shows a screen that cannot be drawn.
func Break(u *UI) { u.show(broken{}) }

type broken struct{}

func (broken) skin(*UI) paint                        { return paint{chrome, white} }
func (broken) tab() string                           { return "" }
func (broken) body(*UI, fyne.Size) fyne.CanvasObject { panic("it cannot be drawn") }

// Grounds lists the grounds that sentences stand on in a light, each with its ink.
func Grounds(l Light) map[string][2]color.NRGBA {
	s := l.sheet()
	pairs := map[string][2]color.NRGBA{
		"chrome": {chrome, white}, "quiet on chrome": {chrome, quiet}, "check screen": {rgb(0x4a565e), white},
		"page": {s.ground, s.ink}, "card": {s.card, s.ink}, "faint on card": {s.card, s.faint},
		"attention": {checkAmber, checkInk}, "chosen": {admitGreen, white},
		"drill": {practiceGround, practiceInk},
	}
	for o := verdict.Unknown; o <= verdict.Refuse; o++ {
		p := l.outcome(o)
		pairs[o.String()] = [2]color.NRGBA{p.ground, p.ink}
	}
	return pairs
}

// Faint lists the smaller words of a light, with their grounds.
func Faint(l Light) map[string][2]color.NRGBA {
	s := l.sheet()
	pairs := map[string][2]color.NRGBA{"faint": {s.ground, s.faint}}
	for o := verdict.Unknown; o <= verdict.Refuse; o++ {
		p := l.outcome(o)
		pairs["second language of "+o.String()] = [2]color.NRGBA{p.ground, blend(p.ground, p.ink, 0.93)}
		pairs["card on "+o.String()] = [2]color.NRGBA{blend(p.ground, p.ink, 0.1), p.ink}
		pairs["hovered "+o.String()] = [2]color.NRGBA{blend(p.ink, p.ground, 0.12), p.ground}
	}
	return pairs
}

// SetLight is what a tap on the settings does.
func SetLight(u *UI, l Light) { u.choose(func(s *settings.Settings) { s.Light = string(l) }) }

// Enlarge is what a tap on the settings does.
func Enlarge(u *UI, scale int) { u.choose(func(s *settings.Settings) { s.Text = scale }) }

// HatchShape is an outcome's hatch without its colour: where it leaves its ground.
func HatchShape(o verdict.Outcome, night bool, scale float32) string {
	c := chart{sheet: daySheet}
	if night {
		c.sheet = nightSheet
	}
	img := image.NewRGBA(image.Rect(0, 0, int(24*scale), int(24*scale)))
	c.hatch(img, img.Rect, o, scale)
	var shape strings.Builder
	for i := 0; i < len(img.Pix); i += 4 {
		if img.Pix[i] == c.fill(o).R && img.Pix[i+1] == c.fill(o).G {
			shape.WriteByte('#')
		} else {
			shape.WriteByte(' ')
		}
	}
	return shape.String()
}

// ChartWindow is the quarters of a day that are drawn.
func ChartWindow(day gate.Today) (from, to int) { return chart{day: day}.window() }

// Reached are what the keys can reach on the screen, and Ringed is which of them has the ring, or -1.
func Reached(u *UI) (all []fyne.Tappable, ringed int) {
	ringed = -1
	for i, r := range targets(u.root.shown) {
		all = append(all, r.target.(fyne.Tappable))
		switch v := r.target.(type) {
		case *press:
			if v.ringed {
				ringed = i
			}
		case *tab:
			if v.ringed {
				ringed = i
			}
		}
	}
	return all, ringed
}

// Tab is the Tab key, with Shift or without.
func Tab(u *UI, back bool) {
	u.struck()
	u.tabKey(back)
}

// SaveCard has the card of the help screen written.
func SaveCard(u *UI, f io.WriteCloser) { u.screen.(*helpScreen).save(u, f) }
