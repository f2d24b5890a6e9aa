package cose_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"postern/sync/internal/cose"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Examples of RFC 8949 appendix A, and forms that issuers use besides.
func TestValue(t *testing.T) {
	for s, want := range map[string]any{
		"00": 0., "17": 23., "1818": 24., "1903e8": 1000., "1b000000e8d4a51000": 1e12, "20": -1., "3863": -100.,
		"1800": 0., "1b0000000000000001": 1.,
		"f90000": 0., "f93c00": 1., "f93e00": 1.5, "f97bff": 65504., "f90001": 5.960464477539063e-8, "f9c400": -4.,
		"fa47c35000": 100000., "fb3ff199999999999a": 1.1,
		"f4": false, "f5": true, "f6": nil, "f7": nil,
		"6449455446": "IETF", "62c3bc": "ü", "60": "", "4401020304": []byte{1, 2, 3, 4},
		"5f42010243030405ff": []byte{1, 2, 3, 4, 5}, "7f657374726561646d696e67ff": "streaming",
		"83010203": []any{1., 2., 3.}, "9f018202039f0405ffff": []any{1., []any{2., 3.}, []any{4., 5.}}, "80": []any{},
		"a201020304":           map[string]any{"1": 2., "3": 4.},
		"a1613102":             map[string]any{"1": 2.},
		"bf61610161629f0203ff": nil, // cut
		"bf6161019f":           nil,
		"a13901030a":           map[string]any{"-260": 10.},
		"c074323031332d30332d32315432303a30343a30305a": "2013-03-21T20:04:00Z",
		"c11a514b67b0": 1363896240.,
	} {
		got, err := cose.Value(unhex(t, s))
		if want == nil && s[0] == 'b' {
			if err == nil {
				t.Errorf("%s: cut short, gave %v", s, got)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: gave %#v, %v, want %#v", s, got, err, want)
		}
	}
}

func TestValueRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"nothing": "", "trailing": "0000", "key twice": "a201020103", "key twice, 1 and its digit": "a20102613103",
		"key of bytes": "a14101", "key of array": "a1800a", "key true": "a1f50a", "not UTF-8": "61ff",
		"not UTF-8 in pieces": "7f61c361bcff", "text in bytes": "5f6161ff", "nested pieces": "5f5f4101ffff",
		"break alone": "ff", "array without break": "9f01", "odd map": "bf01ff", "long length": "5affffffff", "long array": "9affffffff",
		"long map": "baffffffff", "infinity": "f97c00", "NaN": "f97e00", "double NaN": "fb7ff8000000000000",
		"simple 255": "f8ff", "indefinite integer": "1f", "reserved": "1c", "deep arrays": strings.Repeat("81", 17) + "00",
		"deep tags": strings.Repeat("c1", 17) + "00", "huge negative key": "a13bffffffffffffffff00",
	} {
		if got, err := cose.Value(unhex(t, s)); err == nil {
			t.Errorf("%s: %s gave %v", name, s, got)
		}
	}
}

// What is deterministic reads as the strict decoder reads it; what reads at
// all has a JSON form but for its bytes.
func FuzzValue(f *testing.F) {
	for _, s := range []string{"a201020304", "9f018202039f0405ffff", "7f657374726561646d696e67ff", "f97bff", "c11a514b67b0", "a10141ff"} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := cose.Value(b)
		if err != nil {
			return
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("%x reads as %#v, which has no JSON form: %v", b, got, err)
		}
		if cose.Deterministic(b) != nil {
			return
		}
		var strict any
		if err := cose.Decoding.Unmarshal(b, &strict); err != nil {
			t.Fatalf("%x: %v", b, err)
		}
		if loose := fmt.Sprintf("%T", got); loose == "[]uint8" != (fmt.Sprintf("%T", strict) == "[]uint8") {
			t.Fatalf("%x reads as %s and as %T", b, loose, strict)
		}
	})
}
