package pass

import (
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postern/sync/internal/cose"
)

// prefixNZCP is the prefix of a New Zealand COVID Pass of any version.
const prefixNZCP = "NZCP:/"

// openNZCP opens a New Zealand COVID Pass (NZ COVID Pass, technical
// specification version 1.0).
//
//	NZCP:/1/ base32, no padding( COSE_Sign1 { alg ES256, kid text } ( {1: iss, 5: nbf, 4: exp, 7: cti, "vc": {…}} ) )
//
// iss is a decentralised identifier, did:web, and the key must be its issuer's.
// All claims above are required. Document is vc.
func openNZCP(text string, keys *Keyring) (*Pass, error) {
	body, ok := strings.CutPrefix(text, prefixNZCP+"1/")
	if !ok {
		return nil, malformed(errors.New("a NZCP of another version than 1"))
	}
	encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
	b, err := encoding.DecodeString(body)
	if err != nil || encoding.EncodeToString(b) != body {
		return nil, malformed(errors.New("it is not base32"))
	}
	m, err := cose.ParseForeign(b)
	if err != nil {
		return nil, malformed(err)
	}
	if m.Algorithm != cose.ES256 || len(m.KeyID) == 0 || m.KeyIDFree {
		return nil, malformed(errors.New("its protected header must have alg ES256 and kid"))
	}
	c := ofMessage(m, NZCP)
	c.bound = true
	candidates := candidatesOf(m, keys, NZCP)
	if err := c.readNZCP(m.Payload); err != nil {
		return nil, c.unreadable(candidates, err)
	}
	return c.open(candidates)
}

func (c *credential) readNZCP(payload []byte) error {
	claims, err := cose.Value(payload)
	if err != nil {
		return err
	}
	if err := c.issuer(member(claims, claimIssuer)); err != nil {
		return err
	}
	if !strings.HasPrefix(c.pass.Issuer, "did:web:") {
		return fmt.Errorf("issuer %q is no did:web", c.pass.Issuer)
	}
	if err := c.dates(nil, member(claims, claimNotBefore), member(claims, claimExpires)); err != nil {
		return err
	}
	if c.pass.NotBefore.IsZero() || c.pass.Expires.IsZero() {
		return errors.New("it lacks nbf or exp")
	}
	c.pass.IssuedAt = c.pass.NotBefore // the pass has no iat
	cti, _ := member(claims, claimID).([]byte)
	if len(cti) != 16 {
		return errors.New("its cti is no UUID of 16 bytes")
	}
	vc := member(claims, "vc")
	if err := checkVC(vc); err != nil {
		return err
	}
	subject := member(vc, "credentialSubject")
	c.pass.ID, c.pass.Document = cti, vc
	c.pass.Name = maskName(text(subject, "givenName"), text(subject, "familyName"))
	c.pass.BirthYear = birthYear(text(subject, "dob"))
	return nil
}

// checkVC checks the credential as section 2.4 of the specification requires.
func checkVC(vc any) error {
	switch {
	case first(list(vc, "@context")) != "https://www.w3.org/2018/credentials/v1":
		return errors.New("vc has another @context")
	case first(list(vc, "type")) != "VerifiableCredential" || !slices.Contains(list(vc, "type"), any("PublicCovidPass")):
		return errors.New("vc has no type PublicCovidPass")
	case text(vc, "version") == "":
		return errors.New("vc has no version")
	case text(vc, "credentialSubject", "givenName") == "" || text(vc, "credentialSubject", "dob") == "":
		return errors.New("vc has no subject with givenName and dob")
	}
	return nil
}
