#!/bin/sh
# Makes the spoken words again: apt install espeak-ng flite sox, then sh make.sh in this folder.
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# level gives how loud the sounding parts of a word are from a small loudspeaker, in dB.
level() { sox "$1" -n highpass -1 500 silence -l 1 0.01 1% -1 0.01 1% stats 2>&1 | sed -n 's/^RMS lev dB *//p'; }

# finish trims a word, evens it out as broadcasters do, and makes it as loud as every other.
finish() { # file
	sox -D "$work/raw.wav" -r 16000 -c 1 -b 16 "$work/even.wav" gain -6 highpass 120 norm -3 \
		silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse \
		compand 0.003,0.06 -70,-70,-35,-20,0,-8 norm -9
	sox -D "$work/even.wav" "$1.wav" gain -l "$(echo "-16 - ($(level "$work/even.wav"))" | bc)" fade t 0.005 -0 0.02
}

# mandarin: the voice "cmn" speaks Chinese as English letters in espeak-ng 1.51; this one is right.
# By itself it moves through four semitones only: tones are told apart by twice the range.
mandarin() { # file text
	espeak-ng -m -v cmn-latn-pinyin -s 165 -p 60 -w "$work/raw.wav" "<prosody range='200%'>$2</prosody>"
	finish "$1"
}

# english: a recogniser understands this voice of Flite, and every second word of espeak-ng's.
english() { # file text
	flite -voice rms --setf duration_stretch=0.9 -t "$2" -o "$work/raw.wav"
	finish "$1"
}

mandarin zh-admit '通行'
mandarin zh-check '请核对'
mandarin zh-refuse '停，不能进'
mandarin zh-unknown '无法判断'
english en-admit 'Admit.'
english en-check 'Check, please.'
english en-refuse 'Stop. No entry.'
english en-unknown 'Cannot tell.'
