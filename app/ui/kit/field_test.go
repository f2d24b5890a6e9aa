package kit_test

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"postern/app/ui/kit"
)

var (
	fieldWords = kit.FieldWords{Label: "code", Send: "go", Clear: "clear", Paste: "paste"}
	keyWords   = kit.KeyWords{Space: "space", Rub: "rub", Shift: "shift", Hide: "hide"}
)

// board is a field over its keyboard in a window of a size, and a way to tap keys by what they say.
type board struct {
	*kit.Field
	window fyne.Window
	sent   int
	hidden int
}

func newBoard(t *testing.T, size fyne.Size, code bool) *board {
	t.Helper()
	theApp()
	b := &board{Field: kit.NewField("")}
	b.Code, b.Sent, b.Active = code, func() { b.sent++ }, true
	b.SetText("")
	b.In(kit.Day.Palette(), fieldWords)
	high := kit.KeyboardHeight(size)
	keys := kit.NewKeyboard(b.Field, kit.Day.Palette().Keys(), keyWords, func() { b.hidden++ })
	b.window, _ = windowOf(t, size, kit.Fixed(size, kit.Place(b.Field, 0, 0, size.Width, b.HeightFor(0)), kit.Place(keys, 0, size.Height-high, size.Width, high)))
	return b
}

// press taps what says a word, at its middle, as a finger does.
func (b *board) press(t *testing.T, words ...string) {
	t.Helper()
	for _, word := range words {
		found := false
		for _, r := range kit.Targets(b.window.Content()) {
			if r.Target.(interface{ Says() string }).Says() == word {
				x1, y1, x2, y2 := r.Seen()
				test.TapCanvas(b.window.Canvas(), fyne.NewPos((x1+x2)/2, (y1+y2)/2))
				found = true
				break
			}
		}
		if !found {
			t.Fatalf("there is no key %s", word)
		}
	}
}

func (b *board) holds(t *testing.T, want string) {
	t.Helper()
	if got := b.Text(); got != want {
		t.Errorf("the field holds %q, want %q", got, want)
	}
}

// Every character of an enrolment code, of a pass and of a scanner's profile can be typed by touch.
func TestEveryCharacterOfACode(t *testing.T) {
	b := newBoard(t, fyne.NewSize(480, 800), true)
	const text = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:" + "prefix=~&end=pause_"
	for _, r := range text {
		key, says := string(r), map[string]bool{}
		if r == ' ' {
			key = "space"
		}
		for range 3 { // another page of keys, or other letters
			clear(says)
			for _, r := range kit.Targets(b.window.Content()) {
				says[r.Target.(interface{ Says() string }).Says()] = true
			}
			switch {
			case says[key]:
			case says["abc"]:
				b.press(t, "abc")
			case strings.ToLower(key) != strings.ToUpper(key):
				b.press(t, "shift")
			default:
				b.press(t, "#+=")
			}
		}
		b.press(t, key)
	}
	b.holds(t, text)
	b.press(t, "rub", "rub", "go", "hide")
	b.holds(t, text[:len(text)-2])
	if b.sent != 1 || b.hidden != 1 {
		t.Errorf("sent %d times, hidden %d", b.sent, b.hidden)
	}
	b.press(t, "clear")
	b.holds(t, "")
}

// A name begins with a capital if somebody wants one, and goes on in small letters.
func TestCapitalOfAName(t *testing.T) {
	b := newBoard(t, fyne.NewSize(1280, 800), false)
	b.press(t, "shift", "L", "i", "u", "space", "f")
	b.holds(t, "Liu f")
}

// The keys are as large as a thumb needs, and leave no gaps, on every device.
func TestKeysAreLarge(t *testing.T) {
	for _, size := range []fyne.Size{{Width: 480, Height: 800}, {Width: 800, Height: 480}, {Width: 600, Height: 960}, {Width: 1280, Height: 800}, {Width: 1920, Height: 1080}} {
		b := newBoard(t, size, false)
		for _, signs := range []bool{false, true} {
			if signs {
				b.press(t, "#+=")
			}
			for _, r := range kit.Targets(b.window.Content()) {
				if x1, y1, x2, y2 := r.Seen(); x2-x1 < 47.99 || y2-y1 < 47.99 {
					t.Errorf("%v: %s is %v by %v", size, r.Target.(interface{ Says() string }).Says(), x2-x1, y2-y1)
				}
			}
		}
	}
}

// The caret goes where a finger or a key puts it.
func TestCaret(t *testing.T) {
	b := newBoard(t, fyne.NewSize(480, 800), false)
	b.Lines = 3
	b.Resize(fyne.NewSize(480, b.HeightFor(480)))
	b.SetText(strings.Repeat("0", 60))
	test.TapCanvas(b.window.Canvas(), fyne.NewPos(15, 30+24*1.36*1.5)) // the beginning of the second line
	b.Type('x')
	at := strings.Index(b.Text(), "x")
	if at < 20 || at > 40 {
		t.Errorf("typed at %d of %q", at, b.Text())
	}
	b.Rub()
	b.holds(t, strings.Repeat("0", 60))
	f := &finger{kit.NewScroll(b.Field), fyne.NewPos(15, 30+24*1.36*1.5)} // a finger that slips a little
	windowOf(t, fyne.NewSize(480, 800), f.on.(*kit.Scroll))
	f.moves(3, 1)
	f.on.DragEnd()
	b.Type('y')
	if at := strings.Index(b.Text(), "y"); at < 20 || at > 40 {
		t.Errorf("typed at %d of %q", at, b.Text())
	}
	b.Rub()
	b.Key(fyne.KeyHome)
	b.Type('a')
	b.Key(fyne.KeyEnd)
	b.Type('z')
	b.Key(fyne.KeyLeft)
	b.Key(fyne.KeyLeft)
	b.Key(fyne.KeyDelete)
	b.Key(fyne.KeyRight)
	b.Key(fyne.KeyBackspace)
	b.holds(t, "a"+strings.Repeat("0", 59))
	b.SetText("a\tb\nc\x00")
	b.holds(t, "abc")
}

// What a scanner typed is taken out again, and nothing else.
func TestRestore(t *testing.T) {
	b := newBoard(t, fyne.NewSize(480, 800), false)
	b.SetText("liu")
	b.Key(fyne.KeyHome)
	b.Mark()
	for _, r := range "PP1:OK" {
		b.Type(r)
	}
	b.Restore()
	b.Type('-')
	b.holds(t, "-liu")
}

// A pad of digits has X for the numbers of identity cards.
func TestPad(t *testing.T) {
	got := ""
	typed := func(r rune) { got += string(r) }
	p := kit.NewPad(kit.Day.Palette().Keys(), typed,
		kit.PadKey{Word: "X", Do: func() { typed('X') }}, kit.PadKey{Icon: "icons/rub", Name: "rub", Do: func() { got = got[:len(got)-1] }})
	b := &board{}
	b.window, _ = windowOf(t, fyne.NewSize(300, 400), p)
	b.press(t, "1", "9", "5", "8", "0", "X", "7", "rub", "2")
	if got != "19580X2" {
		t.Errorf("typed %q", got)
	}
}
