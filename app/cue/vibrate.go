package cue

import (
	"time"

	"postern/sync/verdict"
)

// Pulse is one shake, and the rest after it.
type Pulse struct{ Length, Rest time.Duration }

// Pulses is an outcome's vibration, of the rhythm of its tone: one short, two,
// one long, three short. They are longer than the tone's parts: a motor needs
// 50 ms to start.
func Pulses(o verdict.Outcome) []Pulse {
	const short, rest = 90 * time.Millisecond, 110 * time.Millisecond
	switch o {
	case verdict.Admit:
		return []Pulse{{Length: short}}
	case verdict.Check:
		return []Pulse{{2 * short, 2 * rest}, {Length: 2 * short}}
	case verdict.Refuse:
		return []Pulse{{Length: 800 * time.Millisecond}}
	}
	return []Pulse{{short, rest}, {short, rest}, {Length: short}}
}
