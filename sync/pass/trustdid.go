package pass

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/url"
	"strings"
)

// readDID reads a DID document. If it has the member assertionMethod, methods that
// are not in it are left out, since a key for logging in signs no passes (DID Core
// section 5.3.2, and NZ COVID Pass section 7 requires it). An assertion method may be named or written
// out.
func (t *trustFile) readDID(doc object) error {
	named, embedded, err := doc.assertionMethods()
	if err != nil {
		return err
	}
	for i, o := range embedded {
		keys, err := o.keysOfMethod()
		if err := t.add(fmt.Sprintf("entry %d of assertionMethod", i+1), keys, err); err != nil {
			return err
		}
	}
	if doc["verificationMethod"] == nil && len(embedded) > 0 {
		return nil
	}
	return t.each(doc, "verificationMethod", func(o object) ([]Key, error) {
		id, err := o.text("id")
		if err != nil {
			return nil, err
		}
		if _, fragment, _ := strings.Cut(id, "#"); named != nil && !named[fragment] {
			return nil, fmt.Errorf("a key that is no assertionMethod is %w", errUnsupported)
		}
		return o.keysOfMethod()
	})
}

// assertionMethods are the fragments that name assertion methods, nil where the
// document has no member assertionMethod, and the methods that are written out.
func (o object) assertionMethods() (named map[string]bool, embedded []object, err error) {
	if o["assertionMethod"] == nil {
		return nil, nil, nil
	}
	var all []json.RawMessage
	if err := json.Unmarshal(o["assertionMethod"], &all); err != nil {
		return nil, nil, errors.New("assertionMethod is not a list")
	}
	named = make(map[string]bool, len(all))
	for _, raw := range all {
		var id string
		var method object
		switch {
		case json.Unmarshal(raw, &id) == nil:
			_, fragment, _ := strings.Cut(id, "#")
			named[fragment] = true
		case json.Unmarshal(raw, &method) == nil && method != nil:
			embedded = append(embedded, method)
			if id, err := method.text("id"); err == nil { // it may stand among the methods too
				_, fragment, _ := strings.Cut(id, "#")
				named[fragment] = true
			}
		default:
			return nil, nil, errors.New("assertionMethod holds what is neither a name nor a method")
		}
	}
	return named, embedded, nil
}

// keysOfMethod reads a verification method of a DID document.
func (o object) keysOfMethod() ([]Key, error) {
	id, err := o.text("id")
	if err != nil {
		return nil, err
	}
	ids, err := methodKeyIDs(id)
	if err != nil {
		return nil, err
	}
	if raw := o["publicKeyJwk"]; raw != nil {
		var jwk object
		if err := json.Unmarshal(raw, &jwk); err != nil {
			return nil, errors.New("publicKeyJwk is not an object")
		}
		keys, err := jwk.keysOfJWK()
		if err != nil || len(keys) == 0 {
			return nil, err
		}
		for _, k := range keys {
			ids = append(ids, k.ID)
		}
		return keysOf(keys[0], ids...)
	}
	multibase, err := o.text("publicKeyMultibase")
	if err != nil {
		return nil, err
	}
	pub, err := keyOfMultibase(multibase)
	if err != nil {
		return nil, err
	}
	return keysOf(Key{Public: pub}, ids...)
}

// methodKeyIDs are the kids of a verification method: the fragment of its id, as
// it is written and with its percent encoding undone.
func methodKeyIDs(id string) ([][]byte, error) {
	_, fragment, _ := strings.Cut(id, "#")
	ids, err := statedKeyIDs(fragment)
	if err != nil {
		return nil, err
	}
	plain, err := url.PathUnescape(fragment)
	if err != nil {
		return nil, errors.New("id has a broken percent sign")
	}
	more, err := statedKeyIDs(plain)
	return append(ids, more...), err
}

// keyOfMultibase reads z + base58btc(0xed 0x01 + 32 bytes), an Ed25519 key as a
// Multikey (W3C Controlled Identifiers section 2.2.2).
func keyOfMultibase(s string) (ed25519.PublicKey, error) {
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	const size = 2 + ed25519.PublicKeySize
	digits, ok := strings.CutPrefix(s, "z")
	if !ok || len(digits) > 2*size {
		return nil, errors.New("it has neither publicKeyJwk nor a base58 publicKeyMultibase")
	}
	n := new(big.Int)
	for i := range len(digits) {
		digit := strings.IndexByte(alphabet, digits[i])
		if digit < 0 {
			return nil, fmt.Errorf("publicKeyMultibase: %q is not a base58 digit", digits[i])
		}
		n.Add(n.Mul(n, big.NewInt(58)), big.NewInt(int64(digit)))
	}
	b := n.Bytes()
	if len(b) != size || b[0] != 0xed || b[1] != 0x01 {
		return nil, errors.New("publicKeyMultibase is not an Ed25519 key")
	}
	return ed25519.PublicKey(b[2:]), nil
}
