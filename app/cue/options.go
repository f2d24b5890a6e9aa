package cue

// Options are what a guard may set; they hold from the next cue on.
type Options struct {
	Volume   int    // per cent, 0 is silent; clamped to 0 to 100
	Speak    bool   // whether the word of the outcome follows its tone
	Language string // of the word: zh and zh-… are spoken in Mandarin, all else in English
	Vibrate  bool   // whether to vibrate, where the machine can
}

// Defaults are the options of a new device in a language: loud, without words.
func Defaults(language string) Options {
	return Options{Volume: 100, Language: language, Vibrate: true}
}

// gain is the factor that samples are multiplied by, 0 to 1. It is the square
// of the volume, because an ear hears a step from 20 to 40 per cent of
// amplitude as large and one from 80 to 100 hardly at all.
func (o Options) gain() float64 {
	v := float64(min(max(o.Volume, 0), 100)) / 100
	return v * v
}
