package pass_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
)

func TestSealCutsTimesToTheirPrecision(t *testing.T) {
	c := fullClaims(nil)
	want := fullClaims(nil)
	c.IssuedAt = c.IssuedAt.Add(999 * time.Millisecond).In(time.FixedZone("CST", 8*3600))
	c.Tests[0].At = c.Tests[0].At.Add(59 * time.Second)
	c.Doses.Day = c.Doses.Day.Add(23 * time.Hour)
	p := mustOpen(t, seal(t, c, rfcKey()), trusted(t, rfcKey().Public()))
	if !equalClaims(p.Claims, want) {
		t.Errorf("came back as %+v, want %+v", p.Claims, want)
	}
	if p.IssuedAt.Location() != time.UTC {
		t.Error("times are not UTC")
	}
}

func TestSealTakesTheSignersIssuer(t *testing.T) {
	c := leastClaims()
	c.Issuer = ""
	if p := mustOpen(t, seal(t, c, rfcKey()), trusted(t, rfcKey().Public())); p.Issuer != issuer {
		t.Errorf("sealed for %q", p.Issuer)
	}
	c.Issuer = "Q"
	if text, err := pass.Seal(c, signer(t, rfcKey())); err == nil || text != "" {
		t.Errorf("a signer for %q sealed for Q: %q, %v", issuer, text, err)
	}
}

func TestSealRefuses(t *testing.T) {
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	test := pass.Test{Kind: pass.Antigen, At: issuedAt}
	for name, change := range map[string]func(*pass.Claims){
		"no identifier":      func(c *pass.Claims) { c.ID = nil },
		"no time of issue":   func(c *pass.Claims) { c.IssuedAt = time.Time{} },
		"no expiry":          func(c *pass.Claims) { c.Expires = time.Time{} },
		"expiry before 1970": func(c *pass.Claims) { c.Expires = time.Unix(-1, 0) },
		"colour 4":           func(c *pass.Claims) { c.Colour = 4 },
		"long name":          func(c *pass.Claims) { c.Name = strings.Repeat("张", 22) },
		"broken name":        func(c *pass.Claims) { c.Name = "\xff" },
		"nine tests":         func(c *pass.Claims) { c.Tests = []pass.Test{test, test, test, test, test, test, test, test, test} },
		"test without kind":  func(c *pass.Claims) { c.Tests = []pass.Test{{At: issuedAt}} },
		"test without time":  func(c *pass.Claims) { c.Tests = []pass.Test{{Kind: pass.Antigen}} },
		"birth year":         func(c *pass.Claims) { c.BirthYear = 65536 + 1990 },
		"negative year":      func(c *pass.Claims) { c.BirthYear = -1 },
		"negative doses":     func(c *pass.Claims) { c.Doses = &pass.Doses{Count: -1, Day: issuedAt} },
		"257 doses":          func(c *pass.Claims) { c.Doses = &pass.Doses{Count: 257, Day: issuedAt} },
		"status without uri": func(c *pass.Claims) { c.Status = &pass.StatusRef{Index: 1} },
		"P-384 holder":       func(c *pass.Claims) { c.Confirm = &p384.PublicKey },
		"empty holder":       func(c *pass.Claims) { c.Confirm = &ecdsa.PublicKey{Curve: elliptic.P256()} },
	} {
		t.Run(name, func(t *testing.T) {
			c := leastClaims()
			change(&c)
			if text, err := pass.Seal(c, signer(t, rfcKey())); err == nil || text != "" {
				t.Errorf("sealed as %q, %v", text, err)
			}
		})
	}
}

func TestNewSignerRefuses(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		issuer string
		key    crypto.Signer
	}{
		"no issuer":   {"", rfcKey()},
		"long issuer": {strings.Repeat("P", 65), rfcKey()},
		"no key":      {issuer, nil},
		"RSA":         {issuer, rsaKey},
	} {
		if s, err := pass.NewSigner(c.issuer, c.key); err == nil || s != nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

func TestKeyID(t *testing.T) {
	ed, err := pass.KeyID(rfcKey().Public())
	if err != nil || !bytes.Equal(ed, []byte{0x21, 0xfe, 0x31, 0xdf}) {
		t.Errorf("kid of the RFC 8032 key is %x, %v", ed, err)
	}
	ec := p256Key(t)
	point, err := ec.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(point)
	if kid, err := pass.KeyID(ec.Public()); err != nil || !bytes.Equal(kid, sum[:4]) {
		t.Errorf("kid of a P-256 key is %x, %v, want %x", kid, err, sum[:4])
	}
	for _, pub := range []crypto.PublicKey{nil, "key", &ecdsa.PublicKey{Curve: elliptic.P256()}} {
		if kid, err := pass.KeyID(pub); err == nil || kid != nil {
			t.Errorf("KeyID(%v) = %x, %v", pub, kid, err)
		}
	}
	s := signer(t, rfcKey())
	s.KeyID()[0]++
	if !bytes.Equal(s.KeyID(), ed) || s.Issuer() != issuer {
		t.Errorf("the signer has kid %x and issuer %q", s.KeyID(), s.Issuer())
	}
}
