package kit_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"

	"postern/app/look"
	"postern/app/ui/kit"
)

// names are invented names, each in another script, with what shaping and the
// choice of a font must get right: marks, joined letters, vowels that stand
// before their consonant, and characters that are rare.
var names = map[string]string{
	"Han":                 "喆堃翀犇㛃䶮𬭎𡛼·龘",
	"Han, extension A":    "㼆㐂㵪䏑䨺",
	"Han, compatibility":  "髙橋﨑",
	"Han with a selector": "葛\U000e0100城",
	"Kana":                "さくら・サトウ",
	"Hangul":              "홍길동",
	"Hangul, taken apart": "\u1112\u1169\u11bc 길동",
	"Thai":                "กิตติศักดิ์ น้ำผึ้ง",
	"Lao":                 "ບຸນມີ ຄຳ",
	"Khmer":               "សុភា ច័ន្ទ",
	"Myanmar":             "အောင်မြင့်",
	"Devanagari":          "क्षितिज शर्मा",
	"Bengali":             "মৌসুমী ভট্টাচার্য",
	"Gurmukhi":            "ਗੁਰਪ੍ਰੀਤ",
	"Gujarati":            "જ્યોતિ",
	"Oriya":               "ଜଗନ୍ନାଥ",
	"Tamil":               "கோகிலா ஸ்ரீ",
	"Telugu":              "సూర్యకాంత్",
	"Kannada":             "ಕೃಷ್ಣಮೂರ್ತಿ",
	"Malayalam":           "രാജേശ്വരി",
	"Sinhala":             "ශ්\u200dරීමතී",
	"Georgian":            "ნინო ბერიძე",
	"Armenian":            "Արամ Սարգսյան",
	"Ethiopic":            "አበበ ዘውዴ",
	"Arabic":              "محمد عبد الله",
	"Persian":             "پژمان گل\u200cمحمدی",
	"Urdu":                "ٹیپو چوہدری",
	"Uyghur":              "ئابدۇرېھىم",
	"Hebrew":              "דָּוִד בן־עמי",
	"Thaana":              "އަހްމަދު",
	"Tibetan":             "བཀྲ་ཤིས་སྒྲོལ་མ",
	"Mongolian":           "ᠪᠠᠲᠤ",
	"Yi":                  "ꀀꏂꑳ",
	"Latin":               "Nguyễn Đặng Škvařil Ğülşen Þór ẞ",
	"Latin, taken apart":  "Nguye\u0302\u0303n I\u0307",
	"Greek":               "Ελένη Παπαδάκη",
	"Cyrillic":            "Юлія Ґудзь Ђорђе Қасым",
	"masked":              "م. أ. 홍* J*** ক. *",
}

// Each letter of a name is in the font that is chosen for it, in both weights,
// and stays so when the font puts marks in their places: no box, and no dotted
// circle under a mark that was torn from its letter.
func TestEveryNameHasItsLetters(t *testing.T) {
	for script, name := range names {
		if !look.Draws(name) {
			t.Errorf("%s: %q cannot be drawn", script, name)
		}
		for _, bold := range []bool{false, true} {
			for _, r := range look.Runs(name, look.RightToLeft(name)) {
				if missing := shaped(t, r, bold); missing != "" {
					t.Errorf("%s bold %t: %q in the font %q lacks %s", script, bold, r.Text, r.Script, missing)
				}
			}
		}
	}
	for _, strange := range []string{"\U00013080", "\U0001F600", "\U0002A6D6\U0002A6D7", "\ue000", "王\ufffd", "ᎣᏏ"} {
		if look.Draws(strange) {
			t.Errorf("%q is said to be drawn", strange)
		}
	}
}

// shaped says what a font lacks of a run, empty for nothing.
func shaped(t *testing.T, r look.Run, bold bool) string {
	t.Helper()
	file, err := look.Font("zh", bold)
	if r.Script != "" {
		file, err = r.Script.File(bold)
	}
	if err != nil {
		t.Fatal(err)
	}
	face, err := font.ParseTTF(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	circle, _ := face.NominalGlyph('◌')
	text := []rune(r.Text)
	in := shaping.Input{Text: text, RunEnd: len(text), Direction: di.DirectionLTR, Face: face, Size: fixed.I(20)}
	var seg shaping.Segmenter
	for _, part := range seg.Split(in, fixedFace{face}) {
		var shaper shaping.HarfbuzzShaper
		for _, g := range shaper.Shape(part).Glyphs {
			switch g.GlyphID {
			case 0:
				return string(text[g.TextIndex()])
			case circle:
				return "what " + string(text[g.TextIndex()]) + " stands on"
			}
		}
	}
	return ""
}

type fixedFace struct{ *font.Face }

func (f fixedFace) ResolveFace(rune) *font.Face { return f.Face }

// drawn is a picture of a line, as wide as its words.
func drawn(t *testing.T, line fyne.CanvasObject) *image.Gray {
	t.Helper()
	w := test.NewTempWindow(t, line)
	w.SetPadded(false)
	w.Resize(line.MinSize().AddWidthHeight(0, 30)) // marks reach out of the line
	shot := w.Canvas().Capture()
	grey := image.NewGray(shot.Bounds())
	draw.Draw(grey, grey.Rect, shot, shot.Bounds().Min, draw.Src)
	return grey
}

// inked cuts a picture to what is drawn in it.
func inked(p *image.Gray) *image.Gray {
	box := image.Rectangle{}
	for y := p.Rect.Min.Y; y < p.Rect.Max.Y; y++ {
		for x := p.Rect.Min.X; x < p.Rect.Max.X; x++ {
			if p.GrayAt(x, y).Y < 200 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return p.SubImage(box).(*image.Gray)
}

// like is how many in a hundred pixels of two pictures are alike, laid on each other at the left and the top.
func like(a, b *image.Gray) int {
	w, h := max(a.Rect.Dx(), b.Rect.Dx()), max(a.Rect.Dy(), b.Rect.Dy())
	same := 0
	black := func(p *image.Gray, x, y int) bool {
		at := p.Rect.Min.Add(image.Pt(x, y))
		return at.In(p.Rect) && p.GrayAt(at.X, at.Y).Y < 128
	}
	for y := range h {
		for x := range w {
			if black(a, x, y) == black(b, x, y) {
				same++
			}
		}
	}
	return same * 100 / max(w*h, 1)
}

const letters = 40

func line(s string) fyne.CanvasObject { return kit.Line(s, letters, color.Black, true) }

// What is drawn of a name is neither nothing nor the box of a font that lacks
// it, letter for letter. With POSTERN_SHOTS set to a folder the names are left there as pictures.
func TestEveryNameIsDrawn(t *testing.T) {
	theApp()
	for script, name := range names {
		p := drawn(t, line(name))
		if folder := os.Getenv("POSTERN_SHOTS"); folder != "" {
			f, err := os.Create(folder + "/name-" + strings.ReplaceAll(script, " ", "-") + ".png")
			if err != nil {
				t.Fatal(err)
			}
			if err := png.Encode(f, p); err != nil {
				t.Fatal(err)
			}
			f.Close()
		}
		for _, c := range look.Clusters(look.Plain(name)) {
			if strings.Trim(c, " ·*.・་\u200c") == "" {
				continue
			}
			ink := inked(drawn(t, line(c)))
			if ink.Rect.Empty() {
				t.Errorf("%s: nothing is drawn of %q", script, c)
			}
			for _, font := range []look.Script{"", look.Runs(c, false)[0].Script} {
				for _, box := range []string{"\U0010fffd", "\ufffd"} {
					if like(ink, inked(drawn(t, boxed(font, box)))) > 97 {
						t.Errorf("%s: %q is drawn as a box", script, c)
					}
				}
			}
		}
	}
}

// boxed is a character that a script's font lacks.
func boxed(s look.Script, lacking string) fyne.CanvasObject {
	t := canvas.NewText(lacking, color.Black)
	t.TextSize, t.TextStyle = letters, fyne.TextStyle{Bold: true}
	if s != "" {
		file, _ := s.File(true)
		t.FontSource = fyne.NewStaticResource("box "+string(s), file)
	}
	return t
}

// The first letter of a right-to-left name stands at the right, and Arabic letters are joined.
func TestRightToLeftNames(t *testing.T) {
	theApp()
	for _, c := range []struct{ name, right, left string }{
		{"אב", "א", "ב"},
		{"ד א", "ד", "א"},
		{"ד. א.", "ד", "."},
		{"د أ", "د", "أ"},
		{"د. أ.", "د", "."},
		{"ד (א)", "ד", "("},
		{"د***", "د", "*"},
		{"دو", "د", "و"}, // letters that do not join
	} {
		p := drawn(t, line(c.name))
		if got := edge(p, true); like(got, inked(drawn(t, line(c.right)))) < 90 {
			t.Errorf("at the right of %q there is no %q", c.name, c.right)
		}
		if got := edge(p, false); like(got, inked(drawn(t, line(c.left)))) < 90 {
			t.Errorf("at the left of %q there is no %q", c.name, c.left)
		}
	}
	joined, alone := drawn(t, line("ببب")), drawn(t, line("ب"))
	if got, apart := joined.Rect.Dx(), 3*alone.Rect.Dx(); got > apart*8/10 {
		t.Errorf("three joined letters are %d wide, three that stand alone %d", got, apart)
	}
}

// edge is the first piece of ink from the right or from the left, between two empty columns.
func edge(p *image.Gray, right bool) *image.Gray {
	p = inked(p)
	empty := func(x int) bool {
		return inked(p.SubImage(image.Rect(x, p.Rect.Min.Y, x+1, p.Rect.Max.Y)).(*image.Gray)).Rect.Empty()
	}
	from, to := p.Rect.Min.X, p.Rect.Max.X
	if right {
		for from = to; from > p.Rect.Min.X && !empty(from-1); from-- {
		}
	} else {
		for to = from; to < p.Rect.Max.X && !empty(to); to++ {
		}
	}
	return inked(p.SubImage(image.Rect(from, p.Rect.Min.Y, to, p.Rect.Max.Y)).(*image.Gray))
}

// Letters of all fonts stand on one line: a name does not jump beside its mask.
func TestRunsStandOnOneLine(t *testing.T) {
	theApp()
	foot := func(s string) int { return inked(drawn(t, line(s))).Rect.Max.Y }
	want := foot("H")
	for _, s := range []string{"H", "Һ", "Ա", "ა", "ש", "ก", "Ǹ"} {
		if got := foot(s + "H"); got < want-1 || got > want+3 {
			t.Errorf("%sH ends at %d, H at %d", s, got, want)
		}
	}
}
