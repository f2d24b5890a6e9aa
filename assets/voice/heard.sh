#!/bin/sh
# What a recogniser hears in the English words, among others that sound like them: as they are, and
# from a small loudspeaker in noise 10 dB weaker. apt install pocketsphinx pocketsphinx-en-us sox,
# then sh heard.sh in this folder.
set -eu
model=/usr/share/pocketsphinx/model/en-us
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
cat >"$work/words.jsgf" <<'EOF'
#JSGF V1.0;
grammar words;
public <words> = admit | submit | omit | commit | permit | admin | add it | a bit | wait | proceed
	| check please | check these | cheese please | chess please | cheque
	| stop no entry | stop | no entry | top country | stop gentry | shop entry | stop refuse | top reviews
	| cannot tell | can tell | i can tell | cannot sell | cannot fail | hotel;
EOF
rms() { sox "$1" -n stats 2>&1 | sed -n 's/^RMS lev dB *//p'; }
for word in admit check refuse unknown; do
	sox -D "en-$word.wav" "$work/$word-plain.wav" gain -6 pad 0.3 0.3
	sox -D "$work/$word-plain.wav" "$work/small.wav" highpass 500 highpass 500 lowpass 6000
	seconds=$(soxi -D "$work/small.wav")
	sox -R -D -n -r 16000 -c 1 -b 16 "$work/noise.wav" synth "$seconds" pinknoise gain -20
	weaker=$(echo "$(rms "$work/small.wav") - 10 - ($(rms "$work/noise.wav"))" | bc)
	sox -D "$work/noise.wav" "$work/weak.wav" gain "$weaker"
	sox -D -m -v 1 "$work/small.wav" -v 1 "$work/weak.wav" -b 16 "$work/$word-noise.wav"
	printf '%s-plain\n%s-noise\n' "$word" "$word"
done >"$work/files"
pocketsphinx_batch -hmm "$model/en-us" -dict "$model/cmudict-en-us.dict" -jsgf "$work/words.jsgf" \
	-cepdir "$work" -cepext .wav -adcin yes -adchdr 44 -ctl "$work/files" -hyp "$work/heard" >/dev/null 2>&1
cat "$work/heard"
