// Package cue gives the tone, the spoken word and the vibration of each
// outcome, so that a guard who looks at the person knows what the screen says.
//
// A cue is a convenience, and nothing may depend on one having been heard: Play
// never waits, and on a machine without sound the player is silent and State
// says so.
package cue

import (
	"encoding/binary"
	"math"
	"time"

	"postern/sync/verdict"
)

// Rate is samples per second, mono, 16 bits; that of the recorded words too.
const Rate = 16000

// note is one part of a tone; frequency 0 is a rest.
type note struct {
	frequency float64 // hertz
	length    time.Duration
	harsh     bool // buzzes
}

// tones differ in rhythm, direction and timbre, so that they can be told apart
// on a small loudspeaker, in noise, and by people who hear high notes badly:
// Admit is one short tone that rises, Check two alike, Refuse one long buzz,
// Unknown three short ones that fall. They lie between 0.5 and 2.5 kHz, because
// a tablet's loudspeaker gives next to nothing below.
var tones = map[verdict.Outcome][]note{
	verdict.Admit:   {{880, 60 * time.Millisecond, false}, {1175, 90 * time.Millisecond, false}},
	verdict.Check:   {{988, 110 * time.Millisecond, false}, {0, 90 * time.Millisecond, false}, {988, 110 * time.Millisecond, false}},
	verdict.Refuse:  {{196, 490 * time.Millisecond, true}},
	verdict.Unknown: {{1245, 70 * time.Millisecond, false}, {0, 60 * time.Millisecond, false}, {1047, 70 * time.Millisecond, false}, {0, 60 * time.Millisecond, false}, {880, 70 * time.Millisecond, false}},
}

// busyTone says that the next code was not taken: two quick low notes, a third as
// long as those of Check and half an octave below the lowest of an outcome.
var busyTone = []note{{622, 36 * time.Millisecond, false}, {0, 28 * time.Millisecond, false}, {554, 36 * time.Millisecond, false}}

const (
	loudness = 0.6                  // of full scale
	fade     = 6 * time.Millisecond // at both ends of a note, against clicks
)

// PCM gives the samples of an outcome's tone at full volume, at most half a second.
func PCM(o verdict.Outcome) []int16 {
	notes, ok := tones[o]
	if !ok {
		notes = tones[verdict.Unknown]
	}
	return play(notes)
}

// play is the samples of notes one after another.
func play(notes []note) []int16 {
	var all []int16
	for _, n := range notes {
		all = append(all, n.samples()...)
	}
	return all
}

func samples(d time.Duration) int { return int(d * Rate / time.Second) }

func (n note) samples() []int16 {
	out := make([]int16, samples(n.length))
	if n.frequency == 0 {
		return out
	}
	edge := samples(fade)
	for i := range out {
		level := loudness * min(1, float64(i)/float64(edge), float64(len(out)-1-i)/float64(edge))
		out[i] = int16(math.MaxInt16 * level * n.wave(2*math.Pi*n.frequency*float64(i)/Rate))
	}
	return out
}

// wave is the note's shape at a phase in radians, within ±1. The octave above
// is mixed in for loudspeakers that do not give the note itself. A buzz is five
// harmonics of a low note without that note, which the ear supplies; Schroeder's
// phases keep its peaks down, so that it is as loud as the others.
func (n note) wave(phase float64) float64 {
	if !n.harsh {
		return (math.Sin(phase) + math.Sin(2*phase)/3) / 1.17
	}
	var sum float64
	for i := range 5 {
		sum += math.Sin(float64(2*i+3)*phase + math.Pi*float64(i*i)/5)
	}
	return sum / 2.95
}

// WAV gives the sound of o as a file: a RIFF header of 44 bytes, then the
// samples, little-endian. They are the tone and, with Options.Speak, the word
// after it. WAV is nil where the volume is zero.
func WAV(o verdict.Outcome, opt Options) []byte {
	pcm := PCM(o)
	if opt.Speak {
		pcm = append(append(pcm, make([]int16, samples(wordPause))...), Word(o, opt.Language)...)
	}
	return file(pcm, opt.gain())
}

// file makes a WAV file of samples; nil where they would be silent.
func file(pcm []int16, gain float64) []byte {
	if gain == 0 {
		return nil
	}
	size := uint32(2 * len(pcm))
	b := header(size)
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(float64(s)*gain)))
	}
	return b
}

// header begins a WAV file of size bytes of samples.
func header(size uint32) []byte {
	b := append(make([]byte, 0, 44+size), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, 36+size)
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16) // bytes of the format
	b = binary.LittleEndian.AppendUint16(b, 1)  // PCM
	b = binary.LittleEndian.AppendUint16(b, 1)  // mono
	b = binary.LittleEndian.AppendUint32(b, Rate)
	b = binary.LittleEndian.AppendUint32(b, Rate*2)
	b = binary.LittleEndian.AppendUint16(b, 2)  // bytes a frame
	b = binary.LittleEndian.AppendUint16(b, 16) // bits a sample
	b = append(b, "data"...)
	return binary.LittleEndian.AppendUint32(b, size)
}
