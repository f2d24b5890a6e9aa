package qr

import "math"

// The equaliser undoes blur: each module becomes a weighted sum of its own
// sample and its neighbours'. The weights are the least-squares solution over
// modules whose colour is known, first those that every symbol of the version
// has, then those that the first pass is sure of.

// equaliser solves for weights; its buffers stay.
type equaliser struct {
	reach   int
	weights []float64 // (2 reach + 1)^2 neighbours and a constant
	normal  []float64
	right   []float64
	offsets []int
	vector  []float64
}

func (e *equaliser) size(reach, width int) {
	n := (2*reach + 1) * (2*reach + 1)
	e.reach = reach
	e.offsets = e.offsets[:0]
	for y := -reach; y <= reach; y++ {
		for x := -reach; x <= reach; x++ {
			e.offsets = append(e.offsets, y*width+x)
		}
	}
	e.vector = append(e.vector[:0], make([]float64, n+1)...)
	e.weights = append(e.weights[:0], make([]float64, n+1)...)
	e.right = append(e.right[:0], make([]float64, n+1)...)
	e.normal = append(e.normal[:0], make([]float64, (n+1)*(n+1))...)
}

// learn adds one module: where it is in the samples, and its colour.
func (e *equaliser) learn(s *samples, at int, colour, weight float64) {
	n := len(e.offsets)
	for k, o := range e.offsets {
		e.vector[k] = float64(s.value[at+o])
	}
	e.vector[n] = 1
	for i, a := range e.vector {
		a *= weight
		row := e.normal[i*(n+1):][:n+1]
		for j := i; j <= n; j++ {
			row[j] += a * e.vector[j]
		}
		e.right[i] += a * colour
	}
}

// solve finds the weights; a penalty pulls them towards leaving the sample as
// it is.
func (e *equaliser) solve(penalty float64) bool {
	n := len(e.vector)
	middle := n / 2
	for i := range n {
		e.normal[i*n+i] += penalty
	}
	e.right[middle] += penalty
	// Cholesky, upper triangle.
	for i := range n {
		d := e.normal[i*n+i]
		for k := range i {
			d -= e.normal[k*n+i] * e.normal[k*n+i]
		}
		if d <= 1e-12 {
			return false
		}
		d = math.Sqrt(d)
		e.normal[i*n+i] = d
		for j := i + 1; j < n; j++ {
			v := e.normal[i*n+j]
			for k := range i {
				v -= e.normal[k*n+i] * e.normal[k*n+j]
			}
			e.normal[i*n+j] = v / d
		}
	}
	for i := range n {
		v := e.right[i]
		for k := range i {
			v -= e.normal[k*n+i] * e.weights[k]
		}
		e.weights[i] = v / e.normal[i*n+i]
	}
	for i := n - 1; i >= 0; i-- {
		v := e.weights[i]
		for k := i + 1; k < n; k++ {
			v -= e.normal[i*n+k] * e.weights[k]
		}
		e.weights[i] = v / e.normal[i*n+i]
	}
	return true
}

// apply filters all modules into out.
func (e *equaliser) apply(s *samples) {
	n := len(e.offsets)
	for y := range s.side {
		for x := range s.side {
			at := (y+rim)*s.width + x + rim
			v := e.weights[n]
			for k, o := range e.offsets {
				v += e.weights[k] * float64(s.value[at+o])
			}
			s.out[y*s.side+x] = float32(v)
		}
	}
}

// trained filters with weights from the known modules.
func (e *equaliser) trained(s *samples) bool {
	e.size(1, s.width)
	for _, i := range s.train {
		e.learn(s, s.place(int(i)), float64(s.known[i]), 1)
	}
	if !e.solve(8) {
		return false
	}
	e.apply(s)
	return true
}

// directed filters with weights from the last result: known modules, and the
// others as far as they are sure.
func (e *equaliser) directed(s *samples) bool {
	e.size(2, s.width)
	step := 1 + len(s.out)/3000
	for i := 0; i < len(s.out); i += step {
		colour, weight := float64(s.known[i]), 1.0
		if colour == 0 {
			v := float64(s.out[i])
			colour = math.Copysign(1, v)
			weight = min(math.Abs(v), 1)
			weight *= weight
		}
		e.learn(s, s.place(i), colour, weight)
	}
	if !e.solve(8) {
		return false
	}
	e.apply(s)
	return true
}

// place is where a module of the symbol is in the samples.
func (s *samples) place(i int) int {
	return (i/s.side+rim)*s.width + i%s.side + rim
}
