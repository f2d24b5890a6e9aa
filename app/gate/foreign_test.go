package gate_test

import (
	"crypto/ed25519"
	"testing"

	"postern/app/gate"
	"postern/app/store/storetest"
	"postern/sync/client"
	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
	"postern/sync/verdict"
)

// TestAnotherCitysList: two cities call their lists s:1. What ours says about
// index 1 is about our passes, and what theirs says about theirs.
func TestAnotherCitysList(t *testing.T) {
	key := ed25519.NewKeyFromSeed(append(make([]byte, 31), 9))
	theirs, err := pass.NewSigner("XB", key)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.installs(2, func(u *client.Update) {
		trust, err := snapshot.ParseTrust(u.Trust)
		if err != nil {
			t.Fatal(err)
		}
		trust.Issuers = append(trust.Issuers, snapshot.Issuer{ID: "XB", Name: "Other City", Keys: []pass.Key{{ID: theirs.KeyID(), Public: key.Public()}}})
		if u.Trust, err = snapshot.EncodeTrust(trust); err != nil {
			t.Fatal(err)
		}
	})
	at := func(index uint64) string {
		c := r.world.Claims(index)
		c.Issuer = "XB"
		c.Tests = []pass.Test{{Kind: pass.NucleicAcid, At: r.now.Add(-3600e9)}}
		text, err := pass.Seal(c, theirs)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	judges := func(index uint64, want verdict.Reason) {
		t.Helper()
		v, _ := gate.Judge(r.store, at(index), verdict.Clock{Now: r.now})
		r.wants(v, want)
	}
	judges(0, verdict.NoStatus) // ours says good
	judges(1, verdict.NoStatus) // ours says revoked
	lists := snapshot.Foreign{{Head: status.Head{Issuer: "XB", Kind: status.Tokens, Name: storetest.URI, Bits: 1, Size: 1}, Data: []byte{0b01}}}
	if err := r.store.Install(t.Context(), storetest.WithForeign(client.Update{}, lists)); err != nil {
		t.Fatal(err)
	}
	judges(0, verdict.Revoked)
	judges(1, verdict.OK)
}
