package protobuf_test

import (
	"encoding/hex"
	"testing"

	"postern/sync/internal/protobuf"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParse(t *testing.T) {
	// 150 and "testing" are the examples of the specification; then a fixed64, a fixed32 and field 1 again.
	fields, err := protobuf.Parse(unhex(t, "089601"+"120774657374696e67"+"190102030405060708"+"2501020304"+"0801"))
	if err != nil {
		t.Fatal(err)
	}
	if f := fields[1]; !f.Varint || f.Number != 1 {
		t.Errorf("field 1 is %+v, want the last one, 1", f)
	}
	if f := fields[2]; f.Varint || string(f.Bytes) != "testing" {
		t.Errorf("field 2 is %+v", f)
	}
	if len(fields[3].Bytes) != 8 || len(fields[4].Bytes) != 4 || len(fields) != 4 {
		t.Errorf("fields are %+v", fields)
	}
	if fields, err := protobuf.Parse(nil); err != nil || len(fields) != 0 {
		t.Errorf("nothing gave %v, %v", fields, err)
	}
}

func TestRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"tag cut": "80", "number 0": "0001", "varint cut": "0880", "varint of 11 bytes": "08ffffffffffffffffffff01",
		"length cut": "1280", "string cut": "120774", "fixed64 cut": "1901", "fixed32 cut": "2501",
		"group": "0b", "type 7": "0f", "huge length": "12ffffffffffffffff7f",
	} {
		if fields, err := protobuf.Parse(unhex(t, s)); err == nil {
			t.Errorf("%s: gave %v", name, fields)
		}
	}
}
