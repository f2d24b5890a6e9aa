package qr_test

import (
	"flag"
	"fmt"
	"image"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/app/qr"
)

// pace is the time between two frames of a slow camera; a hint is due after
// hintDue, and the sequences go on a little longer.
const (
	pace    = time.Second / 12
	hintDue = 2 * time.Second
	showFor = 2300 * time.Millisecond
)

// kinds are the ways in which a code does not read, each with severities:
// what a scene that would read is changed by. Every frame after two seconds
// must bear the hint, unless the code has been read.
var kinds = []struct {
	name       string
	want       qr.Hint
	unit       string
	severities []float64
	change     func(s *scene, severity float64)
	codes      []string // of hintCodes; all of them when it is empty
}{
	{"blurred", qr.Blurred, "modules", []float64{0.9, 1.1, 1.4, 1.8, 2.3}, func(s *scene, v float64) { s.blur = v }, nil},
	{"moving", qr.Moving, "modules", []float64{2, 2.5, 3.5, 5, 7}, func(s *scene, v float64) { s.smear = v }, nil},
	{"far", qr.TooFar, "pixels a module", []float64{0.7, 0.8, 0.9, 1}, func(s *scene, v float64) { s.module = v }, nil},
	{"dark", qr.TooDark, "gray of paper", []float64{9, 14, 18}, func(s *scene, v float64) {
		s.dark, s.light, s.bezel, s.noise, s.ground = 5, v, 5, 4, dimmed(s.ground, 10)
	}, nil},
	{"glare", qr.Glare, "of the side", []float64{0.7, 0.85, 1}, func(s *scene, v float64) {
		side := float64(s.symbol.Rect.Dx() - 8)
		s.spot, s.spotX, s.spotY = v*side/2, -side/4, -side/5
	}, nil},
	{"outside", qr.Outside, "of the side", []float64{0.2, 0.35, 0.5}, func(s *scene, v float64) {
		s.x = float64(s.symbol.Rect.Dx()-8) * s.module * (0.5 - v) * math.Copysign(1, math.Cos(s.turn))
	}, nil},
	{
		"other type", qr.OtherType, "pixels a module",
		[]float64{3, 4.5, 7},
		func(s *scene, v float64) { s.module = v },
		[]string{"Micro QR M2", "Micro QR M4", "rMQR R7x43", "rMQR R13x77"},
	},
}

// hintCodes are the codes that the sequences show, and the pixels that one of
// their modules has where nothing else is said.
func hintCodes(tb testing.TB) map[string]struct {
	symbol *image.Gray
	module float64
} {
	r := rand.New(rand.NewPCG(1, 2))
	long := func(n int) string {
		text := make([]byte, n)
		for i := range text {
			text[i] = byte('a' + r.IntN(26))
		}
		return string(text)
	}
	type code = struct {
		symbol *image.Gray
		module float64
	}
	return map[string]code{
		"short address": {drawn(tb, "https://go.example/7Q2", 1), 6},
		"version 10":    {drawn(tb, long(205), 1), 4.5},
		"version 22":    {drawn(tb, long(760), 1), 3.4},
		"Micro QR M2":   {microQR(13, 4), 5},
		"Micro QR M4":   {microQR(17, 5), 5},
		"rMQR R7x43":    {rMQR(43, 7, 6), 5},
		"rMQR R13x77":   {rMQR(77, 13, 7), 5},
	}
}

var usualCodes = []string{"short address", "version 10", "version 22"}

// easy is a code that is held so that it reads; every seed is another hand,
// place, light and table.
func easy(symbol *image.Gray, module float64, seed uint64) *scene {
	r := rand.New(rand.NewPCG(seed, 41))
	s := &scene{
		symbol: symbol, ground: tables()[seed%4], module: module,
		x: frameWidth/2 + 120*(r.Float64()-0.5), y: frameHeight/2 + 60*(r.Float64()-0.5),
		turn: 0.4 * r.NormFloat64(), hand: 0.6 + r.Float64(), way: 2 * math.Pi * r.Float64(),
		dark: 30, light: 205, bezel: 25, noise: 2 + 4*r.Float64(),
	}
	if seed%3 == 0 { // on a sheet of paper
		s.bezel = s.light
	}
	if seed%2 == 0 { // on a bright telephone
		s.dark, s.light = 12, 250
	}
	return s
}

var tables = sync.OnceValue(func() [4]*image.Gray {
	return [4]*image.Gray{tableTop(1), tableTop(2), cloth(9, 3), tableTop(4)}
})

func dimmed(img *image.Gray, by byte) *image.Gray {
	out := image.NewGray(img.Rect)
	for i, v := range img.Pix {
		out.Pix[i] = v / by
	}
	return out
}

// shown plays a scene to a live reader and gives the text that was read, or
// the hint of all frames after two seconds: "none" and another hint among them
// make it that.
func shown(tb testing.TB, s *scene) (text string, hint qr.Hint) {
	tb.Helper()
	l, first := qr.NewLive(), true
	x, y, turn := s.x, s.y, s.turn
	for after := time.Duration(0); after < showFor; after += pace {
		s.x, s.y, s.turn = (s.x+x)/2, (s.y+y)/2, (s.turn+turn)/2 // the hand strives back
		sight := l.Frame(s.next(), noon.Add(after))
		for _, c := range sight.Fresh {
			return c.Text, ""
		}
		if after < hintDue {
			continue
		}
		if first || sight.Hint != hint {
			if !first {
				return "", qr.Hint(fmt.Sprintf("%s, %s", hint, sight.Hint))
			}
			hint, first = sight.Hint, false
		}
	}
	return "", hint
}

// tallies counts how sequences of one kind and severity ended.
type tallies struct {
	right, read, none int
	wrong             map[qr.Hint]int
}

func (c tallies) String() string {
	wrong := 0
	var what []string
	for _, h := range slices.Sorted(maps.Keys(c.wrong)) {
		wrong += c.wrong[h]
		what = append(what, fmt.Sprintf("%d %s", c.wrong[h], h))
	}
	line := fmt.Sprintf("%d | %d | %d | %d", c.right, c.read, c.none, wrong)
	if wrong > 0 {
		line += ": " + strings.Join(what, ", ")
	}
	return line
}

// hintHands makes the table of docs/scan.md larger:
//
//	go test ./app/qr -run TestHintTable -v -hands 3
var hintHands = flag.Int("hands", 1, "show each code of the hint table by so many `hands`")

// TestHintTable shows codes of every kind of trouble, at several severities,
// to a live reader, and holds the one right hint. With -v it prints the table
// of docs/scan.md.
func TestHintTable(t *testing.T) {
	if testing.Short() {
		t.Skip("renders many pictures")
	}
	codes := hintCodes(t)
	var table strings.Builder
	for k, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			for _, severity := range kind.severities {
				c := tallies{wrong: map[qr.Hint]int{}}
				names := kind.codes
				if names == nil {
					names = usualCodes
				}
				for i, name := range names {
					for again := range *hintHands {
						code := codes[name]
						seed := uint64(k*100 + i + 10*again + int(10*severity))
						s := easy(code.symbol, code.module, seed)
						kind.change(s, severity)
						s.prepare(seed)
						text, hint := shown(t, s)
						switch {
						case text != "":
							c.read++
						case hint == kind.want:
							c.right++
						case hint == qr.NoHint:
							c.none++
						default:
							c.wrong[hint]++
						}
						if text == "" && hint != kind.want {
							t.Errorf("%s by %v %s: %s, seed %d: hint %q", kind.name, severity, kind.unit, name, seed, hint)
						}
					}
				}
				fmt.Fprintf(&table, "| %s | %v %s | %v |\n", kind.name, severity, kind.unit, c)
			}
		})
	}
	t.Logf("\n| kind | severity | right hint | read | none | wrong |\n|---|---|---|---|---|---|\n%s", &table)
}

// TestNoHintWithoutCode looks at what is no code, still and sliding by: there
// is nothing to say.
func TestNoHintWithoutCode(t *testing.T) {
	if testing.Short() {
		t.Skip("renders many pictures")
	}
	scenes := map[string]*image.Gray{
		"table": tableTop(5), "faces": faces(), "windows": windows(),
		"cloth of 3": cloth(3, 1), "cloth of 8": cloth(8, 2), "cloth of 20": cloth(20, 3),
		"letters of 1": textPage(1, 1), "letters of 2": textPage(2, 2), "letters of 4": textPage(4, 3),
		"strokes of 12": strokePage(12, 1), "strokes of 24": strokePage(24, 2), "strokes of 60": strokePage(60, 3),
		"plain": shaded(func(x, y float64) float64 { return 180 }), "wall": shaded(func(x, y float64) float64 { return 90 + x/10 }),
	}
	for name, ground := range scenes {
		for _, smear := range []int{0, 14} {
			r := rand.New(rand.NewPCG(uint64(len(name)), 3))
			l, at := qr.NewLive(), 0
			for after := time.Duration(0); after < showFor; after += pace {
				at += smear
				sight := l.Frame(speck(moved(ground, at, smear), 3, r), noon.Add(after))
				if sight.Hint != qr.NoHint || len(sight.Fresh) > 0 {
					t.Errorf("%s, moved by %d: hint %q after %v, read %v", name, smear, sight.Hint, after, sight.Fresh)
					break
				}
			}
		}
	}
}

// TestHintComesAfterEmptyFrames holds a blurred code before a camera that has
// seen nothing for a while: the hint comes as soon, and goes with the code.
func TestHintComesAfterEmptyFrames(t *testing.T) {
	s := easy(drawn(t, pass, 1), 4, 1)
	s.blur = 1.4
	s.prepare(1)
	l, at := qr.NewLive(), noon
	look := func(img *image.Gray) qr.Hint {
		at = at.Add(pace)
		return l.Frame(img, at).Hint
	}
	empty := speck(s.ground, 3, s.random)
	for range 40 {
		if h := look(empty); h != qr.NoHint {
			t.Fatalf("before: %q", h)
		}
	}
	var hint qr.Hint
	for range int(hintDue / pace) {
		hint = look(s.next())
	}
	if hint != qr.Blurred {
		t.Errorf("after two seconds: %q", hint)
	}
	for range 60 {
		hint = look(empty)
	}
	if hint != qr.NoHint {
		t.Errorf("five seconds after it left: %q", hint)
	}
}
