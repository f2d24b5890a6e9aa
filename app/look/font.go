package look

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"postern/assets"
)

// Font gives the bundled font that a language is written in, an OpenType file
// with CFF outlines. Every file draws the same characters: in zh-Hant as Taiwan
// writes them, in all else as the mainland does. That of zh-Hant is unpacked at
// each call, some 15 ms and 6 MB that the caller may drop.
func Font(language string, bold bool) ([]byte, error) {
	plain, packed := assets.Regular, assets.RegularTC
	if bold {
		plain, packed = assets.Bold, assets.BoldTC
	}
	if language != "zh-Hant" {
		return plain, nil
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderDictRaw(0, plain))
	if err != nil {
		return nil, fmt.Errorf("unpack font: %w", err)
	}
	defer z.Close()
	font, err := z.DecodeAll(packed, nil)
	if err != nil {
		return nil, fmt.Errorf("unpack font: %w", err)
	}
	return font, nil
}
