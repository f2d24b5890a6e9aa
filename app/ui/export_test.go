package ui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/qr"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// Drop drops files on the window: the test driver cannot.
func Drop(u *UI, files []fyne.URI) { u.openPictures(files) }

// ShieldTime is how long a new screen feels no finger.
const ShieldTime = kit.ShieldTime

// EntryWords is what the list of today says of an entry.
func EntryWords(c *wording.Catalogue, e journal.Entry) (what, why string) { return entryWords(c, e) }

// Shown is what the window shows.
func Shown(u *UI) fyne.CanvasObject { return u.root.Shown }

// ScreenName is the type of the screen that shows.
func ScreenName(u *UI) string { return strings.TrimPrefix(fmt.Sprintf("%T", u.screen), "*ui.") }

// ShownAtKiosk shows the screen once more, as if the device were a visitor's, and says what shows then.
func ShownAtKiosk(u *UI) string {
	u.set.Kiosk, u.kiosk.out = true, false
	u.show(u.screen)
	u.set.Kiosk = false
	return ScreenName(u)
}

// KeyAlone is how long a key must stand alone to press.
const KeyAlone = keyAlone

// NameOf is the name of a button that shows a drawing and no word.
func NameOf(o fyne.CanvasObject) string {
	switch v := o.(type) {
	case *kit.Button:
		return v.Name
	case *kit.Key:
		return v.Says()
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

func (broken) behave(*UI) behaviour                  { return behaviour{} }
func (broken) body(*UI, fyne.Size) fyne.CanvasObject { panic("it cannot be drawn") }

// Grounds lists the grounds that sentences stand on in a light, each with its ink.
func Grounds(l kit.Light) map[string][2]color.NRGBA {
	s := l.Palette()
	pairs := map[string][2]color.NRGBA{
		"chrome": {kit.Chrome, kit.White}, "quiet on chrome": {kit.Chrome, kit.Quiet}, "check screen": {kit.RGB(0x4a565e), kit.White},
		"page": {s.Ground, s.Ink}, "card": {s.Card, s.Ink}, "faint on card": {s.Card, s.Faint},
		"drill": {kit.PracticeGround, kit.PracticeInk},
	}
	for o := verdict.Unknown; o <= verdict.Refuse; o++ {
		p := l.Outcome(o)
		pairs[o.String()] = [2]color.NRGBA{p.Ground, p.Ink}
	}
	return pairs
}

// Faint lists the smaller words of a light, with their grounds.
func Faint(l kit.Light) map[string][2]color.NRGBA {
	s := l.Palette()
	pairs := map[string][2]color.NRGBA{"faint": {s.Ground, s.Faint}, "chosen": {s.Act, kit.White}, "weak": {s.Weak, s.Deep}}
	for o := verdict.Unknown; o <= verdict.Refuse; o++ {
		p := l.Outcome(o)
		pairs["second language of "+o.String()] = [2]color.NRGBA{p.Ground, kit.Blend(p.Ground, p.Ink, 0.93)}
		pairs["card on "+o.String()] = [2]color.NRGBA{kit.Blend(p.Ground, p.Ink, 0.1), p.Ink}
		pairs["hovered "+o.String()] = [2]color.NRGBA{kit.Blend(p.Ink, p.Ground, 0.12), p.Ground}
	}
	return pairs
}

// SetLight is what a tap on the settings does.
func SetLight(u *UI, l kit.Light) { u.choose(func(s *settings.Settings) { s.Light = string(l) }) }

// Enlarge is what a tap on the settings does.
func Enlarge(u *UI, scale int) { u.choose(func(s *settings.Settings) { s.Text = scale }) }

// Reached are what the keys can reach on the screen, and Ringed is which of them has the ring, or -1.
func Reached(u *UI) (all []fyne.Tappable, ringed int) {
	ringed = -1
	for i, r := range kit.Targets(u.root.Shown) {
		all = append(all, r.Target.(fyne.Tappable))
		switch v := r.Target.(type) {
		case *kit.Button:
			if v.Ringed {
				ringed = i
			}
		case *kit.Tool:
			if v.Ringed {
				ringed = i
			}
		}
	}
	return all, ringed
}

// Tab is the Tab key, with Shift or without.
func Tab(u *UI, back bool) {
	u.keyStruck()
	u.tabKey(back)
}

// TakeCodes is what becomes of the codes of a picture.
func TakeCodes(u *UI, codes []qr.Code) { u.takeCodes(codes) }

// Ground is the colour of the screen, OutcomeGround that of an outcome.
func Ground(u *UI) color.NRGBA                           { return u.behaviour().paint.Ground }
func OutcomeGround(u *UI, o verdict.Outcome) color.NRGBA { return u.light.Outcome(o).Ground }

// Rows press the rows of a family, each from the list.
func Rows(u *UI) (press []func()) {
	s := u.screen.(*familyScreen)
	for _, row := range s.party.rows {
		press = append(press, func() { s.open(u, row) })
	}
	return press
}

// Next is a tap on Next.
func (u *UI) Next() { u.next() }

// About reports whether the screen is about a verdict, Face whether it is that verdict's own.
func About(u *UI) bool { return u.behaviour().about != nil }
func Face(u *UI) bool  { return u.behaviour().face }

// Row is one of the people whose answers the screen shows.
type Row struct {
	Text    string
	Outcome verdict.Outcome
}

// OnScreen is whom the screen shows with their own outcome, the leading one first.
func OnScreen(u *UI) (all []Row) {
	b := u.behaviour()
	if !b.face || b.about == nil {
		return nil
	}
	rows := []*verdictScreen{b.about}
	if b.list {
		rows = b.about.party.rows
	}
	for _, s := range rows {
		all = append(all, Row{s.text, s.v.Outcome})
	}
	return all
}

// See is a frame of the camera with codes that are read, and one that is not yet.
func See(u *UI, texts []string, unread bool) {
	if u.camera == nil {
		u.camera = &cameraView{stop: func() {}, dealt: map[string]time.Time{}, refused: map[string]time.Time{}}
	}
	var s qr.Sight
	for _, text := range texts {
		s.Read = append(s.Read, qr.Code{Text: text, Format: qr.QR})
		s.View = append(s.View, qr.Outline{Read: true})
	}
	if unread {
		s.View = append(s.View, qr.Outline{})
	}
	u.takeView(u.camera, s)
}

// Attends reports whether a code would be judged and shown at once.
func Attends(u *UI) bool { return u.attends() }

// Shielded reports whether the screen feels no finger yet.
func Shielded(u *UI) bool { return u.shield.Visible() }

// Said is the key of what is said of the next person.
func Said(u *UI) string { return u.lineWord() }

// Dealt reports whether somebody has seen to a code that is in the camera's view.
func Dealt(u *UI, text string) bool {
	_, dealt := u.camera.dealt[text]
	return dealt || slices.ContainsFunc(u.camera.gathered, func(r scan.Reading) bool { return r.Text == text })
}

// StaffBeforeVisitors reports whether a screen for staff shows at a kiosk without the PIN.
func StaffBeforeVisitors(u *UI) bool { return u.locked() && u.behaviour().kiosk == staff }

// PartyWaits reports whether the screen leads back to an answer of several.
func PartyWaits(u *UI) bool { return u.party.waits() }

// Waits is the text that waits to be judged; empty: none does.
func Waits(u *UI) string {
	if w := u.line.waiting; w != nil {
		return w.reading.Text
	}
	return ""
}

// Refused reports whether a code in view is seen not to be taken.
func Refused(u *UI, text string) bool {
	_, refused := u.camera.refused[text]
	return refused
}

// OpenFirstRow opens the newest line of today, where that shows.
func OpenFirstRow(u *UI) {
	if s, ok := u.screen.(*todayScreen); ok {
		u.openRow(s, s.lines[0])
	}
}
