package cue

import (
	"time"

	"postern/sync/verdict"
)

// Pulse is one vibration, and the rest after it.
type Pulse struct{ Length, Rest time.Duration }

// Pulses is an outcome's vibration, in the rhythm of its tone: one short pulse,
// two, one long, three short. Pulses are longer than the parts of the tone,
// because a motor needs 50 ms to start.
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

// busyPulses is the vibration of a code that is not taken, a third as long as that of Check.
var busyPulses = []Pulse{{60 * time.Millisecond, 70 * time.Millisecond}, {Length: 60 * time.Millisecond}}
