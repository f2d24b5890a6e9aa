package pass

import (
	"encoding/hex"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

func fromHex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTicketFields(t *testing.T) {
	// 150 and "testing" are the examples of the specification; then a fixed64, a fixed32 and field 1 again.
	fields, err := ticketFields(fromHex(t, "089601"+"120774657374696e67"+"190102030405060708"+"2501020304"+"0801"))
	if err != nil {
		t.Fatal(err)
	}
	if f := fields[1]; f.kind != protowire.VarintType || f.number != 1 {
		t.Errorf("field 1 is %+v, want the last one, 1", f)
	}
	if f := fields[2]; f.kind != protowire.BytesType || string(f.bytes) != "testing" {
		t.Errorf("field 2 is %+v", f)
	}
	if len(fields[3].bytes) != 8 || len(fields[4].bytes) != 4 || len(fields) != 4 {
		t.Errorf("fields are %+v", fields)
	}
	if fields, err := ticketFields(nil); err != nil || len(fields) != 0 {
		t.Errorf("nothing gave %v, %v", fields, err)
	}
}

func TestTicketFieldsRefuses(t *testing.T) {
	for name, s := range map[string]string{
		"tag cut": "80", "number 0": "0001", "varint cut": "0880", "varint of 11 bytes": "08ffffffffffffffffffff01",
		"length cut": "1280", "string cut": "120774", "fixed64 cut": "1901", "fixed32 cut": "2501",
		"group": "0b", "type 7": "0f", "huge length": "12ffffffffffffffff7f",
		"whole group": "0b0c", "end of a group": "0c", "number 2^29": "808080801001", "varint of 65 bits": "08ffffffffffffffffff02",
	} {
		if fields, err := ticketFields(fromHex(t, s)); err == nil {
			t.Errorf("%s: gave %v", name, fields)
		}
	}
}
