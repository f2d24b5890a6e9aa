package status

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"time"

	"postern/sync/pass"
)

// Kind is the kind of another issuer's revocation list: by what it names passes.
type Kind uint8

// Kinds, as in PROTOCOL.md.
const (
	UCIs        Kind = 1 + iota // EU: hashes of identifiers
	CountryUCIs                 // EU: hashes of country and identifier
	Signatures                  // EU: hashes of signatures
	RIDs                        // SMART Health Cards: rids of one key
	Tokens                      // IETF Token Status List: statuses by index
)

// Hashes reports whether the list is one of EU hashes.
func (k Kind) Hashes() bool { return k == UCIs || k == CountryUCIs || k == Signatures }

// ParseKind reads the kind's word.
func ParseKind(word string) (Kind, bool) {
	for k := UCIs; k <= Tokens; k++ {
		if k.String() == word {
			return k, true
		}
	}
	return 0, false
}

// String is the kind's word, as commands show it.
func (k Kind) String() string {
	if k < UCIs || k > Tokens {
		return "other"
	}
	return [...]string{"uci", "country+uci", "signature", "rid", "token"}[k-UCIs]
}

// Foreign is one list of another issuer, in the form in which it travels:
// sorted entries of one width, or packed statuses.
//
//	UCIs, CountryUCIs, Signatures  16 bytes an entry, see HashList
//	RIDs                           32 bytes an entry, see RidList
//	Tokens                         Bits bits an entry, see TokenList
type Foreign struct {
	Head
	Data []byte
}

// Head says which list it is, and of what kind and size.
type Head struct {
	Issuer string    // as the trust list names it
	Kind   Kind      //
	Name   string    // of RIDs the kid, of Tokens the uri, else ""
	Bits   int       // of Tokens: 1, 2, 4 or 8; else 0
	Until  time.Time // when the list expires; zero: never
	Size   int       // of Data, in bytes
}

// width is the size of an entry in bytes, and 1 for lists of statuses, whose
// entries are smaller.
func (h Head) width() int {
	switch {
	case h.Kind.Hashes():
		return HashSize
	case h.Kind == RIDs:
		return ridEntrySize
	}
	return 1
}

// Count is how many entries there are. In a list of statuses it includes the
// padding of the last byte.
func (f *Foreign) Count() int {
	if f.Kind == Tokens {
		return f.Size * 8 / max(f.Bits, 1)
	}
	return f.Size / f.width()
}

// Check is the error of a list that cannot be looked up in.
func (f *Foreign) Check() (err error) {
	if f.Size != len(f.Data) {
		return fmt.Errorf("it has %d bytes, not %d", len(f.Data), f.Size)
	}
	switch f.Kind {
	case UCIs, CountryUCIs, Signatures:
		_, err = ParseHashList(f.Data)
	case RIDs:
		_, err = ParseRidList(f.Data)
	case Tokens:
		_, err = NewTokenList(f.Bits, f.Data)
	default:
		err = fmt.Errorf("kind %d of list is not known; bring this program up to date", f.Kind)
	}
	if err == nil && (f.Kind == Tokens) != (f.Bits != 0) {
		err = fmt.Errorf("a list of kind %s has %d bits an entry", f.Kind, f.Bits)
	}
	return err
}

// pageSize is the bytes of a page: of each list one page is read for one pass. It
// is a multiple of every width.
const pageSize = 4032

// Pages cuts f into the rows of a database, each a key and a page. The key of
// sorted entries is the first entry of the page. The key of statuses is the
// number of the page, 4 bytes big-endian.
func (f *Foreign) Pages() iter.Seq2[[]byte, []byte] {
	return func(yield func(key, page []byte) bool) {
		for at := 0; at < len(f.Data); at += pageSize {
			page := f.Data[at:min(at+pageSize, len(f.Data))]
			key := page[:min(f.width(), len(page))]
			if f.Kind == Tokens {
				key = pageNumber(at)
			}
			if !yield(key, page) {
				return
			}
		}
	}
}

func pageNumber(at int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(at/pageSize)) }

// Shelf holds other issuers' lists. The gate's store is one.
type Shelf interface {
	// Heads are the lists about an issuer's passes.
	Heads(issuer string) []Head
	// Page is the last page of a list whose key is not above key; nil where
	// there is none. The next call may overwrite it.
	Page(of Head, key []byte) ([]byte, error)
}

// Finding is what other issuers' lists say about one pass.
type Finding struct {
	Value  Value     // Good, Invalid or Suspended; Good also where no list covers the pass
	Listed bool      // there is a list that covers such passes
	Until  time.Time // when the first of these lists expires; zero: never
}

// Find looks a pass up in all lists that cover it: an EU certificate in its
// issuer's hash lists, a SMART Health Card in the rid list of its key, and a
// pass that names a status list in that one. A look-up is exact.
//
// Find gives ErrNoEntry where the status list that a pass names is not there, is
// shorter than its index, or has a type at its index that only its issuer
// understands. If another list revokes the pass, there is no error.
func Find(p *pass.Pass, s Shelf) (Finding, error) {
	var f Finding
	var missing error
	if p.Status != nil {
		missing = fmt.Errorf("status list %q of %s: %w", p.Status.URI, p.Issuer, ErrNoEntry)
	}
	for _, h := range s.Heads(p.Issuer) {
		if !h.covers(p) {
			continue
		}
		f.Listed = true
		if !h.Until.IsZero() && (f.Until.IsZero() || h.Until.Before(f.Until)) {
			f.Until = h.Until
		}
		v, err := h.valueOf(p, s)
		if h.Kind == Tokens {
			missing = nil
		}
		if err != nil {
			missing = err
			continue
		}
		if v != Good && f.Value != Invalid {
			f.Value = v
		}
	}
	if f.Value == Invalid {
		return f, nil
	}
	return f, missing
}

func (h Head) covers(p *pass.Pass) bool {
	switch h.Kind {
	case UCIs, CountryUCIs, Signatures:
		return p.Format == pass.HCERT
	case RIDs:
		return p.Format == pass.SHC && h.Name == string(p.KeyID)
	case Tokens:
		return p.Status != nil && h.Name == p.Status.URI
	}
	return false
}

func (h Head) valueOf(p *pass.Pass, s Shelf) (Value, error) {
	switch h.Kind {
	case RIDs:
		return h.ridValue(p, s)
	case Tokens:
		return h.tokenValue(p.Status.Index, s)
	}
	for _, hash := range h.hashes(p) {
		page, err := s.Page(h, hash[:])
		if err != nil {
			return Good, err
		}
		if (&HashList{sorted: page}).Has(hash) {
			return Invalid, nil
		}
	}
	return Good, nil
}

func (h Head) ridValue(p *pass.Pass, s Shelf) (Value, error) {
	rid := string(p.ID)
	if !validRid(rid) {
		return Good, nil
	}
	page, err := s.Page(h, lastOfRid(rid))
	if err == nil && (&RidList{sorted: page}).Revokes(rid, p.IssuedAt) {
		return Invalid, nil
	}
	return Good, err
}

// lastOfRid is a key that is above every entry of a rid, or equal to the last,
// and below every entry of the next rid.
func lastOfRid(rid string) []byte {
	key := make([]byte, ridSize, ridEntrySize)
	copy(key, rid)
	return append(key, bytes.Repeat([]byte{0xff}, ridEntrySize-ridSize)...)
}

func (h Head) tokenValue(index uint64, s Shelf) (Value, error) {
	if index >= uint64(h.Size)*8/uint64(h.Bits) {
		return Good, fmt.Errorf("index %d of status list %q: %w", index, h.Name, ErrNoEntry)
	}
	perPage := uint64(pageSize) * 8 / uint64(h.Bits)
	page, err := s.Page(h, pageNumber(int(index/perPage)*pageSize))
	if err != nil {
		return Good, err
	}
	raw, err := (&TokenList{bits: uint(h.Bits), packed: page}).At(index % perPage)
	if err != nil {
		return Good, err
	}
	v, ok := TypeOf(raw)
	if !ok {
		return Good, fmt.Errorf("status type %d in list %q, which only its issuer understands: %w", raw, h.Name, ErrNoEntry)
	}
	return v, nil
}

// hashes are the hashes under which a list of this kind may have an EU
// certificate. By its schema a certificate has one vaccination, test or
// recovery. If it has several, there are hashes of each.
func (h Head) hashes(p *pass.Pass) (all []Hash) {
	if h.Kind == Signatures {
		return []Hash{HashSignature(p.Signature(), len(p.Signature()) < minRSA)}
	}
	for _, e := range dccEntries(p.Document) {
		uci, _ := e["ci"].(string)
		country, _ := e["co"].(string)
		switch {
		case uci == "":
		case h.Kind == UCIs:
			all = append(all, HashUCI(uci))
		case h.Kind == CountryUCIs:
			all = append(all, HashCountryUCI(p.Issuer, uci))
			if country != p.Issuer {
				all = append(all, HashCountryUCI(country, uci))
			}
		}
	}
	return all
}

// minRSA is the bytes of the shortest RSA signature, by a key of 2,048 bits. No
// ECDSA signature is as long: the longest has 132 bytes.
const minRSA = 256

// dccEntries are the vaccinations, tests and recoveries of an EU certificate.
func dccEntries(document any) (all []map[string]any) {
	dcc, _ := document.(map[string]any)
	for _, group := range [...]string{"v", "t", "r"} {
		entries, _ := dcc[group].([]any)
		for _, e := range entries {
			if e, ok := e.(map[string]any); ok {
				all = append(all, e)
			}
		}
	}
	return all
}

// Lists is a Shelf in memory.
type Lists []Foreign

// Heads are the lists about an issuer's passes.
func (l Lists) Heads(issuer string) (heads []Head) {
	for i := range l {
		if l[i].Issuer == issuer {
			heads = append(heads, l[i].Head)
		}
	}
	return heads
}

// Page looks through all pages of the list.
func (l Lists) Page(of Head, key []byte) (found []byte, err error) {
	for i := range l {
		if l[i].Head != of {
			continue
		}
		for first, page := range l[i].Pages() {
			if bytes.Compare(first, key) > 0 {
				break
			}
			found = page
		}
	}
	return found, nil
}
