package ui

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"postern/app/help"
	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// helpScreen explains the help codes in the guard's language, and looks one up.
type helpScreen struct {
	from   *verdictScreen // that it was asked for; nil: none
	entry  *kit.Field
	list   *kit.Pane
	shield *kit.Shield // over the list
	codes  []help.Code
	text   string // language of the codes
	key    string // what became of the card
	pairs  []string
}

// newHelp opens at the code of a verdict, where there is one; the verdict is one step back.
func newHelp(u *UI, from *verdictScreen) *helpScreen {
	s := &helpScreen{from: from, entry: u.codeField("", 1, nil), shield: kit.NewShield()}
	if from != nil {
		s.entry.SetText(from.v.Help())
	}
	s.entry.Changed = func() {
		if s.list != nil {
			before := s.list.Shown
			s.list.Refresh()
			kit.Keep(before, s.list.Shown)
			if kit.Moved(before, s.list.Shown) { // the keys feel a finger meanwhile, the list does not
				s.shield.Cover(u.after)
			}
		}
	}
	s.entry.Sent = func() {
		s.entry.Active = false
		u.root.Refresh()
	}
	return s
}

// behave hides the tabs from a guard who came from a verdict: one of them would lose it.
func (s *helpScreen) behave(u *UI) behaviour {
	if s.from == nil {
		b := u.page("settings")
		b.field = s.entry
		return b
	}
	return behaviour{paint: u.pagePaint(), about: s.from, kiosk: visitors, field: s.entry}
}

func (s *helpScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	sh, pad := u.palette(), kit.PagePad(size)
	w := min(size.Width-2*pad, kit.PageWidth)
	x := (size.Width - w) / 2
	u.inField(s.entry, u.say("help.hint"), "", u.say("keys.done"))
	top := kit.NewStack(10, kit.Gap(4), kit.NewProse(u.say("help.title"), 30, sh.Ink).Bold(), s.entry)
	if size.Height > 420 {
		top.Add(kit.NewProse(u.say("help.say"), 16, sh.Faint))
	}
	h := top.HeightFor(w) + 8
	if h > size.Height*0.6 { // there is no room for both: they scroll together
		s.list = kit.NewPane(fyne.NewSize(1, 1), func(given fyne.Size) fyne.CanvasObject {
			return kit.Fixed(given, kit.Scrolled(kit.NewStack(8, top, s.found(u, sh)), x, 0, w, given.Height))
		})
		return kit.Fixed(size, kit.Place(s.list, 0, 0, size.Width, size.Height))
	}
	s.list = kit.NewPane(fyne.NewSize(1, 1), func(given fyne.Size) fyne.CanvasObject {
		return kit.Fixed(given, kit.Scrolled(s.found(u, sh), pad, 0, w, given.Height))
	})
	return kit.Fixed(size, kit.Place(top, x, 0, w, h), kit.Place(s.list, x-pad, h, w+2*pad, size.Height-h),
		kit.Place(s.shield, x-pad, h, w+2*pad, size.Height-h))
}

// found is the codes that match what is typed, by outcome, and the buttons.
func (s *helpScreen) found(u *UI, sh kit.Palette) *kit.Stack {
	if s.text != u.Language() {
		codes, err := help.Codes(u.Language())
		if err != nil {
			fyne.LogError("help codes", err) // the languages of the screens are those of the catalogues; a test opens each
		}
		s.codes, s.text = codes, u.Language()
	}
	list := kit.NewStack(12)
	var last *verdict.Outcome
	for _, c := range s.codes {
		if !s.wants(c) {
			continue
		}
		if s.atVerdict() { // with the numbers of the case
			c.Help, c.Texts = s.from.v.Help(), slices.Clone(c.Texts)
			c.Texts[0].Sentence = u.catalogue().Reason(s.from.v, s.from.at)
		}
		if last == nil || *last != c.Outcome {
			last = &c.Outcome
			list.Add(kit.Gap(2), kit.NewBeside(30, badge(c.Outcome, 30),
				kit.NewStack(0, kit.NewProse(u.say("outcome."+look.Name(c.Outcome)), 20, sh.Ink).Bold())))
		}
		list.Add(codeCard(c, sh))
	}
	if last == nil {
		list.Add(kit.NewProse(u.say("help.none"), 18, sh.Ink).Bold())
	}
	if s.key != "" {
		list.Add(kit.NewProse(u.say(s.key, s.pairs...), 17, sh.Ink).Bold())
	}
	list.Add(kit.Gap(4), s.foot(u, sh), kit.Gap(16))
	return list
}

// foot leads back, and on to all codes or to the card.
func (s *helpScreen) foot(u *UI, sh kit.Palette) *kit.Stack {
	back := "typing.back"
	if s.from != nil {
		back = "ways.back"
	}
	row := kit.NewRow(12, kit.NewOutlined(u.say(back), sh.Ink, func() { s.back(u) }))
	if s.atVerdict() {
		row.Add(kit.NewOutlined(u.say("help.all"), sh.Ink, func() { s.entry.SetText("") }))
		return row
	}
	row.Add(kit.NewOutlined(u.say("help.save"), sh.Ink, func() { s.save(u) }))
	return row
}

// atVerdict reports whether the code of the verdict is the one that is looked up.
func (s *helpScreen) atVerdict() bool { return s.from != nil && s.entry.Text() == s.from.v.Help() }

// wants reports whether a code is shown: the verdict's alone, or those that match what is typed.
func (s *helpScreen) wants(c help.Code) bool {
	if s.atVerdict() {
		return c.Reason == s.from.v.Reason
	}
	return matches(c, s.entry.Text())
}

func codeCard(c help.Code, sh kit.Palette) fyne.CanvasObject {
	t := c.Texts[0]
	card := kit.NewStack(4, kit.NewProse(wording.Whole(c.Help)+"  "+t.Short, 18, sh.Ink).Bold(), kit.NewProse(t.Sentence, 17, sh.Ink)).On(sh.Card, 14)
	if len(t.Steps) > 0 {
		card.Add(kit.NewProse("→ "+strings.Join(t.Steps, "·"), 15, sh.Faint))
	}
	return card
}

// matches reports whether a code or its words hold what was typed. A code may
// be typed without its line; its hours do not count.
func matches(c help.Code, typed string) bool {
	fold := func(s string) string {
		return strings.ToLower(strings.Map(func(r rune) rune {
			if strings.ContainsRune("-–— ", r) {
				return -1
			}
			return r
		}, s))
	}
	want := fold(typed)
	if c.Reason == verdict.TestOld || c.Reason == verdict.TestMissing {
		if fixed := strings.TrimRight(fold(c.Help), "0123456789"); strings.HasPrefix(want, fixed) && strings.Trim(want[len(fixed):], "0123456789") == "" {
			return true
		}
	}
	return strings.HasPrefix(fold(c.Help), want) || len([]rune(want)) > 1 && strings.Contains(fold(c.Texts[0].Short+c.Texts[0].Sentence), want)
}

func (s *helpScreen) back(u *UI) {
	if s.from != nil {
		s.from.again(u)
		return
	}
	u.open("settings")
}

// cardName is the file of the printable card.
const cardName = "postern-help.pdf"

// save draws the card in both languages of the screen and writes it as a PDF of one
// page into the folder for documents, in place of an older card.
func (s *helpScreen) save(u *UI) {
	folder := cmp.Or(u.opt.Album.Documents(), u.opt.Folder)
	path := filepath.Join(folder, cardName)
	first, second := u.catalogue().Language, u.second().Language
	s.tell(u, "help.saving")
	u.aside(func(context.Context) {
		key := "help.saved"
		if err := writeCard(path, first, second); err != nil {
			slog.Error("help card", "error", err)
			key = "help.unsaved"
		}
		u.do(func() { s.tell(u, key, "path", path) })
	})
}

// writeCard leaves an older card in place until the new one is whole.
func writeCard(path, first, second string) error {
	img, err := help.Card(first, second)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".postern-help-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	err = help.WritePDF(f, img)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (s *helpScreen) tell(u *UI, key string, pairs ...string) {
	s.key, s.pairs = key, pairs
	if u.screen == s {
		u.root.Refresh()
	}
}
