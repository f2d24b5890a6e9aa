package status_test

import (
	"bytes"
	"crypto/sha256"
	"math/rand"
	"testing"
	"time"

	"postern/sync/status"
)

func TestHashesAreThoseOfTheSpecification(t *testing.T) {
	half := func(s string) (h status.Hash) {
		sum := sha256.Sum256([]byte(s))
		copy(h[:], sum[:16])
		return h
	}
	if status.HashUCI("URN:UVCI:01:XX:1#A") != half("URN:UVCI:01:XX:1#A") {
		t.Error("UCI")
	}
	if status.HashCountryUCI("XX", "URN:UVCI:01:XX:1#A") != half("XXURN:UVCI:01:XX:1#A") {
		t.Error("COUNTRYCODEUCI")
	}
	if status.HashSignature([]byte("rrrrssss"), true) != half("rrrr") || status.HashSignature([]byte("rrrrssss"), false) != half("rrrrssss") {
		t.Error("SIGNATURE")
	}
	if status.HashSignature(nil, true) != half("") {
		t.Error("no signature")
	}
}

func TestHashList(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	var in, out []status.Hash
	for i := range 2000 {
		var h status.Hash
		rng.Read(h[:])
		if i%2 == 0 {
			in = append(in, h, h)
		} else {
			out = append(out, h)
		}
	}
	l, err := status.ParseHashList(status.NewHashList(in).Bytes())
	if err != nil || len(l.Bytes()) != 1000*status.HashSize {
		t.Fatalf("%d bytes of hashes, %v", len(l.Bytes()), err)
	}
	for _, h := range in {
		if !l.Has(h) {
			t.Fatalf("%x is missing", h)
		}
	}
	for _, h := range out {
		if l.Has(h) {
			t.Fatalf("%x is not revoked", h)
		}
	}
	if (*status.HashList)(nil).Has(in[0]) || status.NewHashList(nil).Has(in[0]) {
		t.Error("an empty list revokes")
	}
	b := bytes.Clone(l.Bytes())
	for name, bad := range map[string][]byte{
		"cut": b[:len(b)-1], "out of order": append(bytes.Clone(b[16:32]), b[:16]...), "repeated": append(bytes.Clone(b[:16]), b[:16]...),
	} {
		if _, err := status.ParseHashList(bad); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func TestRidList(t *testing.T) {
	at := time.Unix(1700000000, 0)
	l, err := status.NewRidList([]string{"revoked", "older.1700000000", "two.1500000000", "two.1700000000", "both.5", "both", "abcdefghijklmnopqrstuvwx"})
	if err != nil {
		t.Fatal(err)
	}
	if l, err = status.ParseRidList(l.Bytes()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		rid    string
		issued time.Time
		want   bool
	}{
		{"revoked", at, true},
		{"revoked", at.AddDate(50, 0, 0), true},
		{"older", at.Add(-time.Nanosecond), true},
		{"older", at.Add(-time.Minute), true},
		{"older", at, false},
		{"older", at.Add(time.Minute), false},
		{"two", at.Add(-time.Second), true},
		{"two", at, false},
		{"both", at, true},
		{"abcdefghijklmnopqrstuvwx", at, true},
		{"abcdefghijklmnopqrstuvw", at, false},
		{"revoke", at, false},
		{"revoked2", at, false},
		{"zzz", at, false},
		{"", at, false},
		{"abcdefghijklmnopqrstuvwxy", at, false},
		{"older", time.Time{}, true},
	} {
		if got := l.Revokes(c.rid, c.issued); got != c.want {
			t.Errorf("%q issued %s: revoked is %v", c.rid, c.issued, got)
		}
	}
	if (*status.RidList)(nil).Revokes("revoked", at) {
		t.Error("no list revokes")
	}
	for _, bad := range []string{"", "a b", "a!b", "abcdefghijklmnopqrstuvwxy", "a.", "a.x", "a.-1", "a.1.2", ".1"} {
		if _, err := status.NewRidList([]string{bad}); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, err := status.ParseRidList(append(bytes.Clone(l.Bytes()[32:64]), l.Bytes()[:32]...)); err == nil {
		t.Error("a list out of order was taken")
	}
}
