// Package storetest holds what every store of a gate must do, as one suite of
// tests, and a small invented world to try stores and gates with.
//
// The keys of a World come from fixed seeds: they are for tests and nothing else.
package storetest

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// Noon is the hour at which a World stands, unless a test says otherwise.
var Noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// URI names the only status list of a World.
const URI = "s:1"

// World is one invented authority with one gate.
type World struct {
	Now      time.Time // snapshots were made twelve minutes before, tests the day before
	Issuer   *pass.Signer
	Holder   *ecdsa.PrivateKey
	Tracing  *ecdh.PrivateKey
	Receipt  ed25519.PrivateKey
	Envelope ed25519.PrivateKey
	Gate     enrol.Identity
	Policy   policy.Policy
}

// NewWorld makes a World whose gate's keys come from seed.
func NewWorld(tb testing.TB, seed byte) *World {
	tb.Helper()
	w := &World{Now: Noon, Receipt: key(2), Envelope: key(3), Policy: policy.Default()}
	w.Policy.Test = &policy.TestRule{Hours: 48, Kinds: []pass.Kind{pass.NucleicAcid}}
	w.Policy.Reentry = 5
	var err error
	if w.Issuer, err = pass.NewSigner("XA", key(1)); err != nil {
		tb.Fatal(err)
	}
	if w.Holder, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 7)); err != nil {
		tb.Fatal(err)
	}
	if w.Tracing, err = ecdh.X25519().NewPrivateKey(bytes.Repeat([]byte{4}, 32)); err != nil {
		tb.Fatal(err)
	}
	code, err := enrol.NewCode("http://127.0.0.1:8443", "East Gate", [32]byte{9}, [16]byte{seed}, Noon.AddDate(0, 0, 1))
	if err != nil {
		tb.Fatal(err)
	}
	if w.Gate, err = enrol.NewIdentity(code, bytes.NewReader(bytes.Repeat([]byte{seed}, 64))); err != nil {
		tb.Fatal(err)
	}
	return w
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

// Trust is the target trust/list.
func (w *World) Trust(tb testing.TB) []byte {
	tb.Helper()
	b, err := snapshot.EncodeTrust(&snapshot.Trust{
		Version: 1, City: map[string]string{"zh": "西安", "en": "Xi'an"},
		Issuers: []snapshot.Issuer{{ID: "XA", Name: "Health Commission", Keys: []pass.Key{
			{ID: w.Issuer.KeyID(), Public: key(1).Public()},
		}}},
		Receipt: []ed25519.PublicKey{w.Receipt.Public().(ed25519.PublicKey)}, Tracing: w.Tracing.PublicKey(),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Content is a version of the only list with n passes: index 0 good, 1 invalid,
// 2 suspended, 3 barred, and so on, all tested the day before Now.
func (w *World) Content(tb testing.TB, version uint64, n int) *snapshot.Content {
	tb.Helper()
	c := &snapshot.Content{
		Version: version, Made: w.Now.Add(-12 * time.Minute), Epoch: w.Now.AddDate(0, 0, -50).Truncate(time.Minute),
		Lists: []snapshot.List{{URI: URI, Entries: make([]status.Entry, n)}},
	}
	for i := range c.Lists[0].Entries {
		test := pass.Test{Kind: pass.NucleicAcid, At: w.Now.Add(-24*time.Hour + time.Duration(version)*time.Minute)}
		e, ok := status.NewEntry(status.Value(i&3), &test, c.Epoch)
		if !ok {
			tb.Fatal("the test does not fit into an entry")
		}
		c.Lists[0].Entries[i] = e
	}
	return c
}

// Opened is what the gate's envelope says, with tag keys from yesterday to the day after tomorrow.
func (w *World) Opened(version uint64) enrol.Envelope {
	e := enrol.Envelope{
		Gate: w.Gate.Gate, Version: version, Made: w.Now.Add(-time.Hour), Place: "East Gate, inner door", Direction: "in",
		Policy: w.Policy.Name, Epochs: map[uint64][]byte{681: bytes.Repeat([]byte{5}, 32)}, TagKeys: map[uint64][]byte{}, Pull: time.Minute,
	}
	for d := -1; d <= 2; d++ {
		e.TagKeys[Day(w.Now)+uint64(d)] = bytes.Repeat([]byte{byte(10 + d)}, 32)
	}
	return e
}

// Day counts days from 1970, UTC.
func Day(t time.Time) uint64 { return uint64(t.Unix()) / (24 * 60 * 60) }

// Seal gives e its wire form.
func (w *World) Seal(tb testing.TB, e enrol.Envelope) []byte {
	tb.Helper()
	b, err := enrol.SealEnvelope(e, w.Gate.Box.PublicKey().Bytes(), w.Envelope)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// Update is a first pull: everything at once, with a snapshot of n passes.
func (w *World) Update(tb testing.TB, version uint64, n int) client.Update {
	tb.Helper()
	rules, err := json.Marshal(w.Policy)
	if err != nil {
		tb.Fatal(err)
	}
	e, c := w.Opened(version), w.Content(tb, version, n)
	return client.Update{
		Metadata: map[string][]byte{"root": []byte("root file"), "timestamp": []byte("timestamp file")},
		Versions: map[string]int64{"root": 1, "timestamp": int64(version)},
		Trust:    w.Trust(tb), Policy: rules, Envelope: w.Seal(tb, e), Opened: &e,
		Content: c, Digest: c.Digest(), Pulled: w.Now,
	}
}

// Claims are those of an ordinary pass with this index.
func (w *World) Claims(index uint64) pass.Claims {
	return pass.Claims{
		Issuer: "XA", ID: fmt.Appendf(nil, "%08d", index), IssuedAt: w.Now.AddDate(0, 0, -10), Expires: w.Now.AddDate(0, 6, 0),
		Status: &pass.StatusRef{URI: URI, Index: index}, Name: "王*", Confirm: &w.Holder.PublicKey,
	}
}

// Pass is the text of an ordinary pass.
func (w *World) Pass(tb testing.TB, index uint64) string {
	tb.Helper()
	return w.SealPass(tb, w.Claims(index))
}

// SealPass is the text of a pass with these claims.
func (w *World) SealPass(tb testing.TB, c pass.Claims) string {
	tb.Helper()
	text, err := pass.Seal(c, w.Issuer)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// Joined enrols the world's gate with s and installs a first pull of n passes.
func (w *World) Joined(tb testing.TB, s Store, n int) {
	tb.Helper()
	if err := s.SaveIdentity(tb.Context(), w.Gate); err != nil {
		tb.Fatal(err)
	}
	if err := s.Install(tb.Context(), w.Update(tb, 1, n)); err != nil {
		tb.Fatal(err)
	}
}

// ReceiptOf is what the hub answers to b.
func (w *World) ReceiptOf(b journal.Batch) journal.Receipt {
	return journal.Receipt{Gate: b.Gate, Chain: b.Chain, Through: b.Last(), Head: b.Head, Time: w.Now}
}
