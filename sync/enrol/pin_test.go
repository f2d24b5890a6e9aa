package enrol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"postern/sync/enrol"
)

func mustPIN(t testing.TB, digits string) *enrol.PIN {
	t.Helper()
	p, err := enrol.NewPIN(digits, bytes.NewReader(bytes.Repeat([]byte{3}, 16)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPIN(t *testing.T) {
	p := mustPIN(t, "140922")
	for digits, want := range map[string]bool{
		"140922": true, "140923": false, "1409220": false, "": false, "14092": false, "14092２": false, strings.Repeat("1", 1<<20): false,
	} {
		if p.Matches(digits) != want {
			t.Errorf("%.20q matches: %v", digits, !want)
		}
	}
	if (*enrol.PIN)(nil).Matches("140922") {
		t.Error("no PIN matches one")
	}
	for _, digits := range []string{"", "12345", "000000", "12a456", "-12345", strings.Repeat("12", 17)} {
		if _, err := enrol.NewPIN(digits, bytes.NewReader(make([]byte, 16))); !errors.Is(err, enrol.ErrPIN) {
			t.Errorf("%q: %v", digits, err)
		}
	}
}

// TestPINCost: what an envelope asks beyond the bounds is neither taken nor computed.
func TestPINCost(t *testing.T) {
	i := mustIdentity(t, 1)
	good := envelope(i.Gate)
	good.PIN = mustPIN(t, "140922")
	b, err := enrol.SealEnvelope(good, i.Box.PublicKey().Bytes(), signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := enrol.OpenEnvelope(b, public, i)
	if err != nil || !reflect.DeepEqual(got, good) || !got.PIN.Matches("140922") {
		t.Fatalf("opened %+v, %v", got, err)
	}
	kept, err := json.Marshal(got) // as a gate keeps it
	if err != nil {
		t.Fatal(err)
	}
	var again enrol.Envelope
	if err := json.Unmarshal(kept, &again); err != nil || !again.PIN.Matches("140922") {
		t.Errorf("kept %s, %v", kept, err)
	}
	for name, bend := range map[string]func(*enrol.PIN){
		"no passes":         func(p *enrol.PIN) { p.Time = 0 },
		"many passes":       func(p *enrol.PIN) { p.Time = 1 << 31 },
		"4 TiB":             func(p *enrol.PIN) { p.Memory = 1<<32 - 1 },
		"a KiB beyond":      func(p *enrol.PIN) { p.Memory = enrol.MaxPINMemory + 1 },
		"no memory":         func(p *enrol.PIN) { p.Memory = 0 },
		"no threads":        func(p *enrol.PIN) { p.Threads = 0 },
		"many threads":      func(p *enrol.PIN) { p.Threads = 255 },
		"no salt":           func(p *enrol.PIN) { p.Salt = nil },
		"half a hash":       func(p *enrol.PIN) { p.Sum = p.Sum[:16] },
		"a hash of nothing": func(p *enrol.PIN) { p.Sum = []byte{} },
	} {
		e := good
		pin := *good.PIN
		bend(&pin)
		e.PIN = &pin
		if pin.Matches("140922") {
			t.Errorf("%s: it matches", name)
		}
		if _, err := enrol.SealEnvelope(e, i.Box.PublicKey().Bytes(), signer); err == nil {
			t.Errorf("%s: it was sealed", name)
		}
	}
}

func BenchmarkPIN(b *testing.B) {
	p := mustPIN(b, "140922")
	for b.Loop() {
		p.Matches("140923")
	}
}
