package pass_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
)

// Open gives a pass or one of its errors, and a pass has one text but for the
// white space around it.
func FuzzOpen(f *testing.F) {
	holder := p256Key(f)
	bound := seal(f, fullClaims(&holder.PublicKey), rfcKey())
	shown, err := pass.Present(bound, holder, issuedAt)
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{
		"", "PP1:", "PH1:", "https://example.org", bound, shown, bound + "\r\n", "PH1:" + bound[4:],
		seal(f, leastClaims(), rfcKey()), seal(f, fullClaims(nil), rfcKey()),
	} {
		f.Add(text)
	}
	keys := trusted(f, rfcKey().Public())
	f.Fuzz(func(t *testing.T, text string) {
		p, err := pass.Open(text, keys)
		if (p == nil) == (err == nil) || p.Genuine() != (err == nil) {
			t.Fatalf("Open(%q) = %+v, %v", text, p, err)
		}
		if err != nil {
			for _, sentinel := range sentinels {
				if errors.Is(err, sentinel) {
					return
				}
			}
			t.Fatalf("Open(%q): %v is none of the errors of this package", text, err)
		}
		body := strings.TrimSpace(text)[4:]
		b, err := base45.Decode(body)
		if err != nil || base45.Encode(b) != body || cose.Deterministic(b) != nil {
			t.Fatalf("%q opened and has another form", text)
		}
	})
}

// Whatever payload is taken is deterministic CBOR, and what it says survives
// being sealed again.
func FuzzClaims(f *testing.F) {
	f.Add(encode(f, payload()))
	f.Add(encode(f, set(99, "unknown")))
	for _, s := range []string{
		"a6016150041a6b160380061a6b0cc9000748010203040506070819ffffa16b7374617475735f6c697374a2636964780563757269" + "63733a373a00011170a1020a",
		"a4016150041a6b160380061a6b0cc90007480102030405060708",
		"a1016150",
	} {
		b, err := hex.DecodeString(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	keys := trusted(f, rfcKey().Public())
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > 4<<10 {
			return
		}
		p, err := pass.Open(signedPayload(t, payload), keys)
		if err != nil {
			if !errors.Is(err, pass.ErrMalformed) && !errors.Is(err, pass.ErrNoKey) {
				t.Fatalf("a signed payload %x: %v", payload, err)
			}
			return
		}
		var v any
		if err := cose.Decoding.Unmarshal(payload, &v); err != nil {
			t.Fatal(err)
		}
		if again := encode(t, v); !bytes.Equal(again, payload) {
			t.Fatalf("payload %x is written back as %x", payload, again)
		}
		again := mustOpen(t, seal(t, p.Claims, rfcKey()), keys)
		if !equalClaims(p.Claims, again.Claims) {
			t.Fatalf("%+v sealed again says %+v", p.Claims, again.Claims)
		}
	})
}

// A trust file gives keys that can be looked up, or an error.
func FuzzReadTrust(f *testing.F) {
	for _, file := range trustFiles(f) {
		f.Add([]byte(file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := pass.ReadTrust(data)
		if len(keys) == 0 && err == nil || len(keys) > 0 && err != nil && !errors.Is(err, pass.ErrLeftOut) {
			t.Fatalf("ReadTrust gave %d keys and %v", len(keys), err)
		}
		for _, k := range keys {
			if len(k.ID) == 0 || k.Public == nil || k.Issuer != "" {
				t.Fatalf("ReadTrust gave %+v", k)
			}
		}
	})
}
