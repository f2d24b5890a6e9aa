package qr

import (
	"cmp"
	"math"
	"slices"
)

// triple is three finders that may belong to one symbol: top left, top right
// and bottom left, clockwise on the screen. A mirrored symbol comes out with
// top right and bottom left changed; its decoder turns it over.
type triple struct {
	finders [3]int  // indexes: top left, top right, bottom left
	turns   [3]int  // how often each finder's frame turns clockwise to become the symbol's
	modules float64 // between the middles of two finders, estimated
	cost    float64
	round   bool
}

// sight is one finder seen from another along one of the four directions of
// its frame: u, v, -u, -v.
type sight struct {
	to, turn, back int     // turn: direction there; back: the other's direction to here
	modules        float64 // the distance
	cost           float64
	slant          float64 // the larger of both
}

const (
	leastModules = 10.0  // between finders: 14 in version 1
	mostModules  = 230.0 // 170 in version 40
	maxTriples   = 1000
	maxCrowded   = 4000 // held against all finders, to choose those from
)

// tolerance says how far finders may be from regular.
type tolerance struct {
	slant float64 // tangent between an axis and the line to the other finder
	legs  float64 // logarithm of the ratio of both distances
}

// Flat symbols in any perspective are regular; on bent paper a finder's axes
// point past the others.
var (
	flat = tolerance{0.3, 0.35}
	bent = tolerance{0.6, 0.7}
)

// ranker keeps its buffers.
type ranker struct {
	all  []triple
	seen []sight
}

// triples ranks the triples of a set of finders, the most regular first. They
// hold until the next call.
func (r *ranker) triples(finders []finder, most tolerance) []triple {
	all := r.all[:0]
	for i := range finders {
		if finders[i].used {
			continue
		}
		seen := r.seen[:0]
		for j := range finders {
			if j != i && !finders[j].used && finders[i].inverted == finders[j].inverted {
				if s, ok := look(finders, i, j, most); ok {
					seen = append(seen, s)
				}
			}
		}
		r.seen = seen
		seen = nearest(seen)
		for _, a := range seen {
			for _, b := range seen {
				if finders[i].seen && finders[a.to].seen && finders[b.to].seen {
					continue
				}
				if t, ok := corner(i, a, b, most); ok {
					all = append(all, t)
				}
			}
		}
	}
	byCost := func(a, b triple) int { return cmp.Compare(a.cost, b.cost) }
	slices.SortStableFunc(all, byCost)
	r.all = all
	all = all[:min(len(all), maxCrowded)]
	for i := range all {
		all[i].cost += crowd(finders, &all[i])
	}
	slices.SortStableFunc(all, byCost)
	return all[:min(len(all), maxTriples)]
}

// nearest keeps the nearest sights in each direction: of many codes on a sheet,
// those of one symbol are near.
func nearest(seen []sight) []sight {
	const most = 4 // in each direction
	if len(seen) <= most {
		return seen
	}
	var best [4][most]sight // by direction, the nearest first
	var count [4]int
	for _, s := range seen {
		at := &best[s.turn]
		n := count[s.turn]
		if n == most && s.modules >= at[n-1].modules {
			continue
		}
		n = min(n, most-1)
		for ; n > 0 && s.modules < at[n-1].modules; n-- {
			at[n] = at[n-1]
		}
		at[n] = s
		count[s.turn] = min(count[s.turn]+1, most)
	}
	kept := seen[:0]
	for turn, n := range count {
		kept = append(kept, best[turn][:n]...)
	}
	return kept
}

// look relates finder j to finder i. Straight lines stay straight in
// perspective, so each must see the other along an axis of its own; the
// geometric mean of the two distances is exact in perspective.
func look(finders []finder, i, j int, most tolerance) (s sight, ok bool) {
	turn, there, slant, ok := along(&finders[i], &finders[j])
	if !ok || slant > most.slant {
		return s, false
	}
	back, here, slantBack, ok := along(&finders[j], &finders[i])
	if !ok || slantBack > most.slant {
		return s, false
	}
	ratio := math.Log(there / here)
	if math.Abs(ratio) > 1.4 {
		return s, false
	}
	modules := math.Sqrt(there * here)
	if modules < leastModules || modules > mostModules {
		return s, false
	}
	return sight{j, turn, back, modules, slant + slantBack + 0.2*math.Abs(ratio), max(slant, slantBack)}, true
}

func along(from, to *finder) (turn int, modules, slant float64, ok bool) {
	u, v := from.to.apply(to.x, to.y)
	if math.Abs(u) < math.Abs(v) {
		u, v = v, u
		turn = 1
	}
	if u < 0 {
		turn += 2
	}
	slant = math.Abs(v / u)
	return turn, math.Abs(u), slant, u != 0
}

// corner makes a triple of two sights from one finder at a right angle.
func corner(i int, right, down sight, most tolerance) (t triple, ok bool) {
	if (right.turn+1)&3 != down.turn {
		return t, false
	}
	ratio := math.Abs(math.Log(right.modules / down.modules))
	if ratio > most.legs || most == bent && ratio <= flat.legs && max(right.slant, down.slant) <= flat.slant {
		return t, false // in the second case it was tried as a flat one
	}
	return triple{
		finders: [3]int{i, right.to, down.to},
		turns:   [3]int{right.turn, (right.back + 2) & 3, (down.back + 1) & 3},
		modules: math.Sqrt(right.modules * down.modules),
		cost:    right.cost + down.cost + 2*ratio,
	}, true
}

// crowd is the cost of other finders inside a triple: the three of one symbol
// have none between them, those of different symbols on a sheet do.
func crowd(finders []finder, t *triple) (cost float64) {
	tl, tr, bl := &finders[t.finders[0]], &finders[t.finders[1]], &finders[t.finders[2]]
	ax, ay, bx, by := tr.x-tl.x, tr.y-tl.y, bl.x-tl.x, bl.y-tl.y
	det := ax*by - ay*bx
	if det == 0 {
		return 1
	}
	for i := range finders {
		f := &finders[i]
		if f.quality > 0.15 || f.module > 1.6*tl.module || tl.module > 1.6*f.module || f.inverted != tl.inverted ||
			i == t.finders[0] || i == t.finders[1] || i == t.finders[2] {
			continue
		}
		x, y := f.x-tl.x, f.y-tl.y
		u, v := (x*by-y*bx)/det, (ax*y-ay*x)/det
		if u > -0.1 && v > -0.1 && u < 1.1 && v < 1.1 {
			cost += 0.15
		}
	}
	return cost
}
