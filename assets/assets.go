// Package assets holds the bytes that are compiled into the programs: fonts,
// words and drawings. Nothing here is computed, and a file that is missing is
// found by the tests of package ui, not by a guard.
package assets

import "embed"

// Regular and Bold are Noto Sans CJK SC (SIL Open Font License 1.1), all of GBK and HKSCS.
// RegularTC and BoldTC are what turns them into Noto Sans CJK TC, the same characters as
// Taiwan writes them: a zstd frame (RFC 8878) whose dictionary is the whole SC file.
var (
	//go:embed fonts/NotoSansSC-Regular.otf
	Regular []byte
	//go:embed fonts/NotoSansSC-Bold.otf
	Bold []byte
	//go:embed fonts/NotoSansTC-Regular.otf.zst
	RegularTC []byte
	//go:embed fonts/NotoSansTC-Bold.otf.zst
	BoldTC []byte
)

// Scripts holds fonts/scripts/<script>-<weight>.zst: Noto Sans and Noto Serif (SIL Open
// Font License 1.1) for the scripts that these do not have, an OpenType file as a zstd frame.
//
//go:embed fonts/scripts/*.zst
var Scripts embed.FS

// Icon is the program's icon as PNG, 512 pixels square.
//
//go:embed icon.png
var Icon []byte

// Words holds words/<language>.json: a flat object from key to sentence.
//
//go:embed words/*.json
var Words embed.FS

// Drawings holds shapes/<outcome>.svg and icons/<name>.svg, drawn in #ffffff.
//
//go:embed shapes/*.svg icons/*.svg
var Drawings embed.FS

// Voice holds voice/<language>-<outcome>.wav: the outcomes spoken, mono, 16 bits,
// 16,000 samples a second, header of 44 bytes.
//
//go:embed voice/*.wav
var Voice embed.FS
