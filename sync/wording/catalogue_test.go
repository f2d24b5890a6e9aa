package wording_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"testing"

	"postern/assets"
	"postern/sync/wording"
)

// Of a key that stands twice the last would win without a word, and one of two
// screens would show a {name} that nobody fills.
func TestEveryKeyStandsOnce(t *testing.T) {
	for _, language := range wording.Languages {
		b, err := fs.ReadFile(assets.Words, "words/"+language+".json")
		if err != nil {
			t.Fatal(err)
		}
		d, seen := json.NewDecoder(bytes.NewReader(b)), map[json.Token]bool{}
		if _, err := d.Token(); err != nil {
			t.Fatal(err)
		}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			if seen[key] {
				t.Errorf("%s: %s stands twice", language, key)
			}
			seen[key] = true
			if _, err := d.Token(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
