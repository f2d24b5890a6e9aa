package ui

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"postern/app/qr"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/ui/kit"
	"postern/sync/client"
	"postern/sync/enrol"
)

// enrolScreen takes the code that the authority printed for this gate.
type enrolScreen struct {
	entry   *kit.Field
	key     string // the last sentence
	pairs   []string
	working bool
	done    bool // this device is a gate now
}

func newEnrol(u *UI, code string) *enrolScreen {
	s := &enrolScreen{}
	s.entry = u.codeField(code, 2, func() { s.enrol(u) })
	return s
}

func (s *enrolScreen) behave(u *UI) behaviour {
	b := u.page("settings")
	b.codes, b.needs, b.pictures, b.field = judged, needsCamera, u.enrolFrom, s.entry
	b.tell = func(key string, pairs ...string) { s.tell(u, key, pairs...) }
	b.takes = func(r scan.Reading) bool { return s.scanned(u, r) }
	return b
}

// scanned takes an enrolment code that is shown to this screen.
func (s *enrolScreen) scanned(u *UI, r scan.Reading) bool {
	if !strings.HasPrefix(r.Text, enrol.Prefix) || u.drill != nil {
		return false
	}
	s.entry.SetText(r.Text)
	s.enrol(u)
	return true
}

func (s *enrolScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	u.pane = nil
	p := u.newPage(size, u.say("enrol.title"), u.standingLine())
	if s.done {
		p.Add(p.Card(p.Say(u.say(s.key, s.pairs...), 30).Bold()),
			p.Filled(u.say("start.begin"), func() { u.open("start") }),
			p.Outlined(u.say("start.done"), func() { u.open("check") }))
		return p.Layout()
	}
	if w := u.state.Wiped; w != nil {
		p.Add(kit.NewStack(0, p.Say(u.say("enrol.wiped", "place", w.Place, "at", u.catalogue().Moment(w.At, u.opt.Now())), 26).Bold()).On(p.Palette.Card, 16))
	}
	if u.state.Enrolled {
		p.AddText(u.say("enrol.again", "place", u.state.Place))
	} else {
		p.AddText(u.say("enrol.say"))
	}
	if u.hasPicture() {
		p.AddPicture(u.newPane(min(size.Height*0.42, 420)))
	}
	p.Add(u.inField(s.entry, u.say("enrol.hint"), "", u.say("enrol.do")))
	if s.key != "" {
		p.Add(p.Card(p.Say(u.say(s.key, s.pairs...), 26).Bold()))
	}
	if s.working {
		return p.Layout()
	}
	p.Add(kit.NewRow(12,
		p.Outlined(u.say("tool.paste"), func() { s.paste(u) }).WithIcon("icons/paste"),
		p.Outlined(u.say("tool.picture"), func() { u.choosePicture(u.enrolFrom) }).WithIcon("icons/picture")))
	p.Add(p.Filled(u.say("enrol.do"), func() { s.enrol(u) }))
	return p.Layout()
}

func (s *enrolScreen) paste(u *UI) {
	r, err := scan.FromClipboard(u.app.Clipboard().Content(), u.opt.Now())
	if err != nil {
		s.tell(u, "check.none")
		return
	}
	s.entry.SetText(r.Text)
	s.enrol(u)
}

// enrolFrom takes the first enrolment code among the codes of a picture.
func (u *UI) enrolFrom(codes []qr.Code) {
	for _, c := range codes {
		if strings.HasPrefix(c.Text, enrol.Prefix) {
			s := newEnrol(u, c.Text)
			u.show(s)
			s.enrol(u)
			return
		}
	}
	s := newEnrol(u, "")
	u.show(s)
	s.tell(u, "enrol.nothing")
}

// enrol looks at the code here first: what is wrong with it needs no network to say.
func (s *enrolScreen) enrol(u *UI) {
	text := s.entry.Trimmed()
	if key := s.fault(u, text); key != "" {
		s.tell(u, key)
		return
	}
	if u.backend == nil || s.working {
		return
	}
	s.working = true
	s.tell(u, "enrol.working")
	do := u.backend.Enrol
	u.aside(func(ctx context.Context) {
		err := do(ctx, text)
		u.do(func() { s.ended(u, err) })
	})
}

func (s *enrolScreen) fault(u *UI, text string) string {
	if text == "" {
		return "enrol.empty"
	}
	code, err := enrol.ParseCode(text)
	switch {
	case errors.Is(err, enrol.ErrDamagedCode):
		return "enrol.bad"
	case err != nil:
		return "enrol.not_code"
	case code.Expired(u.opt.Now()):
		return "enrol.expired"
	}
	return ""
}

// ended says how it went; the sentence waits on this screen if another one shows.
func (s *enrolScreen) ended(u *UI, err error) {
	s.working = false
	if errors.Is(err, store.ErrUnsent) {
		u.refreshState(func() { s.tell(u, "enrol.unsent", "count", strconv.Itoa(u.state.Backlog)) })
		return
	}
	if err != nil {
		s.tell(u, enrolKey(err))
		return
	}
	u.refreshState(func() {
		s.done = true
		s.tell(u, "enrol.done", "place", u.state.Place)
	})
	s.entry.SetText("") // the secret has done its work
}

// enrolKey is the sentence for a failure: enrolment's own where it has one.
func enrolKey(err error) string {
	switch {
	case errors.Is(err, client.ErrWaiting):
		return "enrol.waiting"
	case errors.Is(err, client.ErrRefused):
		return "enrol.used"
	case errors.Is(err, client.ErrWrongCity):
		return "enrol.wrong_root"
	case errors.Is(err, client.ErrUnreachable):
		return "enrol.unreachable"
	}
	return hubKey(client.CodeOf(err))
}

func (s *enrolScreen) tell(u *UI, key string, pairs ...string) {
	s.key, s.pairs = key, pairs
	if u.screen == s {
		s.entry.Active = false
		u.root.Refresh()
	}
}
