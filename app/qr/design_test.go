package qr_test

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"postern/app/qr"
)

// design is how an app or a printer draws a code that is not plain squares on
// white paper.
type design struct {
	eye    func(x, y float64) bool // dark at a place in modules from a finder's middle
	dot    func(x, y float64) bool // the same from the middle of a dark module
	margin float64                 // modules of light around the symbol
	around float64                 // gray beyond it
	turn   float64                 // radians
	module float64                 // pixels
	blur   int                     // passes of a 3 x 3 mean
	noise  float64                 // standard deviation
	bands  float64                 // share of light that a lamp's dark bands take
	period float64                 // of the bands, in pixels
	flask  float64                 // radius of the glass in sides of the symbol; 0 is flat
}

// How finders are drawn.
func squareEye(x, y float64) bool { return ring(max(math.Abs(x), math.Abs(y))) }
func roundEye(x, y float64) bool  { return ring(math.Hypot(x, y)) }

// softEye has corners rounded as much as its rings are wide, and a round middle.
func softEye(x, y float64) bool {
	if math.Hypot(x, y) < 1.5 {
		return true
	}
	return rounded(x, y, 3.5, 2) && !rounded(x, y, 2.5, 1)
}

// ballEye is a square ring about a round middle.
func ballEye(x, y float64) bool {
	r := max(math.Abs(x), math.Abs(y))
	return math.Hypot(x, y) < 1.5 || r > 2.5 && r < 3.5
}

func ring(r float64) bool { return r < 1.5 || r > 2.5 && r < 3.5 }

// rounded reports whether a place is within a square with rounded corners.
func rounded(x, y, half, radius float64) bool {
	x, y = math.Abs(x), math.Abs(y)
	inner := half - radius
	return x < half && y < half && (x < inner || y < inner || math.Hypot(x-inner, y-inner) < radius)
}

func wholeDot(x, y float64) bool { return true }
func roundDot(x, y float64) bool { return math.Hypot(x, y) < 0.46 }

// draw renders a code of one module a pixel, quiet zone of four included, in a
// frame.
func (d design) draw(code *image.Gray, w, h int, random *rand.Rand) *image.Gray {
	const dark, light = 20.0, 225.0
	const fine = 4 // samples along each side of a pixel
	n := code.Rect.Dx() - 8
	side := float64(n)
	sin, cos := math.Sincos(d.turn)
	plane := make([]float64, w*h)
	for i := range plane {
		sum := 0.0
		for k := range fine * fine {
			x := float64(i%w) + (float64(k%fine)+0.5)/fine - float64(w)/2
			y := float64(i/w) + (float64(k/fine)+0.5)/fine - float64(h)/2
			u, v := (cos*x+sin*y)/d.module, (cos*y-sin*x)/d.module
			if d.flask > 0 { // seen from afar: the arc from the middle
				radius := d.flask * side
				if math.Abs(u) >= radius {
					sum += d.around
					continue
				}
				u = radius * math.Asin(u/radius)
			}
			u, v = u+side/2, v+side/2
			switch {
			case u < -d.margin || v < -d.margin || u > side+d.margin || v > side+d.margin:
				sum += d.around
			case u >= 0 && v >= 0 && u < side && v < side && d.dark(code, n, u, v):
				sum += dark
			default:
				sum += light
			}
		}
		plane[i] = sum / (fine * fine)
		if d.bands > 0 {
			plane[i] *= 1 - d.bands*(1+math.Sin(2*math.Pi*float64(i/w)/d.period))/2
		}
	}
	for range d.blur {
		plane = smoothed(plane, w, h)
	}
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i, v := range plane {
		img.Pix[i] = byte(min(max(v+random.NormFloat64()*d.noise, 0), 255))
	}
	return img
}

// dark reports whether there is ink at a place in modules.
func (d design) dark(code *image.Gray, n int, u, v float64) bool {
	for _, eye := range [3][2]float64{{3.5, 3.5}, {float64(n) - 3.5, 3.5}, {3.5, float64(n) - 3.5}} {
		x, y := u-eye[0], v-eye[1]
		if max(math.Abs(x), math.Abs(y)) < 3.5 {
			return d.eye(x, y)
		}
	}
	x, y := int(u), int(v)
	return code.Pix[(y+4)*code.Stride+x+4] < 128 && d.dot(u-float64(x)-0.5, v-float64(y)-0.5)
}

var plainDesign = design{eye: squareEye, dot: wholeDot, margin: 4, around: 225, module: 7, noise: 3}

const address = "https://example.org/p/7Q2M9"

// readAll reads a design at a number of turns, still and live, and counts.
func readAll(t *testing.T, text string, d design, turns int) (read int) {
	t.Helper()
	random := rand.New(rand.NewPCG(21, uint64(turns)))
	code := drawn(t, text, 1)
	r := qr.NewReader()
	reach := int(float64(code.Rect.Dx())*d.module*1.45) + 40
	for i := range turns {
		d.turn = 0.03 + 2*math.Pi*float64(i)/float64(turns)
		codes := r.Read(d.draw(code, reach, reach, random))
		switch {
		case len(codes) == 1 && codes[0].Text == text:
			read++
		case len(codes) != 0:
			t.Errorf("read something else: %q", texts(codes))
		default:
			t.Logf("nothing read of %q turned by %.2f", text, d.turn)
		}
	}
	return read
}

// An app in a dark theme draws the code's own squares on black, without the
// light margin that the standard asks for: the finders' outer rings run into
// what is around them.
func TestReadWithoutMarginOnBlack(t *testing.T) {
	for _, text := range []string{address, pass} {
		for _, module := range []float64{3, 7} {
			t.Run(fmt.Sprint(len(text), " bytes, modules of ", module), func(t *testing.T) {
				d := plainDesign
				d.margin, d.around, d.module, d.blur = 0, 20, module, 1
				const turns = 9
				if read := readAll(t, text, d, turns); read < turns {
					t.Errorf("read %d of %d", read, turns)
				}
			})
		}
	}
}

func TestLiveReadsWithoutMarginOnBlack(t *testing.T) {
	d := plainDesign
	d.margin, d.around, d.module, d.blur, d.turn = 0, 20, 5, 1, 0.2
	img := d.draw(drawn(t, pass, 1), 640, 480, rand.New(rand.NewPCG(4, 5)))
	if got := liveTexts(qr.NewLive(), img, 4); len(got) != 1 || got[0] != pass {
		t.Errorf("four frames gave %q", got)
	}
}

// Designer codes have round eyes and dots. The finders are found as before,
// but a circle does not say which way it is turned.
func TestReadRoundFinders(t *testing.T) {
	for name, change := range map[string]func(*design){
		"round":            func(d *design) { d.eye = roundEye },
		"round with dots":  func(d *design) { d.eye, d.dot = roundEye, roundDot },
		"soft":             func(d *design) { d.eye = softEye },
		"soft with dots":   func(d *design) { d.eye, d.dot = softEye, roundDot },
		"ball in a square": func(d *design) { d.eye = ballEye },
		"small and round":  func(d *design) { d.eye, d.module = roundEye, 3 },
		"large and round":  func(d *design) { d.eye, d.dot, d.module = roundEye, roundDot, 12 },
	} {
		for _, text := range []string{address, pass} {
			t.Run(fmt.Sprint(name, ", ", len(text), " bytes"), func(t *testing.T) {
				d := plainDesign
				change(&d)
				const turns = 6
				if read := readAll(t, text, d, turns); read < turns {
					t.Errorf("read %d of %d", read, turns)
				}
			})
		}
	}
}

func TestLiveReadsRoundFinders(t *testing.T) {
	d := plainDesign
	d.eye, d.dot, d.module, d.blur, d.turn = roundEye, roundDot, 5, 1, 0.2
	img := d.draw(drawn(t, pass, 1), 640, 480, rand.New(rand.NewPCG(4, 5)))
	if got := liveTexts(qr.NewLive(), img, 4); len(got) != 1 || got[0] != pass {
		t.Errorf("four frames gave %q", got)
	}
}

// What fails at the picture's own scale may read at another.
func TestReadAtAnotherScale(t *testing.T) {
	for name, change := range map[string]func(*design){
		"hardly more than a pixel a module": func(d *design) { d.module, d.noise = 1.2, 2 },
		"noise as strong as the code":       func(d *design) { d.module, d.noise = 4.2, 85 },
	} {
		for _, text := range []string{address, pass} {
			t.Run(fmt.Sprint(name, ", ", len(text), " bytes"), func(t *testing.T) {
				d := plainDesign
				change(&d)
				const turns = 8
				if read := readAll(t, text, d, turns); read < turns {
					t.Errorf("read %d of %d", read, turns)
				}
			})
		}
	}
}

// Sheets of labels hold many codes. All are read up to a bound, and a reader
// says when there were more.
func TestReadManyCodes(t *testing.T) {
	for _, count := range []int{130, qr.MaxCodes, qr.MaxCodes + 30} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			var want []string
			var pictures []*image.Gray
			for i := range count {
				want = append(want, fmt.Sprintf("LABEL-%03d", i))
				pictures = append(pictures, drawn(t, want[i], 3))
			}
			r := qr.NewReader()
			got := texts(r.Read(sheet(18, pictures...)))
			if len(got) != min(count, qr.MaxCodes) || count <= qr.MaxCodes && !slices.Equal(got, want) {
				t.Errorf("read %d of %d", len(got), count)
			}
			if more := count > qr.MaxCodes; r.More() != more {
				t.Errorf("there are more: %v", r.More())
			}
		})
	}
	r := qr.NewReader()
	if r.Read(drawn(t, pass, 3)); r.More() {
		t.Error("one code, and it says there are more")
	}
}

// A lamp that flickers draws bands across the picture.
func TestReadBands(t *testing.T) {
	for _, period := range []float64{24, 45, 80} {
		for _, text := range []string{address, pass} {
			t.Run(fmt.Sprint(period, " rows, ", len(text), " bytes"), func(t *testing.T) {
				d := plainDesign
				d.module, d.bands, d.period = 5, 0.85, period
				const turns = 6
				if read := readAll(t, text, d, turns); read < turns {
					t.Errorf("read %d of %d", read, turns)
				}
			})
		}
	}
}

// A label goes round a flask, along either side of the code: up to two thirds
// of what can be seen of the glass.
func TestReadRoundAFlask(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	r := qr.NewReader()
	for _, text := range []string{address, pass} {
		code := drawn(t, text, 1)
		for _, radius := range []float64{0.45, 0.5, 0.7} {
			for quarter := range 4 {
				d := plainDesign
				d.module, d.flask, d.around, d.turn = 6, radius, 120, float64(quarter)*math.Pi/2+0.04
				side := int(float64(code.Rect.Dx())*d.module*1.1) + 40
				if got := texts(r.Read(d.draw(code, side, side, random))); len(got) != 1 || got[0] != text {
					t.Errorf("radius %.2f, turned by %d quarters, %d bytes: %q", radius, quarter, len(text), got)
				}
			}
		}
	}
}

// A thousand pictures that look like codes in every way that a reader takes, but
// for modules that are chance: nothing may be read of them.
func TestReadNoChance(t *testing.T) {
	if testing.Short() {
		t.Skip("renders many pictures")
	}
	r := qr.NewReader()
	random := rand.New(rand.NewPCG(31, 32))
	code := drawn(t, address, 1)
	n := code.Rect.Dx()
	for i := range 1000 {
		chance := image.NewGray(code.Rect)
		copy(chance.Pix, code.Pix)
		for y := 4 + 9; y < n-4; y++ {
			for x := 4 + 9; x < n-4; x++ {
				chance.Pix[y*chance.Stride+x] = byte(255 * random.IntN(2))
			}
		}
		d := plainDesign
		d.turn, d.module, d.noise = 2*math.Pi*random.Float64(), 1.2+2*random.Float64(), 20*random.Float64()
		switch i % 5 {
		case 1:
			d.eye, d.dot = roundEye, roundDot
		case 2:
			d.margin, d.around = 0, 20
		case 3:
			d.bands, d.period = 0.8, 30
		case 4:
			d.noise = 80
		}
		side := int(float64(n)*d.module*1.3) + 20
		if codes := r.Read(d.draw(chance, side, side, random)); len(codes) != 0 {
			t.Errorf("picture %d: read %q", i, texts(codes))
		}
	}
}

// At a tenth more than a pixel a module about half can be read.
func TestReadElevenTenthsOfAPixel(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	r := qr.NewReader()
	read, drawings := 0, 0
	for _, turn := range []float64{0, 0.1, 0.5} {
		for i := range 20 {
			text := []string{address, pass}[i%2]
			d := plainDesign
			d.module, d.noise, d.turn = 1.1, 2, turn
			side := int(float64(drawn(t, text, 1).Rect.Dx())*1.6) + 40 + i%3
			codes := texts(r.Read(d.draw(drawn(t, text, 1), side, side+i/2, random)))
			if drawings++; slices.Equal(codes, []string{text}) {
				read++
			} else if len(codes) > 0 {
				t.Errorf("read something else: %q", codes)
			}
		}
	}
	if t.Logf("read %d of %d", read, drawings); read < 24 {
		t.Errorf("read %d of %d", read, drawings)
	}
}
