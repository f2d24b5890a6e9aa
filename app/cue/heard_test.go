package cue_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"postern/app/cue"
	"postern/assets"
	"postern/sync/verdict"
)

// corner is below what a tablet's loudspeaker gives.
const corner = 500.0 // hertz

// samples are those of a WAV file with a header of 44 bytes.
func samples(wav []byte) []int16 {
	var pcm []int16
	for i := 44; i+1 < len(wav); i += 2 {
		pcm = append(pcm, int16(binary.LittleEndian.Uint16(wav[i:])))
	}
	return pcm
}

func loudest(pcm []int16) int {
	top := 0
	for _, s := range pcm {
		top = max(top, int(math.Abs(float64(s))))
	}
	return top
}

// share is how much of the power of some samples lies between two frequencies.
func share(pcm []int16, from, to float64) float64 {
	var all, part float64
	step := float64(cue.Rate) / float64(len(pcm))
	for f := step; f < cue.Rate/2; f += step {
		power := math.Pow(strength(pcm, f), 2)
		if all += power; f >= from && f < to {
			part += power
		}
	}
	return part / all
}

// loudness is how strong what sounds of pcm comes from a small loudspeaker, in
// dB below full scale: pauses do not count, and bass is taken away.
func loudness(pcm []int16) float64 {
	const window = cue.Rate / 100
	keep := math.Exp(-2 * math.Pi * corner / cue.Rate)
	var powers []float64
	var y, before, sum float64
	for i, s := range pcm {
		y, before = keep*(y+float64(s)-before), float64(s)
		if sum += y * y; i%window == window-1 {
			powers, sum = append(powers, sum/window), 0
		}
	}
	quiet, count, total := slices.Max(powers)/100, 0, 0.0
	for _, p := range powers {
		if p > quiet {
			count, total = count+1, total+p
		}
	}
	return 10*math.Log10(total/float64(count)) - 20*math.Log10(math.MaxInt16)
}

// A small loudspeaker gives the tones, one as loud as another; a click would
// show above all notes.
func TestTonesCarry(t *testing.T) {
	var levels []float64
	for _, o := range outcomes {
		pcm := cue.PCM(o)
		if s := share(pcm, corner, cue.Rate/2); s < 0.98 {
			t.Errorf("%v: %.2f of it lies above %v Hz", o, s, corner)
		}
		if s := share(pcm, 800, 3500); s < 0.75 {
			t.Errorf("%v: %.2f of it lies between 800 and 3500 Hz", o, s)
		}
		if s := share(pcm, 4000, cue.Rate/2); s > 1e-4 {
			t.Errorf("%v: clicks: %.5f of it lies above 4 kHz", o, s)
		}
		levels = append(levels, loudness(pcm))
	}
	if d := slices.Max(levels) - slices.Min(levels); d > 3 {
		t.Errorf("the tones are %.1f dB apart: %.1f", d, levels)
	}
}

// The refusal is no note but a buzz: no part of it has half its power, whereas
// a note has most of it in one.
func TestRefusalBuzzes(t *testing.T) {
	for _, o := range outcomes {
		pcm := cue.PCM(o)
		first := pcm[:cue.Rate*60/1000]
		f := pitch(first)
		if s := share(first, f-40, f+40); (s > 0.5) == (o == verdict.Refuse) {
			t.Errorf("%v: %.2f of it is at %v Hz", o, s, f)
		}
	}
}

// Every word is there, is short, follows its tone, and is not another's; none
// is louder than another, none is cut off, clipped or kept waiting for.
func TestWords(t *testing.T) {
	var levels []float64
	var seen [][]int16
	for _, language := range []string{"zh", "en"} {
		for _, o := range outcomes {
			word := cue.Word(o, language)
			if n := len(word); n < cue.Rate/4 || n > cue.Rate*3/2 {
				t.Fatalf("%s %v: %d samples", language, o, n)
			}
			if slices.ContainsFunc(seen, func(other []int16) bool { return slices.Equal(word, other) }) {
				t.Errorf("%s %v is another word too", language, o)
			}
			seen, levels = append(seen, word), append(levels, loudness(word))
			if top := loudest(word); top < math.MaxInt16/2 || top > math.MaxInt16*3/4 {
				t.Errorf("%s %v: loudest sample %d", language, o, top)
			}
			if before, within, after := pauses(word); before > 50*time.Millisecond || within > 250*time.Millisecond || after > 50*time.Millisecond {
				t.Errorf("%s %v: silence of %v before, %v within and %v after", language, o, before, within, after)
			}
			if first, last := word[0], word[len(word)-1]; max(first, -first, last, -last) > 50 {
				t.Errorf("%s %v: clicks: from %d to %d", language, o, first, last)
			}
			tone, both := cue.WAV(o, loud), cue.WAV(o, cue.Options{Volume: 100, Speak: true, Language: language})
			if !bytes.HasPrefix(both[44:], tone[44:]) || !slices.Equal(samples(both)[(len(both)-44)/2-len(word):], word) {
				t.Errorf("%s %v: the word does not follow the tone", language, o)
			}
		}
	}
	if d := slices.Max(levels) - slices.Min(levels); d > 2 || slices.Min(levels) < -22 {
		t.Errorf("the words are %.1f dB apart: %.1f", d, levels)
	}
	if !slices.Equal(cue.Word(verdict.Admit, "zh-Hant"), cue.Word(verdict.Admit, "zh")) {
		t.Error("traditional Chinese is not spoken in Mandarin")
	}
}

// pauses are the silences round and in a word, to ten milliseconds.
func pauses(pcm []int16) (before, within, after time.Duration) {
	const window = cue.Rate / 100
	sounded := false
	for i := 0; i+window <= len(pcm); i += window {
		after += 10 * time.Millisecond
		if loudest(pcm[i:i+window]) < math.MaxInt16/50 {
			continue
		}
		if silence := after - 10*time.Millisecond; sounded {
			within = max(within, silence)
		} else {
			before = silence
		}
		sounded, after = true, 0
	}
	return before, within, after
}

// The files are what the package takes them for.
func TestRecordings(t *testing.T) {
	files, err := assets.Voice.ReadDir("voice")
	if err != nil || len(files) != 8 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		b, err := assets.Voice.ReadFile("voice/" + f.Name())
		if err != nil || len(b) > 60<<10 || !bytes.Equal(b[20:36], cue.WAV(verdict.Admit, loud)[20:36]) || string(b[36:40]) != "data" ||
			int(binary.LittleEndian.Uint32(b[40:])) != len(b)-44 {
			t.Errorf("%s: %d bytes, not mono of 16 bits at %d: %v", f.Name(), len(b), cue.Rate, err)
		}
	}
}
