package qr

import "math"

// A code that does not read still looks like one from a few steps away: where
// its modules run into each other it is a square of mottled gray, with light
// around it and a darker spot in three of its corners. A watcher looks for
// such squares on the smaller levels of a frame of which nothing was read, and
// makes hints of what they are like.

// blob is one dark area of a level: connected pixels below their thresholds,
// which are nearer to white than to black, so that gray modules count as dark.
type blob struct {
	area                 int
	x, y, xx, yy, xy     float64 // sums over its pixels
	left, right, top, at int     // its bounds; at is the row below it
	parent               int32   // the blob that it has turned out to be part of, or itself
}

// strip is a run of dark pixels in a row.
type strip struct {
	from, to, row int32
	blob          int32
}

// suspect is a square that may be a code, in full-size pixels.
type suspect struct {
	x, y        float64    // its middle
	u, v        [2]float64 // from the middle to the middle of two sides
	side        float64    // mean length of its sides
	modules     float64    // along a side, as the corners fit best
	likeness    float64    // of the three corners that are most like finders, -1 to 1
	light, dark float64    // gray around it, and of its darkest tenth
	mottle      float64    // deviation of its gray values by how much darker than around they are
	short, long float64    // pixels after which gray values have half forgotten each other: least and most of all directions
	steep       float64    // steps of two pixels as a share of its range of gray values
}

// watcher looks for suspects. It keeps its buffers.
type watcher struct {
	limits   thresholds
	scan     rowScan
	strips   []strip
	blobs    []blob
	suspects []suspect
	values   []float64
	said     Hint // what most looks said last
	sure     int  // by how much
}

const (
	mostWatched = 5    // levels
	leastBlob   = 30   // pixels
	mostFramed  = 20   // squares of a level are framed
	mostBlobs   = 8    // and so many are looked at
	leastFill   = 0.6  // of the square that has a blob's moments
	mostFill    = 1.15 // a disc has 1.05
	mostOblong  = 1.5  // longer side by shorter
	mostStrips  = 30_000
	mostPlaces  = 3
)

// look gives what the best code of a picture that does not read suffers from;
// nothing where there is no code, or none that suffers.
func (w *watcher) look(p *pyramid, first int, known []thresholds) (h Hint) {
	w.suspects = w.suspects[:0]
	for n := max(first, 1); n < min(p.n, mostWatched); n++ {
		tenths := whiteTenths
		if n == 1 {
			tenths = whiteTenthsLarge
		}
		w.binarise(&p.levels[n], &known[n], tenths)
		w.connect(&p.levels[n])
		w.judge(p, n)
	}
	best := -1.0
	for i := range w.suspects {
		if s := &w.suspects[i]; s.likeness > best {
			best, h = s.likeness, s.ails()
		}
	}
	if w.many() {
		return NoHint
	}
	return h
}

// leastSure is how sure a watcher is before it says something, of mostSure. A
// look that agrees makes it surer by two, and a look that sees nothing less by one:
// of a code at the edge of what can be told, every second look sees it.
const (
	leastSure = 3
	mostSure  = 7
)

// settle takes what one look saw and gives what most of the last ones did.
func (w *watcher) settle(h Hint) Hint {
	switch h {
	case NoHint:
		w.sure--
	case w.said:
		w.sure = min(w.sure+2, mostSure)
	default:
		w.sure -= 2
	}
	if w.sure <= 0 {
		w.said, w.sure = h, 0
		if h != NoHint {
			w.sure = 2
		}
	}
	if w.sure < leastSure {
		return NoHint
	}
	return w.said
}

// forget begins anew: something has been read.
func (w *watcher) forget() { w.said, w.sure = NoHint, 0 }

// many reports whether there are as many squares as letters on a page have, or
// windows a house.
func (w *watcher) many() bool {
	places := 0
	for i := range w.suspects {
		s, another := &w.suspects[i], true
		for j := range w.suspects[:i] {
			o := &w.suspects[j]
			another = another && math.Hypot(s.x-o.x, s.y-o.y) > max(s.side, o.side)/2
		}
		if another {
			places++
		}
	}
	return places > mostPlaces
}

// How near to white the thresholds are, in tenths: on the largest level that is
// watched a module may be half a pixel, and its gray no darker than that of a few.
const (
	whiteTenths      = 8
	whiteTenthsLarge = 9
)

// binarise makes the thresholds of a level from the extremes of its blocks.
func (w *watcher) binarise(p *plane, known *thresholds, tenths int) {
	t := &w.limits
	t.size(p)
	copy(t.high, known.high)
	var tally [256]int
	for i, low := range known.low {
		high := known.high[i]
		tally[high-low]++
		t.low[i] = byte((int(low)*(20-2*tenths) + int(high)*(2*tenths-10)) / 10)
	}
	t.smooth(byte(int(grain(&tally, len(t.at))) * (20 - 2*tenths) / 10))
}

// connect finds the dark blobs of a level.
func (w *watcher) connect(p *plane) {
	w.strips, w.blobs = w.strips[:0], w.blobs[:0]
	before := 0 // where the strips of the row before begin
	for y := range p.h {
		w.scan.row(p, &w.limits, y)
		begin := len(w.strips)
		above := before
		edges := w.scan.edges[:w.scan.n]
		for i := 0; i+1 < len(edges); i += 2 {
			s := strip{from: int32(edges[i]), to: int32(edges[i+1]), row: int32(y), blob: -1}
			for above < begin && w.strips[above].to <= s.from {
				above++
			}
			for k := above; k < begin && w.strips[k].from < s.to; k++ {
				s.blob = w.join(s.blob, w.strips[k].blob)
			}
			w.strips = append(w.strips, w.add(s))
		}
		before = begin
		if len(w.strips) > mostStrips {
			return
		}
	}
}

// join makes two blobs one, and gives it; -1 is none.
func (w *watcher) join(a, b int32) int32 {
	b = w.root(b)
	if a < 0 || a == b {
		return b
	}
	into, from := &w.blobs[a], &w.blobs[b]
	from.parent = a
	into.area += from.area
	into.x, into.y = into.x+from.x, into.y+from.y
	into.xx, into.yy, into.xy = into.xx+from.xx, into.yy+from.yy, into.xy+from.xy
	into.left, into.right = min(into.left, from.left), max(into.right, from.right)
	into.top, into.at = min(into.top, from.top), max(into.at, from.at)
	return a
}

func (w *watcher) root(a int32) int32 {
	for w.blobs[a].parent != a {
		w.blobs[a].parent = w.blobs[w.blobs[a].parent].parent
		a = w.blobs[a].parent
	}
	return a
}

// add adds a strip to its blob, or to a new one.
func (w *watcher) add(s strip) strip {
	if s.blob < 0 {
		s.blob = int32(len(w.blobs))
		w.blobs = append(w.blobs, blob{parent: s.blob, left: int(s.from), right: int(s.to), top: int(s.row)})
	}
	b := &w.blobs[s.blob]
	n := float64(s.to - s.from)
	x, y := float64(s.from+s.to)/2, float64(s.row)+0.5
	b.area += int(s.to - s.from)
	b.x, b.y = b.x+n*x, b.y+n*y
	b.xx, b.yy, b.xy = b.xx+n*(x*x+(n*n-1)/12), b.yy+n*y*y, b.xy+n*x*y
	b.left, b.right, b.at = min(b.left, int(s.from)), max(b.right, int(s.to)), int(s.row)+1
	return s
}

// isSquare reports whether a blob has the moments of a square that is mostly filled.
func (b *blob) isSquare() bool {
	n := float64(b.area)
	mx, my := b.x/n, b.y/n
	xx, yy, xy := b.xx/n-mx*mx+1./12, b.yy/n-my*my+1./12, b.xy/n-mx*my
	det := xx*yy - xy*xy
	if det <= 0 {
		return false
	}
	half, root := (xx+yy)/2, 0.0
	if d := half*half - det; d > 0 {
		root = math.Sqrt(d)
	}
	fill := n / (12 * math.Sqrt(det))
	return fill > leastFill && fill < mostFill && half+root < mostOblong*mostOblong*(half-root)
}

// judge measures the square blobs of a level.
func (w *watcher) judge(p *pyramid, n int) {
	l := &p.levels[n]
	framed, looked := 0, 0
	for i := range w.blobs {
		b := &w.blobs[i]
		if b.parent != int32(i) || b.area < leastBlob || b.right-b.left > l.w*9/10 || b.at-b.top > l.h*19/20 || !b.isSquare() {
			continue
		}
		if framed++; framed > mostFramed {
			return
		}
		s, ok := w.frame(int32(i))
		if !ok {
			continue
		}
		s.enlarge(float64(int(1) << n))
		if w.grays(p, &s); !s.mottled() {
			continue
		}
		if looked++; looked > mostBlobs {
			return
		}
		w.forgets(p, &s)
		w.fitCorners(p, &s)
		if s.ails() != NoHint {
			w.suspects = append(w.suspects, s)
		}
	}
}

// frame puts the smallest rectangle around a blob.
func (w *watcher) frame(i int32) (s suspect, ok bool) {
	const turns = 18
	var low, high [2 * turns]float64
	for k := range low {
		low[k], high[k] = math.Inf(1), math.Inf(-1)
	}
	b := &w.blobs[i]
	for k := range w.strips {
		t := &w.strips[k]
		if int(t.row) < b.top || int(t.row) >= b.at || w.root(t.blob) != i {
			continue
		}
		for d := range low {
			dir := frameDirs[d]
			y := (float64(t.row) + 0.5) * dir[1]
			a, c := float64(t.from)*dir[0]+y, float64(t.to)*dir[0]+y
			low[d], high[d] = min(low[d], a, c), max(high[d], a, c)
		}
	}
	best, least := 0, math.Inf(1)
	for k := range turns {
		if size := (high[k] - low[k]) * (high[k+turns] - low[k+turns]); size < least {
			best, least = k, size
		}
	}
	a, c := (high[best]-low[best])/2, (high[best+turns]-low[best+turns])/2
	if a > mostOblong*c || c > mostOblong*a || float64(b.area) < leastFill*0.8*4*a*c {
		return s, false
	}
	u, v := frameDirs[best], frameDirs[best+turns]
	n := float64(b.area)
	mx, my := b.x/n, b.y/n
	along := func(d [2]float64) float64 { // half a side: the moments do not mind a speck that sticks out
		return math.Sqrt(3 * (d[0]*d[0]*(b.xx/n-mx*mx) + d[1]*d[1]*(b.yy/n-my*my) + 2*d[0]*d[1]*(b.xy/n-mx*my)))
	}
	a, c = along(u), along(v)
	return suspect{x: mx, y: my, u: [2]float64{u[0] * a, u[1] * a}, v: [2]float64{v[0] * c, v[1] * c}, side: a + c}, true
}

// frameDirs are directions in half a turn; the second half is across the first.
var frameDirs = func() (d [36][2]float64) {
	for i := range d {
		s, c := math.Sincos(math.Pi * float64(i) / 36)
		d[i] = [2]float64{c, s}
	}
	return d
}()

func (s *suspect) enlarge(k float64) {
	s.x, s.y, s.side = s.x*k, s.y*k, s.side*k
	s.u, s.v = [2]float64{s.u[0] * k, s.u[1] * k}, [2]float64{s.v[0] * k, s.v[1] * k}
}

// place gives where a place of the square is in the picture; its corners are
// at 1 and -1.
func (s *suspect) place(a, b float64) (x, y float64) {
	return s.x + a*s.u[0] + b*s.v[0], s.y + a*s.u[1] + b*s.v[1]
}
