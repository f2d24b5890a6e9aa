package qr

import (
	"math"
	"slices"
)

// What is measured of a suspect, and what it says.
const (
	leastLikeness = 0.52 // of corners that are finders
	leastSoftSide = 64   // pixels: smaller ones come closer first
	leastDepth    = 30   // gray values between what is around it and its dark places
	leastMottle   = 0.1
	mostMottle    = 1.0
	farLag        = 1.9  // pixels: modules are about one
	smearedLags   = 1.65 // longest by shortest, of what moves
	softLag       = 0.9  // modules: a sharp code has a half
	// Without finders it must be large, and soft, and neither plain nor torn.
	largeSide    = 90
	barredLags   = 8 // what keeps its grays for longer along than across is bars
	largeLag     = 4
	evenMottle   = 0.55
	largeSteep   = 0.5
	smearedSteep = 0.75
	deep         = 45
	leastFarSide = 14
)

// mottled reports whether gray values are like those of a code.
func (s *suspect) mottled() bool {
	return s.light-s.dark >= leastDepth && s.mottle >= leastMottle && s.mottle <= mostMottle
}

// ails says what a suspect suffers from, if it is a code and suffers.
func (s *suspect) ails() Hint {
	finders := s.likeness >= leastLikeness
	deepEnough := s.light-s.dark >= deep && s.mottle <= evenMottle
	large := deepEnough && s.side >= largeSide && s.long >= largeLag
	switch module := s.side / s.modules; {
	case s.long <= farLag && (finders || deepEnough && s.mottle > 2*leastMottle) && s.side >= leastFarSide:
		return TooFar
	case s.side < leastSoftSide:
		return NoHint
	case s.long > smearedLags*s.short && (finders && s.long > 1.2*softLag*module || large && s.steep < smearedSteep && s.long < barredLags*s.short):
		return Moving
	case s.long < smearedLags*s.short && (finders && s.short > softLag*module || large && s.short >= largeLag && s.steep < largeSteep):
		return Blurred
	}
	return NoHint
}

// gridOfValues is how many values along a side are taken.
const gridOfValues = 28

// grays measures the gray values in the square and around it.
func (w *watcher) grays(p *pyramid, s *suspect) {
	l := &p.levels[0]
	for l2, k := 1, 2.0; l2 < p.n && s.side/k > 2*gridOfValues; l2, k = l2+1, k*2 {
		l = &p.levels[l2]
	}
	k := float64(l.w) / float64(p.levels[0].w)
	values := w.values[:0]
	sum, squares := 0.0, 0.0
	for i := range gridOfValues {
		for j := range gridOfValues {
			x, y := s.place(0.9*(2*(float64(i)+0.5)/gridOfValues-1), 0.9*(2*(float64(j)+0.5)/gridOfValues-1))
			v := l.at(x*k, y*k)
			values = append(values, v)
			sum, squares = sum+v, squares+v*v
		}
	}
	w.values = values
	n := float64(len(values))
	mean := sum / n
	deviation := math.Sqrt(max(squares/n-mean*mean, 0))
	slices.Sort(values)
	s.dark = values[len(values)/10]
	const beyond = 1.05
	var around [32]float64
	for i := range 32 {
		a := 2*(float64(i%8)+0.5)/8 - 1
		at := [4][2]float64{{a, -beyond}, {beyond, a}, {a, beyond}, {-beyond, a}}[i/8]
		x, y := s.place(at[0], at[1])
		around[i] = l.at(x*k, y*k)
	}
	slices.Sort(around[:])
	s.light = around[len(around)*2/3]
	s.mottle = deviation / max(s.light-mean, 1)
}

// lagWays are the directions, in half a turn, and lagSteps the pixels in which
// gray values are compared, lagPoints along a side.
const (
	lagWays   = 8
	lagPoints = 16
)

var lagSteps = [...]float64{1, 1.5, 2, 3, 4, 6, 9, 13, 19}

// forgets measures after how many pixels, in each direction, gray values have
// half forgotten each other.
func (w *watcher) forgets(p *pyramid, s *suspect) {
	var differences [lagWays][len(lagSteps)]float64
	last := 1
	for last+1 < len(lagSteps) && lagSteps[last+1] <= s.side/5 {
		last++
	}
	l := &p.levels[0]
	for i := range lagPoints {
		for j := range lagPoints {
			x, y := s.place(0.75*(2*(float64(i)+0.5)/lagPoints-1), 0.75*(2*(float64(j)+0.5)/lagPoints-1))
			v := l.at(x, y)
			for d, way := range lagDirs {
				for k, step := range lagSteps[:last+1] {
					e := l.at(x+way[0]*step, y+way[1]*step) - v
					differences[d][k] += e * e
				}
			}
		}
	}
	most, steps := 1.0, 0.0
	for d := range differences {
		most = max(most, differences[d][last])
		steps += differences[d][2] / lagWays
	}
	s.short, s.long = math.Inf(1), 0
	for d := range differences {
		lag := halfway(differences[d][:last+1], most/2)
		s.short, s.long = min(s.short, lag), max(s.long, lag)
	}
	s.steep = math.Sqrt(steps / most)
}

// halfway gives the step at which differences reach a half.
func halfway(differences []float64, half float64) float64 {
	for k, d := range differences {
		switch {
		case d < half:
		case k == 0:
			return lagSteps[0] * half / d
		default:
			before := differences[k-1]
			return lagSteps[k-1] + (lagSteps[k]-lagSteps[k-1])*(half-before)/(d-before)
		}
	}
	return lagSteps[len(differences)-1]
}

var lagDirs = func() (d [lagWays][2]float64) {
	for i := range d {
		s, c := math.Sincos(math.Pi * float64(i) / lagWays)
		d[i] = [2]float64{c, s}
	}
	return d
}()

// cornerSizes are the modules along a side that are tried: a finder fits those
// that are a tenth off.
var cornerSizes = [...]float64{21, 25, 29, 33, 37, 41, 49, 57, 65, 73, 85, 97, 109, 121, 137, 153, 177}

// leastPromise is the likeness without moving a corner, from which it is moved.
const leastPromise = 0.2

// fitCorners compares each corner with a finder, for several numbers of modules.
func (w *watcher) fitCorners(p *pyramid, s *suspect) {
	s.likeness, s.modules = -1, cornerSizes[0]
	for _, n := range cornerSizes {
		module := s.side / n
		if module < 0.5 {
			return
		}
		l, k := p.level(module)
		fit := s.corners(l, k, n, cornerShifts[:1])
		if fit > leastPromise {
			fit = s.corners(l, k, n, cornerShifts[:])
		}
		if fit > s.likeness {
			s.likeness, s.modules = fit, n
		}
	}
}

// cornerShifts are by how many modules a corner may be off.
var cornerShifts = [...][2]float64{{0, 0}, {-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, 1}, {-1, 1}, {1, -1}}

// corners gives the mean likeness of the best three corners.
func (s *suspect) corners(l *plane, k, n float64, shifts [][2]float64) float64 {
	sum, least := 0.0, 1.0
	for c := range 4 {
		fit := s.corner(l, k, float64(1-c&1*2), float64(1-c&2), n, shifts)
		sum, least = sum+fit, min(least, fit)
	}
	return (sum - least) / 3
}

// corner is how much like a blurred finder a corner is, beyond being a corner.
func (s *suspect) corner(l *plane, k, su, sv, n float64, shifts [][2]float64) float64 {
	best := -1.0
	for _, shift := range shifts {
		var values [cornerSide * cornerSide]float64
		for j := range cornerSide {
			for i := range cornerSide {
				a := su * (1 - 2*(float64(i)-cornerQuiet+0.5+shift[0])/n)
				b := sv * (1 - 2*(float64(j)-cornerQuiet+0.5+shift[1])/n)
				x, y := s.place(a, b)
				values[j*cornerSide+i] = l.at(x*k, y*k)
			}
		}
		for t := range cornerTemplates {
			best = max(best, cornerTemplates[t].likeness(&values))
		}
	}
	return best
}

const (
	cornerQuiet = 2
	cornerSide  = cornerQuiet + 8
)

// cornerTemplate is a finder in a corner of a code, less what any dark corner
// on light ground is.
type cornerTemplate struct {
	step, finder [cornerSide * cornerSide]float64 // of unit length, across each other and across a constant
}

var cornerTemplates = [2]cornerTemplate{newCornerTemplate(0.6), newCornerTemplate(1.2)}

func newCornerTemplate(sigma float64) (t cornerTemplate) {
	const reach, size = 8, cornerSide + 16
	var step, finder [size * size]float64
	for y := range size {
		for x := range size {
			u, v := x-reach-cornerQuiet, y-reach-cornerQuiet
			if u < 0 || v < 0 {
				continue
			}
			step[y*size+x] = -0.5
			finder[y*size+x] = -0.5
			if u < 8 && v < 8 {
				ring := max(u-3, 3-u, v-3, 3-v)
				finder[y*size+x] = -1
				if ring == 2 || ring == 4 {
					finder[y*size+x] = 0
				}
			}
		}
	}
	blur := func(p *[size * size]float64, out *[cornerSide * cornerSide]float64) {
		for y := range cornerSide {
			for x := range cornerSide {
				sum, all := 0.0, 0.0
				for dy := -reach; dy < reach; dy++ {
					for dx := -reach; dx < reach; dx++ {
						g := math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
						sum += g * p[(y+reach+dy)*size+x+reach+dx]
						all += g
					}
				}
				out[y*cornerSide+x] = sum / all
			}
		}
	}
	blur(&step, &t.step)
	blur(&finder, &t.finder)
	centre(&t.step)
	unit(&t.step)
	centre(&t.finder)
	d := dot(&t.finder, &t.step)
	for i := range t.finder {
		t.finder[i] -= d * t.step[i]
	}
	unit(&t.finder)
	return t
}

func centre(p *[cornerSide * cornerSide]float64) {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for i := range p {
		p[i] -= sum / float64(len(p))
	}
}

func dot(a, b *[cornerSide * cornerSide]float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}

func unit(p *[cornerSide * cornerSide]float64) {
	n := math.Sqrt(dot(p, p))
	for i := range p {
		p[i] /= n
	}
}

// likeness correlates what is left of values without the step with the finder.
func (t *cornerTemplate) likeness(values *[cornerSide * cornerSide]float64) float64 {
	var sum, squares float64
	for _, v := range values {
		sum, squares = sum+v, squares+v*v
	}
	n := float64(len(values))
	step := dot(values, &t.step)
	rest := squares - sum*sum/n - step*step
	if step <= 0 || rest < n {
		return 0
	}
	return dot(values, &t.finder) / math.Sqrt(rest)
}
