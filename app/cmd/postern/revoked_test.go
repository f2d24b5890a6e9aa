package main

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/app/gate"
	"postern/app/store"
	"postern/sync/authority"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

// The names of the invented issuers of these tests.
const (
	stateCode = "XF"
	cardsURL  = "https://health.example/issuer"
)

// abroad is a city with a hub and one gate, and two other issuers: a state and a maker of health cards.
type abroad struct {
	t     *testing.T
	now   time.Time
	hub   *demoHub
	dir   string // of the gate
	store *store.Store
	gate  enrol.Identity
	state *ecdsa.PrivateKey
	rsa   *rsa.PrivateKey
	cards *ecdsa.PrivateKey
}

func newAbroad(t *testing.T) *abroad {
	a := &abroad{t: t, now: time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)}
	dir := t.TempDir()
	clock := func() time.Time { return a.now }
	var err error
	a.hub, err = newDemoHub(filepath.Join(dir, "hub"), clock)
	a.must(err)
	a.hub.city, err = authority.Create(t.Context(), filepath.Join(dir, "authority"), authority.Options{
		City: map[string]string{"en": "Sample"}, Issuer: "EX", ReceiptKey: []ed25519.PublicKey{a.hub.receipt.Public().(ed25519.PublicKey)},
		Passphrase: authority.Phrase("a test keeps no secrets"), WorkFactor: 4, Now: clock, Zone: time.UTC,
	})
	a.must(err)
	t.Cleanup(func() { a.hub.city.Close() })
	a.makeIssuers()
	a.publish()
	a.must(a.hub.start(t.Context()))
	t.Cleanup(func() { a.must(a.hub.stop()) })
	a.enrol(filepath.Join(dir, "gate"))
	return a
}

func (a *abroad) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

func (a *abroad) makeIssuers() {
	var err error
	a.state, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.must(err)
	a.cards, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.must(err)
	a.rsa, err = rsa.GenerateKey(rand.Reader, 2048)
	a.must(err)
	_, _, err = a.hub.city.Trust.Import(a.t.Context(), []authority.ForeignKeys{
		{Issuer: stateCode, Keys: []pass.Key{{ID: []byte("state"), Public: a.state.Public()}, {ID: []byte("rsa"), Public: a.rsa.Public()}}},
		{Issuer: cardsURL, Keys: []pass.Key{{ID: []byte("cards"), Public: a.cards.Public(), Format: pass.SHC}}},
	})
	a.must(err)
}

func (a *abroad) publish() {
	a.t.Helper()
	_, err := a.hub.city.Publish(a.t.Context())
	a.must(err)
	a.must(a.hub.city.Export(a.t.Context(), a.hub.files()))
}

func (a *abroad) enrol(dir string) {
	code, err := a.hub.city.Gates.Add(a.t.Context(), authority.NewGate{Hub: a.hub.url(), Place: "border", Policy: "metro", Direction: "both", Expiry: a.now.Add(time.Hour)})
	a.must(err)
	a.gate, err = enrol.NewIdentity(code, rand.Reader)
	a.must(err)
	_, err = client.Enrol(a.t.Context(), http.DefaultClient, code, a.gate)
	a.must(err)
	a.dir = dir
	a.store, err = store.Open(a.t.Context(), dir, store.Options{Now: func() time.Time { return a.now }})
	a.must(err)
	a.t.Cleanup(func() { a.store.Close() })
	a.must(a.store.SaveIdentity(a.t.Context(), a.gate))
}

// policy makes the gate's place ask what bend says.
func (a *abroad) policy(bend func(*policy.Policy)) {
	p := policy.Default()
	p.Name = "metro"
	bend(&p)
	b, err := json.Marshal(p)
	a.must(err)
	a.must(a.hub.city.Policies.Set(a.t.Context(), b))
}

// pulls publishes, a minute later, and brings the gate to it.
func (a *abroad) pulls() client.Result {
	a.t.Helper()
	a.now = a.now.Add(time.Minute)
	a.publish()
	r, err := (&client.Client{Identity: a.gate, Store: a.store, Now: func() time.Time { return a.now }}).Pull(context.Background())
	a.must(err)
	return r
}

func (a *abroad) imports(file any, issuer string) {
	a.t.Helper()
	b, raw := file.([]byte)
	if !raw {
		var err error
		b, err = json.Marshal(file)
		a.must(err)
	}
	err := a.hub.city.Revoked.Import(a.t.Context(), issuer, b)
	a.must(err)
}

func (a *abroad) wants(text string, want verdict.Reason) verdict.Verdict {
	a.t.Helper()
	v, why := gate.Judge(a.store, text, verdict.Clock{Now: a.now})
	if v.Reason != want || v.Outcome != want.Outcome() {
		a.t.Errorf("the gate says %s, %s (%v), want %s", v.Outcome, v.Reason, why, want)
	}
	return v
}

func (a *abroad) cbor(v any) []byte {
	mode, err := cbor.CanonicalEncOptions().EncMode()
	a.must(err)
	b, err := mode.Marshal(v)
	a.must(err)
	return b
}

// cose signs a payload with the state's key, or with its RSA key.
func (a *abroad) cose(header map[any]any, payload any, byRSA bool) []byte {
	kid := "state"
	if header[1] = -7; byRSA {
		header[1], kid = -37, "rsa"
	}
	protected, body := a.cbor(header), a.cbor(payload)
	digest := sha256.Sum256(a.cbor([]any{"Signature1", protected, []byte{}, body}))
	signature := a.sign(a.state, digest[:])
	if byRSA {
		var err error
		signature, err = rsa.SignPSS(rand.Reader, a.rsa, crypto.SHA256, digest[:], &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		a.must(err)
	}
	return a.cbor(cbor.Tag{Number: 18, Content: []any{protected, map[any]any{4: []byte(kid)}, body, signature}})
}

func (a *abroad) sign(key *ecdsa.PrivateKey, digest []byte) []byte {
	r, s, err := ecdsa.Sign(rand.Reader, key, digest)
	a.must(err)
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

// certificate is an EU certificate with this identifier; status is its claim 65535, nil for none.
func (a *abroad) certificate(uci string, status any, byRSA bool) string {
	claims := map[any]any{1: stateCode, 4: a.now.AddDate(0, 6, 0).Unix(), 6: a.now.Add(-time.Hour).Unix(), -260: map[any]any{1: map[any]any{
		"ver": "1.3.0", "dob": "1990-01-01", "nam": map[any]any{"fn": "Muster", "gn": "Erika"},
		"v": []any{map[any]any{"ci": uci, "co": stateCode, "dt": "2026-09-01", "dn": 2, "sd": 2, "tg": "840539006"}},
	}}}
	if status != nil {
		claims[65535] = status
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, err := w.Write(a.cose(map[any]any{}, claims, byRSA))
	a.must(err)
	a.must(w.Close())
	return "HC1:" + base45(packed.Bytes())
}

func base45(b []byte) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	var s strings.Builder
	for ; len(b) > 0; b = b[min(2, len(b)):] {
		n, digits := int(b[0]), 2
		if len(b) > 1 {
			n, digits = n<<8|int(b[1]), 3
		}
		for range digits {
			s.WriteByte(letters[n%45])
			n /= 45
		}
	}
	return s.String()
}

// card is a SMART Health Card with this rid, issued at a time.
func (a *abroad) card(rid string, issued time.Time) string {
	payload, err := json.Marshal(map[string]any{"iss": cardsURL, "nbf": issued.Unix(), "vc": map[string]any{
		"type": []string{"https://smarthealth.cards#health-card"}, "rid": rid,
		"credentialSubject": map[string]any{"fhirVersion": "4.0.1", "fhirBundle": map[string]any{"resourceType": "Bundle", "entry": []any{}}},
	}})
	a.must(err)
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, 9)
	a.must(err)
	_, err = w.Write(payload)
	a.must(err)
	a.must(w.Close())
	signed := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"ES256","zip":"DEF","kid":"cards"}`)) + "." + base64.RawURLEncoding.EncodeToString(packed.Bytes())
	digest := sha256.Sum256([]byte(signed))
	signed += "." + base64.RawURLEncoding.EncodeToString(a.sign(a.cards, digest[:]))
	var digits strings.Builder
	for _, c := range signed {
		fmt.Fprintf(&digits, "%02d", c-'-')
	}
	return "shc:/" + digits.String()
}

// token is the state's status list of some bits an entry, packed.
func (a *abroad) token(uri string, bits int, packed []byte, claims map[any]any) []byte {
	var lst bytes.Buffer
	w := zlib.NewWriter(&lst)
	_, err := w.Write(packed)
	a.must(err)
	a.must(w.Close())
	all := map[any]any{2: uri, 6: a.now.Unix(), 65533: map[any]any{"bits": bits, "lst": lst.Bytes()}}
	for k, v := range claims {
		all[k] = v
	}
	return a.cose(map[any]any{16: "application/statuslist+cwt"}, all, false)
}

func (a *abroad) batch(hashType string, hashes ...status.Hash) map[string]any {
	var entries []any
	for _, h := range hashes {
		entries = append(entries, map[string]any{"hash": base64.StdEncoding.EncodeToString(h[:])})
	}
	return map[string]any{"country": stateCode, "kid": "UNKNOWN_KID", "hashType": hashType, "expires": a.now.AddDate(0, 1, 0).Format(time.RFC3339), "entries": entries}
}

// listed names the place of a pass in a status list.
func listed(uri string, index int) any {
	return map[any]any{"status_list": map[any]any{"idx": index, "uri": uri}}
}

func (a *abroad) signatureOf(text string) []byte {
	p, err := pass.Open(text, a.store.View().Keys)
	a.must(err)
	return p.Signature()
}

// TestRevokedAbroad goes the whole way, from an issuer's file to a guard's
// red cross: import, publish, pull, look-up in the gate's database.
func TestRevokedAbroad(t *testing.T) {
	a := newAbroad(t)
	a.policy(func(*policy.Policy) {})
	a.pulls()
	byUCI, byCountry := a.certificate("URN:UVCI:01:XF:1#A", nil, false), a.certificate("URN:UVCI:01:XF:2#B", nil, false)
	bySignature, byRSA := a.certificate("URN:UVCI:01:XF:3#C", nil, false), a.certificate("URN:UVCI:01:XF:4#D", nil, true)
	good := a.certificate("URN:UVCI:01:XF:5#E", nil, false)
	before := time.Unix(1790000000, 0)
	old, young, always := a.card("suffix", before.Add(-time.Second)), a.card("suffix", before), a.card("always", before.AddDate(0, 0, 30))
	goodCard := a.card("other", before)
	all := []string{byUCI, byCountry, bySignature, byRSA, good, old, young, always, goodCard}
	for _, text := range all {
		a.wants(text, verdict.OK)
	}

	a.imports(a.batch("UCI", status.HashUCI("URN:UVCI:01:XF:1#A")), "")
	a.imports([]any{
		a.batch("COUNTRYCODEUCI", status.HashCountryUCI(stateCode, "URN:UVCI:01:XF:2#B")),
		a.batch("SIGNATURE", status.HashSignature(a.signatureOf(bySignature), true), status.HashSignature(a.signatureOf(byRSA), false)),
	}, "")
	a.imports(map[string]any{"kid": "cards", "method": "rid", "ctr": 3, "rids": []string{"always", "suffix.1790000000"}}, cardsURL)
	for _, text := range all {
		a.wants(text, verdict.OK) // nothing reaches a gate before it is published
	}
	a.pulls()
	revoked := []string{byUCI, byCountry, bySignature, byRSA, old, always}
	check := func() {
		t.Helper()
		for _, text := range revoked {
			a.wants(text, verdict.Revoked)
		}
		for _, text := range []string{good, young, goodCard} {
			a.wants(text, verdict.OK)
		}
	}
	check()

	// A version without new lists brings none, and the gate keeps those that it has, in its new file too.
	if r := a.pulls(); !r.New || r.Files != 1 {
		t.Errorf("the next pull brought %+v; lists that are the same must not come again", r)
	}
	check()
	a.must(a.store.Close())
	var err error
	a.store, err = store.Open(t.Context(), a.dir, store.Options{Now: func() time.Time { return a.now }})
	a.must(err)
	check()

	// What was withdrawn is revoked no longer.
	lists, err := a.hub.city.Revoked.All(t.Context())
	a.must(err)
	var gone []status.Head
	for _, l := range lists {
		gone = append(gone, l.Head)
	}
	a.must(a.hub.city.Revoked.Withdraw(t.Context(), gone))
	a.pulls()
	for _, text := range all {
		a.wants(text, verdict.OK)
	}
}

// TestStatusListAbroad: passes that name a place in their issuer's signed status list.
func TestStatusListAbroad(t *testing.T) {
	a := newAbroad(t)
	a.policy(func(*policy.Policy) {})
	a.pulls()
	const uri = "https://state.example/lists/"
	for bits, packed := range map[int][]byte{1: {0b0000_0010}, 2: {0b11_10_01_00}, 4: {0x10, 0xf2}, 8: {0, 1, 2, 0x0b}} {
		a.imports(a.token(fmt.Sprint(uri, bits), bits, packed, nil), "")
	}
	big := make([]byte, status.MaxTokenList)
	big[len(big)-1] = 1 << 7
	a.imports(a.token(uri+"big", 1, big, nil), stateCode)
	place := func(list string, index int) string { return a.certificate("", listed(uri+list, index), false) }
	a.wants(place("1", 1), verdict.NoStatus) // not here yet: Unknown, and never good
	a.pulls()
	for _, c := range []struct {
		list  string
		index int
		want  verdict.Reason
	}{
		{"1", 0, verdict.OK},
		{"1", 1, verdict.Revoked},
		{"1", 7, verdict.OK},
		{"1", 8, verdict.NoStatus},
		{"2", 0, verdict.OK},
		{"2", 1, verdict.Revoked},
		{"2", 2, verdict.SuspendedPass},
		{"2", 3, verdict.NoStatus}, // the issuer's own type
		{"4", 0, verdict.OK},
		{"4", 1, verdict.Revoked},
		{"4", 2, verdict.SuspendedPass},
		{"4", 3, verdict.NoStatus},
		{"8", 1, verdict.Revoked},
		{"8", 2, verdict.SuspendedPass},
		{"8", 3, verdict.NoStatus},
		{"8", 4, verdict.NoStatus},
		{"big", len(big)*8 - 1, verdict.Revoked},
		{"big", len(big)*8 - 2, verdict.OK},
		{"big", 5_000_000, verdict.OK},
		{"big", len(big) * 8, verdict.NoStatus},
		{"other", 0, verdict.NoStatus},
	} {
		t.Run(fmt.Sprint(c.list, " ", c.index), func(t *testing.T) { a.wants(place(c.list, c.index), c.want) })
	}
	if err := a.hub.city.Revoked.Import(t.Context(), "", a.token(uri+"huge", 1, make([]byte, status.MaxTokenList+1), nil)); err == nil {
		t.Error("a list that inflates to more than 2 MiB was imported")
	}
	forged := a.token(uri+"1", 1, []byte{0}, nil)
	forged[len(forged)-1] ^= 1
	if err := a.hub.city.Revoked.Import(t.Context(), "", forged); err == nil {
		t.Error("a list that nobody signed was imported")
	}
}

// TestListsThatEndOrLack: what a policy makes of lists whose word has ended or that are not here.
func TestListsThatEndOrLack(t *testing.T) {
	a := newAbroad(t)
	const uri = "https://state.example/lists/short"
	good, revoked := a.certificate("", listed(uri, 0), false), a.certificate("", listed(uri, 1), false)
	exp := a.now.Add(24 * time.Hour)
	a.policy(func(*policy.Policy) {})
	a.imports(a.token(uri, 1, []byte{0b10}, map[any]any{4: exp.Unix(), 65534: 60}), "")
	a.pulls()
	a.wants(good, verdict.OK) // past ttl, which asks for a newer list and ends nothing
	a.now = exp.Add(-time.Second)
	a.wants(good, verdict.OK)
	a.now = exp
	v := a.wants(good, verdict.ListOver)
	if v.Outcome != verdict.Unknown || !v.Detail.At.Equal(exp) {
		t.Errorf("%s, %+v", v.Outcome, v.Detail)
	}
	a.wants(revoked, verdict.Revoked) // who was revoked stays so

	a.policy(func(p *policy.Policy) {
		p.Lists = &policy.ListRule{Over: policy.Check, Formats: []pass.Format{pass.SHC}}
	})
	a.pulls()
	a.wants(good, verdict.ListOverCheck)
	card := a.card("one", a.now.AddDate(0, 0, -1))
	a.wants(card, verdict.ListMissing)
	a.imports(map[string]any{"kid": "cards", "method": "rid", "ctr": 1, "rids": []string{}}, cardsURL)
	a.pulls()
	a.wants(card, verdict.OK) // an empty list is a list
	a.policy(func(p *policy.Policy) {
		p.Lists = &policy.ListRule{Over: policy.Admit, Formats: []pass.Format{pass.HCERT}, Missing: policy.Check}
	})
	a.pulls()
	a.wants(good, verdict.OK)
	a.wants(a.certificate("URN:UVCI:01:XF:9", nil, false), verdict.ListMissingCheck)
}
