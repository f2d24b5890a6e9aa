package ui_test

import (
	"bytes"
	"errors"
	"testing"

	"postern/app/help"
	"postern/app/ui"
	"postern/sync/verdict"
)

// Every code stands there with its sentence, in each language.
func TestHelpListsEveryCode(t *testing.T) {
	for _, language := range ui.Languages {
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

// From a verdict the code is looked up at once, and the verdict is there again after.
func TestHelpOnAVerdict(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:revoked")
	d.tap("verdict.other_ways")
	d.tapWord(d.words(t, "en", "ways.help", "help", "R-REV"))
	d.says(t, "R-REV", d.words(t, "en", "reason.revoked"))
	d.saysNot(t, "R-BAR")
	d.tap("typing.back")
	d.says(t, "Refuse", of(verdict.Revoked).Help())
}

// file is a file that may fail to be written.
type file struct {
	bytes.Buffer
	err    error
	closed bool
}

func (f *file) Close() error { f.closed = true; return f.err }

func TestHelpSavesTheCard(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("help")
	f := &file{}
	ui.SaveCard(d.UI, f)
	d.says(t, d.words(t, "en", "help.saved"))
	if !f.closed || !bytes.HasPrefix(f.Bytes(), []byte("%PDF-")) {
		t.Errorf("the card is %d bytes, closed: %v", f.Len(), f.closed)
	}
	ui.SaveCard(d.UI, &file{err: errors.New("the disk is full")})
	d.says(t, d.words(t, "en", "help.unsaved"))
	d.tap("help.save")
	if d.window.Canvas().Overlays().Top() == nil {
		t.Error("nobody asks where the card goes")
	}
}
