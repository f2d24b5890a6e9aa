#!/bin/sh
# Makes the fonts again: apt install fonts-noto-core fonts-noto-cjk fonttools zstd, then sh make.sh in this folder.
set -eu
from=${NOTO:-/usr/share/fonts}
cjk=$from/opentype/noto/NotoSansCJK
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
packed() { zstd -q -f --ultra -22 --single-thread "$@"; }

# The main font. One collection holds the shapes of each region under one table of characters: 1 is KR, 2 is SC, 3 is TC.
ideographs() { # weight number file, characters at standard input
	cat >"$work/characters.txt"
	pyftsubset "$cjk-$1.ttc" --font-number="$2" --unicodes-file="$work/characters.txt" --layout-features='' --no-hinting \
		--drop-tables+=VORG,vhea,vmtx,BASE,GPOS,GSUB,DSIG --output-file="$3"
}
for weight in Regular Bold; do
	python3 characters.py main | ideographs "$weight" 2 "NotoSansSC-$weight.otf"
	python3 characters.py main | ideographs "$weight" 3 "$work/tc.otf"
	# Two glyphs of three are those of SC: only the difference is kept.
	packed --long=24 --zstd=targetLength=4096 \
		--patch-from="NotoSansSC-$weight.otf" "$work/tc.otf" -o "NotoSansTC-$weight.otf.zst"
done

# The fonts of other scripts, one file each, unpacked when a text needs it. Their layout tables stay: they join
# Arabic letters and put marks in their places. The two that are large are there in the weight that names have.
mkdir -p scripts
rm -f scripts/*
python3 characters.py han | ideographs Bold 2 "$work/Han-Bold"
printf 'U+3131-318E\nU+AC00-D7A3\n' | ideographs Bold 1 "$work/Hangul-Bold"
script() { # name file option
	pyftsubset "$from/truetype/noto/$2.ttf" "$3" --no-hinting --drop-tables+=DSIG --output-file="$work/$1"
}
python3 characters.py latin >"$work/latin.txt"
for weight in Regular Bold; do
	script "Latin-$weight" "NotoSans-$weight" --unicodes-file="$work/latin.txt"
	for name in Arabic Armenian Bengali Devanagari Ethiopic Georgian Gujarati Gurmukhi Hebrew Kannada Khmer Lao Malayalam \
		Myanmar Oriya Sinhala Tamil Telugu Thaana Thai; do
		script "$name-$weight" "NotoSans$name-$weight" --unicodes='*'
	done
done
script Tibetan-Bold NotoSerifTibetan-Bold --unicodes='*'
script Mongolian-Regular NotoSansMongolian-Regular --unicodes='*'
script Yi-Regular NotoSansYi-Regular --unicodes='*'
for file in "$work"/*-Regular "$work"/*-Bold; do
	packed "$file" -o "scripts/${file##*/}.zst"
done
