package ui_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"postern/app/help"
	"postern/app/scan"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// Every code stands there with its sentence, in each language.
func TestHelpListsEveryCode(t *testing.T) {
	for _, language := range wording.Languages {
		codes, err := help.Codes(language)
		if err != nil {
			t.Fatal(err)
		}
		d := newDesk(t, language, tablet).attach()
		d.Open("settings")
		d.tap("settings.help")
		for _, c := range codes {
			d.says(t, c.Help, c.Texts[0].Short, c.Texts[0].Sentence)
		}
	}
}

func TestHelpLooksUp(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("help")
	e := d.field()
	for _, c := range []struct{ typed, says, saysNot string }{
		{"R-SIG", "R-SIG", "R-REV"},
		{"rsig", "R-SIG", "R-REV"},
		{"c-t24", "C-T48", "R-BAR"}, // the hours are the place's
		{"U-", "U-KEY", "R-BAR"},
		{"revoked", "R-REV", "R-BAR"},
		{"zzz", d.words(t, "en", "help.none"), "R-BAR"},
	} {
		e.SetText(c.typed)
		d.says(t, c.says)
		d.saysNot(t, c.saysNot)
	}
	e.SetText("")
	d.says(t, "R-SIG", "R-REV", "C-T48")
}

// helpOn goes by the buttons from a verdict to what its code means.
func (d *desk) helpOn(r verdict.Reason) {
	if show(r)(d); r == verdict.OK { // an Admit has no button: it goes by itself
		d.Open("help")
		return
	}
	d.tap("verdict.other_ways")
	d.tapWord(d.words(nil, d.Language(), "ways.help", "help", of(r).Help()))
}

// From every verdict the help opens at exactly its code, with the sentence of
// the case, and the same verdict is there again after; nothing is recorded twice.
func TestHelpOnAVerdict(t *testing.T) {
	for _, language := range wording.Languages {
		codes, err := help.Codes(language)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range codes {
			d := newDesk(t, language, tablet)
			d.helpOn(c.Reason)
			said := catalogueOf(t, language).Verdict(of(c.Reason), catalogueOf(t, other(language)), noon)
			d.says(t, said.Help, c.Texts[0].Short, said.Sentence)
			for _, another := range codes {
				if another.Texts[0].Short != c.Texts[0].Short && !strings.Contains(said.Sentence+said.Help, another.Help) {
					d.saysNot(t, another.Help+"  "+another.Texts[0].Short)
				}
			}
			d.Submit(scan.Reading{Text: "PP1:" + string(c.Reason), Source: scan.Wedge}) // shown again meanwhile: the guard goes on reading
			d.tap("ways.back")
			d.says(t, said.Sentence)
			if len(d.gate.lines) != 1 {
				t.Errorf("%s: %d entries", c.Help, len(d.gate.lines))
			}
		}
	}
}

// The other codes are a touch away, and so is the verdict then; a key does the same.
func TestHelpFromAVerdictToAllCodes(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.helpOn(verdict.Revoked)
	d.tap("help.all")
	d.says(t, "R-REV", "R-BAR", "C-T48")
	d.tap("ways.back")
	d.says(t, "Refuse", "R-REV")
	d.Open("help")
	d.key(fyne.KeyEscape)
	d.says(t, "Refuse", "R-REV")
}

// The card goes into the folder for documents, and the screen says so.
func TestHelpSavesTheCard(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("help")
	path := filepath.Join(d.home, "Documents", "postern-help.pdf")
	for range 2 { // the second takes the place of the first
		d.tap("help.save")
		d.says(t, d.words(t, "en", "help.saved", "path", path))
	}
	card, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(card, []byte("%PDF-")) {
		t.Errorf("the card is %d bytes: %v", len(card), err)
	}
	if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) != 1 {
		t.Errorf("%d files stand beside the card: %v", len(all)-1, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "taken"), 0o700); err != nil { // nothing can be written there
		t.Fatal(err)
	}
	d.tap("help.save")
	d.says(t, d.words(t, "en", "help.unsaved", "path", path))
}
