package pass_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"testing"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
)

func TestPresentation(t *testing.T) {
	holder := p256Key(t)
	keys := trusted(t, rfcKey().Public())
	paper := seal(t, fullClaims(&holder.PublicKey), rfcKey())
	at := issuedAt.Add(90 * time.Minute)
	text, err := pass.Present(paper+"\r\n", holder, at.Add(300*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	p := mustOpen(t, text+"\n", keys)
	if !p.Presented.Equal(at) {
		t.Errorf("presented at %s, want %s", p.Presented, at)
	}
	if !equalClaims(p.Claims, fullClaims(&holder.PublicKey)) {
		t.Errorf("came back as %+v", p.Claims)
	}
	if string(p.Identity()) != string(mustOpen(t, paper, keys).Identity()) {
		t.Error("presented and on paper, the pass has two identities")
	}
	wantError(t, text, nil, pass.ErrNoKey)
	wantError(t, text, trusted(t, p256Key(t).Public()), pass.ErrNoKey)
}

// Whichever of the three algorithms the issuer signed with, the holder can
// present the pass; the holder's own is ES256.
func TestPresentationOfEveryAlgorithm(t *testing.T) {
	holder, ec := p256Key(t), p256Key(t)
	payload := message(t, seal(t, fullClaims(&holder.PublicKey), rfcKey()))
	inner, err := cose.Parse(payload)
	if err != nil {
		t.Fatal(err)
	}
	protected := encode(t, map[int]any{1: cose.Ed25519, 4: inner.KeyID})
	signature := ed25519.Sign(rfcKey(), encode(t, []any{"Signature1", protected, []byte{}, inner.Payload}))
	renamed := encode(t, []any{protected, map[int]any{}, inner.Payload, signature})
	for name, c := range map[string]struct {
		pass   []byte
		issuer crypto.PublicKey
	}{
		"EdDSA":   {payload, rfcKey().Public()},
		"Ed25519": {renamed, rfcKey().Public()},
		"ES256":   {message(t, seal(t, fullClaims(&holder.PublicKey), ec)), ec.Public()},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := pass.Present("PP1:"+base45.Encode(c.pass), holder, issuedAt)
			if err != nil {
				t.Fatal(err)
			}
			p := mustOpen(t, text, trusted(t, c.issuer))
			if !p.Presented.Equal(issuedAt) || !p.Confirm.Equal(&holder.PublicKey) {
				t.Errorf("presented as %+v", p)
			}
		})
	}
	// Who holds an Ed25519 key cannot present: cnf is on P-256.
	outer, err := cose.Sign(rfcKey(), nil, encode(t, map[int]any{6: 1795824000, -70003: payload}))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, "PH1:"+base45.Encode(outer), trusted(t, rfcKey().Public()), pass.ErrForged)
}

func TestPresentRefuses(t *testing.T) {
	holder := p256Key(t)
	bound := seal(t, fullClaims(&holder.PublicKey), rfcKey())
	again, err := pass.Present(bound, holder, issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text   string
		holder *ecdsa.PrivateKey
		at     time.Time
	}{
		"another holder":  {bound, p256Key(t), issuedAt},
		"no holder":       {bound, nil, issuedAt},
		"pass on paper":   {seal(t, fullClaims(nil), rfcKey()), holder, issuedAt},
		"a presentation":  {again, holder, issuedAt},
		"not base45":      {"PP1:abc", holder, issuedAt},
		"not a message":   {"PP1:BB8", holder, issuedAt},
		"no time":         {bound, holder, time.Time{}},
		"time after 9999": {bound, holder, time.Unix(253402300800, 0)},
		"foreign":         {"https://example.org", holder, issuedAt},
		"broken claims":   {signedPayload(t, []byte{0}), holder, issuedAt},
	} {
		if text, err := pass.Present(c.text, c.holder, c.at); err == nil || text != "" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// show is a PH1: text of any payload, signed by any key.
func show(t *testing.T, holder *ecdsa.PrivateKey, payload any) string {
	t.Helper()
	b, err := cose.Sign(holder, nil, encode(t, payload))
	if err != nil {
		t.Fatal(err)
	}
	return "PH1:" + base45.Encode(b)
}

func message(t *testing.T, text string) []byte {
	t.Helper()
	b, err := base45.Decode(text[4:])
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPresentationsThatDoNotOpen(t *testing.T) {
	holder, thief := p256Key(t), p256Key(t)
	keys := trusted(t, rfcKey().Public())
	bound := message(t, seal(t, fullClaims(&holder.PublicKey), rfcKey()))
	paper := message(t, seal(t, fullClaims(nil), rfcKey()))
	forged := append([]byte{}, bound...)
	forged[len(forged)-1] ^= 1
	mustOpen(t, show(t, holder, map[int]any{6: 1795824000, -70003: bound}), keys)

	for name, c := range map[string]struct {
		text string
		want error
	}{
		"signed by another":    {show(t, thief, map[int]any{6: 1795824000, -70003: bound}), pass.ErrForged},
		"pass without key":     {show(t, holder, map[int]any{6: 1795824000, -70003: paper}), pass.ErrMalformed},
		"forged pass":          {show(t, holder, map[int]any{6: 1795824000, -70003: forged}), pass.ErrForged},
		"no time":              {show(t, holder, map[int]any{-70003: bound}), pass.ErrMalformed},
		"time after 9999":      {show(t, holder, map[int]any{6: uint64(253402300800), -70003: bound}), pass.ErrMalformed},
		"time as text":         {show(t, holder, map[int]any{6: "now", -70003: bound}), pass.ErrMalformed},
		"no pass":              {show(t, holder, map[int]any{6: 1795824000}), pass.ErrMalformed},
		"pass as text":         {show(t, holder, map[int]any{6: 1795824000, -70003: "PP1:"}), pass.ErrMalformed},
		"no map":               {show(t, holder, []any{1795824000, bound}), pass.ErrMalformed},
		"a presentation again": {show(t, holder, map[int]any{6: 1795824000, -70003: message(t, show(t, holder, map[int]any{6: 1795824000, -70003: bound}))}), pass.ErrMalformed},
		"a pass as PH1":        {"PH1:" + base45.Encode(bound), pass.ErrMalformed},
		"a PH1 as pass":        {"PP1:" + show(t, holder, map[int]any{6: 1795824000, -70003: bound})[4:], pass.ErrMalformed},
	} {
		t.Run(name, func(t *testing.T) { wantError(t, c.text, keys, c.want) })
	}
}
