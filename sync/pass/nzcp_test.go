package pass_test

import (
	"reflect"
	"strings"
	"testing"

	"postern/sync/pass"
)

var nzHeader = map[any]any{1: -7, 4: foreignKID}

func TestNZCP(t *testing.T) {
	key := p256Key(t)
	p, err := pass.Open(nzcp(t, key, nzHeader, nzClaims()), ring(nzKey(key.Public())))
	if err != nil {
		t.Fatal(err)
	}
	want := pass.Claims{
		Issuer: nzIssuer, ID: []byte("0123456789abcdef"), IssuedAt: issuedAt, NotBefore: issuedAt, Expires: issuedAt.AddDate(0, 6, 0),
		Name: "J. S.", BirthYear: 1960,
	}
	if p.Format != pass.NZCP || !reflect.DeepEqual(p.Claims, want) || !reflect.DeepEqual(p.Document, nzClaims()["vc"]) {
		t.Errorf("opens as %+v", p)
	}
	if p.Expired(p.Expires) != true {
		t.Error("it is valid at its exp")
	}
}

func TestNZCPThatDoesNotOpen(t *testing.T) {
	key := p256Key(t)
	good := ring(nzKey(key.Public()))
	text := nzcp(t, key, nzHeader, nzClaims())
	wantError(t, text, ring(), pass.ErrNoKey)
	wantError(t, text, ring(foreignKey(key.Public())), pass.ErrNoKey) // the kid is of another issuer
	wantError(t, text, ring(nzKey(p256Key(t).Public())), pass.ErrForged)

	without := func(claim any) map[any]any {
		c := nzClaims()
		delete(c, claim)
		return c
	}
	with := func(claim, v any) map[any]any {
		c := nzClaims()
		c[claim] = v
		return c
	}
	vc := func(name string, v any) map[any]any {
		c := nzClaims()
		c["vc"].(map[string]any)[name] = v
		return c
	}
	for name, broken := range map[string]string{
		"version 2":       strings.Replace(text, "/1/", "/2/", 1),
		"no version":      "NZCP:/" + text[8:],
		"lower case":      "NZCP:/1/" + strings.ToLower(text[8:]),
		"padding":         text + "====",
		"cut":             text[:len(text)-1],
		"no alg":          nzcp(t, key, map[any]any{4: foreignKID}, nzClaims()),
		"EdDSA":           nzcp(t, rfcKey(), map[any]any{1: -8, 4: foreignKID}, nzClaims()),
		"no kid":          nzcp(t, key, map[any]any{1: -7}, nzClaims()),
		"no iss":          nzcp(t, key, nzHeader, without(1)),
		"iss no did":      nzcp(t, key, nzHeader, with(1, "https://pass.example.org")),
		"no nbf":          nzcp(t, key, nzHeader, without(5)),
		"no exp":          nzcp(t, key, nzHeader, without(4)),
		"no cti":          nzcp(t, key, nzHeader, without(7)),
		"cti in text":     nzcp(t, key, nzHeader, with(7, "0123456789abcdef")),
		"cti short":       nzcp(t, key, nzHeader, with(7, []byte("0123"))),
		"no vc":           nzcp(t, key, nzHeader, without("vc")),
		"other context":   nzcp(t, key, nzHeader, vc("@context", []any{"https://example.org"})),
		"other type":      nzcp(t, key, nzHeader, vc("type", []any{"VerifiableCredential"})),
		"no vc version":   nzcp(t, key, nzHeader, vc("version", nil)),
		"subject no name": nzcp(t, key, nzHeader, vc("credentialSubject", map[string]any{"dob": "1960-04-16"})),
	} {
		t.Run(name, func(t *testing.T) { wantError(t, broken, good, pass.ErrMalformed) })
	}
}
