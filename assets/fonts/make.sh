#!/bin/sh
# Makes the fonts again: apt install fonts-noto-cjk fonttools zstd, then sh make.sh in this folder.
# One collection holds the shapes of each region under one table of characters: 2 is SC, 3 is TC.
set -eu
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
python3 characters.py >"$work/characters.txt"
subset() { # weight number file
	pyftsubset "/usr/share/fonts/opentype/noto/NotoSansCJK-$1.ttc" --font-number="$2" \
		--unicodes-file="$work/characters.txt" --layout-features='' --no-hinting \
		--drop-tables+=VORG,vhea,vmtx,BASE,GPOS,GSUB,DSIG --output-file="$3"
}
for weight in Regular Bold; do
	subset "$weight" 2 "NotoSansSC-$weight.otf"
	subset "$weight" 3 "$work/tc.otf"
	# Two glyphs of three are those of SC: only the difference is kept.
	zstd -q -f --ultra -22 --single-thread --long=24 --zstd=targetLength=4096 \
		--patch-from="NotoSansSC-$weight.otf" "$work/tc.otf" -o "NotoSansTC-$weight.otf.zst"
done
