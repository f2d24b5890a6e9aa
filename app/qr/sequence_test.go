package qr_test

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"postern/app/qr"
)

// Frames of the made-up sequences.
const (
	frameWidth, frameHeight = 1280, 720
	exposure                = 0.5 // of the time of a frame
)

// sequence is a code that somebody holds before a camera, frame by frame: the
// hand trembles, the lens hunts, the screen has pixels of its own.
type sequence struct {
	code   *image.Gray // one module a pixel
	random *rand.Rand
	table  *image.Gray // what is behind the code

	x, y, turn, tilt, module float64 // where it is held; pixels and radians
	vx, vy, vturn            float64 // a frame
	hand                     float64 // how much the hand trembles, 1 is usual
	pull                     float64 // and how much it strives to the middle
	focus, hunt              float64 // phase of the lens, and its steps a frame; 0 is a lens that has found
	worst                    float64 // the farthest it is out of focus, in pixels (standard deviation)
	screen                   float64 // pitch of the screen's pixels in those of the camera; 0 is paper
	dark, light, noise       float64
	glare                    float64 // the spot's brightness; it wanders through
	glareX                   float64
	n                        int
}

// newSequence holds a code as people do; every seed is another person.
func newSequence(code, table *image.Gray, seed uint64) *sequence {
	r := rand.New(rand.NewPCG(seed, 99))
	s := &sequence{
		code: code, table: table, random: r,
		x: frameWidth/2 + 150*(r.Float64()-0.5), y: frameHeight/2 + 80*(r.Float64()-0.5),
		turn: 0.5 * r.NormFloat64(), tilt: 0.25 * r.Float64(), module: 2.6 + 3.4*r.Float64(),
		hand: 0.4 + 1.2*r.Float64(), pull: 0.01, dark: 30, light: 200, noise: 3 + 6*r.Float64(),
	}
	switch seed % 5 {
	case 0: // the lens hunts
		s.focus, s.hunt, s.worst = 2*math.Pi*r.Float64(), 0.25+0.2*r.Float64(), 1.1*s.module
	case 1: // a bright telephone whose pixels beat with the camera's
		s.screen, s.dark, s.light = 0.9+0.8*r.Float64(), 15, 235
	case 2: // a dim one
		s.dark, s.light, s.noise = 18, 60, 5
	case 3: // a lamp in the glass
		s.glare, s.glareX = 160, -60
	case 4: // somebody who cannot hold still
		s.hand = 2.5
	}
	return s
}

// next moves the hand and gives the frame that the camera sees.
func (s *sequence) next() *image.Gray {
	r := s.random
	s.vx = 0.85*s.vx + s.hand*1.6*r.NormFloat64() - s.pull*(s.x-frameWidth/2)
	s.vy = 0.85*s.vy + s.hand*1.6*r.NormFloat64() - s.pull*(s.y-frameHeight/2)
	s.vturn = 0.85*s.vturn + s.hand*0.003*r.NormFloat64()
	s.x, s.y, s.turn = s.x+s.vx, s.y+s.vy, s.turn+s.vturn
	s.module *= 1 + 0.002*r.NormFloat64()
	s.focus += s.hunt
	s.glareX += 9
	s.n++
	return s.render()
}

func (s *sequence) render() *image.Gray {
	img := image.NewGray(s.table.Rect)
	copy(img.Pix, s.table.Pix)
	side := float64(s.code.Rect.Dx()) + 8 // with the quiet zone
	reach := int(side*s.module*(0.75+s.tilt)) + 8
	x0, x1 := max(int(s.x)-reach, 0), min(int(s.x)+reach, frameWidth)
	y0, y1 := max(int(s.y)-reach, 0), min(int(s.y)+reach, frameHeight)
	w, h := x1-x0, y1-y0
	plane := make([]float64, w*h)
	for y := range h {
		for x := range w {
			plane[y*w+x] = s.light4(float64(x0+x), float64(y0+y))
		}
	}
	for range int(math.Round(12 * s.blur() * s.blur() / 8)) { // a 3 x 3 mean has a variance of 2/3 a axis
		plane = smoothed(plane, w, h)
	}
	for y := range h {
		for x := range w {
			v := plane[y*w+x] + s.spot(float64(x0+x), float64(y0+y)) + s.random.NormFloat64()*s.noise
			img.Pix[(y0+y)*img.Stride+x0+x] = byte(min(max(v, 0), 255))
		}
	}
	return img
}

// blur is how far the lens is out of focus now.
func (s *sequence) blur() float64 { return 0.35 + s.worst*(1-math.Cos(s.focus))/2 }

// spot is what a lamp adds.
func (s *sequence) spot(x, y float64) float64 {
	if s.glare == 0 {
		return 0
	}
	dx, dy := x-s.x-s.glareX, y-s.y
	return s.glare * math.Exp(-(dx*dx+dy*dy)/(2*50*50))
}

// light4 is what a pixel gathers while the shutter is open.
func (s *sequence) light4(px, py float64) float64 {
	sum := 0.0
	for i, o := range [4][2]float64{{0.25, 0.25}, {0.75, 0.75}, {0.25, 0.75}, {0.75, 0.25}} {
		t := (float64(i)/3 - 0.5) * exposure
		sum += s.at(px+o[0], py+o[1], t)
	}
	return sum / 4
}

// at is the brightness of a place at a time, in frames from the middle of the exposure.
func (s *sequence) at(px, py, t float64) float64 {
	sin, cos := math.Sincos(s.turn + s.vturn*t)
	dx, dy := (px-s.x-s.vx*t)/s.module, (py-s.y-s.vy*t)/s.module
	dx, dy = cos*dx+sin*dy, cos*dy-sin*dx
	side := float64(s.code.Rect.Dx())
	depth := 1 + s.tilt*dx/side*2
	u, v := dx/depth+side/2, dy/depth+side/2
	if u < -4 || v < -4 || u >= side+4 || v >= side+4 {
		return (s.dark + s.light) / 2
	}
	ink := s.light
	if u >= 0 && v >= 0 && u < side && v < side && s.code.Pix[int(v)*s.code.Stride+int(u)] < 128 {
		ink = s.dark
	}
	if s.screen > 0 {
		pitch := s.screen / s.module
		ink *= 0.86 + 0.14*math.Sin(2*math.Pi*u/pitch)*math.Sin(2*math.Pi*v/pitch)
	}
	return ink
}

// tableTop is a scene of soft shapes.
func tableTop(seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 5))
	img := image.NewGray(image.Rect(0, 0, frameWidth, frameHeight))
	var at [12][3]float64
	for i := range at {
		at[i] = [3]float64{r.Float64() * frameWidth, r.Float64() * frameHeight, 30 + 200*r.Float64()}
	}
	for y := range frameHeight {
		for x := range frameWidth {
			v := 90.0
			for i, a := range at {
				if math.Hypot(float64(x)-a[0], float64(y)-a[1]) < a[2] {
					v += float64(10*(i%5) - 20)
				}
			}
			img.Pix[y*img.Stride+x] = byte(v + r.NormFloat64()*3)
		}
	}
	return img
}

// sharpEnough is the blur, in modules, up to which a frame counts as one that
// could be read: a lens farther out mixes each module with its neighbours' neighbours.
const sharpEnough = 0.6

// framesToRead is how many frames a sequence takes until its code is read, at
// most limit, and how many of them were sharp enough; a wrong reading is an error.
func framesToRead(tb testing.TB, s *sequence, limit int) (all, sharp int) {
	tb.Helper()
	l := qr.NewLive()
	at := noon
	for range 3 { // nothing in view yet
		l.Frame(s.table, at)
		at = at.Add(frame)
	}
	for all < limit {
		all++
		at = at.Add(frame)
		img := s.next()
		if s.blur() <= sharpEnough*s.module {
			sharp++
		}
		for _, c := range l.Frame(img, at).Fresh {
			if c.Text != pass {
				tb.Errorf("read %q", c.Text)
			}
			return all, sharp
		}
	}
	return all, sharp
}

// BenchmarkLiveSequences says how many frames pass between a code in view and
// its reading, and how many of them were sharp enough.
func BenchmarkLiveSequences(b *testing.B) {
	code, tables := drawn(b, pass, 1), [4]*image.Gray{tableTop(1), tableTop(2), tableTop(3), tableTop(4)}
	for b.Loop() {
		var all, sharp []int
		for seed := range uint64(60) {
			n, of := framesToRead(b, newSequence(code, tables[seed%4], seed), 30)
			all, sharp = append(all, n), append(sharp, of)
			if n > 3 {
				b.Logf("seed %d of kind %d: %d frames, %d of them sharp enough", seed, seed%5, n, of)
			}
		}
		slices.Sort(all)
		slices.Sort(sharp)
		b.ReportMetric(float64(all[len(all)/2]), "p50-frames")
		b.ReportMetric(float64(all[len(all)*95/100]), "p95-frames")
		b.ReportMetric(float64(all[len(all)-1]), "worst-frames")
		b.ReportMetric(float64(sharp[len(sharp)*95/100]), "p95-sharp-frames")
	}
}

// BenchmarkLiveFrame is the time for one frame of 1280 x 720.
func BenchmarkLiveFrame(b *testing.B) {
	code, table := drawn(b, pass, 1), tableTop(1)
	out := newSequence(code, table, 5)
	out.worst, out.hunt, out.focus = 2.2*out.module, 0, math.Pi
	for name, s := range map[string]*sequence{"empty": nil, "read": newSequence(code, table, 6), "blurred": out} {
		b.Run(name, func(b *testing.B) {
			frames := []*image.Gray{table, table, table, table}
			if s != nil {
				for i := range frames {
					frames[i] = s.next()
				}
			}
			l, at := qr.NewLive(), noon
			for range 60 { // until the buffers have grown
				at = at.Add(frame)
				l.Frame(frames[0], at)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				at = at.Add(frame)
				l.Frame(frames[i%len(frames)], at)
			}
		})
	}
}
