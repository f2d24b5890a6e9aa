package qr_test

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// raster is how many samples a module has in the picture that a scene is made
// of, and margin how many modules of card are around a code's quiet zone.
const (
	raster = 6
	margin = 6
)

// scene is a code before a camera, one frame after the other: how it is held
// and what the lens, the hand and the light do to it.
type scene struct {
	symbol      *image.Gray // one module a pixel, with its quiet zone
	ground      *image.Gray // behind it; it gives the frames their size
	module      float64     // pixels
	x, y, turn  float64     // where its middle is, in pixels and radians
	hand        float64     // standard deviation of what the hand moves it in a frame, in pixels
	blur        float64     // of the lens, standard deviation in modules
	smear       float64     // modules that it moves while the shutter is open
	way         float64     // the direction of that, in radians
	dark, light float64     // gray of ink and paper
	bezel       float64     // gray of what the quiet zone ends at
	noise       float64     // standard deviation
	spot        float64     // radius of a lamp's reflection in modules
	spotX       float64     // where it is, in modules from the middle
	spotY       float64

	random *rand.Rand
	grain  []float32 // noise of one, more than a frame needs
	w, h   int       // of the planes
	ink    []float32 // gray, weighed with cover
	cover  []float32 // 1 on the card, 0 beside it
}

// prepare makes the planes of a scene as the lens shows them.
func (s *scene) prepare(seed uint64) {
	s.random = rand.New(rand.NewPCG(seed, 7))
	s.grain = make([]float32, 1<<16)
	for i := range s.grain {
		s.grain[i] = float32(s.random.NormFloat64())
	}
	// A pixel gathers from an area, and no lens is sharper than a third of one.
	sigma := math.Sqrt(s.blur*s.blur+(0.29*0.29+0.35*0.35)/(s.module*s.module)) * raster
	pad := int(3*sigma) + 1
	mw, mh := s.symbol.Rect.Dx(), s.symbol.Rect.Dy()
	s.w, s.h = (mw+2*margin)*raster+2*pad, (mh+2*margin)*raster+2*pad
	s.ink, s.cover = make([]float32, s.w*s.h), make([]float32, s.w*s.h)
	for y := pad; y < s.h-pad; y++ {
		for x := pad; x < s.w-pad; x++ {
			mx, my := (x-pad)/raster-margin, (y-pad)/raster-margin
			v := s.light
			if mx < 0 || my < 0 || mx >= mw || my >= mh {
				v = s.bezel
			} else if s.symbol.Pix[my*s.symbol.Stride+mx] < 128 {
				v = s.dark
			}
			s.ink[y*s.w+x], s.cover[y*s.w+x] = float32(v), 1
		}
	}
	s.ink, s.cover = gaussian(s.ink, s.w, s.h, sigma), gaussian(s.cover, s.w, s.h, sigma)
}

// gaussian blurs a plane, along the rows and then along the columns.
func gaussian(p []float32, w, h int, sigma float64) []float32 {
	reach := int(3*sigma) + 1
	kernel, sum := make([]float32, 2*reach+1), float32(0)
	for i := range kernel {
		d := float64(i - reach)
		kernel[i] = float32(math.Exp(-d * d / (2 * sigma * sigma)))
		sum += kernel[i]
	}
	for i := range kernel {
		kernel[i] /= sum
	}
	along, out := make([]float32, w*h), make([]float32, w*h)
	for y := range h {
		for k, weight := range kernel {
			from, to := max(0, reach-k), min(w, w+reach-k)
			for x := from; x < to; x++ {
				along[y*w+x] += weight * p[y*w+x+k-reach]
			}
		}
	}
	for y := range h {
		for k, weight := range kernel {
			if yy := y + k - reach; yy >= 0 && yy < h {
				for x := range w {
					out[y*w+x] += weight * along[yy*w+x]
				}
			}
		}
	}
	return out
}

// next moves the hand and gives what the camera sees.
func (s *scene) next() *image.Gray {
	s.x, s.y = s.x+s.hand*s.random.NormFloat64(), s.y+s.hand*s.random.NormFloat64()
	s.turn += s.hand * 0.003 * s.random.NormFloat64()
	w, h := s.ground.Rect.Dx(), s.ground.Rect.Dy()
	img := image.NewGray(s.ground.Rect)
	at := s.random.IntN(len(s.grain))
	sin, cos := math.Sincos(s.turn)
	reach := math.Hypot(float64(s.w), float64(s.h))/2/raster*s.module + s.smear*s.module
	steps := 1 + int(math.Ceil(2*s.smear))
	for y := range h {
		at = (at + 7919) % len(s.grain)
		for x := range w {
			v := float64(s.ground.Pix[y*s.ground.Stride+x])
			dx, dy := (float64(x)+0.5-s.x)/s.module, (float64(y)+0.5-s.y)/s.module
			if math.Abs(dx*s.module) < reach && math.Abs(dy*s.module) < reach {
				v = s.over(v, dx, dy, sin, cos, steps)
			}
			if at++; at == len(s.grain) {
				at = 0
			}
			v += s.noise * float64(s.grain[at])
			img.Pix[y*w+x] = byte(min(max(v, 0), 255))
		}
	}
	return img
}

// over is what a pixel, in modules from the middle of the code, shows over a ground.
func (s *scene) over(ground, dx, dy, sin, cos float64, steps int) float64 {
	ink, cover := 0.0, 0.0
	mx, my := math.Cos(s.way)*s.smear, math.Sin(s.way)*s.smear
	for i := range steps {
		t := (float64(i)+0.5)/float64(steps) - 0.5
		px, py := dx-mx*t, dy-my*t
		u, v := (cos*px+sin*py)*raster+float64(s.w)/2, (cos*py-sin*px)*raster+float64(s.h)/2
		if u < 0 || v < 0 || u >= float64(s.w) || v >= float64(s.h) {
			continue
		}
		i := int(v)*s.w + int(u)
		ink, cover = ink+float64(s.ink[i]), cover+float64(s.cover[i])
	}
	v := ground + (ink-ground*cover)/float64(steps)
	if s.spot > 0 {
		d := math.Hypot(dx-s.spotX, dy-s.spotY) / s.spot
		v += 400 * math.Exp(-d*d*d*d) // white to its rim, and soft there
	}
	return v
}

// microQR draws the patterns of a Micro QR code of 11 to 17 modules a side,
// with chance in the place of its data, and a quiet zone of two modules.
func microQR(side int, seed uint64) *image.Gray {
	c := newChance(side, side, seed)
	for i := range side {
		c.set(i, 0, i%2 == 0)
		c.set(0, i, i%2 == 0)
	}
	c.finder()
	return c.framed(2)
}

// rMQR draws the patterns of a rectangular Micro QR code as microQR does.
func rMQR(w, h int, seed uint64) *image.Gray {
	c := newChance(w, h, seed)
	for x := range w {
		c.set(x, 0, x%2 == 0)
		c.set(x, h-1, x%2 == 0)
	}
	for y := range h {
		c.set(0, y, y%2 == 0)
		c.set(w-1, y, y%2 == 0)
	}
	for y := range 5 {
		for x := range 5 {
			ring := max(x-2, 2-x, y-2, 2-y)
			c.set(w-5+x, h-5+y, ring != 1)
		}
	}
	c.finder()
	return c.framed(2)
}

// chance is a symbol of random modules.
type chance struct {
	w, h int
	dark []bool
}

func newChance(w, h int, seed uint64) *chance {
	r := rand.New(rand.NewPCG(seed, 3))
	c := &chance{w, h, make([]bool, w*h)}
	for i := range c.dark {
		c.dark[i] = r.IntN(2) == 0
	}
	return c
}

func (c *chance) set(x, y int, dark bool) {
	if x >= 0 && y >= 0 && x < c.w && y < c.h {
		c.dark[y*c.w+x] = dark
	}
}

func (c *chance) finder() {
	for y := range 8 {
		for x := range 8 {
			ring := max(x-3, 3-x, y-3, 3-y)
			c.set(x, y, ring != 2 && ring != 4)
		}
	}
}

// framed gives the symbol as a picture with a quiet zone.
func (c *chance) framed(quiet int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, c.w+2*quiet, c.h+2*quiet))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for i, dark := range c.dark {
		if dark {
			img.Pix[(i/c.w+quiet)*img.Stride+i%c.w+quiet] = 0
		}
	}
	return img
}

// The grounds that are no codes, of 1280 x 720.

// textPage is a sheet of lines of letters, a letter scale pixels a dot.
func textPage(scale int, seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 17))
	small := image.NewGray(image.Rect(0, 0, frameWidth/scale, frameHeight/scale))
	for i := range small.Pix {
		small.Pix[i] = 215
	}
	d := font.Drawer{Dst: small, Src: image.Black, Face: basicfont.Face7x13}
	for y := 20; y < small.Rect.Dy()-8; y += 14 {
		d.Dot = fixed.P(12, y)
		for d.Dot.X.Round() < small.Rect.Dx()-20-r.IntN(60) {
			word := make([]byte, 2+r.IntN(8))
			for i := range word {
				word[i] = byte('a' + r.IntN(26))
			}
			d.DrawString(string(word) + " ")
		}
	}
	return enlarged(small, scale)
}

// strokePage is a sheet of square letters of strokes, as Chinese ones are,
// each size pixels high.
func strokePage(size int, seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 23))
	img := image.NewGray(image.Rect(0, 0, frameWidth, frameHeight))
	for i := range img.Pix {
		img.Pix[i] = 220
	}
	ink := func(x0, y0, w, h int) {
		for y := y0; y < y0+max(h, 1); y++ {
			for x := x0; x < x0+max(w, 1); x++ {
				img.Pix[y*img.Stride+x] = 40
			}
		}
	}
	thick := max(size/10, 1)
	for y := 20; y+2*size < frameHeight; y += size * 3 / 2 {
		for x := 30; x+2*size < frameWidth; x += size * 9 / 8 {
			if r.IntN(12) == 0 {
				continue // the end of a sentence
			}
			for range 3 + r.IntN(3) {
				ink(x+r.IntN(size/3+1), y+r.IntN(size), size/2+r.IntN(size/3+1), thick)
				ink(x+r.IntN(size), y+r.IntN(size/3+1), thick, size/2+r.IntN(size/3+1))
			}
		}
	}
	return img
}

func enlarged(img *image.Gray, scale int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, frameWidth, frameHeight))
	for y := range frameHeight {
		for x := range frameWidth {
			sx, sy := min(x/scale, img.Rect.Dx()-1), min(y/scale, img.Rect.Dy()-1)
			out.Pix[y*out.Stride+x] = img.Pix[sy*img.Stride+sx]
		}
	}
	return out
}

// shaded is a ground of a formula.
func shaded(f func(x, y float64) float64) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, frameWidth, frameHeight))
	for y := range frameHeight {
		for x := range frameWidth {
			img.Pix[y*img.Stride+x] = byte(min(max(f(float64(x), float64(y)), 0), 255))
		}
	}
	return img
}

// faces is a row of people before a wall: ovals with hair, eyes and mouths.
func faces() *image.Gray {
	return shaded(func(x, y float64) float64 {
		v := 150 + 30*x/frameWidth
		for i := range 3 {
			cx, cy, r := 260+380*float64(i), 330+20*float64(i), 110+20*float64(i)
			oval := func(ox, oy, rx, ry float64) bool { return math.Hypot((x-cx-ox*r)/rx, (y-cy-oy*r)/ry) < r }
			if y > cy+1.4*r && math.Abs(x-cx) < 2*r {
				v = 60 + 60*float64(i)
			}
			if oval(0, -0.35, 0.95, 1.1) {
				v = 40
			}
			if oval(0, 0, 0.8, 1.1) {
				v = 190 - 40*(x-cx)/r
			}
			if oval(-0.3, -0.15, 0.12, 0.06) || oval(0.3, -0.15, 0.12, 0.06) || oval(0, 0.6, 0.3, 0.07) {
				v = 50
			}
		}
		return v
	})
}

// cloth is a texture of threads and folds, with a grain of a size.
func cloth(size float64, seed uint64) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 31))
	w := int(frameWidth/size) + 2
	cells := make([]float64, w*(int(frameHeight/size)+2))
	for i := range cells {
		cells[i] = r.NormFloat64()
	}
	return shaded(func(x, y float64) float64 {
		return 120 + 30*math.Sin(x/90+y/140) + 35*cells[int(y/size)*w+int(x/size)]
	})
}

// windows is a house front: dark squares in rows on a light wall.
func windows() *image.Gray {
	return shaded(func(x, y float64) float64 {
		in := func(v, pitch, wide float64) bool { v = math.Mod(v, pitch); return v > 12 && v < wide }
		if in(x, 96, 70) && in(y, 110, 84) {
			if in(x+5, 32, 30) && in(y+5, 40, 37) {
				return 70 + 20*math.Sin(x/300)
			}
			return 120
		}
		return 190
	})
}

// moved is a ground that slides by, and blends of it while the shutter is open.
func moved(img *image.Gray, dx, smear int) *image.Gray {
	out := image.NewGray(img.Rect)
	w := img.Rect.Dx()
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:][:w]
		for x := range w {
			sum := 0
			for s := range smear + 1 {
				sum += int(row[((x+dx+s)%w+w)%w])
			}
			out.Pix[y*out.Stride+x] = byte(sum / (smear + 1))
		}
	}
	return out
}

// speck adds noise to a ground.
func speck(img *image.Gray, sigma float64, r *rand.Rand) *image.Gray {
	out := image.NewGray(img.Rect)
	for i, v := range img.Pix {
		out.Pix[i] = byte(min(max(float64(v)+sigma*r.NormFloat64(), 0), 255))
	}
	return out
}

func TestScenesRead(t *testing.T) {
	if testing.Short() {
		t.Skip("renders pictures")
	}
	s := easy(drawn(t, pass, 1), 4, 1)
	s.prepare(1)
	if got, hint := shown(t, s); got != pass || hint != "" {
		t.Errorf("read %q, hint %q", got, hint)
	}
}
