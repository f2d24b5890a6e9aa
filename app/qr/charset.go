package qr

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Character sets of a piece of text: an Extended Channel Interpretation number
// (AIM ITS/04-023), or one of these.
const (
	eciUnstated = -1 // the code does not say: guess
	eciShiftJIS = 20
	eciUTF8     = 26
	eciGB18030  = 32
)

var eciSets = map[int]encoding.Encoding{
	0: charmap.CodePage437, 1: charmap.ISO8859_1, 2: charmap.CodePage437, 3: charmap.ISO8859_1,
	4: charmap.ISO8859_2, 5: charmap.ISO8859_3, 6: charmap.ISO8859_4, 7: charmap.ISO8859_5,
	8: charmap.ISO8859_6, 9: charmap.ISO8859_7, 10: charmap.ISO8859_8, 11: charmap.ISO8859_9,
	12: charmap.ISO8859_10, 13: charmap.Windows874, 15: charmap.ISO8859_13, 16: charmap.ISO8859_14,
	17: charmap.ISO8859_15, 18: charmap.ISO8859_16, eciShiftJIS: japanese.ShiftJIS,
	21: charmap.Windows1250, 22: charmap.Windows1251, 23: charmap.Windows1252, 24: charmap.Windows1256,
	25: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), 28: traditionalchinese.Big5,
	29: simplifiedchinese.GBK, 30: korean.EUCKR, 31: simplifiedchinese.GBK, eciGB18030: simplifiedchinese.GB18030,
	33: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	34: utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM), 35: utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
}

// toUTF8 reads bytes in a character set. Sets that nobody knows are guessed:
// a text that might be right beats none.
func toUTF8(data []byte, eci int) string {
	if eci == eciUTF8 && utf8.Valid(data) {
		return string(data)
	}
	set := eciSets[eci]
	if set == nil {
		set = guessSet(data)
	}
	if set == nil {
		return string(data)
	}
	text, err := set.NewDecoder().Bytes(data)
	if err != nil {
		return string(latin1(data))
	}
	return string(text)
}

// guessSet names the character set of bytes whose code states none; nil is
// UTF-8. The order is: UTF-8 when it is valid (other text almost never is),
// Shift-JIS when it gives kana, GB18030 when its high bytes come in pairs,
// Shift-JIS without kana or with half-width katakana, else Latin-1. So katakana
// of which every word has an even number is taken for hanzi.
func guessSet(data []byte) encoding.Encoding {
	if utf8.Valid(data) {
		return nil
	}
	kana, jis := shiftJIS(data)
	switch {
	case jis && kana:
		return japanese.ShiftJIS
	case pairs(data) && decodes(simplifiedchinese.GB18030, data):
		return simplifiedchinese.GB18030
	case (jis || halfWidth(data)) && decodes(japanese.ShiftJIS, data):
		return japanese.ShiftJIS
	}
	return charmap.ISO8859_1
}

// shiftJIS reports whether bytes can be Shift-JIS made of double bytes (half-width
// katakana alone would make much of Latin-1 Japanese), and whether kana are among them.
func shiftJIS(data []byte) (kana, ok bool) {
	doubles := 0
	for i := 0; i < len(data); i++ {
		b := data[i]
		if b < 0x80 {
			continue
		}
		lead := b >= 0x81 && b <= 0x9F || b >= 0xE0 && b <= 0xFC
		if !lead || i+1 == len(data) {
			return false, false
		}
		trail := data[i+1]
		if trail < 0x40 || trail == 0x7F || trail > 0xFC {
			return false, false
		}
		kana = kana || b == 0x82 && trail >= 0x9F && trail <= 0xF1 || b == 0x83 && trail <= 0x96
		// Accented letters of Latin-1 are leads too, but then an ASCII letter follows.
		if b <= 0x9F || trail >= 0x80 {
			doubles++
		} else {
			return false, false
		}
		i++
	}
	return kana, doubles > 0
}

// halfWidth reports whether bytes can be Shift-JIS with half-width katakana,
// which are Latin-1's signs and capitals with accents: three in a row and signs
// among them, or with double bytes that Latin-1 has no letter for; and not amid
// more ASCII letters.
func halfWidth(data []byte) bool {
	var letters, halves, signs, run, longest, doubles int
	for i := 0; i < len(data); i++ {
		b := data[i]
		if b < 0xA1 || b > 0xDF {
			run = 0
		}
		switch {
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			letters++
		case b < 0x80:
		case b >= 0xA1 && b <= 0xDF:
			halves, run = halves+1, run+1
			longest = max(longest, run)
			if b <= 0xBF {
				signs++
			}
		case b >= 0x81 && b <= 0x9F && i+1 < len(data) && data[i+1] >= 0x40 && data[i+1] <= 0xFC && data[i+1] != 0x7F:
			doubles++
			i++
		default:
			return false
		}
	}
	if halves+doubles < letters {
		return false
	}
	return halves > 0 && doubles > 0 || longest >= 3 && signs > 0
}

// pairs reports whether bytes above ASCII only come in runs of even length,
// as in GB2312 and its children; single accented letters do not.
func pairs(data []byte) bool {
	run := 0
	for _, b := range data {
		if b >= 0x80 {
			run++
			continue
		}
		if run%2 == 1 {
			return false
		}
		run = 0
	}
	return run%2 == 0
}

func decodes(set encoding.Encoding, data []byte) bool {
	text, err := set.NewDecoder().Bytes(data)
	if err != nil {
		return false
	}
	for _, r := range string(text) {
		if r == utf8.RuneError {
			return false
		}
	}
	return true
}

func latin1(data []byte) []rune {
	text := make([]rune, len(data))
	for i, b := range data {
		text[i] = rune(b)
	}
	return text
}
