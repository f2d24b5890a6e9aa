package qr

import (
	"image"
	"time"
)

const (
	goneAfter  = 1500 * time.Millisecond // a code unseen for so long has left
	partsAfter = 20 * time.Second        // parts of one message must come within this
	othersTurn = 3                       // other formats are looked for in every third frame
	againTurn  = 3                       // one frame in so many is read once more at another scale
	hintAfter  = 700 * time.Millisecond  // nothing for so long, and a hint is due
	watchAfter = 250 * time.Millisecond  // nothing for so long, and codes that do not read are looked for
	watchTurn  = 3                       // in every third frame
)

// Live reads a camera's frames, in order, from one goroutine. It differs from
// a [Reader] in what it remembers: a code is reported when it comes into view
// and again when it comes back, not thirty times a second; parts of a
// structured append are joined over frames; and what single frames do not show
// well enough, several together may.
type Live struct {
	reader *Reader
	seen   map[sighting]time.Time
	parts  []found
	begun  time.Time // of the parts
	frames int
	last   time.Time // something was read
	advice advice
	watch  watcher
	ails   Hint // what the watcher says
}

type sighting struct {
	format Format
	text   string
}

// NewLive makes a live reader of some formats; of QR codes when none is named.
func NewLive(formats ...Format) *Live {
	l := &Live{reader: NewReader(formats...), seen: map[sighting]time.Time{}}
	l.reader.qr.ballots = &ballots{}
	return l
}

// Sight is what one frame showed.
type Sight struct {
	Fresh []Code    // have come into view: each is a reading
	Read  []Code    // were read in this frame, those of Fresh among them
	View  []Outline // every code that was seen, for drawing it on the picture
	Hint  Hint      // why nothing reads, once nothing has read for a while
}

// Outline is where a code stands in a frame, as the corners of a [Code].
type Outline struct {
	Corners [4]image.Point
	Read    bool
}

// Frame reads one frame taken at a time. Frames that are not whole are passed
// over.
func (l *Live) Frame(img *image.Gray, at time.Time) (s Sight) {
	if img == nil || !whole(img) {
		return s
	}
	if l.last.IsZero() || at.Before(l.last) {
		l.last = at
	}
	codes := l.read(img, at)
	for _, c := range codes {
		key := sighting{c.Format, c.Text}
		if since, ok := l.seen[key]; !ok || at.Sub(since) > goneAfter {
			s.Fresh = append(s.Fresh, c)
		}
		s.Read = append(s.Read, c)
		s.View = append(s.View, Outline{c.Corners, true})
		l.seen[key] = at
		l.last = at
	}
	s.View = l.reader.qr.ballots.outlines(s.View)
	for key, since := range l.seen {
		if at.Sub(since) > goneAfter || at.Before(since) {
			delete(l.seen, key)
		}
	}
	if len(codes) > 0 || !l.reader.formats[QR] {
		l.advice, l.ails = advice{}, NoHint
		l.watch.forget()
	} else {
		l.advise(at)
	}
	if at.Sub(l.last) >= hintAfter {
		s.Hint = l.advice.shown
	}
	return s
}

// read reads one frame; a panic of a reader is a frame without codes.
func (l *Live) read(img *image.Gray, at time.Time) (codes []Code) {
	defer func() {
		if recover() != nil {
			codes = nil
		}
	}()
	l.frames++
	if l.reader.formats[QR] {
		codes = l.gather(l.reader.qr.frame(img, at), at)
	}
	if l.frames%othersTurn == 0 && len(codes) == 0 {
		codes = append(codes, l.reader.othersInTurn(img, l.frames/othersTurn)...)
	}
	if len(codes) == 0 {
		return nil
	}
	codes, _ = distinct(codes)
	return codes
}

// advise judges a frame of which nothing was read; a panic is a frame that says
// nothing.
func (l *Live) advise(at time.Time) {
	defer func() { _ = recover() }()
	q := &l.reader.qr
	if l.frames%watchTurn == 1 && at.Sub(l.last) >= watchAfter && q.pyramid.n > 0 {
		l.ails = NoHint
		l.ails = l.watch.settle(l.watch.look(&q.pyramid, q.first, q.seeker.limits[:]))
	}
	l.advice.hear(q.hint(l.ails))
}

// gather joins the parts of a message over frames. A part alone is no reading.
func (l *Live) gather(all []found, at time.Time) (codes []Code) {
	if len(l.parts) > 0 && (at.Sub(l.begun) > partsAfter || at.Before(l.begun)) {
		l.parts = l.parts[:0]
	}
	for _, f := range all {
		if f.parts < 2 {
			codes = append(codes, code(f))
		} else if l.take(f) && len(l.parts) == 1 {
			l.begun = at
		}
	}
	if len(l.parts) == 0 {
		return codes
	}
	for _, c := range join(l.parts) {
		if c.Part == 0 {
			codes = append(codes, c)
			l.parts = l.parts[:0]
		}
	}
	return codes
}

// take keeps a part that is not there yet; a part of another message begins
// anew.
func (l *Live) take(f found) bool {
	for _, p := range l.parts {
		if p.parity != f.parity || p.parts != f.parts {
			l.parts = l.parts[:0]
			break
		}
		if p.part == f.part {
			return false
		}
	}
	l.parts = append(l.parts, f)
	return true
}

// frame reads one frame of many: plain and, where that gives nothing, with
// its details raised, then sharpened, then where a code was. A code that was
// located and not read waits for the next frame: other looks at this one give
// the same samples. The budget is a fraction of a still's.
func (q *front) frame(img *image.Gray, at time.Time) []found {
	first, ok := q.begin(img)
	if !ok {
		q.pyramid.n = 0 // nothing to judge
		return nil
	}
	q.first = first
	q.ballots.begin(img.Rect.Size(), at)
	q.work = liveWork
	finders := q.seeker.seek(&q.pyramid, first, q.pyramid.n)
	q.ballots.plain = len(finders)
	all := q.search(finders)
	if len(all) > 0 || q.ballots.voted() {
		return all
	}
	if raised, better := q.seeker.seekDeblurred(&q.pyramid); better {
		if all = q.search(raised); len(all) > 0 || q.ballots.voted() {
			return all
		}
	}
	if all = q.opened(first, q.pyramid.n); len(all) > 0 || q.ballots.voted() {
		return all
	}
	if all = q.sharpened(); len(all) > 0 {
		return all
	}
	if all = q.follow(nil); len(all) > 0 || q.ballots.frame%againTurn != 0 {
		return all
	}
	return q.again()
}
