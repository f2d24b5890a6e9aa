package kit

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// KeyWords are the words on the keys that type nothing, in the guard's language.
type KeyWords struct {
	Space string
	Rub   string // the names of drawings, from here on
	Shift string
	Hide  string
}

// keyPage is which characters a keyboard shows.
type keyPage struct {
	shift bool // capitals, until the next letter or, for codes, until it is pressed again
	signs bool
}

// The rows under the digits. With the signs, an enrolment code (base45), a pass
// and a scanner's profile can be typed.
var (
	letterRows = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm"}
	signRows   = []string{"$%*+-./:=&", "~_,;!?'\"@", "#()[]<>"}
)

// columns is how many keys stand in the longest row.
const columns = 10

// KeyboardHeight is how high a keyboard is in a window of a size: five rows, of
// which each is at least as high as a thumb needs.
func KeyboardHeight(window fyne.Size) float32 {
	share := float32(0.4)
	if IsWide(window) {
		share = 0.48
	}
	return min(max(window.Height*share/5, leastTarget), 96)*5 + 2*keyMargin
}

const keyMargin = 2

// NewKeyboard is a keyboard that types into a field and is as wide as the window. hide takes it away.
func NewKeyboard(f *Field, k KeyPaint, words KeyWords, hide func()) *Pane {
	var board *Pane
	board = NewPane(fyne.NewSize(1, 5*leastTarget), func(size fyne.Size) fyne.CanvasObject {
		ground := canvas.NewRectangle(k.Ground)
		b := keyboard{f, k, words, hide, func() { board.Refresh() }}
		return Fixed(size, append([]fyne.CanvasObject{Place(ground, 0, 0, size.Width, size.Height)}, b.rows(size)...)...)
	})
	return board
}

type keyboard struct {
	field   *Field
	paint   KeyPaint
	words   KeyWords
	hide    func()
	refresh func()
}

// rows are all keys of the keyboard, placed.
func (b *keyboard) rows(size fyne.Size) (placed []fyne.CanvasObject) {
	page := &b.field.page
	letters, other := letterRows, "#+="
	if page.signs {
		letters, other = signRows, "abc"
	}
	h := (size.Height - 2*keyMargin) / 5
	unit := size.Width / columns
	put := func(row int, keys []*Key, shares []float32) {
		all := float32(0)
		for _, s := range shares {
			all += s
		}
		w := min(unit*all, size.Width)
		for _, k := range keys {
			k.size = max(min(h*0.42, unit*0.5), 18) / max(Letters(1), 1)
		}
		placed = append(placed, keyRow(keyMargin+h*float32(row), (size.Width-w)/2, w, h, keys, shares)...)
	}
	for i, row := range append([]string{"1234567890"}, letters[:2]...) {
		keys, shares := b.typing(row)
		put(i, keys, shares)
	}
	keys, shares := b.typing(letters[2])
	keys = append(append([]*Key{b.shiftKey()}, keys...), b.does("icons/rub", b.words.Rub, b.field.Rub))
	put(3, keys, append(append([]float32{1.5}, shares...), 1.5))
	hyphen, stop := b.types('-'), b.types('.')
	if b.field.Code {
		stop = b.types(':')
	}
	space := newKey(b.words.Space, b.paint, func() { b.strike(' ') })
	done := newKey(b.field.words.Send, b.paint, b.field.send).in(b.paint.Done, b.paint.DoneInk)
	signs := newKey(other, b.paint, func() { page.signs = !page.signs; b.refresh() }).in(b.paint.Dim, b.paint.Ink)
	put(4, []*Key{signs, hyphen, space, stop, b.does("icons/hide", b.words.Hide, b.hide), done}, []float32{1.5, 1, 3, 1, 1.5, 2})
	return placed
}

// typing are the keys of a row of characters.
func (b *keyboard) typing(row string) (keys []*Key, shares []float32) {
	if b.field.page.shift {
		row = strings.ToUpper(row)
	}
	for _, r := range row {
		keys, shares = append(keys, b.types(r)), append(shares, 1)
	}
	return keys, shares
}

func (b *keyboard) types(r rune) *Key {
	return newKey(string(r), b.paint, func() { b.strike(r) })
}

func (b *keyboard) does(icon, name string, do func()) *Key {
	return newKey("", b.paint, do).drawn(icon, name).in(b.paint.Dim, b.paint.Ink)
}

func (b *keyboard) shiftKey() *Key {
	key := b.does("icons/shift", b.words.Shift, func() {
		b.field.page.shift = !b.field.page.shift
		b.refresh()
	})
	if b.field.page.shift {
		key.in(b.paint.Ink, b.paint.Cap)
	}
	return key
}

// strike types a character; a capital of a name is followed by small letters.
func (b *keyboard) strike(r rune) {
	b.field.Type(r)
	if page := &b.field.page; page.shift && !b.field.Code && unicode.IsLetter(r) {
		page.shift = false
		b.refresh()
	}
}
