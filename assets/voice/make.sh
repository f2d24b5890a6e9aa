#!/bin/sh
# Makes the spoken words again: apt install espeak-ng sox, then sh make.sh in this folder.
set -eu
raw=$(mktemp)
trap 'rm -f "$raw"' EXIT
say() { # file voice words-a-minute text
	espeak-ng -v "$2" -s "$3" -p 45 -w "$raw" "$4"
	sox -D -t wav "$raw" -r 16000 -c 1 -b 16 "$1.wav" gain -3 highpass 120 \
		silence 1 0.01 0.5% fade t 0.005 \
		reverse silence 1 0.01 0.5% fade t 0.02 reverse norm -4
}
# The voice "cmn" speaks Chinese as English letters in espeak-ng 1.51; this one is right.
say zh-admit cmn-latn-pinyin 165 '通行'
say zh-check cmn-latn-pinyin 165 '请核对'
say zh-refuse cmn-latn-pinyin 165 '停，不能进'
say zh-unknown cmn-latn-pinyin 165 '无法判断'
say en-admit en-gb 145 'Admit'
say en-check en-gb 145 'Check, please'
say en-refuse en-gb 150 'Stop. Refuse'
say en-unknown en-gb 145 'Cannot tell'
