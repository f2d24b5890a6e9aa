package authority_test

import (
	"errors"
	"testing"
	"time"

	"postern/sync/authority"
	"postern/sync/enrol"
)

// TestGatePIN: a PIN reaches the gate in its envelope, sealed, and can be
// changed and taken away.
func TestGatePIN(t *testing.T) {
	a, dir := mustCreate(t)
	code, err := a.Gates.Add(t.Context(), authority.NewGate{
		Hub: "http://hub.example", Place: "南门", Policy: "residential", Direction: "in", PIN: "140922", Expiry: now.Add(time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	id, request := requestOf(t, code)
	_, sealed, err := a.Gates.Countersign(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	opens := func(sealed []byte) enrol.Envelope {
		t.Helper()
		e, err := enrol.OpenEnvelope(sealed, mustVerify(t, dir+"/repository").key, id)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	mustPublish(t, a)
	if e := opens(sealed); !e.PIN.Matches("140922") || e.Direction != "in" {
		t.Errorf("envelope %+v", e)
	}
	for _, digits := range []string{"271828", ""} {
		if err := a.Gates.SetPIN(t.Context(), code.GateID(), digits); err != nil {
			t.Fatal(err)
		}
		if err := a.Gates.SetDirection(t.Context(), code.GateID(), "both"); err != nil {
			t.Fatal(err)
		}
		if _, sealed, err = a.Gates.Countersign(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		if e := opens(sealed); e.PIN.Matches("140922") || (digits != "") != e.PIN.Matches("271828") || (e.PIN == nil) != (digits == "") || e.Direction != "both" {
			t.Errorf("with %q: envelope %+v", digits, e)
		}
	}
	if err := a.Gates.SetPIN(t.Context(), code.GateID(), "123"); !errors.Is(err, enrol.ErrPIN) {
		t.Errorf("three digits: %v", err)
	}
	if err := a.Gates.SetPIN(t.Context(), "0011223344556677", "140922"); !errors.Is(err, authority.ErrNoGate) {
		t.Errorf("no gate: %v", err)
	}
	if err := a.Gates.SetDirection(t.Context(), code.GateID(), "up"); err == nil {
		t.Error("a gate goes up")
	}
}
