package qr

import (
	"image"
	"time"
)

// What one frame shows of a code may not be enough while what several show
// is: each module's sample is added up over the frames until the mean reads.
// Two codes must never be mixed into a third. So frames only add up where they
// agree, and what the mean says must agree, block by block, with the last
// frame alone.

const (
	mostBallots  = 4                      // codes that are located and not read
	mostVotes    = 12                     // frames that weigh in; older ones fade
	ballotAfter  = goneAfter              // a ballot is void so long after its last frame
	leastBallot  = 0.85                   // agreement of a frame that counts
	sureVote     = 0.3                    // of a module whose sign can be compared
	sameSymbol   = 0.75                   // agreement of two frames that show one code; others agree by half
	sameBlock    = 0.85                   // agreement of a read block with the last frame's bits
	voteClamp    = 1.5                    //
	trackedFor   = 500 * time.Millisecond // a code is looked for where it was
	nearFraction = 3                      // of its side is how far a code moves between frames
)

// ballot adds up the samples of one symbol.
type ballot struct {
	grid    grid
	outline [4]image.Point
	sum     []float32 // per module
	votes   float32
	last    time.Time
	frame   int
}

// ballots are those of a live reader.
type ballots struct {
	all   []ballot
	frame int
	at    time.Time
	mean  []float32
	size  image.Point // of the last frame
	plain int         // finders that it showed as it is
}

// begin goes on to the next frame.
func (b *ballots) begin(size image.Point, at time.Time) {
	b.frame++
	b.at = at
	another := b.size != size
	b.size = size
	for i := range b.all {
		if age := at.Sub(b.all[i].last); another || age > ballotAfter || age < 0 {
			b.all[i].votes = 0
		}
	}
}

// attempt decodes a grid by its own frame, then with those before it.
func (q *front) attempt(g *grid) (symbol, bool) {
	s, ok := q.decode(g)
	if q.ballots == nil {
		return s, ok
	}
	if ok {
		q.ballots.close(g)
		return s, true
	}
	return q.vote(g)
}

// vote adds the last samples, those of a grid, to their ballot and decodes the mean.
func (q *front) vote(g *grid) (s symbol, ok bool) {
	if q.samples.agreement() < leastBallot || !q.pyramid.holds(g.outline()) {
		return s, false
	}
	b := q.ballots.find(g)
	if b.frame == q.ballots.frame && b.votes > 0 {
		return s, false // the same frame, sharpened
	}
	if b.votes > 0 && b.agreement(&q.samples) < sameSymbol {
		b.votes = 0
	}
	b.add(&q.samples)
	b.grid, b.outline, b.last, b.frame = *g, g.outline(), q.ballots.at, q.ballots.frame
	for i, f := range g.corner {
		if f != nil {
			f.used = true // by no other triple of this frame
		}
		b.grid.corner[i] = nil // they are the next frame's
	}
	if b.votes < 2 {
		return s, false
	}
	return q.count(b)
}

// count decodes what a ballot has gathered.
func (q *front) count(b *ballot) (s symbol, ok bool) {
	mean := append(q.ballots.mean[:0], b.sum...)
	for i := range mean {
		mean[i] /= b.votes
	}
	q.ballots.mean = mean
	q.modules.layout, q.modules.value, q.modules.witness = b.grid.layout, mean, q.samples.out
	defer func() { q.modules.witness = nil }()
	for _, q.modules.guess = range [2]bool{false, true} {
		q.work -= 4 * len(mean)
		if s, err := q.modules.decode(); err == nil {
			b.votes = 0
			return s, true
		}
	}
	return s, false
}

// find gives the ballot of a grid: the one at its place and of its version and
// polarity, or an empty one.
func (b *ballots) find(g *grid) *ballot {
	if at := b.continued(g); at != nil {
		return at
	}
	if len(b.all) < mostBallots {
		b.all = append(b.all, ballot{})
		return &b.all[len(b.all)-1]
	}
	oldest := &b.all[0]
	for i := range b.all {
		if o := &b.all[i]; o.votes == 0 || oldest.votes > 0 && o.last.Before(oldest.last) {
			oldest = o
		}
	}
	oldest.votes = 0
	return oldest
}

// continued gives the ballot that a grid continues, if there is one.
func (b *ballots) continued(g *grid) *ballot {
	corners := g.outline()
	for i := range b.all {
		o := &b.all[i]
		if o.votes > 0 && o.grid.layout == g.layout && o.grid.contrast > 0 == (g.contrast > 0) && near(o.outline, corners) {
			return o
		}
	}
	return nil
}

// close voids the ballot of a symbol that has been read.
func (b *ballots) close(g *grid) {
	if o := b.continued(g); o != nil {
		o.votes = 0
	}
}

// voted reports whether this frame has located a code and not read it.
func (b *ballots) voted() bool {
	for i := range b.all {
		if b.all[i].votes > 0 && b.all[i].frame == b.frame {
			return true
		}
	}
	return false
}

// outlines adds the codes that this frame has located and not read.
func (b *ballots) outlines(view []Outline) []Outline {
	for i := range b.all {
		if o := &b.all[i]; o.votes > 0 && o.frame == b.frame {
			view = append(view, Outline{Corners: o.outline})
		}
	}
	return view
}

// near reports whether two outlines are of one code a moment later: turned by
// a quarter its corners would be a side away.
func near(a, b [4]image.Point) bool {
	side := max(distance(a[0], a[1]), distance(a[1], a[2]))
	for i := range a {
		if distance(a[i], b[i])*nearFraction > side {
			return false
		}
	}
	return true
}

// distance is the greater of both distances along the axes.
func distance(a, b image.Point) int {
	d := a.Sub(b)
	return max(d.X, -d.X, d.Y, -d.Y)
}

// agreement is the share of modules, of those that both are sure of, of which a
// frame and the frames before it say the same; 0 where too few are sure.
func (b *ballot) agreement(s *samples) float64 {
	same, sure := 0, 0
	for _, at := range s.data {
		was, is := b.sum[at]/b.votes, s.out[at]
		if was*was < sureVote*sureVote || is*is < sureVote*sureVote {
			continue
		}
		sure++
		if was > 0 == (is > 0) {
			same++
		}
	}
	if sure*4 < len(s.data) {
		return 0
	}
	return float64(same) / float64(sure)
}

// add takes a frame's vote; of many, older ones fade.
func (b *ballot) add(s *samples) {
	keep := float32(1)
	switch {
	case b.votes == 0:
		b.sum = append(b.sum[:0], s.out...)
		clear(b.sum)
	case b.votes >= mostVotes:
		keep = 1 - 1/b.votes
	}
	for i, v := range s.out {
		b.sum[i] = b.sum[i]*keep + min(max(v, -voteClamp), voteClamp)
	}
	b.votes = b.votes*keep + 1
}

// attests reports whether a block as it was read agrees with the same block of
// the last frame alone.
func attests(read, seen []byte) bool {
	wrong := 0
	for i := range read {
		for d := read[i] ^ seen[i]; d != 0; d &= d - 1 {
			wrong++
		}
	}
	return float64(wrong) <= (1-sameBlock)*8*float64(len(read))
}
