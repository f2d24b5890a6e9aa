package snapshot

import (
	"fmt"
	"io"
)

// EncodeFull writes the whole of c: the target status/<n>.full before [SealFile].
//
//	PSF1, header [1, version, made, epoch, [[uri, count]…]], then the six canonical columns, each compressed
func EncodeFull(c *Content) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	w, err := newWriter(magicFull, c.header())
	if err != nil {
		return nil, fmt.Errorf("encode snapshot: %w", err)
	}
	for _, p := range planes {
		if err := w.plane(func(to io.Writer) error { return p.write(to, c.Lists) }); err != nil {
			return nil, fmt.Errorf("encode snapshot: %w", err)
		}
	}
	return w.buf.Bytes(), nil
}

// DecodeFull reads what EncodeFull wrote. max bounds the entries of all lists
// together; 0 or more than [MaxEntries] means MaxEntries. Four bytes an entry
// are taken, and no more than about 2 MiB beside them. The caller compares the
// [Content.Digest] with the signed one before believing any of it.
func DecodeFull(b []byte, max int) (*Content, error) {
	c, err := decodeFull(b, max)
	if err != nil {
		return nil, fmt.Errorf("decode snapshot: %w", err)
	}
	return c, nil
}

func decodeFull(b []byte, max int) (*Content, error) {
	var h header
	r, err := newReader(b, magicFull, &h)
	if err != nil {
		return nil, err
	}
	defer r.close()
	if err := h.check(); err != nil {
		return nil, err
	}
	if _, err := h.total(max); err != nil {
		return nil, err
	}
	c := h.content()
	for _, p := range planes {
		if err := r.plane(func(from io.Reader) error { return p.read(from, c.Lists) }); err != nil {
			return nil, err
		}
	}
	return c, r.end()
}
