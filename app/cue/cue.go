// Package cue is what a guard hears and feels at each outcome, so that who
// looks at the person knows what the screen says.
//
// What a reader must know to be safe: a cue is a convenience. Play never
// waits, and a machine with no sound is silent and says so once in State;
// nothing may depend on a cue having been heard.
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

// tones differ in rhythm, direction and colour, so that they can be told apart
// by a small loudspeaker, in noise, and by who hears high notes badly: one
// short that rises, two alike, one long buzz, three short that fall. They lie
// between 0.5 and 2.5 kHz, for a tablet gives next to nothing below.
var tones = map[verdict.Outcome][]note{
	verdict.Admit:   {{880, 60 * time.Millisecond, false}, {1175, 90 * time.Millisecond, false}},
	verdict.Check:   {{988, 110 * time.Millisecond, false}, {0, 90 * time.Millisecond, false}, {988, 110 * time.Millisecond, false}},
	verdict.Refuse:  {{196, 490 * time.Millisecond, true}},
	verdict.Unknown: {{1245, 70 * time.Millisecond, false}, {0, 60 * time.Millisecond, false}, {1047, 70 * time.Millisecond, false}, {0, 60 * time.Millisecond, false}, {880, 70 * time.Millisecond, false}},
}

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

// wave is the note's shape, within ±1. An octave above helps where a
// loudspeaker is deaf to the note itself. A buzz is the odd harmonics of a low
// note without that note, which an ear supplies; the phases (Schroeder's) keep
// its peaks down, so that it is as loud as the others.
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

// WAV gives what o sounds like as a file: RIFF header of 44 bytes, then the
// samples, little-endian: the tone, and where words are wanted the word after
// it. It is nil where the volume is zero.
func WAV(o verdict.Outcome, opt Options) []byte {
	gain := opt.gain()
	if gain == 0 {
		return nil
	}
	pcm := PCM(o)
	if opt.Speak {
		pcm = append(append(pcm, make([]int16, samples(wordPause))...), Word(o, opt.Language)...)
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
