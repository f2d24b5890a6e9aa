package snapshot

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"postern/sync/internal/cose"
	"postern/sync/status"
)

// Limits of other issuers' lists.
const (
	MaxForeign      = 64 << 20 // bytes of all lists together: four million hashes
	maxForeignLists = 4096
	maxForeignHead  = 1 << 20
	maxForeignName  = 512
)

// Foreign is what other issuers say about their passes: revocation lists and
// status lists, in the order of issuer, kind and name. Its canonical form,
// over which the digest is made:
//
//	deterministic CBOR [1, [[issuer, kind, name, bits, until (Unix seconds; 0: never), size]…]]
//	then the bytes of all lists in order
type Foreign []status.Foreign

type foreignHeader struct {
	_     struct{} `cbor:",toarray"`
	Form  int      // 1
	Lists []foreignList
}

type foreignList struct {
	_      struct{} `cbor:",toarray"`
	Issuer string
	Kind   uint8
	Name   string
	Bits   uint8
	Until  int64
	Size   uint64
}

func (f Foreign) header() foreignHeader {
	h := foreignHeader{Form: 1, Lists: []foreignList{}}
	for _, l := range f {
		w := foreignList{Issuer: l.Issuer, Kind: uint8(l.Kind), Name: l.Name, Bits: uint8(l.Bits), Size: uint64(l.Size)}
		if !l.Until.IsZero() {
			w.Until = l.Until.Unix()
		}
		h.Lists = append(h.Lists, w)
	}
	return h
}

// check returns the bytes of all lists together, or the error of a header that
// exceeds a limit. The encoder and the decoder call it.
func (h foreignHeader) check(limit int) (total int, err error) {
	if limit <= 0 || limit > MaxForeign {
		limit = MaxForeign
	}
	switch {
	case h.Form != 1:
		return 0, fmt.Errorf("form %d; this program reads 1: bring it up to date", h.Form)
	case h.Lists == nil || len(h.Lists) > maxForeignLists:
		return 0, fmt.Errorf("%d lists, at most %d are read", len(h.Lists), maxForeignLists)
	}
	for i, l := range h.Lists {
		switch {
		case !validName(l.Issuer) || len(l.Name) > maxForeignName || l.Until < 0 || l.Until > maxUnix:
			return 0, fmt.Errorf("list %d: its issuer, name or end makes no sense", i+1)
		case i > 0 && !h.Lists[i-1].before(l):
			return 0, fmt.Errorf("list %d is out of order or there twice", i+1)
		case l.Size > uint64(limit-total):
			return 0, fmt.Errorf("more than %d bytes; they are more than it may have", limit)
		}
		total += int(l.Size)
	}
	return total, nil
}

func (l foreignList) before(o foreignList) bool {
	return cmp.Or(cmp.Compare(l.Issuer, o.Issuer), cmp.Compare(l.Kind, o.Kind), cmp.Compare(l.Name, o.Name)) < 0
}

// Digest is the SHA-256 of the canonical form. Signed metadata states it.
func (f Foreign) Digest() [32]byte {
	b, err := cose.Encoding.Marshal(f.header())
	if err != nil {
		panic(err) // integers and texts only
	}
	d := sha256.New()
	d.Write(b)
	for _, l := range f {
		d.Write(l.Data)
	}
	return [32]byte(d.Sum(nil))
}

// Size is the bytes of all lists together.
func (f Foreign) Size() (n int) {
	for _, l := range f {
		n += l.Size
	}
	return n
}

// EncodeForeign writes f: the target foreign/<n> before [SealFile]. There are
// no deltas of it. Gates fetch it only when a list has changed, and hashes do
// not compress, so that a delta would save little.
//
//	PSL1, header, then the bytes of each list, compressed
func EncodeForeign(f Foreign) ([]byte, error) {
	b, err := encodeForeign(f)
	if err != nil {
		return nil, fmt.Errorf("encode foreign lists: %w", err)
	}
	return b, nil
}

func encodeForeign(f Foreign) ([]byte, error) {
	h := f.header()
	if _, err := h.check(MaxForeign); err != nil {
		return nil, err
	}
	w, err := newWriter(magicForeign, h)
	if err != nil {
		return nil, err
	}
	for i := range f {
		if err := f[i].Check(); err != nil {
			return nil, fmt.Errorf("list %d: %w", i+1, err)
		}
		err := w.plane(func(to io.Writer) error { _, err := to.Write(f[i].Data); return err })
		if err != nil {
			return nil, err
		}
	}
	return w.buf.Bytes(), nil
}

// DecodeForeign reads what EncodeForeign wrote. most bounds the bytes of all
// lists together; 0 or more than [MaxForeign] means MaxForeign. The caller
// compares the [Foreign.Digest] with the signed one before believing any of it.
func DecodeForeign(b []byte, most int) (Foreign, error) {
	f, err := decodeForeign(b, most)
	if err != nil {
		return nil, fmt.Errorf("decode foreign lists: %w", err)
	}
	return f, nil
}

func decodeForeign(b []byte, most int) (Foreign, error) {
	var h foreignHeader
	r, err := newReader(b, magicForeign, &h)
	if err != nil {
		return nil, err
	}
	defer r.close()
	total, err := h.check(most)
	if err != nil {
		return nil, err
	}
	if len(h.Lists)*4 > len(r.rest) {
		return nil, errCut
	}
	f, room := make(Foreign, len(h.Lists)), make([]byte, total)
	for i, l := range h.Lists {
		data := room[:l.Size:l.Size]
		room = room[l.Size:]
		f[i] = l.list(data)
		if err := r.plane(func(from io.Reader) error { _, err := io.ReadFull(from, data); return err }); err != nil {
			return nil, fmt.Errorf("list %d: %w", i+1, err)
		}
		if err := f[i].Check(); err != nil {
			return nil, fmt.Errorf("list %d: %w", i+1, err)
		}
	}
	return f, r.end()
}

func (l foreignList) list(data []byte) status.Foreign {
	h := status.Head{Issuer: l.Issuer, Kind: status.Kind(l.Kind), Name: l.Name, Bits: int(l.Bits), Size: len(data)}
	if l.Until != 0 {
		h.Until = time.Unix(l.Until, 0).UTC()
	}
	return status.Foreign{Head: h, Data: data}
}
