package qr

import "math"

// mesh corrects a homography for paper that is not flat and lenses that are
// not straight: displacements in pixels at the crossings of the alignment
// patterns' rows and columns, interpolated between them. The corners under the
// finders are nodes too.
type mesh struct {
	at   []int // the rows and columns, in modules
	node [49]node
}

type node struct {
	dx, dy float64
	score  float64 // correlation with the pattern; 0: not found
}

// leastAlignment is the least correlation that is an alignment pattern.
const leastAlignment = 0.55

// shift interpolates the displacement at a place; beyond the outer nodes it
// stays as it is there.
func (m *mesh) shift(mx, my float64) (dx, dy float64) {
	if len(m.at) == 0 {
		return 0, 0
	}
	i, fx := m.cell(mx)
	j, fy := m.cell(my)
	n := len(m.at)
	a, b := &m.node[j*n+i], &m.node[j*n+i+1]
	c, d := &m.node[(j+1)*n+i], &m.node[(j+1)*n+i+1]
	wa, wb, wc, wd := (1-fx)*(1-fy), fx*(1-fy), (1-fx)*fy, fx*fy
	return wa*a.dx + wb*b.dx + wc*c.dx + wd*d.dx, wa*a.dy + wb*b.dy + wc*c.dy + wd*d.dy
}

// cell gives the cell of a coordinate and the place in it from 0 to 1.
func (m *mesh) cell(v float64) (i int, f float64) {
	v -= 0.5
	for i = 0; i+2 < len(m.at) && v > float64(m.at[i+1]); i++ {
	}
	low, high := float64(m.at[i]), float64(m.at[i+1])
	return i, min(max((v-low)/(high-low), -0.2), 1.2)
}

// align searches every alignment pattern, fits the homography again with those
// that were found, and makes the mesh of what is left over.
func (g *grid) align() {
	n := len(g.centres)
	if n < 2 {
		return
	}
	g.mesh = mesh{}
	var found [49][3]float64 // x, y, score
	for sum := 0; sum <= 2*(n-1); sum++ {
		for j := max(0, sum-n+1); j <= min(sum, n-1); j++ {
			i := sum - j
			if f, turn, mx, my := g.finderAt(i, j); f != nil {
				x, y := f.at(mx, my, turn)
				found[j*n+i] = [3]float64{x, y, 1}
				continue
			}
			found[j*n+i] = g.seekAlignment(i, j, &found)
		}
	}
	g.refit(&found)
	g.spread(&found)
}

// finderAt gives the finder at a corner of the mesh, and the node's place in
// modules from its middle.
func (g *grid) finderAt(i, j int) (f *finder, turn int, mx, my float64) {
	last := len(g.centres) - 1
	switch {
	case i == 0 && j == 0:
		return g.corner[0], g.turns[0], 3, 3
	case i == last && j == 0:
		return g.corner[1], g.turns[1], -3, 3
	case i == 0 && j == last:
		return g.corner[2], g.turns[2], 3, -3
	}
	return nil, 0, 0, 0
}

// seekAlignment searches one alignment pattern around where its neighbours let
// it expect.
func (g *grid) seekAlignment(i, j int, found *[49][3]float64) [3]float64 {
	n := len(g.centres)
	mx, my := float64(g.centres[i])+0.5, float64(g.centres[j])+0.5
	x, y := g.base(mx, my)
	var dx, dy, weight float64
	for _, o := range [4][2]int{{-1, 0}, {0, -1}, {-1, -1}, {1, -1}} {
		ni, nj := i+o[0], j+o[1]
		if ni < 0 || nj < 0 || ni >= n || found[nj*n+ni][2] < leastAlignment {
			continue
		}
		px, py := g.base(float64(g.centres[ni])+0.5, float64(g.centres[nj])+0.5)
		dx, dy = dx+found[nj*n+ni][0]-px, dy+found[nj*n+ni][1]-py
		weight++
	}
	reach := 2.0
	if weight > 0 {
		x, y = x+dx/weight, y+dy/weight
	}
	if n == 2 {
		reach = 2.5 + float64(g.side)/20
	}
	ux, uy := g.base(mx+0.5, my)
	bx, by := g.base(mx-0.5, my)
	vx, vy := g.base(mx, my+0.5)
	cx, cy := g.base(mx, my-0.5)
	a := aligner{g: g, u: [2]float64{ux - bx, uy - by}, v: [2]float64{vx - cx, vy - cy}, x: x, y: y}
	return a.search(reach)
}

// aligner correlates the picture around x, y with an alignment pattern.
type aligner struct {
	g    *grid
	u, v [2]float64 // one module along each axis
	x, y float64
}

func (a *aligner) search(reach float64) [3]float64 {
	best, bu, bv := -1.0, 0.0, 0.0
	try := func(u, v float64) {
		s := a.score(u, v) - 0.01*(u*u+v*v)
		if s > best {
			best, bu, bv = s, u, v
		}
	}
	try(0, 0)
	for r := 0.5; r <= reach && best < 0.8; r += 0.5 { // ring by ring: most are near
		for a := -r; a < r; a += 0.5 {
			try(a, -r)
			try(r, a)
			try(-a, r)
			try(-r, -a)
		}
	}
	for step := 0.25; step > 0.1; step /= 2 {
		u, v := bu, bv
		for _, o := range [8][2]float64{{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}} {
			try(u+o[0]*step, v+o[1]*step)
		}
	}
	return [3]float64{a.x + a.u[0]*bu + a.v[0]*bv, a.y + a.u[1]*bu + a.v[1]*bv, a.score(bu, bv)}
}

// score is the correlation coefficient of 5 x 5 modules with the pattern.
func (a *aligner) score(u, v float64) float64 {
	var dark, light, squares float64
	p, k := a.g.plane, a.g.scale
	a.g.work += 25
	x0, y0 := (a.x+a.u[0]*u+a.v[0]*v)*k, (a.y+a.u[1]*u+a.v[1]*v)*k
	ux, uy, vx, vy := a.u[0]*k, a.u[1]*k, a.v[0]*k, a.v[1]*k
	for j := -2; j <= 2; j++ {
		for i := -2; i <= 2; i++ {
			s := p.at(x0+ux*float64(i)+vx*float64(j), y0+uy*float64(i)+vy*float64(j))
			squares += s * s
			if max(i, -i, j, -j) == 1 {
				light += s
			} else {
				dark += s
			}
		}
	}
	mean := (dark + light) / 25
	variance := squares/25 - mean*mean
	if variance < 4 {
		return 0
	}
	// With 17 dark and 8 light modules the pattern's own deviation is sqrt(17*8)/25.
	c := (light/8 - dark/17) * math.Sqrt(17*8) / 25 / math.Sqrt(variance)
	if a.g.contrast < 0 {
		return -c
	}
	return c
}

// refit fits the homography to finders and alignment patterns.
func (g *grid) refit(found *[49][3]float64) {
	if g.bend.on {
		return
	}
	f := g.fitter()
	n := len(g.centres)
	for j := range n {
		for i := range n {
			if fd, _, _, _ := g.finderAt(i, j); fd != nil || found[j*n+i][2] < leastAlignment {
				continue
			}
			p := found[j*n+i]
			f.point(p[0], p[1], float64(g.centres[i])+0.5, float64(g.centres[j])+0.5, 12*p[2])
		}
	}
	if from, ok := f.solve(); ok {
		old := g.from
		g.from = from
		if !g.sane() {
			g.from = old
		}
	}
}

// spread makes the mesh: what was found against what the homography says; what
// was not found takes the mean of its neighbours.
func (g *grid) spread(found *[49][3]float64) {
	n := len(g.centres)
	g.mesh.at = g.centres
	for k := range n * n {
		if p := found[k]; p[2] >= leastAlignment {
			x, y := g.base(float64(g.centres[k%n])+0.5, float64(g.centres[k/n])+0.5)
			g.mesh.node[k] = node{dx: p[0] - x, dy: p[1] - y, score: p[2]}
		}
	}
	for range n {
		next := g.mesh.node
		for k := range n * n {
			if g.mesh.node[k].score > 0 {
				continue
			}
			var sum node
			for _, o := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
				i, j := k%n+o[0], k/n+o[1]
				if i < 0 || j < 0 || i >= n || j >= n || g.mesh.node[j*n+i].score == 0 {
					continue
				}
				o := g.mesh.node[j*n+i]
				sum.dx, sum.dy, sum.score = sum.dx+o.dx, sum.dy+o.dy, sum.score+1
			}
			if sum.score > 0 {
				next[k] = node{dx: sum.dx / sum.score, dy: sum.dy / sum.score, score: 1e-9}
			}
		}
		g.mesh.node = next
	}
}
