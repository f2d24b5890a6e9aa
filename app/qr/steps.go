package qr

// step is a part of the front end that can be left out, to measure what it
// brings. Readers leave out none.
type step uint16

const (
	pyramidStep step = 1 << iota
	meshStep
	rescueStep
	sharpStep
	bendStep
	equaliserStep
	erasureStep
	stretchStep
	openStep
	roundStep
	againStep
)

// does reports whether a step is taken.
func (q *front) does(s step) bool { return q.without&s == 0 }
