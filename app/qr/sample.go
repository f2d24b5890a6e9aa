package qr

import "math"

// rim is how many modules around a symbol are sampled with it.
const rim = 2

// samples are the gray values of a symbol's modules, then brought to about -1
// for light and 1 for dark.
type samples struct {
	*layout
	width int       // side and both rims
	gray  []float32 // width x width
	value []float32
	out   []float32 // side x side: after the equaliser
	sums  []float64 // integral of gray
	power []float64 // and of its square
	blots []int32
}

func (s *samples) size(l *layout) {
	s.layout, s.width = l, l.side+2*rim
	n := s.width * s.width
	if cap(s.gray) < n {
		s.gray, s.value, s.out = make([]float32, n), make([]float32, n), make([]float32, n)
	}
	s.gray, s.value, s.out = s.gray[:n], s.value[:n], s.out[:l.side*l.side]
	if m := (s.width + 1) * (s.width + 1); cap(s.sums) < m {
		s.sums, s.power = make([]float64, m), make([]float64, m)
	} else {
		s.sums, s.power = s.sums[:m], s.power[:m]
	}
	for i := range s.width + 1 { // the integral's first row and column
		s.sums[i], s.power[i] = 0, 0
		s.sums[i*(s.width+1)], s.power[i*(s.width+1)] = 0, 0
	}
}

// take samples a grid.
func (s *samples) take(g *grid) {
	s.size(g.layout)
	i := 0
	for my := -rim; my < g.side+rim; my++ {
		for mx := -rim; mx < g.side+rim; mx++ {
			s.gray[i] = float32(g.gray(float64(mx)+0.5, float64(my)+0.5))
			i++
		}
	}
	s.normalise(g.contrast)
}

// normalise subtracts the mean of 9 x 9 modules around each and divides by
// their deviation.
func (s *samples) normalise(contrast float64) {
	const reach = 4
	w, stride := s.width, s.width+1
	for y := range w {
		var sum, power float64
		for x := range w {
			v := float64(s.gray[y*w+x])
			sum, power = sum+v, power+v*v
			i := (y+1)*stride + x + 1
			s.sums[i], s.power[i] = s.sums[i-stride]+sum, s.power[i-stride]+power
		}
	}
	sign := 1.0
	if contrast < 0 {
		sign, contrast = -1, -contrast
	}
	floor := contrast * contrast / 64
	for y := range w {
		y0, y1 := max(y-reach, 0)*stride, min(y+reach+1, w)*stride
		for x := range w {
			x0, x1 := max(x-reach, 0), min(x+reach+1, w)
			n := float64((y1 - y0) / stride * (x1 - x0))
			mean := (s.sums[y1+x1] - s.sums[y0+x1] - s.sums[y1+x0] + s.sums[y0+x0]) / n
			power := (s.power[y1+x1] - s.power[y0+x1] - s.power[y1+x0] + s.power[y0+x0]) / n
			deviation := math.Sqrt(max(power-mean*mean, floor))
			s.value[y*w+x] = float32(min(max(sign*(mean-float64(s.gray[y*w+x]))/deviation, -2), 2))
		}
	}
}

// plain takes the values as they are for the result.
func (s *samples) plain() {
	for y := range s.side {
		copy(s.out[y*s.side:(y+1)*s.side], s.value[(y+rim)*s.width+rim:])
	}
}

// agreement is the share of known modules that came out right.
func (s *samples) agreement() float64 {
	right := 0
	for _, i := range s.train {
		if (s.out[i] > 0) == (s.known[i] > 0) {
			right++
		}
	}
	return float64(right) / float64(len(s.train))
}

// doubt lowers the trust in modules amid others of the same colour: a blot or
// a glare looks so, codes seldom do.
func (s *samples) doubt() {
	side := s.side
	for y := 1; y+1 < side; y++ {
		for x := 1; x+1 < side; x++ {
			at := y*side + x
			dark := s.out[at] > 0
			same := 0
			for _, o := range [9]int{-side - 1, -side, -side + 1, -1, 0, 1, side - 1, side, side + 1} {
				if (s.out[at+o] > 0) == dark && s.known[at+o] == 0 {
					same++
				}
			}
			if same == 9 {
				s.blots = append(s.blots, int32(at))
			}
		}
	}
	for _, at := range s.blots {
		for _, o := range [9]int{-side - 1, -side, -side + 1, -1, 0, 1, side - 1, side, side + 1} {
			if v := s.out[int(at)+o]; v > 0.1 || v < -0.1 {
				s.out[int(at)+o] = v / 4
			}
		}
	}
	s.blots = s.blots[:0]
}
