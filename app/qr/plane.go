package qr

import (
	"encoding/binary"
	"image"
)

// plane is a gray picture without gaps or offsets. Places in it are real
// numbers, with the middle of the first pixel at 0.5, 0.5.
type plane struct {
	pix  []byte
	w, h int
}

// pyramid is a picture at full, half, quarter size and so on. Its buffers are
// kept from picture to picture.
type pyramid struct {
	levels [maxLevels]plane
	n      int
	own    plane // full size, of pictures whose rows have gaps
}

const (
	leastSide = 20 // a level with a shorter side can hold no code worth reading
	maxLevels = 8
)

// build fills the pyramid from a picture that holds all its pixels.
func (p *pyramid) build(img *image.Gray) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if img.Stride == w {
		p.levels[0] = plane{img.Pix[:w*h], w, h} // lent: nothing writes to it
	} else {
		p.own.resize(w, h)
		for y := range h {
			copy(p.own.pix[y*w:(y+1)*w], img.Pix[y*img.Stride:])
		}
		p.levels[0] = p.own
	}
	for p.n = 1; p.n < maxLevels && min(w, h) >= 2*leastSide; p.n++ {
		w, h = w/2, h/2
		p.levels[p.n].resize(w, h)
		halve(&p.levels[p.n], &p.levels[p.n-1])
	}
}

// resize gives a plane a size, in its old buffer where that is large enough.
func (p *plane) resize(w, h int) {
	if cap(p.pix) < w*h {
		p.pix = make([]byte, w*h)
	}
	p.pix, p.w, p.h = p.pix[:w*h], w, h
}

// level chooses the level at which a module of a number of full-size pixels is
// between 2.5 and 5 pixels, so that a sample sees most of a module and no more.
func (p *pyramid) level(module float64) (*plane, float64) {
	n, scale := 0, 1.0
	for module*scale >= 5 && n+1 < p.n {
		n++
		scale /= 2
	}
	return &p.levels[n], scale
}

// halve averages squares of four pixels, eight columns at a time.
func halve(dst, src *plane) {
	const even, two = 0x00ff00ff00ff00ff, 0x0002000200020002
	for y := range dst.h {
		top := src.pix[2*y*src.w:][:2*dst.w]
		low := src.pix[(2*y+1)*src.w:][:2*dst.w]
		out := dst.pix[y*dst.w:][:dst.w]
		x := 0
		for ; x+4 <= len(out); x += 4 {
			a, b := binary.LittleEndian.Uint64(top[2*x:]), binary.LittleEndian.Uint64(low[2*x:])
			sum := a&even + a>>8&even + b&even + b>>8&even + two
			sum = sum >> 2 & even
			sum = (sum | sum>>8) & 0x0000ffff0000ffff
			binary.LittleEndian.PutUint32(out[x:], uint32(sum|sum>>16))
		}
		for ; x < len(out); x++ {
			out[x] = byte((uint(top[2*x]) + uint(top[2*x+1]) + uint(low[2*x]) + uint(low[2*x+1]) + 2) / 4)
		}
	}
}

// at is the gray value at a place, interpolated between four pixels; beyond
// the border it is the border's.
func (p *plane) at(x, y float64) float64 {
	// Plain comparisons: min and max of floats mind NaN and cost much here.
	x, y = x-0.5, y-0.5
	if !(x > 0) {
		x = 0
	} else if last := float64(p.w) - 1.001; x > last {
		x = last
	}
	if !(y > 0) {
		y = 0
	} else if last := float64(p.h) - 1.001; y > last {
		y = last
	}
	xi, yi := int(x), int(y)
	fx, fy := x-float64(xi), y-float64(yi)
	top, low := p.pix[yi*p.w+xi:][:2], p.pix[(yi+1)*p.w+xi:][:2]
	a, b := float64(top[0]), float64(top[1])
	c, d := float64(low[0]), float64(low[1])
	v := a + (b-a)*fx
	return v + (c+(d-c)*fx-v)*fy
}
