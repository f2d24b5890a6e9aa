package scan

// Hint says why nothing reads, for the person who holds the code.
type Hint string

// The hints. The user interface has the sentences.
const (
	NoHint  Hint = ""
	TooDark Hint = "dark"    // turn the light or the screen up
	TooFar  Hint = "far"     // come closer
	Blurred Hint = "blurred" // hold still, or farther away
	Glare   Hint = "glare"   // tilt it away from the light
	Outside Hint = "outside" // move the whole code into the picture
)

const (
	darkMean    = 35  // mean gray of a picture in which little can be seen
	smallModule = 1.6 // pixels: fewer and modules run into each other
	glareShare  = 20  // one pixel in so many burnt out, around a code
)

// hint judges the last picture, of which nothing was read, by the finders in
// it. Without any there is nothing to say, but that it is dark.
func (q *front) hint() Hint {
	finders := q.seeker.finders
	small := &q.pyramid.levels[q.pyramid.n-1]
	mean, burnt := brightness(small)
	switch {
	case mean < darkMean:
		return TooDark
	case len(finders) == 0:
		return NoHint
	case finders[0].module < smallModule:
		return TooFar
	case q.seeker.better: // only sharpening showed it
		return Blurred
	case len(finders) < 3 && q.atBorder(&finders[0]):
		return Outside
	case burnt*glareShare > small.w*small.h && mean < 200:
		return Glare
	}
	return NoHint
}

// brightness gives the mean of a plane and how many pixels are burnt out.
func brightness(p *plane) (mean, burnt int) {
	for _, v := range p.pix {
		mean += int(v)
		if v >= 252 {
			burnt++
		}
	}
	return mean / max(len(p.pix), 1), burnt
}

// atBorder reports whether a code of the smallest version around a finder
// would reach beyond the picture.
func (q *front) atBorder(f *finder) bool {
	reach := 17.5 * f.module
	p := &q.pyramid.levels[0]
	return f.x < reach || f.y < reach || f.x > float64(p.w)-reach || f.y > float64(p.h)-reach
}
