package status

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"postern/sync/internal/jcs"
	"postern/sync/pass"
)

// MaxListFile bounds a revocation list as its issuer publishes it, in bytes (16 MiB).
const MaxListFile = 16 << 20

// unknownKey is the kid of an EU batch whose key its country does not know any more.
const unknownKey = "UNKNOWN_KID"

// Import is one list out of an issuer's file.
type Import struct {
	Foreign
	Source string    // tells files of one list apart: the kid of an EU batch; "" where a newer file replaces the older
	Number int64     // of the edition: a rid list's ctr, a token's iat; 0 for a batch, which is never renewed
	Due    time.Time // when its issuer wants a newer one to be fetched; zero where it does not say
}

// ReadLists reads a file of one of three forms:
//
//	EU batch (gateway specification, revocation)  {"country", "expires", "kid", "hashType": UCI | SIGNATURE | COUNTRYCODEUCI,
//	                                               "entries": [{"hash": base64 of 16 bytes}…]}, or a list of these
//	SMART Health Cards (framework, "Revocation")  {"kid", "method": "rid", "ctr", "rids": ["rid" or "rid.seconds"…]}
//	Token Status List, CWT                        see OpenToken; keys must hold its issuer's
//
// The first two are not signed, so that whoever imports them must know where they
// came from. A rid list does not name its issuer, and the caller must give it.
func ReadLists(b []byte, issuer string, keys *pass.Keyring) ([]Import, error) {
	if len(b) > MaxListFile {
		return nil, fmt.Errorf("read revocation list: it has more than %d bytes", MaxListFile)
	}
	trimmed := bytes.TrimSpace(b)
	if len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') {
		lists, err := readJSONLists(trimmed, issuer)
		if err != nil {
			return nil, fmt.Errorf("read revocation list: %w", err)
		}
		return lists, nil
	}
	t, err := OpenToken(b, keys)
	if err != nil {
		return nil, err
	}
	if t.Issuer == "" || issuer != "" && issuer != t.Issuer {
		return nil, fmt.Errorf("read revocation list: a key of issuer %q signed it, not %q", t.Issuer, issuer)
	}
	return []Import{t.list()}, nil
}

func (t *Token) list() Import {
	data := t.List.Bytes()
	i := Import{Number: t.IssuedAt.Unix(), Foreign: Foreign{Data: data, Head: Head{
		Issuer: t.Issuer, Kind: Tokens, Name: t.URI, Bits: t.List.Bits(), Until: t.Expires.Truncate(time.Second), Size: len(data),
	}}}
	if t.Life > 0 {
		i.Due = t.IssuedAt.Add(t.Life).Truncate(time.Second)
	}
	return i
}

func readJSONLists(b []byte, issuer string) ([]Import, error) {
	if err := jcs.Check(b); err != nil {
		return nil, err
	}
	if b[0] == '{' {
		b = append(append([]byte{'['}, b...), ']')
	}
	var parts []listFile
	if err := json.Unmarshal(b, &parts); err != nil {
		return nil, errors.New("it is neither an EU batch nor a list of rids")
	}
	var all []Import
	for n, part := range parts {
		i, err := part.read(issuer)
		if err != nil {
			return nil, fmt.Errorf("list %d: %w", n+1, err)
		}
		all = append(all, i)
	}
	return all, nil
}

// listFile is the members that are read of the two forms of JSON. Other members
// are ignored.
type listFile struct {
	KeyID string `json:"kid"`

	Country  string `json:"country"`
	Expires  string `json:"expires"`
	HashType string `json:"hashType"`
	Entries  []struct {
		Hash string `json:"hash"`
	} `json:"entries"`

	Method  string   `json:"method"`
	Counter int64    `json:"ctr"`
	RIDs    []string `json:"rids"`
}

func (f listFile) read(issuer string) (Import, error) {
	switch {
	case f.HashType != "" && f.RIDs == nil:
		return f.batch(issuer)
	case f.RIDs != nil && f.HashType == "" && f.Method == "rid":
		return f.ridList(issuer)
	}
	return Import{}, errors.New("it is neither an EU batch nor a list of rids")
}

var hashTypes = map[string]Kind{"UCI": UCIs, "COUNTRYCODEUCI": CountryUCIs, "SIGNATURE": Signatures}

func (f listFile) batch(issuer string) (Import, error) {
	kind, known := hashTypes[strings.ToUpper(f.HashType)]
	expires, err := time.Parse(time.RFC3339, f.Expires)
	switch {
	case !known:
		return Import{}, fmt.Errorf("hashType %.20q is not UCI, COUNTRYCODEUCI or SIGNATURE", f.HashType)
	case err != nil:
		return Import{}, fmt.Errorf("expires %.40q is no time", f.Expires)
	case issuer != "" && issuer != f.Country:
		return Import{}, fmt.Errorf("it is of country %.20q, not %q", f.Country, issuer)
	case f.KeyID == "":
		return Import{}, fmt.Errorf("it has no kid; where the key is not known, that says %s", unknownKey)
	}
	hashes := make([]Hash, 0, len(f.Entries))
	for i, e := range f.Entries {
		h, err := base64.StdEncoding.Strict().DecodeString(e.Hash)
		if err != nil || len(h) != HashSize {
			return Import{}, fmt.Errorf("entry %d: %.40q is not 16 bytes in base64", i+1, e.Hash)
		}
		hashes = append(hashes, Hash(h))
	}
	data := NewHashList(hashes).Bytes()
	return Import{Source: f.KeyID, Foreign: Foreign{Data: data, Head: Head{
		Issuer: f.Country, Kind: kind, Until: expires.UTC().Truncate(time.Second), Size: len(data),
	}}}, nil
}

func (f listFile) ridList(issuer string) (Import, error) {
	switch {
	case issuer == "":
		return Import{}, errors.New("a list of rids does not say whose it is: name the issuer, as its cards do")
	case f.KeyID == "":
		return Import{}, errors.New("it has no kid")
	case f.Counter < 0:
		return Import{}, errors.New("ctr is below zero")
	}
	rids, err := NewRidList(f.RIDs)
	if err != nil {
		return Import{}, err
	}
	data := rids.Bytes()
	return Import{Number: f.Counter, Foreign: Foreign{Data: data, Head: Head{Issuer: issuer, Kind: RIDs, Name: f.KeyID, Size: len(data)}}}, nil
}
