package qr

import (
	"errors"
	"strings"
)

// The data of a QR code is a chain of segments (ISO/IEC 18004:2015, 7.4):
//
//	mode:4  count:8..16  data…  mode:4 count data… … 0000
//
// gozxing's parser is not used for it: it refuses character sets that it does
// not know (GB18030, ECI 32, among them) and decodes bytes segment by segment,
// which tears characters that two segments share.
const (
	modeEnd     = 0x0
	modeNumeric = 0x1
	modeAlnum   = 0x2
	modeAppend  = 0x3
	modeByte    = 0x4
	modeFNC1    = 0x5
	modeECI     = 0x7
	modeKanji   = 0x8
	modeFNC1At2 = 0x9
	modeHanzi   = 0xD
)

const alnumChars = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

var errSegments = errors.New("segments of the code make no sense")

// piece is a run of bytes in one character set.
type piece struct {
	eci  int
	data []byte
}

// payload is what one QR code says, before it is text.
type payload struct {
	pieces      []piece
	part, parts int  // structured append, part from 1; 0 of 0 otherwise
	parity      byte // of the whole message, all parts
	gs1         bool
	end         int // bits read, with the terminator
}

// parseSegments reads the corrected data codewords of a symbol of a version.
func parseSegments(codewords []byte, version int) (payload, error) {
	var p payload
	r := bitReader{data: codewords}
	eci := eciUnstated
	for r.left() >= 4 {
		mode := r.take(4)
		switch mode {
		case modeEnd:
			p.end = r.at
			return p, nil
		case modeFNC1:
			p.gs1 = true
		case modeFNC1At2:
			p.gs1 = true
			r.take(8) // application indicator
		case modeAppend:
			p.part, p.parts = r.take(4)+1, r.take(4)+1
			p.parity = byte(r.take(8))
			if p.part > p.parts {
				return p, errSegments
			}
		case modeECI:
			eci = r.eci()
		default:
			if err := p.segment(&r, mode, version, eci); err != nil {
				return p, err
			}
		}
		if r.bad {
			return p, errSegments
		}
	}
	p.end = r.at
	return p, nil
}

// padded reports whether the codewords after the last segment are the padding
// that the standard prescribes (7.4.10), which nothing but a right decoding
// gives. A whole symbol without padding is taken on trust.
func (p *payload) padded(codewords []byte) bool {
	for i := (p.end + 7) / 8; i < len(codewords); i++ {
		want := byte(0xEC)
		if (i-(p.end+7)/8)%2 == 1 {
			want = 0x11
		}
		if codewords[i] != want {
			return false
		}
	}
	return true
}

// segment reads one segment of text.
func (p *payload) segment(r *bitReader, mode, version, eci int) error {
	set := eciUnstated
	if mode == modeHanzi {
		if subset := r.take(4); subset != 1 { // 1 is GB2312, the only one defined
			return errSegments
		}
		set = eciGB18030
	}
	count := r.take(countBits(mode, version))
	if r.bad || count > 8*len(r.data) {
		return errSegments
	}
	var data []byte
	switch mode {
	case modeNumeric:
		data = r.numeric(count)
	case modeAlnum:
		data = r.alnum(count, p.gs1)
	case modeByte:
		set = eci
		data = r.bytes(count)
	case modeKanji:
		set = eciShiftJIS
		data = r.wide(count, 0xC0, 0x1F00, 0x8140, 0xC140)
	case modeHanzi:
		data = r.wide(count, 0x60, 0x0A00, 0xA1A1, 0xA6A1)
	default:
		return errSegments
	}
	if r.bad {
		return errSegments
	}
	p.add(set, data)
	return nil
}

// add appends bytes, to the last piece where the set is the same, so that a
// character torn between segments is whole again.
func (p *payload) add(set int, data []byte) {
	if n := len(p.pieces); n > 0 && p.pieces[n-1].eci == set {
		p.pieces[n-1].data = append(p.pieces[n-1].data, data...)
		return
	}
	p.pieces = append(p.pieces, piece{set, data})
}

// text is the payload as UTF-8.
func (p payload) text() string {
	var b strings.Builder
	for _, piece := range p.pieces {
		b.WriteString(toUTF8(piece.data, piece.eci))
	}
	return b.String()
}

// raw is the payload as the bytes that were put in.
func (p payload) raw() []byte {
	var all []byte
	for _, piece := range p.pieces {
		all = append(all, piece.data...)
	}
	return all
}

// countBits is the width of a segment's character count (ISO/IEC 18004:2015,
// table 3).
func countBits(mode, version int) int {
	size := 0
	if version > 26 {
		size = 2
	} else if version > 9 {
		size = 1
	}
	switch mode {
	case modeNumeric:
		return [3]int{10, 12, 14}[size]
	case modeAlnum:
		return [3]int{9, 11, 13}[size]
	case modeByte:
		return [3]int{8, 16, 16}[size]
	case modeKanji, modeHanzi:
		return [3]int{8, 10, 12}[size]
	}
	return 0
}

// bitReader takes bits, the highest first. Reading past the end sets bad.
type bitReader struct {
	data []byte
	at   int
	bad  bool
}

func (r *bitReader) left() int { return 8*len(r.data) - r.at }

func (r *bitReader) take(n int) int {
	if n > r.left() {
		r.bad = true
		return 0
	}
	v := 0
	for range n {
		v = v<<1 | int(r.data[r.at>>3]>>(7-r.at&7))&1
		r.at++
	}
	return v
}

func (r *bitReader) eci() int {
	switch first := r.take(8); {
	case first < 0x80:
		return first
	case first < 0xC0:
		return first&0x3F<<8 | r.take(8)
	case first < 0xE0:
		return first&0x1F<<16 | r.take(16)
	}
	r.bad = true
	return eciUnstated
}

func (r *bitReader) numeric(count int) []byte {
	out := make([]byte, 0, count)
	for count > 0 && !r.bad {
		digits := min(count, 3)
		v := r.take([4]int{0, 4, 7, 10}[digits])
		if v >= [4]int{0, 10, 100, 1000}[digits] {
			r.bad = true
			return nil
		}
		group := [3]byte{byte('0' + v/100), byte('0' + v/10%10), byte('0' + v%10)}
		out = append(out, group[3-digits:]...)
		count -= digits
	}
	return out
}

func (r *bitReader) alnum(count int, gs1 bool) []byte {
	out := make([]byte, 0, count)
	for count > 0 && !r.bad {
		n := min(count, 2)
		v := r.take([3]int{0, 6, 11}[n])
		if v >= [3]int{0, 45, 45 * 45}[n] {
			r.bad = true
			return nil
		}
		if n == 2 {
			out = append(out, alnumChars[v/45])
		}
		out = append(out, alnumChars[v%45])
		count -= n
	}
	if gs1 { // %% is a percent sign, % the separator GS (7.4.8.2)
		return []byte(strings.NewReplacer("%%", "%", "%", "\x1d").Replace(string(out)))
	}
	return out
}

func (r *bitReader) bytes(count int) []byte {
	if 8*count > r.left() {
		r.bad = true
		return nil
	}
	out := make([]byte, count)
	for i := range out {
		out[i] = byte(r.take(8))
	}
	return out
}

// wide reads characters of 13 bits that stand for two bytes: Kanji as
// Shift-JIS, Hanzi as GB2312. Below edge the offset is low, else high.
func (r *bitReader) wide(count, base, edge, low, high int) []byte {
	if 13*count > r.left() {
		r.bad = true
		return nil
	}
	out := make([]byte, 0, 2*count)
	for range count {
		v := r.take(13)
		v = v/base<<8 | v%base
		if v < edge {
			v += low
		} else {
			v += high
		}
		out = append(out, byte(v>>8), byte(v))
	}
	return out
}
