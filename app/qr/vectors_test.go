package qr_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postern/app/qr"
)

// otherText lists pictures that bear another text than their case says;
// zxing-cpp and ZBar read the same of them as we do.
var otherText = map[string]bool{"hcert/png/dgc_ES_502.png": true}

// Every picture of a published credential case must read, and say what the
// case says that it does.
func TestReadsAllCredentialPictures(t *testing.T) {
	dir := os.Getenv("POSTERN_VECTORS")
	if dir == "" {
		t.Skip("POSTERN_VECTORS is not set: no published cases to read")
	}
	cases, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	must(t, err)
	r := qr.NewReader()
	pictures, labelled := 0, 0
	for _, path := range cases {
		data, err := os.ReadFile(path)
		must(t, err)
		var c struct{ QR, PNG string }
		if json.Unmarshal(data, &c) != nil || c.PNG == "" {
			continue
		}
		pictures++
		codes, _, err := qr.ReadFile(t.Context(), filepath.Join(filepath.Dir(path), c.PNG), r)
		if err != nil || len(codes) == 0 {
			t.Errorf("%s: %d codes, %v", path, len(codes), err)
			continue
		}
		if c.QR == "" || otherText[filepath.Base(filepath.Dir(path))+"/"+c.PNG] {
			continue
		}
		labelled++
		if codes[0].Text != c.QR && strings.TrimSpace(codes[0].Text) != strings.TrimSpace(c.QR) {
			t.Errorf("%s: another text", path)
		}
	}
	if pictures == 0 {
		t.Fatal("no case has a picture")
	}
	t.Logf("%d pictures, %d of them with a text to hold against", pictures, labelled)
}
