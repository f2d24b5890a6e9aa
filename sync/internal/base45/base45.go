// Package base45 is the text encoding of RFC 9285, for bytes that travel in the
// alphanumeric mode of QR codes.
//
// [Decode] is strict, so that every byte string has exactly one text. It refuses
// lower case, white space around the text, a group that overflows, and a single
// letter left over. Space is a letter of the alphabet. It never ends a valid
// text, because the last letter of a group is never above W.
//
//	two bytes a b   n = a*256 + b = c + d*45 + e*2025   three letters c d e
//	one byte  a     n = a         = c + d*45            two letters   c d
package base45

import "fmt"

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// alien is the value of a byte that is no letter. It is larger than the value of
// any group, so that one comparison refuses both.
const alien = 1 << 16

var values = func() (t [256]uint32) {
	for i := range t {
		t[i] = alien
	}
	for i, c := range []byte(alphabet) {
		t[c] = uint32(i)
	}
	return t
}()

// EncodedLen is the number of letters that n bytes encode to.
func EncodedLen(n int) int { return n/2*3 + n%2*2 }

// Encode writes b as base45 text.
func Encode(b []byte) string {
	text := make([]byte, 0, EncodedLen(len(b)))
	for ; len(b) >= 2; b = b[2:] {
		n := int(b[0])<<8 | int(b[1])
		text = append(text, alphabet[n%45], alphabet[n/45%45], alphabet[n/2025])
	}
	if len(b) == 1 {
		n := int(b[0])
		text = append(text, alphabet[n%45], alphabet[n/45])
	}
	return string(text)
}

// Decode reads base45 text. The empty text is the empty byte string.
func Decode(text string) ([]byte, error) {
	if len(text)%3 == 1 {
		return nil, fmt.Errorf("decode base45: %d characters leave one over; the text is cut short", len(text))
	}
	b := make([]byte, 0, len(text)/3*2+1)
	i := 0
	for ; i+3 <= len(text); i += 3 {
		n := values[text[i]] + values[text[i+1]]*45 + values[text[i+2]]*2025
		if n > 0xffff {
			return nil, fault(text, i, 3)
		}
		b = append(b, byte(n>>8), byte(n))
	}
	if i < len(text) {
		n := values[text[i]] + values[text[i+1]]*45
		if n > 0xff {
			return nil, fault(text, i, 2)
		}
		b = append(b, byte(n))
	}
	return b, nil
}

// fault is the error of the group of size characters at i.
func fault(text string, i, size int) error {
	for j := i; j < i+size; j++ {
		if values[text[j]] == alien {
			return fmt.Errorf("decode base45: character %d (%q) is not in the alphabet", j+1, text[j])
		}
	}
	return fmt.Errorf("decode base45: the group at character %d stands for more than %d bytes hold", i+1, size-1)
}
