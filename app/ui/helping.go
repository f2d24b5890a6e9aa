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
	u.inField(s.entry, u.say("help.hint"), "", u.say("keys.done"))
	p := u.newPageTo(size, u.say("help.title"), u.say("help.say"), func() { s.back(u) })
	s.list = kit.NewPane(fyne.NewSize(1, 1), func(given fyne.Size) fyne.CanvasObject {
		p.Stack = kit.NewStack(p.Grid.Of(16), s.entry)
		p.Add(s.found(u, p)...)
		return p.Layout()
	})
	return kit.Fixed(size, kit.Place(s.list, 0, 0, size.Width, size.Height), kit.Place(s.shield, 0, 0, size.Width, size.Height))
}

// found is the codes that match what is typed, by outcome, and the buttons.
func (s *helpScreen) found(u *UI, p *kit.Page) []fyne.CanvasObject {
	if s.text != u.Language() {
		codes, err := help.Codes(u.Language())
		if err != nil {
			fyne.LogError("help codes", err) // the languages of the screens are those of the catalogues; a test opens each
		}
		s.codes, s.text = codes, u.Language()
	}
	list := kit.NewStack(0)
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
			list.Add(kit.NewBeside(p.Grid.Of(48), badge(c.Outcome, p.Grid.Of(48)),
				kit.NewStack(0, p.Say(u.say("outcome."+look.Name(c.Outcome)), 32).Bold())))
		}
		list.Add(codeCard(c, p))
	}
	if last == nil {
		list.Add(p.Say(u.say("help.none"), 26).Bold())
	}
	if s.key != "" {
		list.Add(p.Say(u.say(s.key, s.pairs...), 24).Bold())
	}
	return append(list.Items, s.foot(u, p))
}

// foot leads back, and on to all codes or to the card.
func (s *helpScreen) foot(u *UI, p *kit.Page) *kit.Stack {
	back := "typing.back"
	if s.from != nil {
		back = "ways.back"
	}
	row := kit.NewRow(12, p.Outlined(u.say(back), func() { s.back(u) }))
	if s.atVerdict() {
		row.Add(p.Outlined(u.say("help.all"), func() { s.entry.SetText("") }))
		return row
	}
	row.Add(p.Outlined(u.say("help.save"), func() { s.save(u) }))
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

func codeCard(c help.Code, p *kit.Page) fyne.CanvasObject {
	t := c.Texts[0]
	card := p.Card(kit.NewSentence(p.Say(t.Short, 28).Bold(), kit.NewCode(wording.Whole(c.Help), p.Grid.Of(22), p.Palette.Ink)), p.Say(t.Sentence, 24))
	if len(t.Steps) > 0 {
		card.Add(p.Quiet("→ "+strings.Join(t.Steps, "·"), 22))
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
