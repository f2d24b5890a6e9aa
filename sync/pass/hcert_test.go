package pass_test

import (
	"crypto"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

func TestHCERT(t *testing.T) {
	ec, big := p256Key(t), rsaKey(t, 2048)
	for name, key := range map[string]crypto.Signer{"ES256": ec, "PS256": big, "EdDSA": rfcKey()} {
		p, err := pass.Open(hcert(t, key, hcertClaims(dcc())), ring(foreignKey(key.Public())))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := pass.Claims{
			Issuer: "XX", ID: []byte("URN:UVCI:01:XX:1234#5"), IssuedAt: issuedAt, Expires: issuedAt.AddDate(0, 6, 0),
			Name: "E. M. M.", BirthYear: 1990,
			Tests: []pass.Test{{Kind: pass.NucleicAcid, At: time.Date(2026, 11, 19, 20, 30, 0, 0, time.UTC)}},
		}
		if !p.Genuine() || p.Format != pass.HCERT || p.IssuerName != "Invented State" || !reflect.DeepEqual(p.Claims, want) {
			t.Errorf("%s: opens as %+v", name, p)
		}
		if !reflect.DeepEqual(p.Document, any(dcc())) {
			t.Errorf("%s: the document is %#v", name, p.Document)
		}
		if len(p.Signature()) < 64 {
			t.Errorf("%s: the signature is %x", name, p.Signature())
		}
	}
}

// A health certificate is valid at its exp; a native pass is not.
func TestLastSecond(t *testing.T) {
	key := p256Key(t)
	foreign, err := pass.Open(hcert(t, key, hcertClaims(dcc())), ring(foreignKey(key.Public())))
	if err != nil {
		t.Fatal(err)
	}
	native := mustOpen(t, seal(t, leastClaims(), rfcKey()), trusted(t, rfcKey().Public()))
	for _, c := range []struct {
		p     *pass.Pass
		after time.Duration
		want  bool
	}{
		{foreign, -time.Second, false},
		{foreign, 0, false},
		{foreign, time.Second, true},
		{native, -time.Second, false},
		{native, 0, true},
		{native, time.Second, true},
	} {
		if got := c.p.Expired(c.p.Expires.Add(c.after)); got != c.want {
			t.Errorf("%s, %v after exp: expired is %v", c.p.Format, c.after, got)
		}
	}
	if (&pass.Pass{}).Expired(issuedAt) {
		t.Error("a pass without an end is expired")
	}
	later := pass.Pass{Claims: pass.Claims{IssuedAt: issuedAt, NotBefore: issuedAt.Add(time.Hour)}}
	if !later.Begins().Equal(later.NotBefore) || !native.Begins().Equal(native.IssuedAt) {
		t.Error("a pass begins at another time than the later of iat and nbf")
	}
}

func TestHCERTKeyUse(t *testing.T) {
	key := p256Key(t)
	recovered := dcc()
	recovered["r"] = []any{map[string]any{"ci": "URN:UVCI:01:XX:9#1"}}
	none := dcc()
	delete(none, "t")
	empty := dcc()
	empty["t"], empty["v"] = []any{}, nil
	for _, c := range []struct {
		name string
		card any
		uses pass.Uses
		want error
	}{
		{"any use", dcc(), 0, nil},
		{"tests", dcc(), pass.UseTest, nil},
		{"tests and more", dcc(), pass.UseTest | pass.UseRecovery, nil},
		{"vaccinations", dcc(), pass.UseVaccination, pass.ErrKeyUse},
		{"vaccinations and recoveries", dcc(), pass.UseVaccination | pass.UseRecovery, pass.ErrKeyUse},
		{"one of two entries", recovered, pass.UseRecovery, nil},
		{"both entries", recovered, pass.UseRecovery | pass.UseTest, nil},
		{"none of two entries", recovered, pass.UseVaccination, pass.ErrKeyUse},
		{"no entry", none, pass.UseVaccination, nil},
		{"empty entries", empty, pass.UseVaccination, nil},
	} {
		k := foreignKey(key.Public())
		k.Uses = c.uses
		p, err := pass.Open(hcert(t, key, hcertClaims(c.card)), ring(k))
		if !errors.Is(err, c.want) || p.Genuine() != (c.want == nil) {
			t.Errorf("%s: gave %v, %v, want %v", c.name, p, err, c.want)
		}
	}
}

func TestHCERTKeys(t *testing.T) {
	key, other := p256Key(t), p256Key(t)
	text := hcert(t, key, hcertClaims(dcc()))
	good := foreignKey(key.Public())
	with := func(change func(*pass.Key)) *pass.Keyring {
		k := good
		change(&k)
		return ring(k)
	}
	withdrawn := good
	withdrawn.Withdrawn = true
	for name, c := range map[string]struct {
		keys *pass.Keyring
		want error
	}{
		"no keyring":             {nil, pass.ErrNoKey},
		"empty":                  {ring(), pass.ErrNoKey},
		"another kid":            {with(func(k *pass.Key) { k.ID = []byte("other") }), pass.ErrNoKey},
		"kid of another key":     {ring(foreignKey(other.Public())), pass.ErrForged},
		"two of one kid":         {ring(foreignKey(other.Public()), good), nil},
		"a key of another kind":  {ring(foreignKey(rfcKey().Public())), pass.ErrForged},
		"withdrawn":              {ring(withdrawn), pass.ErrWithdrawn},
		"withdrawn, too":         {ring(good, withdrawn), pass.ErrWithdrawn},
		"not yet":                {with(func(k *pass.Key) { k.From = issuedAt.Add(time.Second) }), pass.ErrKeyPeriod},
		"no more":                {with(func(k *pass.Key) { k.To = issuedAt }), pass.ErrKeyPeriod},
		"for this format":        {with(func(k *pass.Key) { k.Format = pass.HCERT }), nil},
		"for another format":     {with(func(k *pass.Key) { k.Format = pass.NZCP }), pass.ErrNoKey},
		"of whichever issuer":    {with(func(k *pass.Key) { k.Issuer = "" }), nil},
		"of a state as EU names": {with(func(k *pass.Key) { k.Issuer = "EL" }), nil},
	} {
		p, err := pass.Open(text, c.keys)
		if !errors.Is(err, c.want) || p.Genuine() != (c.want == nil) {
			t.Errorf("%s: gave %v, %v, want %v", name, p, err, c.want)
		}
	}
}

// A signature of a kind that is not read here says nothing against its holder.
func TestHCERTOfAnUnknownAlgorithm(t *testing.T) {
	for _, algorithm := range []any{-257, -999, "RS256"} { // RSASSA-PKCS1-v1_5, and none
		message := coseOf(t, rfcKey(), map[any]any{1: algorithm, 4: foreignKID}, hcertClaims(dcc()))
		text := "HC1:" + base45.Encode(zlibOf(message))
		wantError(t, text, ring(foreignKey(rfcKey().Public())), pass.ErrMalformed)
	}
}

// The issuer is whose key it is, whatever the card says.
func TestHCERTIssuer(t *testing.T) {
	key := p256Key(t)
	claims := hcertClaims(dcc())
	for iss, want := range map[any][2]string{"YY": {"YY", "XX"}, nil: {"", "XX"}} {
		delete(claims, 1)
		if iss != nil {
			claims[1] = iss
		}
		anybody := foreignKey(key.Public())
		anybody.Issuer = ""
		for i, k := range []pass.Key{anybody, foreignKey(key.Public())} {
			p, err := pass.Open(hcert(t, key, claims), ring(k))
			if err != nil || p.Issuer != want[i] {
				t.Errorf("iss %v, key of %q: issuer is %+v, %v, want %q", iss, k.Issuer, p, err, want[i])
			}
		}
	}
}

func TestHCERTClaims(t *testing.T) {
	key := p256Key(t)
	keys := ring(foreignKey(key.Public()))
	bend := func(change func(map[any]any)) string {
		c := hcertClaims(dcc())
		change(c)
		return hcert(t, key, c)
	}
	icvp := map[any]any{-6: map[string]any{"n": "Aulo Agerio", "dob": "1985-08-23", "v": map[string]any{"dt": "2017-12-11", "ci": "C1"}}}
	for name, c := range map[string]struct {
		text string
		look func(*pass.Pass) bool
	}{
		"float":        {bend(func(c map[any]any) { c[6] = float64(issuedAt.Unix()) + 0.25 }), func(p *pass.Pass) bool { return p.IssuedAt.Equal(issuedAt.Add(250 * time.Millisecond)) }},
		"milliseconds": {bend(func(c map[any]any) { c[6] = issuedAt.UnixMilli() + 1 }), func(p *pass.Pass) bool { return p.IssuedAt.Truncate(time.Second).Equal(issuedAt) }},
		"keys in text": {hcert(t, key, map[string]any{"1": "XX", "6": issuedAt.Unix(), "-260": map[string]any{"1": dcc()}}), func(p *pass.Pass) bool { return p.Expires.IsZero() && p.BirthYear == 1990 }},
		"nbf":          {bend(func(c map[any]any) { c[5] = issuedAt.Unix() + 60 }), func(p *pass.Pass) bool { return p.Begins().Equal(issuedAt.Add(time.Minute)) }},
		"ICVP":         {bend(func(c map[any]any) { c[-260] = icvp }), func(p *pass.Pass) bool { return p.Name == "A. A." && string(p.ID) == "C1" && p.Doses.Count == 1 }},
		"vaccinations": {bend(func(c map[any]any) {
			c[-260] = map[any]any{1: map[string]any{"v": []any{map[string]any{"ci": "V", "dn": 3, "dt": "2026-05-14"}}}}
		}), func(p *pass.Pass) bool { return *p.Doses == pass.Doses{Count: 3, Day: day(2026, 5, 14)} }},
		"odd doses": {bend(func(c map[any]any) {
			c[-260] = map[any]any{1: map[string]any{"v": []any{map[string]any{"dn": 1e300, "dt": "2026-05-14"}, "no object", map[string]any{"dn": 1, "dt": "soon"}}}}
		}), func(p *pass.Pass) bool { return p.Doses == nil && len(p.ID) == 32 }},
		"no date of the test": {bend(func(c map[any]any) {
			c[-260] = map[any]any{1: map[string]any{"t": []any{map[string]any{"tr": "260415000", "sc": "yesterday"}}}}
		}), func(p *pass.Pass) bool { return p.Tests == nil }},
		"unknown result": {bend(func(c map[any]any) {
			c[-260] = map[any]any{1: map[string]any{"t": []any{map[string]any{"tr": "negative", "tt": "?", "sc": "2026-11-19T20:00:00Z"}}}}
		}), func(p *pass.Pass) bool {
			return p.Tests[0].Result == pass.Inconclusive && p.Tests[0].Kind == pass.OtherKind
		}},
		"without end":         {bend(func(c map[any]any) { c[4] = int64(253402300799) }), func(p *pass.Pass) bool { return p.Expires.Year() == 9999 }},
		"end in milliseconds": {bend(func(c map[any]any) { c[4] = int64(1826323200000) }), func(p *pass.Pass) bool { return p.Expires.Equal(time.Unix(1826323200, 0)) }},
		"no identifier":       {bend(func(c map[any]any) { c[-260] = map[any]any{1: map[string]any{"ver": "1"}} }), func(p *pass.Pass) bool { return len(p.ID) == 32 }},
	} {
		p, err := pass.Open(c.text, keys)
		if err != nil || !c.look(p) {
			t.Errorf("%s: opens as %+v, %v", name, p, err)
		}
	}
	for name, text := range map[string]string{
		"no health claim":    bend(func(c map[any]any) { delete(c, -260) }),
		"health claim empty": bend(func(c map[any]any) { c[-260] = map[any]any{} }),
		"health claim list":  bend(func(c map[any]any) { c[-260] = []any{dcc()} }),
		"card of bytes":      bend(func(c map[any]any) { c[-260] = map[any]any{1: []byte("card")} }),
		"issuer number":      bend(func(c map[any]any) { c[1] = 5 }),
		"issuer line end":    bend(func(c map[any]any) { c[1] = "X\n" }),
		"iat text":           bend(func(c map[any]any) { c[6] = "now" }),
		"iat negative":       bend(func(c map[any]any) { c[6] = -5 }),
		"claims no map":      hcert(t, key, []any{1}),
	} {
		wantError(t, text, keys, pass.ErrMalformed)
		if p, err := pass.Open(text, ring()); p != nil || !errors.Is(err, pass.ErrNoKey) {
			t.Errorf("%s, key not known: gave %v, %v", name, p, err)
		}
	}
	link := bend(func(c map[any]any) {
		c[-260] = map[any]any{5: []any{map[string]any{"u": "shlink:/eyJ1cmwi"}}}
	})
	wantError(t, link, keys, pass.ErrNeedsNetwork)
	wantError(t, link, ring(), pass.ErrNoKey)
}

// What a guard sees of a name is enough to compare and too little to know.
func TestNamesAreMasked(t *testing.T) {
	key := p256Key(t)
	for _, c := range []struct{ given, family, want string }{
		{"Erika", "Muster", "E. M."},
		{"Erika Maria", "von Muster-Beispiel", "E. M. v. B."},
		{"三", "张", "张*"},
		{"", "张三", "张*"},
		{"길동", "홍", "홍*"},
		{"élodie", "", "É."},
		{"D'Artagnan", "O", "D. O."},
		{"e\u0301lodie", "", "É."}, // a letter and its mark apart
		{"\u1100\u1175\u11af\u1103\u1169\u11bc", "\u1112\u1169\u11bc", "홍*"}, // a syllable taken apart
		{"किरण", "शर्मा", "क. श."},
		{"ज़ोया", "", "ज\u093c."}, // another letter than ज
		{"กิตติ", "น้ำผึ้ง", "ก. น."},
		{"มานี", "", "ม."},
		{"مُحَمَّد", "أحمد", "م. أ."},
		{"ნინო", "ბერიძე", "ნ. ბ."}, // capitals are no initials here
		{"ი\u200dა", "\u0301", "ი."},
		{"ǆivo", "", "ǅ."},
		{"PETER<PAUL", "<<", "P. P."},
		{"4711", "\u202e", ""},
		{"", "", ""},
	} {
		card := dcc()
		card["nam"] = map[string]any{"gn": c.given, "fn": c.family}
		p, err := pass.Open(hcert(t, key, hcertClaims(card)), ring(foreignKey(key.Public())))
		if want := strings.Replace(c.want, "v.", "V.", 1); err != nil || p.Name != want {
			t.Errorf("%q %q is shown as %q, %v, want %q", c.given, c.family, p.Name, err, want)
		}
	}
}

// The name is kept in Latin letters too where the card has all of it in them,
// for devices that cannot draw the other.
func TestNamesInLatinLetters(t *testing.T) {
	key := p256Key(t)
	for _, c := range []struct {
		nam         map[string]any
		name, latin string
	}{
		{map[string]any{"gn": "ნინო", "gnt": "NINO", "fn": "ბერიძე", "fnt": "BERIDZE"}, "ნ. ბ.", "N. B."},
		{map[string]any{"fn": "홍", "fnt": "HONG", "gn": "길동", "gnt": "GIL<DONG"}, "홍*", "G. D. H."},
		{map[string]any{"fnt": "MUSTER"}, "M.", "M."},
		{map[string]any{"fn": "Muster", "fnt": "MUSTER", "gn": "Erika"}, "E. M.", ""},
		{map[string]any{"fn": "Muster", "gn": "Erika"}, "E. M.", ""},
	} {
		card := dcc()
		card["nam"] = c.nam
		p, err := pass.Open(hcert(t, key, hcertClaims(card)), ring(foreignKey(key.Public())))
		if err != nil || p.Name != c.name || p.Latin != c.latin {
			t.Errorf("%v is shown as %q and %q, %v, want %q and %q", c.nam, p.Name, p.Latin, err, c.name, c.latin)
		}
	}
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func TestHCERTDamage(t *testing.T) {
	key := p256Key(t)
	keys := ring(foreignKey(key.Public()))
	text := hcert(t, key, hcertClaims(dcc()))
	message := coseOf(t, key, map[any]any{1: -7, 4: foreignKID}, hcertClaims(dcc()))
	for _, broken := range []string{
		"HC1:", text[:len(text)-2], strings.ToLower(text[:10]), "HC1:" + base45.Encode(message),
		"HC1:" + base45.Encode(zlibOf([]byte("no message"))), "HC1:" + base45.Encode(append(zlibOf(message), 0)),
		"HC1:" + base45.Encode(zlibOf(append(message, make([]byte, 64<<10)...))),
	} {
		wantError(t, broken, keys, pass.ErrMalformed, pass.ErrForeign)
	}
	wantError(t, text[4:], keys, pass.ErrForeign) // signed, but what it is stands in the prefix
}
