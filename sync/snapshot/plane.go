package snapshot

import (
	"fmt"
	"io"

	"postern/sync/status"
)

// plane is one column: the same few bits of every entry. Columns compress better
// than whole entries, because their values are more alike.
type plane struct {
	name  string
	shift uint         // of its lowest bit in an entry
	mask  status.Entry // of its bits after the shift
	quad  bool         // four entries to a byte, lowest bits first; else one
}

// planes are the canonical columns in their order.
var planes = [...]plane{
	{name: "values", shift: 0, mask: 3, quad: true},
	{name: "minute bits 0-7", shift: 2, mask: 0xff},
	{name: "minute bits 8-15", shift: 10, mask: 0xff},
	{name: "minute bit 16", shift: 18, mask: 1},
	{name: "kind", shift: 19, mask: 63},
	{name: "result", shift: 25, mask: 7},
}

// perByte is how many entries a byte of the plane holds.
func (p plane) perByte() int {
	if p.quad {
		return 4
	}
	return 1
}

// piece is how many entries are moved at a time; a multiple of four.
const piece = 64 << 10

// write writes the plane of all lists. Each list begins with a new byte.
func (p plane) write(w io.Writer, lists []List) error {
	buf := make([]byte, 0, piece)
	for _, l := range lists {
		for rest := l.Entries; len(rest) > 0; {
			n := min(piece, len(rest))
			if _, err := w.Write(p.gather(buf[:0], rest[:n])); err != nil {
				return err
			}
			rest = rest[n:]
		}
	}
	return nil
}

// gather appends the plane's bits of entries to dst.
func (p plane) gather(dst []byte, entries []status.Entry) []byte {
	if !p.quad {
		for _, e := range entries {
			dst = append(dst, byte(e>>p.shift&p.mask))
		}
		return dst
	}
	for len(entries) >= 4 {
		e := entries[:4]
		dst = append(dst, byte(e[0]&3|e[1]&3<<2|e[2]&3<<4|e[3]&3<<6))
		entries = entries[4:]
	}
	var last byte
	for i, e := range entries {
		last |= byte(e&3) << (2 * i)
	}
	if len(entries) > 0 {
		dst = append(dst, last)
	}
	return dst
}

// read reads what write wrote. The bits of this plane must be zero in the
// entries of lists. Padding bits that are set are an error, so that a column
// has only one form.
func (p plane) read(r io.Reader, lists []List) error {
	buf := make([]byte, piece)
	for _, l := range lists {
		for rest := l.Entries; len(rest) > 0; {
			n := min(piece, len(rest))
			b := buf[:(n+p.perByte()-1)/p.perByte()]
			if _, err := io.ReadFull(r, b); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if !p.scatter(b, rest[:n]) {
				return fmt.Errorf("%s: bits are set that no entry has", p.name)
			}
			rest = rest[n:]
		}
	}
	return nil
}

// scatter sets the plane's bits of entries from b. It is false where b has bits
// set that are outside the plane or after the last entry.
func (p plane) scatter(b []byte, entries []status.Entry) bool {
	if p.quad {
		for i := range entries {
			entries[i] |= status.Entry(b[i/4]>>(i%4*2)) & 3
		}
		used := len(entries) % 4 * 2
		return used == 0 || b[len(b)-1]>>used == 0
	}
	var excess byte
	for i := range entries {
		excess |= b[i] &^ byte(p.mask)
		entries[i] |= status.Entry(b[i]) << p.shift
	}
	return excess == 0
}
