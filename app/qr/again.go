package qr

import (
	"image"
	"math"
)

// When everything else failed, the surroundings of the finders are read once
// more: at twice the size where a module is hardly more than a pixel, and else
// slightly blurred, which noise does not survive. A picture with bands is read
// again without them.

const (
	tinyModule   = 1.9     // pixels; smaller modules are magnified
	againPixels  = 160_000 // magnified
	againBlurred = 500_000 // blurred
	againWork    = mostWork / 3
	noiseLeast   = 0.2 // of a code's contrast, beyond what its edges make
	noisyNear    = 40  // cuts with half of a finder's edges, where a single finder is left
	crowded      = 24  // finders that are no single code's
	leastNear    = 4   // the same in a small picture without finders
)

// again is the second look.
type again struct {
	front *front
	img   image.Gray
	row   []int32
	light []float64 // of rows, see bands.go
	gain  []float64
	fine  int // level at which they were measured
}

// again reads the picture, or part of it, once more.
func (q *front) again() []found {
	if !q.does(againStep) {
		return nil
	}
	a := &q.second
	if a.front == nil {
		a.front = &front{most: againWork}
	}
	a.front.without = q.without | againStep | openStep
	whole := &q.pyramid.levels[0]
	if a.banded(&q.pyramid) {
		a.even(whole)
		return a.front.read(&a.img)
	}
	part, double, ok := q.closer()
	if !ok {
		return nil
	}
	scale := 1
	if double {
		a.magnify(whole, part)
		scale = 2
	} else {
		a.front.without |= sharpStep
		a.soften(whole, part)
	}
	all := a.front.read(&a.img)
	for i := range all {
		for k, c := range all[i].corners {
			all[i].corners[k] = c.Div(scale).Add(part.Min)
		}
	}
	return all
}

// closer gives the part of the picture to be read once more, and how.
func (q *front) closer() (part image.Rectangle, double, ok bool) {
	p := &q.pyramid.levels[0]
	whole := image.Rect(0, 0, p.w, p.h)
	finders := q.seeker.finders
	if len(finders) == 0 {
		return whole, true, q.seeker.prober.near >= leastNear && p.w*p.h <= againPixels/4
	}
	module, alike := finders[0].module, 0
	low, high := [2]float64{finders[0].x, finders[0].y}, [2]float64{finders[0].x, finders[0].y}
	for i := range finders {
		if f := &finders[i]; f.module < 1.5*module && module < 1.5*f.module {
			low = [2]float64{min(low[0], f.x), min(low[1], f.y)}
			high = [2]float64{max(high[0], f.x), max(high[1], f.y)}
			alike++
		}
	}
	if len(finders) > crowded || alike < 2 && q.seeker.prober.near < noisyNear {
		return part, false, false
	}
	margin := max(high[0]-low[0], high[1]-low[1]) + 12*module
	if margin < 26*module { // a single one
		margin = 60 * module
	}
	most := againBlurred
	if double = module < tinyModule; double {
		most = againPixels
	}
	reach := math.Sqrt(float64(most)) / 2
	var from, to [2]int
	for i := range 2 {
		middle, half := (low[i]+high[i])/2, min((high[i]-low[i])/2+margin, reach)
		from[i], to[i] = int(middle-half), int(middle+half)
	}
	part = image.Rect(from[0], from[1], to[0], to[1]).Intersect(whole)
	return part, double, min(part.Dx(), part.Dy()) >= leastSide && (double || p.noisy(part, &finders[0]))
}

// noisy reports whether neighbouring pixels of a part differ by more than the
// edges of a code of a finder's modules make them.
func (p *plane) noisy(part image.Rectangle, f *finder) bool {
	sum, n := 0, 0
	for y := part.Min.Y; y < part.Max.Y; y += 3 {
		row := p.pix[y*p.w:][part.Min.X:part.Max.X]
		for x := 1; x+1 < len(row); x++ {
			d := 2*int(row[x]) - int(row[x-1]) - int(row[x+1])
			sum += max(d, -d)
		}
		n += len(row) - 2
	}
	return float64(sum) > float64(n)*math.Abs(f.light-f.dark)*(1/f.module+noiseLeast)
}

// resize gives the picture of the second look a size.
func (a *again) resize(w, h int) {
	if cap(a.img.Pix) < w*h {
		a.img.Pix = make([]byte, w*h)
	}
	a.img = image.Gray{Pix: a.img.Pix[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// magnify makes a part of a plane twice as large by cubic interpolation, which
// keeps the contrast of lines a pixel wide.
func (a *again) magnify(p *plane, part image.Rectangle) {
	a.resize(2*part.Dx(), 2*part.Dy())
	if need := part.Dx() + 4; cap(a.row) < need {
		a.row = make([]int32, need)
	}
	row := a.row[:part.Dx()+4] // of the source, from two pixels before the part
	for y := range a.img.Rect.Dy() {
		step := y%2*2 - 1 // to the next row
		at := func(n int) []byte { return p.pix[min(max(part.Min.Y+y/2+n*step, 0), p.h-1)*p.w:][:p.w] }
		before, near, next, after := at(-1), at(0), at(1), at(2)
		for i := range row {
			x := min(max(part.Min.X+i-2, 0), p.w-1)
			row[i] = cubic(int32(before[x]), int32(near[x]), int32(next[x]), int32(after[x]))
		}
		dst := a.img.Pix[y*a.img.Stride:][:a.img.Stride]
		for x := range part.Dx() {
			r := row[x : x+5 : x+5]
			dst[2*x] = gray8(cubic(r[3], r[2], r[1], r[0]))
			dst[2*x+1] = gray8(cubic(r[1], r[2], r[3], r[4]))
		}
	}
}

// cubic is Catmull and Rom's interpolation a quarter of the way from near to next.
func cubic(before, near, next, after int32) int32 {
	return (111*near + 29*next - 9*before - 3*after + 64) >> 7
}

func gray8(v int32) byte { return byte(min(max(v, 0), 255)) }

// soften blurs a part of a plane by the mean of 3 x 3 pixels.
func (a *again) soften(p *plane, part image.Rectangle) {
	a.resize(part.Dx(), part.Dy())
	for y := range part.Dy() {
		sy := part.Min.Y + y
		up := p.pix[max(sy-1, 0)*p.w:][:p.w]
		at := p.pix[sy*p.w:][:p.w]
		down := p.pix[min(sy+1, p.h-1)*p.w:][:p.w]
		dst := a.img.Pix[y*a.img.Stride:][:a.img.Stride]
		column := func(x int) int {
			x = min(max(x, 0), p.w-1)
			return int(up[x]) + int(at[x]) + int(down[x])
		}
		left, middle := column(part.Min.X-1), column(part.Min.X)
		for x := range dst {
			right := column(part.Min.X + x + 1)
			dst[x] = byte((left + middle + right) * 7282 >> 16) // a ninth
			left, middle = middle, right
		}
	}
}
