package snapshot

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"postern/sync/internal/cose"
	"postern/sync/status"
)

// maxURI is the longest name of a list, in bytes.
const maxURI = 64

// header stands before the columns, in the digest and in every file.
type header struct {
	_       struct{} `cbor:",toarray"`
	Form    int      // 1
	Version uint64
	Made    int64 // Unix seconds
	Epoch   int64 // Unix minutes
	Lists   []listHeader
}

type listHeader struct {
	_     struct{} `cbor:",toarray"`
	URI   string
	Count uint64
}

func (c *Content) header() header {
	h := header{Form: 1, Version: c.Version, Made: c.Made.Unix(), Epoch: c.Epoch.Unix() / 60, Lists: []listHeader{}}
	for _, l := range c.Lists {
		h.Lists = append(h.Lists, listHeader{URI: l.URI, Count: uint64(len(l.Entries))})
	}
	return h
}

// maxUnix is 31 December 9999.
const maxUnix = 253402300799

// check is the error of a header that exceeds a limit. Encoders and decoders call it.
func (h header) check() error {
	switch {
	case h.Form != 1:
		return fmt.Errorf("form %d; this program reads 1: bring it up to date", h.Form)
	case h.Version == 0:
		return errors.New("version 0 is no version")
	case h.Made < 1 || h.Made > maxUnix || h.Epoch < 0 || h.Epoch > maxUnix/60:
		return errors.New("a time lies outside 1970 to 9999")
	case len(h.Lists) > MaxLists:
		return fmt.Errorf("%d lists, at most %d are read", len(h.Lists), MaxLists)
	}
	seen := make(map[string]bool, len(h.Lists))
	for _, l := range h.Lists {
		if l.URI == "" || len(l.URI) > maxURI || seen[l.URI] {
			return fmt.Errorf("list name %q is empty, too long or there twice", l.URI)
		}
		seen[l.URI] = true
	}
	return nil
}

// total is the number of entries of all lists; an error where it is more than limit.
func (h header) total(limit int) (int, error) {
	if limit <= 0 || limit > MaxEntries {
		limit = MaxEntries
	}
	left := uint64(limit)
	for _, l := range h.Lists {
		if l.Count > left {
			return 0, fmt.Errorf("more than %d entries; they are more than it may have", limit)
		}
		left -= l.Count
	}
	return limit - int(left), nil
}

// content makes content of the header's lists, with all entries zero.
func (h header) content() *Content {
	c := &Content{Version: h.Version, Made: time.Unix(h.Made, 0).UTC(), Epoch: time.Unix(h.Epoch*60, 0).UTC()}
	for _, l := range h.Lists {
		c.Lists = append(c.Lists, List{URI: l.URI, Entries: make([]status.Entry, l.Count)})
	}
	return c
}

// check is the error of content that cannot be written to a file.
func (c *Content) check() error {
	h := c.header()
	if err := h.check(); err != nil {
		return err
	}
	if c.Made.Nanosecond() != 0 || c.Epoch.Unix()%60 != 0 || c.Epoch.Nanosecond() != 0 {
		return errors.New("it was not made at a whole second, or its epoch is no whole minute")
	}
	if _, err := h.total(MaxEntries); err != nil {
		return err
	}
	for _, l := range c.Lists {
		for i, e := range l.Entries {
			if !e.Valid() {
				return fmt.Errorf("entry %d of list %s has reserved bits set", i, l.URI)
			}
		}
	}
	return nil
}

// Digest is the SHA-256 of the canonical columns, drawn at [Content]. Signed
// metadata states it; content whose digest differs must not be believed.
func (c *Content) Digest() [32]byte {
	b, err := cose.Encoding.Marshal(c.header())
	if err != nil {
		panic(err) // integers and texts only
	}
	d := sha256.New()
	d.Write(b)
	for _, p := range planes {
		p.write(d, c.Lists)
	}
	return [32]byte(d.Sum(nil))
}

// Lookup finds the entry at index of the list named uri; status.ErrNoEntry where there is none.
func (c *Content) Lookup(uri string, index uint64) (status.Entry, error) {
	for _, l := range c.Lists {
		if l.URI == uri && index < uint64(len(l.Entries)) {
			return l.Entries[index], nil
		}
	}
	return 0, fmt.Errorf("look up %s %d: %w", uri, index, status.ErrNoEntry)
}
