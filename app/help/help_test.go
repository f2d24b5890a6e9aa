package help_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"postern/app/help"
	"postern/sync/verdict"
)

// Every reason is a line, no two lines have one code, and no line has a gap in it.
func TestCodes(t *testing.T) {
	codes, err := help.Codes("zh", "en")
	if err != nil || len(codes) != len(verdict.Reasons()) {
		t.Fatalf("%d codes of %d reasons: %v", len(codes), len(verdict.Reasons()), err)
	}
	seen := map[string]verdict.Reason{}
	for _, c := range codes {
		if other, taken := seen[c.Help]; taken {
			t.Errorf("%s is the code of %s and of %s", c.Help, c.Reason, other)
		}
		seen[c.Help] = c.Reason
		if c.Outcome != c.Reason.Outcome() || len(c.Texts) != 2 {
			t.Fatalf("%+v", c)
		}
		for _, text := range c.Texts {
			all := text.Short + text.Sentence + strings.Join(text.Steps, "")
			if text.Short == "" || text.Sentence == "" || strings.ContainsAny(all, "{}\u2060") || len(text.Steps) != len(c.Reason.Steps()) {
				t.Errorf("%s reads %+v", c.Help, text)
			}
			for _, step := range text.Steps {
				if step == "" {
					t.Errorf("%s has a step without words", c.Help)
				}
			}
		}
	}
	if seen["C-T48"] != verdict.TestOld {
		t.Error("the code with hours in it is not shown with hours")
	}
	if _, err := help.Codes("tlh"); err == nil {
		t.Error("a language without words is taken")
	}
}

var grounds = map[verdict.Outcome]color.RGBA{
	verdict.Admit: {0x08, 0x60, 0x3a, 0xff}, verdict.Check: {0xf2, 0xb0, 0x1e, 0xff},
	verdict.Refuse: {0xa3, 0x16, 0x1f, 0xff}, verdict.Unknown: {0x37, 0x50, 0x6b, 0xff},
}

// Every code is on the page, on its outcome's colour, in letters that can be
// read, and nothing runs over anything.
func TestEveryCodeIsOnTheCard(t *testing.T) {
	for _, languages := range [][]string{{"zh", "en"}, {"en", "zh"}, {"zh"}, {"en"}, {"zh-Hant", "en"}, {"zh-Hant"}} {
		t.Run(strings.Join(languages, " "), func(t *testing.T) {
			card, err := help.Card(languages...)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := help.Layout(1, languages...)
			if err != nil || len(rows) != len(verdict.Reasons()) {
				t.Fatalf("%d rows: %v", len(rows), err)
			}
			on := map[verdict.Reason]bool{}
			for i, r := range rows {
				on[r.Code.Reason] = true
				if !r.Box.In(card.Rect.Inset(100)) || r.Widest > r.Box.Dx() || r.Points < 5.4 {
					t.Errorf("%s at %v is %d wide in %.1f points", r.Code.Help, r.Box, r.Widest, r.Points)
				}
				for _, other := range rows[i+1:] {
					if r.Box.Overlaps(other.Box.Inset(1)) {
						t.Errorf("%s lies over %s", r.Code.Help, other.Code.Help)
					}
				}
				if got := card.RGBAAt(r.Box.Min.X+4, r.Box.Min.Y+4); got != grounds[r.Code.Outcome] {
					t.Errorf("%s stands on %v", r.Code.Help, got)
				}
			}
			if len(on) != len(rows) {
				t.Errorf("%d reasons on the card", len(on))
			}
		})
	}
}

func TestCardThatOverflows(t *testing.T) {
	if rows, err := help.Layout(3, "zh", "en"); err == nil || len(rows) > 0 {
		t.Errorf("three times the codes were put on one page: %v", err)
	}
	for _, languages := range [][]string{{}, {"zh", "en", "zh"}, {"tlh"}} {
		if _, err := help.Card(languages...); err == nil {
			t.Errorf("a card in %q", languages)
		}
	}
}

// The PDF holds the page dot by dot, and its table of places is right.
func TestPDF(t *testing.T) {
	card, err := help.Card("zh", "en")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := help.WritePDF(&b, card); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	for i, m := range regexp.MustCompile(`(?m)^(\d{10}) 00000 n `).FindAllSubmatch(file, -1) {
		at, _ := strconv.Atoi(string(m[1]))
		if !bytes.HasPrefix(file[at:], fmt.Appendf(nil, "%d 0 obj", i+1)) {
			t.Errorf("object %d is not at %d", i+1, at)
		}
	}
	_, picture, _ := bytes.Cut(file, []byte("/FlateDecode"))
	_, picture, _ = bytes.Cut(picture, []byte("stream\n"))
	z, err := zlib.NewReader(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	pixels, err := io.ReadAll(z)
	if err != nil || len(pixels) != 3*2480*3508 {
		t.Fatalf("%d bytes: %v", len(pixels), err)
	}
	for i := range len(pixels) / 3 {
		if !bytes.Equal(pixels[3*i:3*i+3], card.Pix[4*i:4*i+3]) {
			t.Fatalf("dot %d differs", i)
		}
	}
}
