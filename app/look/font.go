package look

import (
	"fmt"

	"github.com/klauspost/compress/zstd"

	"postern/assets"
)

// Font gives the bundled font of a language (zh, zh-Hant, en): an OpenType file
// with CFF outlines. All fonts have the same characters; that of zh-Hant draws
// them as Taiwan writes them, the other as the mainland does. The font of
// zh-Hant is unpacked at each call, which takes some 15 ms and 6 MB.
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
