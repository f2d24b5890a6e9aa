package cue

import (
	"encoding/binary"
	"strings"
	"time"

	"postern/assets"
	"postern/sync/verdict"
)

// wordPause lies between tone and word.
const wordPause = 80 * time.Millisecond

// recordings are the names of the outcomes in assets/voice.
var recordings = map[verdict.Outcome]string{
	verdict.Admit: "admit", verdict.Check: "check", verdict.Refuse: "refuse", verdict.Unknown: "unknown",
}

// Word gives the recorded word of an outcome, Rate samples per second.
// Traditional Chinese is spoken in Mandarin as Simplified is.
func Word(o verdict.Outcome, language string) []int16 {
	voice := "en"
	if language == "zh" || strings.HasPrefix(language, "zh-") {
		voice = "zh"
	}
	name, ok := recordings[o]
	if !ok {
		name = recordings[verdict.Unknown]
	}
	file, err := assets.Voice.ReadFile("voice/" + voice + "-" + name + ".wav")
	if err != nil || len(file) < 44 { // a test reads all of them
		return nil
	}
	data := file[44:]
	pcm := make([]int16, len(data)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
	}
	return pcm
}
