package status_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"postern/sync/pass"
	"postern/sync/status"
)

func compressed(t testing.TB, plain []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// The examples of the specification, section 4.1: the lists of one bit and of two.
func TestTokenListExamples(t *testing.T) {
	for _, c := range []struct {
		bits int
		lst  string
		want []uint8
	}{
		{1, "eNrbuRgAAhcBXQ", []uint8{1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1}},
		{2, "eNo76fITAAPfAgc", []uint8{1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3}},
	} {
		raw, err := base64.RawURLEncoding.DecodeString(c.lst)
		if err != nil {
			t.Fatal(err)
		}
		l, err := status.InflateTokenList(c.bits, raw)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if got, err := l.At(uint64(i)); err != nil || got != want {
				t.Errorf("%d bits: status %d is %d, %v, want %d", c.bits, i, got, err, want)
			}
		}
		if l.Len() != uint64(len(c.want)) || l.Bits() != c.bits {
			t.Errorf("%d bits: it has %d entries of %d bits", c.bits, l.Len(), l.Bits())
		}
		for _, beyond := range []uint64{l.Len(), l.Len() + 1, 1 << 40, 1<<64 - 1} {
			if _, err := l.At(beyond); !errors.Is(err, status.ErrNoEntry) {
				t.Errorf("%d bits: index %d gave %v, want ErrNoEntry", c.bits, beyond, err)
			}
		}
	}
}

func TestTokenListWidths(t *testing.T) {
	packed := []byte{0b11100100, 0x5a}
	for bits, want := range map[int][]uint8{
		1: {0, 0, 1, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0},
		2: {0, 1, 2, 3, 2, 2, 1, 1},
		4: {4, 14, 10, 5},
		8: {0xe4, 0x5a},
	} {
		l, err := status.NewTokenList(bits, packed)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want {
			if got, err := l.At(uint64(i)); err != nil || got != w {
				t.Errorf("%d bits: entry %d is %d, %v, want %d", bits, i, got, err, w)
			}
		}
	}
	for _, bits := range []int{-1, 0, 3, 5, 7, 9, 16} {
		if _, err := status.NewTokenList(bits, packed); err == nil {
			t.Errorf("a list of %d bits was taken", bits)
		}
	}
}

func TestTokenListIsBounded(t *testing.T) {
	if l, err := status.InflateTokenList(8, compressed(t, make([]byte, status.MaxTokenList))); err != nil || l.Len() != 2<<20 {
		t.Errorf("2 MiB: %v", err)
	}
	if _, err := status.InflateTokenList(8, compressed(t, make([]byte, status.MaxTokenList+1))); err == nil {
		t.Error("a byte more than 2 MiB was taken")
	}
	if _, err := status.InflateTokenList(1, []byte("not zlib")); err == nil {
		t.Error("a list that is not compressed was taken")
	}
}

func TestTypeOf(t *testing.T) {
	for raw, want := range map[uint8]status.Value{0: status.Good, 1: status.Invalid, 2: status.Suspended} {
		if got, ok := status.TypeOf(raw); !ok || got != want {
			t.Errorf("type %d is %v, %v", raw, got, ok)
		}
	}
	for _, raw := range []uint8{3, 4, 11, 15, 255} {
		if v, ok := status.TypeOf(raw); ok {
			t.Errorf("type %d, which is the issuer's own, reads as %v", raw, v)
		}
	}
}

// tokenVector is a published list, or a published token.
type tokenVector struct {
	ID      string
	Bits    int
	Entries uint64
	List    string `json:"lst"`
	Status  map[string]uint8
	COSE    string `json:"cose_hex"`
	Keys    []struct{ JWK json.RawMessage }
}

// Our own cases and, where they are at hand, those that others published.
func TestVectors(t *testing.T) {
	t.Run("ours", ourVectors)
	t.Run("look-ups", ourLookUps)
	t.Run("entries", ourEntries)
	dir := os.Getenv("POSTERN_VECTORS")
	if dir == "" {
		t.Log("POSTERN_VECTORS is unset: of the cases, only ours were tested")
		return
	}
	files, err := filepath.Glob(filepath.Join(dir, "statuslist", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	passed := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v tokenVector
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if err := v.check(); err != nil {
			t.Errorf("%s: %v", v.ID, err)
		} else {
			passed++
		}
	}
	fmt.Printf("statuslist %d/%d\n", passed, len(files))
}

func (v tokenVector) check() error {
	if v.COSE != "" {
		return v.checkToken()
	}
	raw, err := base64.RawURLEncoding.DecodeString(v.List)
	if err != nil {
		return err
	}
	l, err := status.InflateTokenList(v.Bits, raw)
	if err != nil {
		return err
	}
	if l.Len() < v.Entries {
		return fmt.Errorf("it has %d entries, want %d", l.Len(), v.Entries)
	}
	for i := range v.Entries { // every index that is not listed is 0
		got, err := l.At(i)
		if want := v.Status[strconv.FormatUint(i, 10)]; err != nil || got != want {
			return fmt.Errorf("status %d is %d, %v, want %d", i, got, err, want)
		}
	}
	return nil
}

func (v tokenVector) checkToken() error {
	raw, err := hex.DecodeString(v.COSE)
	if err != nil {
		return err
	}
	keys, err := pass.ReadTrust(v.Keys[0].JWK)
	if err != nil {
		return err
	}
	token, err := status.OpenToken(raw, pass.NewKeyring(keys))
	if err != nil {
		return err
	}
	if token.List.Len() == 0 || token.URI == "" || token.Expires.IsZero() {
		return fmt.Errorf("it reads as %+v", token)
	}
	for i := range raw { // one bit of every byte
		changed := bytes.Clone(raw)
		changed[i] ^= 1
		other, err := status.OpenToken(changed, pass.NewKeyring(keys))
		if err == nil && (other.URI != token.URI || !other.Expires.Equal(token.Expires)) {
			return fmt.Errorf("with byte %d changed it opens as %+v", i, other)
		}
	}
	return nil
}
