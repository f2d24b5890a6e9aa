package pass_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
)

func TestOpenGivesWhatWasSealed(t *testing.T) {
	holder := p256Key(t)
	for name, c := range map[string]pass.Claims{
		"least":        leastClaims(),
		"full":         fullClaims(&holder.PublicKey),
		"without key":  fullClaims(nil),
		"expired once": func() pass.Claims { c := leastClaims(); c.Expires = c.IssuedAt; return c }(),
	} {
		ec := p256Key(t)
		for text, keys := range map[string]*pass.Keyring{
			seal(t, c, rfcKey()): trusted(t, rfcKey().Public()),
			seal(t, c, ec):       trusted(t, ec.Public()),
		} {
			p := mustOpen(t, text, keys)
			if !equalClaims(p.Claims, c) {
				t.Errorf("%s: came back as %+v, want %+v", name, p.Claims, c)
			}
			if p.IssuerName != "Invented City" || len(p.KeyID) != 4 || !p.Presented.IsZero() {
				t.Errorf("%s: opened as %+v", name, p)
			}
		}
	}
}

func TestOpenForgivesWhiteSpaceAroundTheText(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	text := seal(t, leastClaims(), rfcKey())
	for _, around := range []string{text + "\r\n", "\n" + text, " \t" + text + " "} {
		mustOpen(t, around, keys)
	}
	wantError(t, "\u00a0"+text, keys, pass.ErrForeign)
	wantError(t, "\ufeff"+text, keys, pass.ErrForeign)
	wantError(t, text+"\u00a0", keys, pass.ErrMalformed)
	wantError(t, text+"\x00", keys, pass.ErrMalformed)
	wantError(t, "PP1: "+text[4:], keys, pass.ErrMalformed)
	wantError(t, text[:40]+"\n"+text[40:], keys, pass.ErrMalformed)
}

func TestOpenRecognisesWhatIsNoPass(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	text := seal(t, leastClaims(), rfcKey())
	for _, foreign := range []string{
		"", " ", "\r\n", "P", "PP1", "PP2:" + text[4:], strings.ToLower(text), text[4:], "x" + text,
		"https://example.org/menu", "HC2:NCF", "shc:", "PE1:AB", "PT2:AB", "扫码点餐",
		"WIFI:S:invented;;", "00020101021226", "{}", `{"hdr":1}`, "{", "A3BX0-11", "THE MENU OF TODAY",
	} {
		wantError(t, foreign, keys, pass.ErrForeign)
	}
	for _, broken := range []string{"PP1:", "PH1:", "PP1:A", "PP1:ABC", "PH1:ABC", text[:len(text)-1], text[:60], "PH1:" + text[4:]} {
		wantError(t, broken, keys, pass.ErrMalformed)
	}
	long := "PP1:" + strings.Repeat("A", pass.MaxText)
	wantError(t, long, keys, pass.ErrTooLong)
	wantError(t, "https://example.org/"+long, keys, pass.ErrTooLong)
	wantError(t, long[:pass.MaxText], keys, pass.ErrMalformed)
}

func TestOpenRefusesOtherFrames(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	kid := signer(t, rfcKey()).KeyID()
	text := seal(t, leastClaims(), rfcKey())
	message, err := base45.Decode(text[4:])
	if err != nil {
		t.Fatal(err)
	}
	m, err := cose.Parse(message)
	if err != nil {
		t.Fatal(err)
	}
	other := func(kid []byte) []byte {
		b, err := cose.Sign(rfcKey(), kid, m.Payload)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, b := range map[string][]byte{
		"tag 18":       append([]byte{0xd2}, message...),
		"no kid":       other(nil),
		"kid of three": other(kid[:3]),
		"kid of five":  other(append(kid, 0)),
		"trailing":     append(append([]byte{}, message...), 0),
	} {
		p, err := pass.Open("PP1:"+base45.Encode(b), keys)
		if p != nil || !errors.Is(err, pass.ErrMalformed) {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// The fully specified name of the algorithm, RFC 9864, is the same signature.
func TestOpenTakesEd25519ByItsOtherName(t *testing.T) {
	kid := signer(t, rfcKey()).KeyID()
	b, err := base45.Decode(seal(t, leastClaims(), rfcKey())[4:])
	if err != nil {
		t.Fatal(err)
	}
	m, err := cose.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	for algorithm, want := range map[int]error{-19: nil, -7: pass.ErrForged, -35: pass.ErrMalformed} {
		protected := encode(t, map[int]any{1: algorithm, 4: kid})
		signature := ed25519.Sign(rfcKey(), encode(t, []any{"Signature1", protected, []byte{}, m.Payload}))
		text := "PP1:" + base45.Encode(encode(t, []any{protected, map[int]any{}, m.Payload, signature}))
		if want == nil {
			mustOpen(t, text, trusted(t, rfcKey().Public()))
		} else {
			wantError(t, text, trusted(t, rfcKey().Public()), want)
		}
	}
}

func TestKeyChoice(t *testing.T) {
	text := seal(t, leastClaims(), rfcKey())
	good := nativeKey(t, rfcKey().Public())
	with := func(change func(*pass.Key)) pass.Key { k := good; change(&k); return k }

	colliding := with(func(k *pass.Key) { k.Public = p256Key(t).Public() })
	otherKid := with(func(k *pass.Key) { k.ID = []byte{9, 9, 9, 9} })
	otherIssuer := with(func(k *pass.Key) { k.Issuer = "Q" })
	anyIssuer := with(func(k *pass.Key) { k.Issuer = "" })
	withdrawn := with(func(k *pass.Key) { k.Withdrawn = true })
	withdrawnOther := with(func(k *pass.Key) { k.Withdrawn = true; k.Public = p256Key(t).Public() })
	past := with(func(k *pass.Key) { k.To = issuedAt })

	for name, c := range map[string]struct {
		keys []pass.Key
		want error
	}{
		"good":                                {[]pass.Key{good}, nil},
		"any issuer":                          {[]pass.Key{anyIssuer}, nil},
		"second of two with one kid":          {[]pass.Key{colliding, good}, nil},
		"first of two with one kid":           {[]pass.Key{good, colliding}, nil},
		"one period of two":                   {[]pass.Key{past, good}, nil},
		"a withdrawn key of the same kid":     {[]pass.Key{withdrawnOther, good}, nil},
		"no keys":                             {nil, pass.ErrNoKey},
		"other kid":                           {[]pass.Key{otherKid}, pass.ErrNoKey},
		"other issuer":                        {[]pass.Key{otherIssuer}, pass.ErrNoKey},
		"other key under the kid":             {[]pass.Key{colliding}, pass.ErrForged},
		"withdrawn":                           {[]pass.Key{withdrawn}, pass.ErrWithdrawn},
		"withdrawn before its twin":           {[]pass.Key{withdrawn, anyIssuer}, pass.ErrWithdrawn},
		"withdrawn after its twin":            {[]pass.Key{anyIssuer, withdrawn}, pass.ErrWithdrawn},
		"withdrawn, and did not sign":         {[]pass.Key{withdrawnOther}, pass.ErrForged},
		"outside the period":                  {[]pass.Key{past}, pass.ErrKeyPeriod},
		"outside the period, and another key": {[]pass.Key{past, colliding}, pass.ErrKeyPeriod},
	} {
		t.Run(name, func(t *testing.T) {
			keys := pass.NewKeyring(c.keys)
			if c.want == nil {
				mustOpen(t, text, keys)
			} else {
				wantError(t, text, keys, c.want)
			}
		})
	}
	wantError(t, text, nil, pass.ErrNoKey)
	wantError(t, text, &pass.Keyring{}, pass.ErrNoKey)
}

// A key's period is [From, To) against the time of issue.
func TestKeyPeriod(t *testing.T) {
	text := seal(t, leastClaims(), rfcKey())
	for _, c := range []struct {
		name     string
		from, to time.Time
		want     error
	}{
		{"a minute before From", issuedAt.Add(time.Minute), time.Time{}, pass.ErrKeyPeriod},
		{"the second before From", issuedAt.Add(time.Second), time.Time{}, pass.ErrKeyPeriod},
		{"at From", issuedAt, time.Time{}, nil},
		{"a minute after From", issuedAt.Add(-time.Minute), time.Time{}, nil},
		{"a minute before To", time.Time{}, issuedAt.Add(time.Minute), nil},
		{"at To", time.Time{}, issuedAt, pass.ErrKeyPeriod},
		{"a minute after To", time.Time{}, issuedAt.Add(-time.Minute), pass.ErrKeyPeriod},
		{"within both", issuedAt, issuedAt.Add(time.Second), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := nativeKey(t, rfcKey().Public())
			k.From, k.To = c.from, c.to
			keys := pass.NewKeyring([]pass.Key{k})
			if c.want == nil {
				mustOpen(t, text, keys)
			} else {
				wantError(t, text, keys, c.want)
			}
		})
	}
}

// An altered payload of a known issuer is forged even when nothing in it can
// be read; what the issuer did sign is malformed, and an unknown issuer is
// neither.
func TestUnreadableClaims(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	text := signedPayload(t, []byte("not cbor"))
	wantError(t, text, keys, pass.ErrMalformed)
	wantError(t, text, nil, pass.ErrNoKey)

	b, err := base45.Decode(text[4:])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	wantError(t, "PP1:"+base45.Encode(b), keys, pass.ErrForged)
}

// No text that differs from a pass in one character, and no message that
// differs in one bit, opens.
func TestMutations(t *testing.T) {
	holder := p256Key(t)
	plain := seal(t, fullClaims(nil), rfcKey())
	bound := seal(t, fullClaims(&holder.PublicKey), rfcKey())
	shown, err := pass.Present(bound, holder, issuedAt)
	if err != nil {
		t.Fatal(err)
	}
	keys := trusted(t, rfcKey().Public())
	expected := []error{pass.ErrForged, pass.ErrMalformed, pass.ErrNoKey, pass.ErrForeign}
	for _, text := range []string{plain, shown} {
		mustOpen(t, text, keys)
		for i := range len(text) {
			for _, c := range []byte("0A:Z $%\x00a\xff") {
				if c != text[i] {
					wantError(t, text[:i]+string([]byte{c})+text[i+1:], keys, expected...)
				}
			}
			wantError(t, text[:i]+text[i+1:], keys, expected...)
		}
		b, err := base45.Decode(text[4:])
		if err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * len(b) {
			b[bit/8] ^= 1 << (bit % 8)
			wantError(t, text[:4]+base45.Encode(b), keys, expected...)
			b[bit/8] ^= 1 << (bit % 8)
		}
	}
}

func TestOnlyOpenMakesGenuinePasses(t *testing.T) {
	var none *pass.Pass
	if none.Genuine() || (&pass.Pass{Claims: leastClaims(), Format: pass.Native}).Genuine() {
		t.Error("a pass that was not opened says that it is genuine")
	}
}

// One pass has many texts and one identity.
func TestIdentity(t *testing.T) {
	ec := p256Key(t)
	keys := trusted(t, ec.Public())
	a := mustOpen(t, seal(t, leastClaims(), ec), keys)
	b := mustOpen(t, seal(t, leastClaims(), ec), keys) // another signature
	if string(a.Identity()) != string(b.Identity()) {
		t.Error("the same pass sealed twice has two identities")
	}
	c := leastClaims()
	c.ID = []byte("abcdefgh")
	if string(a.Identity()) == string(mustOpen(t, seal(t, c, ec), keys).Identity()) {
		t.Error("two passes have one identity")
	}
	x := pass.Pass{Claims: pass.Claims{Issuer: "PQ", ID: []byte("R")}}
	y := pass.Pass{Claims: pass.Claims{Issuer: "P", ID: []byte("QR")}}
	if string(x.Identity()) == string(y.Identity()) {
		t.Error("issuer and identifier run into each other")
	}
}
