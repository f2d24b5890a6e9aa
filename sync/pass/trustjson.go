package pass

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// object is a JSON object by exact member names. Decoding into a struct would
// also take names in another case.
type object map[string]json.RawMessage

// readJSON reads a JWK, a JWK set or a DID document.
func readJSON(data []byte) ([]Key, error) {
	if err := checkUnique(data); err != nil {
		return nil, err
	}
	var doc object
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	switch {
	case doc["verificationMethod"] != nil:
		return doc.each("verificationMethod", object.keysOfMethod)
	case doc["keys"] != nil:
		return doc.each("keys", object.keysOfJWK)
	case doc["kty"] != nil:
		return doc.keysOfJWK()
	default:
		return nil, errors.New("the JSON is neither a JWK, a JWK set nor a DID document: it has no kty, keys or verificationMethod")
	}
}

// each collects the keys of all entries of a list.
func (o object) each(member string, read func(object) ([]Key, error)) ([]Key, error) {
	var entries []object
	if err := json.Unmarshal(o[member], &entries); err != nil {
		return nil, fmt.Errorf("%s is not a list of objects", member)
	}
	var keys []Key
	for i, entry := range entries {
		known, err := read(entry)
		if err != nil {
			return nil, fmt.Errorf("entry %d of %s: %w", i+1, member, err)
		}
		keys = append(keys, known...)
	}
	return keys, nil
}

// text is a member that must be text if it is there.
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

// checkUnique refuses JSON in which an object has a member twice: readers
// differ in which of the two they believe.
func checkUnique(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if err := uniqueValue(d, 16); err != nil {
		return err
	}
	if d.More() {
		return errors.New("there is something after the end of the JSON")
	}
	return nil
}

func uniqueValue(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return brokenJSON(err)
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth == 0 {
		return errors.New("the JSON is nested too deeply")
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			if err := uniqueName(d, seen); err != nil {
				return err
			}
		}
		if err := uniqueValue(d, depth-1); err != nil {
			return err
		}
	}
	if _, err = d.Token(); err != nil { // the closing bracket
		return brokenJSON(err)
	}
	return nil
}

func uniqueName(d *json.Decoder, seen map[string]bool) error {
	token, err := d.Token()
	if err != nil {
		return brokenJSON(err)
	}
	name, _ := token.(string)
	if seen[name] {
		return fmt.Errorf("the JSON has %q twice in one object", name)
	}
	seen[name] = true
	return nil
}

func brokenJSON(err error) error { return fmt.Errorf("broken JSON: %w", err) }
