package pass_test

import (
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"

	"postern/sync/pass"
)

var sealUse = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 14, 2}

func TestVDSNC(t *testing.T) {
	for name, curve := range map[string]elliptic.Curve{"CA on P-256": elliptic.P256(), "CA on P-384": elliptic.P384(), "CA on P-521": elliptic.P521()} {
		state, key := newCA(t, "Invented CSCA", curve), p256Key(t)
		text := vdsnc(t, key, state.signer(t, key, sealUse), sealData())
		p, err := pass.Open(text, ring(state.keys...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := pass.Claims{
			Issuer: "XXX", ID: []byte("U32870"), Name: "S. B.", BirthYear: 1990, Doses: &pass.Doses{Count: 2, Day: day(2026, 3, 24)},
			NotBefore: issuedAt.AddDate(0, -1, 0), Expires: issuedAt.AddDate(3, 0, 0), // the certificate's beginning, the CA's end
		}
		if p.Format != pass.VDSNC || p.IssuerName != "Invented CSCA" || !reflect.DeepEqual(p.Claims, want) {
			t.Errorf("%s: opens as %+v", name, p)
		}
		sum := sha256.Sum256(state.certificate.Raw)
		if string(p.KeyID) != string(sum[:8]) && len(p.KeyID) != 4 {
			t.Errorf("%s: the key is %x", name, p.KeyID)
		}
	}
}

// A seal is what its data means: members in another order, white space and
// other escapes are the same seal.
func TestVDSNCIsCanonical(t *testing.T) {
	state, key := newCA(t, "Invented CSCA", elliptic.P256()), p256Key(t)
	keys := ring(state.keys...)
	text := vdsnc(t, key, state.signer(t, key), sealData())
	for _, same := range []string{
		strings.ReplaceAll(text, ",", ",\n\t "),
		strings.ReplaceAll(text, `"Smith Bill"`, `"\u0053mith B\u0069ll"`),
		strings.Replace(text, `"v":1`, `"v":1.0`, 1),
		strings.Replace(text, `"sig":`, `"more":1,"sig":`, 1), // beside data, nothing is signed
	} {
		if p, err := pass.Open(same, keys); err != nil || string(p.ID) != "U32870" {
			t.Errorf("%.60s: %v, %v", same, p, err)
		}
	}
	for name, other := range map[string]string{
		"altered":               strings.Replace(text, "1990-01-02", "2008-01-02", 1),
		"member added":          strings.Replace(text, `"v":1`, `"v":1,"w":1`, 1),
		"member in other case":  strings.Replace(text, `"uvci"`, `"UVCI"`, 1),
		"signed by another key": vdsnc(t, p256Key(t), state.signer(t, key), sealData()),
	} {
		if p, err := pass.Open(other, keys); p != nil || !errors.Is(err, pass.ErrForged) {
			t.Errorf("%s: gave %v, %v", name, p, err)
		}
	}
	for name, broken := range map[string]string{
		"member twice":      strings.Replace(text, `"uvci":`, `"uvci":"X","uvci":`, 1),
		"data twice":        strings.Replace(text, `{"data"`, `{"data":{},"data"`, 1),
		"half a character":  strings.Replace(text, `"Smith Bill"`, `"\ud800"`, 1),
		"not UTF-8":         strings.Replace(text, `"Smith Bill"`, "\"\xff\"", 1),
		"trailing":          text + "{}",
		"cut":               text[:len(text)-2],
		"other algorithm":   strings.Replace(text, "ES256", "HS256", 1),
		"ES384 with P-256":  strings.Replace(text, "ES256", "ES384", 1),
		"no certificate":    strings.Replace(text, `"cer":"`, `"cer":"AAAA`, 1),
		"signature no text": strings.Replace(text, `"sigvl":"`, `"sigvl":"!`, 1),
	} {
		if p, err := pass.Open(broken, keys); p != nil || !errors.Is(err, pass.ErrMalformed) {
			t.Errorf("%s: gave %v, %v", name, p, err)
		}
	}
	for name, foreign := range map[string]string{
		"no data":     `{"isThisAVDS": false}`,
		"no header":   `{"data": {"msg": {}}, "sig": {}}`,
		"data a list": `{"data": [], "sig": {}}`,
		"payment":     `{"pay":"CNY 5.00"}`,
		"twice":       `{"a":1,"a":2}`,
	} {
		if p, err := pass.Open(foreign, keys); p != nil || !errors.Is(err, pass.ErrForeign) {
			t.Errorf("%s: gave %v, %v", name, p, err)
		}
	}
}

func TestVDSNCChain(t *testing.T) {
	state, key := newCA(t, "Invented CSCA", elliptic.P256()), p256Key(t)
	namesake, stranger := newCA(t, "Invented CSCA", elliptic.P256()), newCA(t, "Another CSCA", elliptic.P256())
	text := vdsnc(t, key, state.signer(t, key, sealUse), sealData())
	elsewhere := state.keys[0]
	elsewhere.Format = pass.HCERT
	gone := state.keys[0]
	gone.Withdrawn = true
	bare := state.keys[0]
	bare.Certificate = nil
	for name, c := range map[string]struct {
		keys *pass.Keyring
		want error
	}{
		"no CA":                   {nil, pass.ErrNoKey},
		"another CA":              {ring(stranger.keys...), pass.ErrNoKey},
		"a CA of the same name":   {ring(namesake.keys...), pass.ErrNoKey},
		"both of that name":       {ring(append(namesake.keys, state.keys...)...), nil},
		"a key without its paper": {ring(bare), pass.ErrNoKey},
		"for another format":      {ring(elsewhere), pass.ErrNoKey},
		"withdrawn":               {ring(gone), pass.ErrWithdrawn},
	} {
		if p, err := pass.Open(text, c.keys); p.Genuine() != (c.want == nil) || !errors.Is(err, c.want) {
			t.Errorf("%s: gave %v, %v, want %v", name, p, err, c.want)
		}
	}
	// The signer's own certificate in the trust list is no CA.
	der := state.signer(t, key, sealUse)
	own, err := pass.ReadTrust([]byte(base64.StdEncoding.EncodeToString(der)))
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, text, ring(own...), pass.ErrNoKey)
	// A certificate for something else signs no seals.
	for _, use := range []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 1847, 2021, 1, 1}, {2, 23, 136, 1, 1, 1}} {
		wantError(t, vdsnc(t, key, state.signer(t, key, use), sealData()), ring(state.keys...), pass.ErrKeyUse)
	}
	self := newCA(t, "Invented CSCA", elliptic.P256())
	wantError(t, vdsnc(t, self.key, self.certificate.Raw, sealData()), ring(state.keys...), pass.ErrNoKey)
}

func TestVDSNCTest(t *testing.T) {
	state, key := newCA(t, "Invented CSCA", elliptic.P256()), p256Key(t)
	for result, want := range map[string]pass.Result{"negative": pass.Negative, "positive": pass.Positive, "normal": pass.Inconclusive} {
		data := map[string]any{
			"hdr": map[string]any{"t": "icao.test", "v": 1, "is": "XXX"},
			"msg": map[string]any{"utci": "U1", "pid": map[string]any{"n": "Smith Bill"}, "dat": map[string]any{"sc": "2026-11-19T20:00:00Z", "tc": "molecular(PCR)", "tr": result}},
		}
		p, err := pass.Open(vdsnc(t, key, state.signer(t, key, sealUse), data), ring(state.keys...))
		if err != nil || string(p.ID) != "U1" || p.Tests[0].Kind != pass.NucleicAcid || p.Tests[0].Result != want {
			t.Errorf("%s: %+v, %v", result, p, err)
		}
	}
	for _, header := range []map[string]any{{"t": "icao.vacc", "v": 2, "is": "XXX"}, {"t": "other", "v": 1, "is": "XXX"}, {"t": "icao.vacc", "v": 1, "is": 5}} {
		wantError(t, vdsnc(t, key, state.signer(t, key, sealUse), map[string]any{"hdr": header, "msg": map[string]any{}}), ring(state.keys...), pass.ErrMalformed)
	}
}
