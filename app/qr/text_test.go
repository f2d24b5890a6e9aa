package qr

import (
	"bytes"
	"errors"
	"testing"
	"time"
)

// fields writes fields of (value, width) as a symbol's data.
func fields(pairs ...int) []byte {
	var out []byte
	n := 0
	for i := 0; i < len(pairs); i += 2 {
		for b := pairs[i+1] - 1; b >= 0; b-- {
			if n%8 == 0 {
				out = append(out, 0)
			}
			out[n/8] |= byte(pairs[i]>>b&1) << (7 - n%8)
			n++
		}
	}
	return out
}

func TestParseSegments(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"numeric":      {fields(1, 4, 5, 10, 123, 10, 45, 7, 0, 4), "12345"},
		"alphanumeric": {fields(2, 4, 3, 9, 10*45+11, 11, 12, 6, 0, 4), "ABC"},
		"byte, UTF-8":  {fields(4, 4, 3, 8, 0xE9, 8, 0x80, 8, 0x9A, 8, 0, 4), "通"},
		"kanji":        {fields(8, 4, 1, 8, 0x0D9F, 13, 0, 4), "点"},
		"hanzi":        {fields(13, 4, 1, 4, 1, 8, (0xCD-0xA6)*0x60+0xA8-0xA1, 13, 0, 4), "通"},
		"GB18030, ECI": {fields(7, 4, 32, 8, 4, 4, 2, 8, 0xCD, 8, 0xA8, 8, 0, 4), "通"},
		"ECI, 14 bits": {fields(7, 4, 0x80, 8, 26, 8, 4, 4, 1, 8, 'x', 8, 0, 4), "x"},
		"ECI, 21 bits": {fields(7, 4, 0xC0, 8, 0, 8, 26, 8, 4, 4, 1, 8, 'x', 8, 0, 4), "x"},
		"two segments": {fields(1, 4, 1, 10, 7, 4, 4, 4, 1, 8, 'z', 8, 0, 4), "7z"},
		"torn":         {fields(4, 4, 1, 8, 0xE9, 8, 4, 4, 2, 8, 0x80, 8, 0x9A, 8, 0, 4), "通"},
		"GS1":          {fields(5, 4, 2, 4, 2, 9, 38*45+10, 11, 0, 4), "\x1dA"},
		"nothing":      {fields(0, 4), ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := parseSegments(c.data, 1)
			if err != nil || p.text() != c.want {
				t.Errorf("got %q, %v", p.text(), err)
			}
		})
	}
}

func TestParseSegmentsRefuses(t *testing.T) {
	for name, data := range map[string][]byte{
		"unknown mode":      fields(6, 4, 0, 12),
		"numeric too large": fields(1, 4, 3, 10, 1001, 10, 0, 4),
		"alnum too large":   fields(2, 4, 2, 9, 2040, 11, 0, 4),
		"longer than data":  fields(4, 4, 200, 8, 0, 8),
		"cut":               fields(4, 4, 2, 8, 'x', 8, 'y', 8)[:3],
		"part past parts":   fields(3, 4, 5, 4, 2, 4, 0, 8, 0, 4),
		"ECI without end":   fields(7, 4, 0xFF, 8, 0, 4),
		"other hanzi":       fields(13, 4, 2, 4, 0, 8, 0, 4),
	} {
		if _, err := parseSegments(data, 1); !errors.Is(err, errSegments) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzParseSegments(f *testing.F) {
	f.Add(fields(1, 4, 5, 10, 123, 10, 45, 7, 0, 4), 1)
	f.Add(fields(7, 4, 32, 8, 4, 4, 2, 8, 0xCD, 8, 0xA8, 8, 0, 4), 27)
	f.Fuzz(func(t *testing.T, data []byte, version int) {
		p, err := parseSegments(data, version)
		if err == nil && len(p.raw()) > 4*len(data) {
			t.Errorf("%d bytes out of %d", len(p.raw()), len(data))
		}
		p.text()
	})
}

// part makes one symbol of a structured append.
func part(n, of int, parity byte, data ...byte) found {
	return found{symbol: symbol{payload: payload{pieces: []piece{{eciUnstated, data}}, part: n, parts: of, parity: parity}}}
}

func TestJoin(t *testing.T) {
	whole := []byte("通行证")
	parity := byte(0)
	for _, b := range whole {
		parity ^= b
	}
	// Cut within characters, and found out of order.
	parts := []found{part(3, 3, parity, whole[7:]...), part(1, 3, parity, whole[:4]...), part(2, 3, parity, whole[4:7]...)}
	single := found{symbol: symbol{payload: payload{pieces: []piece{{eciUnstated, []byte("other")}}}}}
	codes := join(append(parts, single))
	if len(codes) != 2 || codes[0].Text != "通行证" || !bytes.Equal(codes[0].Raw, whole) || codes[0].Part != 0 || codes[1].Text != "other" {
		t.Errorf("got %+v", codes)
	}
	codes = join(parts[:2])
	if len(codes) != 2 || codes[0].Part != 3 || codes[0].Parts != 3 {
		t.Errorf("incomplete: got %+v", codes)
	}
	parts[0].parity ^= 1
	for i := range parts {
		parts[i].parity = parity ^ 1
	}
	if codes = join(parts); len(codes) != 3 {
		t.Errorf("wrong parity: got %+v", codes)
	}
}

func TestLiveJoinsPartsOverFrames(t *testing.T) {
	whole := []byte("通行证")
	parity := byte(0)
	for _, b := range whole {
		parity ^= b
	}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	l := NewLive()
	for i, f := range []found{part(2, 2, parity, whole[4:]...), part(2, 2, parity, whole[4:]...), part(1, 2, parity, whole[:4]...)} {
		codes := l.gather([]found{f}, at.Add(time.Duration(i)*time.Second))
		if done := i == 2; done != (len(codes) == 1) || done && codes[0].Text != "通行证" {
			t.Errorf("frame %d: %+v", i, codes)
		}
	}
	l.gather([]found{part(1, 2, parity, whole[:4]...)}, at)
	if codes := l.gather([]found{part(2, 2, parity, whole[4:]...)}, at.Add(time.Minute)); len(codes) != 0 {
		t.Errorf("parts a minute apart were joined: %+v", codes)
	}
}
