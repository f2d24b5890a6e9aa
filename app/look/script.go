package look

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/image/font/sfnt"

	"postern/assets"
)

// Script names one of the bundled fonts: the empty one is the font of the
// screens, which [Font] gives, another one is a font of assets/fonts/scripts.
type Script string

// blocks are the blocks of Unicode that are drawn in another font than that of
// the screens. A name is in a block or two, so that the order does not matter.
var blocks = []struct {
	from, to rune
	script   Script
}{
	{0x0100, 0x052f, "Latin"}, // and Greek and Cyrillic: the font of the screens draws these wide
	{0x0530, 0x058f, "Armenian"},
	{0x0590, 0x05ff, "Hebrew"},
	{0x0600, 0x06ff, "Arabic"},
	{0x0750, 0x077f, "Arabic"},
	{0x0780, 0x07bf, "Thaana"},
	{0x08a0, 0x08ff, "Arabic"},
	{0x0900, 0x097f, "Devanagari"},
	{0x0980, 0x09ff, "Bengali"},
	{0x0a00, 0x0a7f, "Gurmukhi"},
	{0x0a80, 0x0aff, "Gujarati"},
	{0x0b00, 0x0b7f, "Oriya"},
	{0x0b80, 0x0bff, "Tamil"},
	{0x0c00, 0x0c7f, "Telugu"},
	{0x0c80, 0x0cff, "Kannada"},
	{0x0d00, 0x0d7f, "Malayalam"},
	{0x0d80, 0x0dff, "Sinhala"},
	{0x0e00, 0x0e7f, "Thai"},
	{0x0e80, 0x0eff, "Lao"},
	{0x0f00, 0x0fff, "Tibetan"},
	{0x1000, 0x109f, "Myanmar"},
	{0x10a0, 0x10ff, "Georgian"},
	{0x1200, 0x139f, "Ethiopic"},
	{0x1780, 0x17ff, "Khmer"},
	{0x1800, 0x18af, "Mongolian"},
	{0x19e0, 0x19ff, "Khmer"},
	{0x1c80, 0x1c8f, "Latin"},
	{0x1c90, 0x1cbf, "Georgian"},
	{0x1d00, 0x1fff, "Latin"},
	{0x2c60, 0x2c7f, "Latin"},
	{0x2d00, 0x2d2f, "Georgian"},
	{0x2d80, 0x2ddf, "Ethiopic"},
	{0x3040, 0x30ff, "Han"},
	{0x3130, 0x318f, "Hangul"},
	{0x3400, 0x4dbf, "Han"},
	{0xa000, 0xa4cf, "Yi"},
	{0xa640, 0xa69f, "Latin"},
	{0xa720, 0xa7ff, "Latin"},
	{0xa8e0, 0xa8ff, "Devanagari"},
	{0xa9e0, 0xa9ff, "Myanmar"},
	{0xaa60, 0xaa7f, "Myanmar"},
	{0xab00, 0xab2f, "Ethiopic"},
	{0xac00, 0xd7a3, "Hangul"},
	{0xf900, 0xfaff, "Han"},
	{0xfb00, 0xfb06, "Latin"},
	{0xfb13, 0xfb17, "Armenian"},
	{0xfb1d, 0xfb4f, "Hebrew"},
	{0xfb50, 0xfdff, "Arabic"},
	{0xfe70, 0xfeff, "Arabic"},
}

// common reports whether r is one of the characters of nearly all texts, which
// the font of the screens is known to draw: no table is asked about these.
func common(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 0x4e00 && r <= 0x9fa5 || strings.ContainsRune(closers+openers, r)
}

// scriptOf is the font that draws r, where the character before it is drawn in
// another: marks and joiners stay in the font of what they stand on. It is the
// font of the screens where none draws it.
func scriptOf(r rune, before Script) Script {
	switch {
	case common(r):
		return ""
	case unicode.In(r, unicode.M, unicode.Join_Control):
		if before.draws(r) {
			return before
		}
	}
	for _, b := range blocks {
		if r < b.from || r > b.to {
			continue
		}
		if b.script == "Han" && Script("").draws(r) || !b.script.draws(r) {
			break // many of these are with all the others
		}
		return b.script
	}
	return ""
}

// Draws reports whether the bundled fonts have a drawing of each character of s
// that is seen. A name for which it is false is shown in Latin letters or not at
// all, since nobody can compare a box.
func Draws(s string) bool {
	script := Script("")
	for _, r := range Plain(s) {
		if script = scriptOf(r, script); !common(r) && !unseen(r) && !script.draws(r) {
			return false
		}
	}
	return true
}

// unseen reports whether r is drawn as nothing: a joiner or a selector of variants.
func unseen(r rune) bool {
	return unicode.In(r, unicode.Join_Control, unicode.Variation_Selector) || r == '\n'
}

// File gives the file of a script's font in a weight. A font that is there in
// one weight only is that in the other too.
func (s Script) File(bold bool) ([]byte, error) {
	weights := [2]string{"Regular", "Bold"}
	if bold {
		weights = [2]string{"Bold", "Regular"}
	}
	packed, err := fs.ReadFile(assets.Scripts, "fonts/scripts/"+string(s)+"-"+weights[0]+".zst")
	if errors.Is(err, fs.ErrNotExist) {
		packed, err = fs.ReadFile(assets.Scripts, "fonts/scripts/"+string(s)+"-"+weights[1]+".zst")
	}
	if err != nil {
		return nil, fmt.Errorf("font of a script: %w", err)
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("unpack font: %w", err)
	}
	defer z.Close()
	file, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack font of %s: %w", s, err)
	}
	return file, nil
}

// tables are the tables of characters of the fonts that were asked for, each with
// its file in the weight of names.
var (
	tablesMu sync.Mutex
	tables   = map[Script]*sfnt.Font{}
)

// draws reports whether the font of s has a drawing of r.
func (s Script) draws(r rune) bool {
	tablesMu.Lock()
	defer tablesMu.Unlock()
	table, read := tables[s]
	if !read {
		table = s.table()
		tables[s] = table
	}
	if table == nil {
		return false
	}
	g, err := table.GlyphIndex(nil, r)
	return err == nil && g != 0
}

// table reads the font of s; nil is one that cannot be read, and then draws nothing.
func (s Script) table() *sfnt.Font {
	file, err := assets.Bold, error(nil)
	if s != "" {
		file, err = s.File(true)
	}
	if err != nil {
		return nil // a test reads all of them
	}
	font, err := sfnt.Parse(file)
	if err != nil {
		return nil
	}
	return font
}
