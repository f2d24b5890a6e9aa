package pass_test

import (
	"encoding/asn1"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
)

func TestSHC(t *testing.T) {
	key := p256Key(t)
	p, err := pass.Open(shc(t, key, card()), ring(healthKey(key.Public())))
	if err != nil {
		t.Fatal(err)
	}
	want := pass.Claims{
		Issuer: healthIssuer, ID: []byte("rid-of-a-card"), IssuedAt: issuedAt.Add(time.Second / 2), Name: "J. C. A.", BirthYear: 1961,
		Tests: []pass.Test{{Kind: pass.NucleicAcid, At: day(2026, 11, 18)}}, Doses: &pass.Doses{Count: 2, Day: day(2026, 6, 29)},
	}
	if p.Format != pass.SHC || !reflect.DeepEqual(p.Claims, want) {
		t.Errorf("opens as %+v, want %+v", p.Claims, want)
	}
	if document, ok := p.Document.(map[string]any); !ok || document["iss"] != healthIssuer {
		t.Errorf("the document is %v", p.Document)
	}
	exp := card()
	exp["exp"] = issuedAt.Add(time.Hour).Unix()
	if p, err = pass.Open(shc(t, key, exp), ring(healthKey(key.Public()))); err != nil || !p.Expired(issuedAt.Add(time.Hour)) || p.Expired(issuedAt) {
		t.Errorf("with exp: %+v, %v", p, err)
	}
}

func TestSHCKeys(t *testing.T) {
	key, other := p256Key(t), p256Key(t)
	text := shc(t, key, card())
	elsewhere := healthKey(key.Public())
	elsewhere.Issuer += "/other"
	withdrawn := healthKey(key.Public())
	withdrawn.Withdrawn = true
	wantError(t, text, ring(), pass.ErrNoKey)
	wantError(t, text, ring(elsewhere), pass.ErrNoKey) // the kid is of another issuer
	wantError(t, text, ring(healthKey(other.Public())), pass.ErrForged)
	wantError(t, text, ring(withdrawn), pass.ErrWithdrawn)
}

func TestSHCDamage(t *testing.T) {
	key := p256Key(t)
	keys := ring(healthKey(key.Public()))
	text := shc(t, key, card())
	plain, err := json.Marshal(card())
	if err != nil {
		t.Fatal(err)
	}
	signed := func(header string, payload []byte) string { return "shc:/" + digits(jwsOf(t, key, header, payload)) }
	payload := func(s string) string { return signed(cardHeader, deflateOf(t, []byte(s))) }
	for name, broken := range map[string]string{
		"nothing":        "shc:/",
		"odd":            text[:len(text)-1],
		"a letter":       text[:20] + "x" + text[21:],
		"pair over 77":   text[:5] + "78" + text[7:],
		"part 0":         "shc:/0/1/" + text[5:],
		"part 2 of 1":    "shc:/2/1/" + text[5:],
		"part of 33":     "shc:/1/33/" + text[5:],
		"part of none":   "shc:/1//" + text[5:],
		"signed number":  "shc:/+1/1/" + text[5:],
		"four parts":     "shc:/1/1/1/" + text[5:],
		"no JWS":         "shc:/" + digits("abc"),
		"no zip":         signed(`{"alg":"ES256","kid":"8 bytes!"}`, plain),
		"no kid":         signed(`{"alg":"ES256","zip":"DEF"}`, plain),
		"other zip":      signed(`{"alg":"ES256","zip":"GZ","kid":"8 bytes!"}`, plain),
		"not deflated":   signed(cardHeader, plain),
		"huge":           signed(cardHeader, deflateOf(t, append(plain, []byte(strings.Repeat(" ", 64<<10))...))),
		"BOM":            payload("\ufeff" + string(plain)),
		"not JSON":       payload("{"),
		"a list":         payload("[]"),
		"member twice":   payload(`{"iss":"x",` + string(plain[1:])),
		"no iss":         payload(`{"nbf":1,"vc":{"credentialSubject":{"fhirBundle":{}}}}`),
		"no nbf":         payload(`{"iss":"x","vc":{"credentialSubject":{"fhirBundle":{}}}}`),
		"nbf in text":    payload(`{"iss":"x","nbf":"1","vc":{"credentialSubject":{"fhirBundle":{}}}}`),
		"no bundle":      payload(`{"iss":"x","nbf":1,"vc":{}}`),
		"iss and accent": payload(`{"ISS":"x","nbf":1,"vc":{"credentialSubject":{"fhirBundle":{}}}}`),
	} {
		t.Run(name, func(t *testing.T) { wantError(t, broken, keys, pass.ErrMalformed) })
	}
	for _, whole := range []string{"shc:/1/1/" + text[5:], "\t " + text + "\r\n"} {
		if _, err := pass.Open(whole, keys); err != nil {
			t.Error(err)
		}
	}
}

// A signature in DER is no signature, however right its numbers are.
func TestSHCSignatureInDER(t *testing.T) {
	key := p256Key(t)
	plain, err := json.Marshal(card())
	if err != nil {
		t.Fatal(err)
	}
	input := b64([]byte(cardHeader)) + "." + b64(deflateOf(t, plain))
	raw := rawES256(t, key, []byte(input))
	der, err := asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:32]), new(big.Int).SetBytes(raw[32:])})
	if err != nil {
		t.Fatal(err)
	}
	keys := ring(healthKey(key.Public()))
	wantError(t, "shc:/"+digits(input+"."+b64(der)), keys, pass.ErrForged)
	if _, err := pass.Open("shc:/"+digits(input+"."+b64(raw)), keys); err != nil {
		t.Errorf("the same in r and s: %v", err)
	}
}

func TestLinksNeedANetwork(t *testing.T) {
	for _, text := range []string{"shlink:/eyJ1cmwi", "https://viewer.example.org/x#shlink:/eyJ1cmwi"} {
		wantError(t, text, ring(), pass.ErrNeedsNetwork)
	}
	wantError(t, "https://example.org/shlink:/eyJ1cmwi", ring(), pass.ErrForeign)
}

// cut cuts a card into n codes.
func cut(text string, n int) []string {
	digits := text[len("shc:/"):]
	size := (len(digits)/2 + n - 1) / n * 2
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf("shc:/%d/%d/%s", i+1, n, digits[i*size:min((i+1)*size, len(digits))])
	}
	return parts
}

func TestParts(t *testing.T) {
	key := p256Key(t)
	keys := ring(healthKey(key.Public()))
	text := shc(t, key, card())
	three := cut(text, 3)
	other := cut(shc(t, key, card()), 3) // another signature: another card
	wantError(t, three[0], keys, pass.ErrPart)

	type scan struct {
		text  string
		after time.Duration
	}
	for name, c := range map[string]struct {
		scans []scan
		want  string // what the last scan gives; "" is ErrPart
	}{
		"in order":            {[]scan{{three[0], 0}, {three[1], 1}, {three[2], 2}}, text},
		"in another order":    {[]scan{{three[2], 0}, {three[0], 1}, {three[1], 2}}, text},
		"again and again":     {[]scan{{three[0], 0}, {three[0], 1}, {three[1], 2}, {three[0], 3}, {three[2], 4}}, text},
		"white space":         {[]scan{{" " + three[0] + "\n", 0}, {three[1], 1}, {three[2], 2}}, text},
		"another code within": {[]scan{{three[0], 0}, {"https://example.org", 1}, {three[1], 2}, {three[2], 3}}, text},
		"one lacks":           {[]scan{{three[0], 0}, {three[2], 1}}, ""},
		"another card's part": {[]scan{{three[0], 0}, {three[2], 1}, {other[2], 2}, {three[1], 3}}, ""},
		"a minute later":      {[]scan{{three[0], 0}, {three[1], time.Minute}, {three[2], 2 * time.Minute}}, text},
		"the next person":     {[]scan{{three[0], 0}, {three[1], 1}, {three[2], time.Minute + 2}}, ""},
		"clock turned back":   {[]scan{{three[0], 0}, {three[1], -time.Hour}, {three[2], -time.Hour}}, ""},
		"of two, then three":  {[]scan{{cut(text, 2)[0], 0}, {three[1], 1}, {three[2], 2}}, ""},
		"after a whole one":   {[]scan{{three[0], 0}, {three[1], 1}, {three[2], 2}, {three[0], 3}}, ""},
		"whole":               {[]scan{{text, 0}}, text},
		"no card":             {[]scan{{"PP1:ABC", 0}}, "PP1:ABC"},
	} {
		t.Run(name, func(t *testing.T) {
			var parts pass.Parts
			var got string
			var err error
			for _, s := range c.scans {
				got, err = parts.Add(s.text, issuedAt.Add(s.after))
			}
			if len(c.scans) > 1 { // put together, which the text says
				got = strings.Replace(got, "shc:/all/", "shc:/", 1)
			}
			if got != c.want || errors.Is(err, pass.ErrPart) != (c.want == "") {
				t.Fatalf("gave %.40q, %v", got, err)
			}
			if c.want == text {
				if _, err := pass.Open(got, keys); err != nil {
					t.Error(err)
				}
			}
			if have, of := parts.Have(); c.want == "" && (have == 0 || of == 0) {
				t.Errorf("has %d of %d", have, of)
			}
		})
	}
}

// Parts of two cards do not make a forger of who shows them.
func TestPartsOfTwoCards(t *testing.T) {
	key := p256Key(t)
	keys := ring(healthKey(key.Public()))
	sister := card()
	sister["nbf"] = 1795132801
	one, other := cut(shc(t, key, card()), 2), cut(shc(t, key, sister), 2)
	for _, pair := range [][2]string{{one[0], other[1]}, {other[1], one[0]}} {
		var parts pass.Parts
		if _, err := parts.Add(pair[0], issuedAt); !errors.Is(err, pass.ErrPart) {
			t.Fatal(err)
		}
		whole, err := parts.Add(pair[1], issuedAt)
		if err != nil {
			t.Fatal(err)
		}
		wantError(t, whole, keys, pass.ErrPart, pass.ErrMalformed)
	}
	wantError(t, "shc:/all/"+shc(t, p256Key(t), card())[len("shc:/"):], keys, pass.ErrPart)
	wantError(t, "shc:/any/"+one[0], keys, pass.ErrMalformed)
}

func TestPartsRefuse(t *testing.T) {
	var parts pass.Parts
	for _, bad := range []string{"shc:/1/2/", "shc:/3/2/56", "shc:/1/99/56", "shc:/a/b/56"} {
		if whole, err := parts.Add(bad, issuedAt); !errors.Is(err, pass.ErrMalformed) {
			t.Errorf("%q gave %q, %v", bad, whole, err)
		}
	}
	// However much is shown, no more than one text's worth is kept.
	for i := range 32 {
		whole, err := parts.Add(fmt.Sprintf("shc:/%d/32/%s", i+1, strings.Repeat("56", 2000)), issuedAt)
		if err == nil || len(whole) > 0 {
			t.Fatalf("128,000 characters became one text: %v", err)
		}
	}
}
