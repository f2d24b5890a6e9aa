package qr

import "math"

// stretch places the corner that has no finder by how sharply the modules near
// it come out, where no alignment pattern says where it is: in version 1, and
// where a blot covers the only pattern. It reports whether it moved anything.
func (g *grid) stretch() bool {
	n := len(g.centres)
	if g.timing < 0.5 || n > 2 || n == 2 && g.mesh.node[3].score >= leastAlignment {
		return false
	}
	g.mesh = mesh{at: []int{3, g.side - 4}}
	far := float64(g.side) - 3.5
	x0, y0 := g.base(far, far)
	x1, y1 := g.base(far-1, far)
	x2, y2 := g.base(far, far-1)
	corner := &g.mesh.node[3]
	best, bestX, bestY := g.sharpness(), 0.0, 0.0
	const reach, step = 3.0, 0.5
	for v := -reach; v <= reach; v += step {
		for u := -reach; u <= reach; u += step {
			corner.dx, corner.dy = (x0-x1)*u+(x0-x2)*v, (y0-y1)*u+(y0-y2)*v
			if s := g.sharpness(); s > best {
				best, bestX, bestY = s, corner.dx, corner.dy
			}
		}
	}
	corner.dx, corner.dy = bestX, bestY
	return bestX != 0 || bestY != 0
}

// sharpness is how far the modules of the quarter without a finder are from
// middle gray: samples on the border between two modules are near it.
func (g *grid) sharpness() (sum float64) {
	middle := 0.0
	for _, f := range g.corner {
		middle += (f.dark + f.light) / 6
	}
	for y := g.side / 2; y < g.side; y++ {
		for x := g.side / 2; x < g.side; x++ {
			sum += math.Abs(g.gray(float64(x)+0.5, float64(y)+0.5) - middle)
			g.work++
		}
	}
	return sum
}
