package snapshot

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"postern/sync/status"
)

// ErrNoDelta says that no delta can make one content out of the other: their
// epochs differ, the version is another one, or a list became shorter. The
// caller fetches the full file instead.
var ErrNoDelta = errors.New("no delta leads there")

// deltaHeader says what a delta changes. Its lists are those of the new
// content: the old ones in their order, none of them shorter, then new ones.
// Entries that the old content does not have start as zero.
type deltaHeader struct {
	_       struct{} `cbor:",toarray"`
	From    uint64   // version
	To      header
	Changed uint64 // entries
}

// EncodeDelta writes the delta that makes the content to out of the content from: the target status/<m>-<n>.delta before [SealFile].
//
//	PSD1, header [from version, header of the new content, changed], then compressed:
//	gaps    uvarint per changed entry: entries between it and the one before, counted through all lists
//	values, minute bits 0-7, 8-15, 16, kind, result of the changed entries, as in the whole
func EncodeDelta(from, to *Content) ([]byte, error) {
	if err := errors.Join(from.check(), to.check()); err != nil {
		return nil, fmt.Errorf("encode delta: %w", err)
	}
	if err := deltaPossible(from, to.header()); err != nil {
		return nil, fmt.Errorf("encode delta: %w", err)
	}
	gaps, changed := compare(from, to)
	w, err := newWriter(magicDelta, deltaHeader{From: from.Version, To: to.header(), Changed: uint64(len(changed))})
	if err != nil {
		return nil, fmt.Errorf("encode delta: %w", err)
	}
	err = w.plane(func(z io.Writer) error { _, err := z.Write(gaps); return err })
	for _, p := range planes {
		err = errors.Join(err, w.plane(func(z io.Writer) error { return p.write(z, []List{{Entries: changed}}) }))
	}
	if err != nil {
		return nil, fmt.Errorf("encode delta: %w", err)
	}
	return w.buf.Bytes(), nil
}

// deltaPossible is an error that wraps ErrNoDelta where no delta can make
// content with the header to out of the content from.
func deltaPossible(from *Content, to header) error {
	switch {
	case to.Version <= from.Version:
		return fmt.Errorf("%w: version %d does not follow %d", ErrNoDelta, to.Version, from.Version)
	case to.Epoch != from.header().Epoch:
		return fmt.Errorf("%w: version %d counts minutes from another day", ErrNoDelta, to.Version)
	case len(to.Lists) < len(from.Lists):
		return fmt.Errorf("%w: a list went away", ErrNoDelta)
	}
	for i, l := range from.Lists {
		if to.Lists[i].URI != l.URI || to.Lists[i].Count < uint64(len(l.Entries)) {
			return fmt.Errorf("%w: list %s went away or became shorter", ErrNoDelta, l.URI)
		}
	}
	return nil
}

// entriesOf is the entries of list i, nil where c has no such list.
func (c *Content) entriesOf(i int) []status.Entry {
	if i < len(c.Lists) {
		return c.Lists[i].Entries
	}
	return nil
}

// compare returns the entries of to that differ from those of from, and for
// each, as a uvarint, how many equal entries lie before it.
func compare(from, to *Content) (gaps []byte, changed []status.Entry) {
	var gap uint64
	for i, l := range to.Lists {
		old := from.entriesOf(i)
		for j, e := range l.Entries {
			var before status.Entry
			if j < len(old) {
				before = old[j]
			}
			if e == before {
				gap++
				continue
			}
			gaps = binary.AppendUvarint(gaps, gap)
			changed = append(changed, e)
			gap = 0
		}
	}
	return gaps, changed
}

// ApplyDelta makes new content out of from and the delta b; from is not
// changed. As with [DecodeFull], the caller compares the digest before
// believing it.
func ApplyDelta(from *Content, b []byte) (*Content, error) {
	c, err := applyDelta(from, b)
	if err != nil {
		return nil, fmt.Errorf("apply delta: %w", err)
	}
	return c, nil
}

func applyDelta(from *Content, b []byte) (*Content, error) {
	var h deltaHeader
	r, err := newReader(b, magicDelta, &h)
	if err != nil {
		return nil, err
	}
	defer r.close()
	total, err := h.check(from)
	if err != nil {
		return nil, err
	}
	// Changes are read before the copy is made, so that a header alone cannot make us allocate much.
	at, err := readGaps(r, h.Changed, uint64(total))
	if err != nil {
		return nil, err
	}
	changed := []List{{Entries: make([]status.Entry, len(at))}}
	for _, p := range planes {
		if err := r.plane(func(z io.Reader) error { return p.read(z, changed) }); err != nil {
			return nil, err
		}
	}
	if err := r.end(); err != nil {
		return nil, err
	}
	c := h.To.content()
	for i := range c.Lists {
		copy(c.Lists[i].Entries, from.entriesOf(i))
	}
	patch(c.Lists, at, changed[0].Entries)
	return c, nil
}

func (h deltaHeader) check(from *Content) (total int, err error) {
	if err := h.To.check(); err != nil {
		return 0, err
	}
	if h.From != from.Version {
		return 0, fmt.Errorf("%w: it leads from version %d, and this is %d", ErrNoDelta, h.From, from.Version)
	}
	if err := deltaPossible(from, h.To); err != nil {
		return 0, err
	}
	total, err = h.To.total(MaxEntries)
	if err == nil && h.Changed > uint64(total) {
		err = fmt.Errorf("%d changes of %d entries", h.Changed, total)
	}
	return total, err
}

// readGaps reads the positions of n changed entries: ascending, each below total.
func readGaps(r *fileReader, n, total uint64) ([]uint32, error) {
	at := make([]uint32, 0, min(n, 1<<20))
	err := r.plane(func(z io.Reader) error {
		in := bufio.NewReaderSize(z, piece)
		var next uint64
		for range n {
			gap, size, err := readUvarint(in)
			if err != nil {
				return fmt.Errorf("gaps: %w", err)
			}
			if gap >= total-next || size > 1 && gap>>(7*(size-1)) == 0 {
				return errors.New("gaps: one leads beyond the last entry, or is not in its shortest form")
			}
			next += gap
			at = append(at, uint32(next))
			next++
		}
		if _, err := in.ReadByte(); !errors.Is(err, io.EOF) {
			return errors.New("gaps: there are more than changes, or they are damaged")
		}
		return nil
	})
	return at, err
}

// readUvarint reads one number of at most 32 bits, and says how many bytes it took.
func readUvarint(in io.ByteReader) (n uint64, size int, err error) {
	for size < 5 {
		b, err := in.ReadByte()
		if err != nil {
			return 0, 0, errors.Join(errCut, err)
		}
		n |= uint64(b&0x7f) << (7 * size)
		size++
		if b < 0x80 && n <= math.MaxUint32 {
			return n, size, nil
		}
	}
	return 0, 0, errors.New("a number is too large")
}

// patch puts each changed entry in its place, counted through all lists.
func patch(lists []List, at []uint32, changed []status.Entry) {
	var first int // position of the list's first entry
	for _, l := range lists {
		for len(at) > 0 && int(at[0])-first < len(l.Entries) {
			l.Entries[int(at[0])-first] = changed[0]
			at, changed = at[1:], changed[1:]
		}
		first += len(l.Entries)
	}
}
