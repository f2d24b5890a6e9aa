package pass_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postern/sync/pass"
)

// nativeVector: the published sample opens, says what it says, and sealing that gives its
// text back to the byte.
func nativeVector(t *testing.T) (line string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(os.Getenv("POSTERN_VECTORS"), "native-vector.json"))
	if err != nil {
		return "native 0/0"
	}
	var vector struct {
		QR     string `json:"qr"`
		Public string `json:"public_key"`
	}
	if err := json.Unmarshal(data, &vector); err != nil {
		t.Fatal(err)
	}
	public, err := hex.DecodeString(vector.Public)
	if err != nil {
		t.Fatal(err)
	}
	p := mustOpen(t, vector.QR, trusted(t, ed25519.PublicKey(public)))
	want := pass.Claims{
		Issuer:    "P",
		ID:        []byte{1, 2, 3, 4, 5, 6, 7, 8},
		IssuedAt:  time.Unix(0x6b0cc900, 0),
		Expires:   time.Unix(0x6b160380, 0),
		Status:    &pass.StatusRef{URI: "s:7", Index: 0x02753087},
		Name:      "张*",
		Colour:    pass.Green,
		BirthYear: 1990,
		Tests:     []pass.Test{{Kind: pass.NucleicAcid, Result: pass.Negative, At: time.Unix(0x01c8ba65*60, 0).UTC()}},
		Doses:     &pass.Doses{Count: 3, Day: time.Unix(0x506b*86400, 0).UTC()},
	}
	passed := 1
	if !equalClaims(p.Claims, want) {
		passed = 0
		t.Errorf("the sample says %+v, want %+v", p.Claims, want)
	}
	if got := seal(t, p.Claims, rfcKey()); got != vector.QR {
		passed = 0
		t.Errorf("sealed again as\n%s\nwant\n%s", got, vector.QR)
	}
	return fmt.Sprintf("native %d/1", passed)
}
