package qr_test

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postern/app/qr"
)

// shot is how a camera sees a sheet with a code: made-up pictures, so that the
// reader is held to more than the pictures that it was tuned on.
type shot struct {
	turn     float64 // radians
	tilt     float64 // 0 from above; 0.3 is steep
	module   float64 // pixels
	blur     int     // passes of a 3 x 3 mean
	noise    float64 // standard deviation
	dark     float64 // gray of ink
	light    float64 // gray of paper
	gradient float64 // light lost from one side to the other
	bend     float64 // modules that the middle of the sheet is pushed aside
}

// take renders a code, one module a pixel, in a frame.
func (s shot) take(code *image.Gray, w, h int, random *rand.Rand) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	side := float64(code.Rect.Dx())
	sin, cos := math.Sincos(s.turn)
	plane := make([]float64, w*h)
	for y := range h {
		for x := range w {
			sum := 0.0
			for _, o := range [4][2]float64{{0.25, 0.25}, {0.75, 0.25}, {0.25, 0.75}, {0.75, 0.75}} {
				dx, dy := (float64(x)+o[0]-float64(w)/2)/s.module, (float64(y)+o[1]-float64(h)/2)/s.module
				dx, dy = cos*dx+sin*dy, cos*dy-sin*dx
				depth := 1 + s.tilt*dx/side*2
				u, v := dx/depth+side/2, dy/depth+side/2
				u += s.bend * math.Cos(math.Pi*(v/side-0.5))
				ink := s.light
				if u >= 0 && v >= 0 && u < side && v < side && code.Pix[int(v)*code.Stride+int(u)] < 128 {
					ink = s.dark
				}
				if u < -2 || v < -2 || u > side+2 || v > side+2 {
					ink = (s.dark + s.light) / 2 // the table
				}
				sum += ink / 4
			}
			plane[y*w+x] = sum * (1 - s.gradient*float64(x)/float64(w))
		}
	}
	for range s.blur {
		plane = smoothed(plane, w, h)
	}
	for i, v := range plane {
		img.Pix[i] = byte(min(max(v+random.NormFloat64()*s.noise, 0), 255))
	}
	return img
}

func smoothed(p []float64, w, h int) []float64 {
	out := slices.Clone(p)
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			i, sum := y*w+x, 0.0
			for _, o := range [3]int{-w, 0, w} {
				sum += p[i+o-1] + p[i+o] + p[i+o+1]
			}
			out[i] = sum / 9
		}
	}
	return out
}

var usual = shot{module: 4, dark: 40, light: 210, noise: 4}

func TestReadHardShots(t *testing.T) {
	if testing.Short() {
		t.Skip("renders many pictures")
	}
	code := drawn(t, pass, 1)
	for name, change := range map[string]func(*shot, *rand.Rand){
		"turned":       func(s *shot, r *rand.Rand) {},
		"tilted":       func(s *shot, r *rand.Rand) { s.tilt = 0.3 },
		"small":        func(s *shot, r *rand.Rand) { s.module = 2.2 },
		"blurred":      func(s *shot, r *rand.Rand) { s.blur = 3 },
		"very blurred": func(s *shot, r *rand.Rand) { s.blur = 4 },
		"noisy":        func(s *shot, r *rand.Rand) { s.noise = 25 },
		"dim":          func(s *shot, r *rand.Rand) { s.dark, s.light = 30, 60 },
		"shaded":       func(s *shot, r *rand.Rand) { s.gradient = 0.7 },
		"bent":         func(s *shot, r *rand.Rand) { s.bend = 4 },
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(7, uint64(len(name))))
			r := qr.NewReader()
			const shots = 8
			read := 0
			for range shots {
				s := usual
				s.turn = random.Float64() * 2 * math.Pi
				change(&s, random)
				codes := r.Read(s.take(code, 420, 360, random))
				if len(codes) == 1 && codes[0].Text == pass {
					read++
				} else if len(codes) != 0 {
					t.Errorf("read something else: %q", texts(codes))
				}
			}
			if read < shots-2 {
				t.Errorf("read %d of %d", read, shots)
			}
		})
	}
}

// A hand that trembles and a lens that hunts: how many frames until the code
// is read, of sequences that begin anywhere between sharp
// and far out of focus.
func TestLiveReadsWithinFrames(t *testing.T) {
	if testing.Short() {
		t.Skip("renders many pictures")
	}
	code := drawn(t, pass, 1)
	random := rand.New(rand.NewPCG(11, 12))
	var frames []int
	for range 16 {
		l := qr.NewLive()
		s := usual
		s.turn, s.tilt, s.module, s.noise = random.Float64()*6, random.Float64()*0.2, 3+random.Float64()*2, 8
		n, focus := 0, random.IntN(8)
		for n < 30 {
			s.blur = []int{4, 3, 2, 1, 0, 1, 2, 3}[(n+focus)%8]
			s.turn += random.NormFloat64() * 0.02
			n++
			if len(l.Frame(s.take(code, 400, 360, random), noon.Add(time.Duration(n)*frame)).Fresh) > 0 {
				break
			}
		}
		frames = append(frames, n)
	}
	slices.Sort(frames)
	if most := frames[len(frames)*3/4]; most > 3 {
		t.Errorf("three of four sequences need %d frames: %v", most, frames)
	}
	if worst := frames[len(frames)-1]; worst > 15 {
		t.Errorf("one sequence needs %d frames: %v", worst, frames)
	}
}
