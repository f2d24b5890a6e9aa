package kit

import "fyne.io/fyne/v2"

// Meaning is what a button does to somebody, as far as another button may do the opposite.
type Meaning uint8

const (
	NoMeaning Meaning = iota
	LetsIn            // the person goes in: it is them, an emergency, an override
	KeepsOut          // the person does not: it is not them, or the next one's turn comes
	Does              // something is done that cannot be undone: yes, send, zero
	LeavesBe          // nothing is done: no, back
)

// Apart is how far from each other the edges of buttons of opposite meanings are, in
// dp: 8 mm on the finest of the screens that Postern is made for, of ten inches
// and 1280 by 800, on which a dp is 1/151 of an inch.
const Apart = 48

// opposes reports whether two meanings are opposite.
func (m Meaning) opposes(o Meaning) bool {
	return m == LetsIn && o == KeepsOut || m == KeepsOut && o == LetsIn || m == Does && o == LeavesBe || m == LeavesBe && o == Does
}

// Opposed reports whether two things that can be pressed have opposite meanings.
func Opposed(a, b fyne.CanvasObject) bool {
	p, ok := a.(*Button)
	q, also := b.(*Button)
	return ok && also && p.meaning.opposes(q.meaning)
}

// Means says what the button does to somebody. Stacks and rows keep it [Apart] from its opposite.
func (b *Button) Means(m Meaning) *Button { b.meaning = m; return b }
