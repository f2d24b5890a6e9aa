package pass

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"postern/sync/internal/jcs"
)

// object is a JSON object by exact member names. Decoding into a struct would
// also take names in another case.
type object map[string]json.RawMessage

// readJSON reads a JWK, a JWK set, a DID document or a list of certificates.
func (t *trustFile) readJSON(data []byte) error {
	if err := jcs.Check(data); err != nil {
		return err
	}
	if data[0] == '[' {
		return t.each(object{"certificates": data}, "certificates", object.keysOfListed)
	}
	var doc object
	if err := json.Unmarshal(data, &doc); err != nil {
		return err
	}
	switch {
	case doc["verificationMethod"] != nil, doc["assertionMethod"] != nil:
		return t.readDID(doc)
	case doc["keys"] != nil:
		return t.each(doc, "keys", object.keysOfJWK)
	case doc["certificates"] != nil:
		return t.each(doc, "certificates", object.keysOfListed)
	case doc["kty"] != nil:
		keys, err := doc.keysOfJWK()
		return t.add("the JWK", keys, err)
	default:
		return errors.New("the JSON is neither a JWK, a JWK set nor a DID document: it has no kty, keys or verificationMethod")
	}
}

// each collects the keys of all entries of a list.
func (t *trustFile) each(doc object, member string, read func(object) ([]Key, error)) error {
	var entries []object
	if err := json.Unmarshal(doc[member], &entries); err != nil {
		return fmt.Errorf("%s is not a list of objects", member)
	}
	for i, entry := range entries {
		keys, err := read(entry)
		if err := t.add(fmt.Sprintf("entry %d of %s", i+1, member), keys, err); err != nil {
			return err
		}
	}
	return nil
}

// keysOfListed reads an entry of the EU DCC Gateway's trust list.
func (o object) keysOfListed() ([]Key, error) {
	raw, err := o.text("rawData")
	if err != nil {
		return nil, err
	}
	der, err := base64.StdEncoding.DecodeString(raw)
	if err != nil || len(der) == 0 {
		return nil, errors.New("rawData is missing or not base64")
	}
	keys, err := keysOfCertificate(der)
	if err != nil {
		return nil, err
	}
	kid, err := o.text("kid")
	if err != nil {
		return nil, err
	}
	stated, err := statedKeyIDs(kid)
	if err != nil {
		return nil, err
	}
	for _, id := range stated {
		k := keys[0]
		k.ID = id
		keys = append(keys, k)
	}
	return keys, nil
}

// text is a member that must be text; "" where it is absent.
func (o object) text(member string) (string, error) {
	raw := o[member]
	if raw == nil {
		return "", nil
	}
	var s *string
	if json.Unmarshal(raw, &s) != nil || s == nil {
		return "", fmt.Errorf("%s is not text", member)
	}
	return *s, nil
}
