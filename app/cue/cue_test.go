package cue_test

import (
	"encoding/binary"
	"math"
	"testing"

	"postern/app/cue"
	"postern/sync/verdict"
)

var outcomes = []verdict.Outcome{verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown}

var loud = cue.Options{Volume: 100}

func TestTonesAreShortAndLoud(t *testing.T) {
	for _, o := range outcomes {
		pcm := cue.PCM(o)
		if n := len(pcm); n < cue.Rate/10 || n > cue.Rate/2 {
			t.Errorf("%v: %d samples, want a tenth to half a second", o, n)
		}
		if top := loudest(pcm); top < math.MaxInt16/3 || top > math.MaxInt16*7/10 {
			t.Errorf("%v: loudest sample %d", o, top)
		}
		if pcm[0] != 0 || pcm[len(pcm)-1] != 0 {
			t.Errorf("%v: from %d to %d", o, pcm[0], pcm[len(pcm)-1])
		}
	}
}

// strength measures how much of a frequency is in some samples (Goertzel).
func strength(pcm []int16, frequency float64) float64 {
	k := 2 * math.Cos(2*math.Pi*frequency/cue.Rate)
	var a, b float64
	for _, s := range pcm {
		a, b = float64(s)+k*a-b, a
	}
	return math.Sqrt(max(a*a+b*b-k*a*b, 0)) / float64(len(pcm))
}

// pitch is the loudest of the notes that tones are made of.
func pitch(pcm []int16) float64 {
	best, loudest := 0.0, 0.0
	for f := 150.0; f < 1400; f += 7 {
		if s := strength(pcm, f); s > loudest {
			best, loudest = f, s
		}
	}
	return best
}

func TestTonesDifferInDirection(t *testing.T) {
	ends := func(o verdict.Outcome) (first, last float64) {
		pcm := cue.PCM(o)
		part := cue.Rate * 60 / 1000
		return pitch(pcm[:part]), pitch(pcm[len(pcm)-part:])
	}
	if first, last := ends(verdict.Admit); last < first*1.2 {
		t.Errorf("admit goes from %v to %v Hz, not up", first, last)
	}
	if first, last := ends(verdict.Unknown); last > first/1.2 {
		t.Errorf("unknown goes from %v to %v Hz, not down", first, last)
	}
	if first, last := ends(verdict.Check); math.Abs(first-last) > 15 || first < 500 {
		t.Errorf("check goes from %v to %v Hz", first, last)
	}
	if first, last := ends(verdict.Refuse); math.Abs(first-last) > 15 {
		t.Errorf("refuse goes from %v to %v Hz", first, last)
	}
	if a, b := cue.PCM(verdict.Outcome(77)), cue.PCM(verdict.Unknown); len(a) != len(b) {
		t.Error("an outcome of the future does not sound like unknown")
	}
}

func TestWAV(t *testing.T) {
	for _, o := range outcomes {
		b := cue.WAV(o, loud)
		pcm := cue.PCM(o)
		if string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " || string(b[36:40]) != "data" {
			t.Fatalf("%v: header %q", o, b[:44])
		}
		if int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 || int(binary.LittleEndian.Uint32(b[40:])) != 2*len(pcm) || len(b) != 44+2*len(pcm) {
			t.Errorf("%v: lengths do not agree", o)
		}
		if rate := binary.LittleEndian.Uint32(b[24:]); rate != cue.Rate {
			t.Errorf("%v: %d samples a second", o, rate)
		}
		for i, s := range pcm {
			if int16(binary.LittleEndian.Uint16(b[44+2*i:])) != s {
				t.Fatalf("%v: sample %d", o, i)
			}
		}
	}
}

// rhythm gives the lengths, in milliseconds, of sound and silence in turn: what is
// left of a tone for somebody who hears no pitch.
func rhythm(pcm []int16) []int {
	const window = cue.Rate / 100
	var runs []int
	sounding := true
	for i := 0; i+window <= len(pcm); i += window {
		var power float64
		for _, s := range pcm[i : i+window] {
			power += float64(s) * float64(s)
		}
		on := math.Sqrt(power/window) > math.MaxInt16/20
		if on != sounding || len(runs) == 0 {
			runs, sounding = append(runs, 0), on
		}
		runs[len(runs)-1] += 10
	}
	return runs
}

func vibration(o verdict.Outcome) []int {
	var runs []int
	for i, p := range cue.Pulses(o) {
		runs = append(runs, int(p.Length.Milliseconds()))
		if i < len(cue.Pulses(o))-1 {
			runs = append(runs, int(p.Rest.Milliseconds()))
		}
	}
	return runs
}

// apart says whether two rhythms can be told apart: another number of parts, or
// a part three times as long.
func apart(a, b []int) bool {
	if len(a) != len(b) {
		return true
	}
	for i := range a {
		if a[i] >= 3*b[i] || b[i] >= 3*a[i] {
			return true
		}
	}
	return false
}

func TestRhythmsDifferWithoutPitch(t *testing.T) {
	for i, a := range outcomes {
		for _, b := range outcomes[i+1:] {
			if x, y := rhythm(cue.PCM(a)), rhythm(cue.PCM(b)); !apart(x, y) {
				t.Errorf("the tones of %v %v and %v %v have one rhythm", a, x, b, y)
			}
			if x, y := vibration(a), vibration(b); !apart(x, y) {
				t.Errorf("the vibrations of %v %v and %v %v have one rhythm", a, x, b, y)
			}
		}
		if x, y := rhythm(cue.PCM(a)), vibration(a); len(x) != len(y) {
			t.Errorf("%v sounds in %v and shakes in %v", a, x, y)
		}
	}
}

func TestVolume(t *testing.T) {
	loudest := func(volume int) int {
		return loudest(samples(cue.WAV(verdict.Check, cue.Options{Volume: volume})))
	}
	last := 0
	for volume := 10; volume <= 100; volume += 10 {
		if now := loudest(volume); now <= last {
			t.Errorf("at %d %% the loudest sample is %d, at 10 less %d", volume, now, last)
		} else {
			last = now
		}
	}
	if half, full := loudest(50), loudest(100); half*4 < full-8 || half*4 > full+8 {
		t.Errorf("half the volume is %d of %d, want a quarter of the amplitude", half, full)
	}
	if loudest(200) != loudest(100) || cue.WAV(verdict.Check, cue.Options{}) != nil || cue.WAV(verdict.Check, cue.Options{Volume: -1}) != nil {
		t.Error("volumes beyond 0 to 100 are not held")
	}
}
