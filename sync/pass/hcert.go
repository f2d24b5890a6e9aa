package pass

import (
	"errors"
	"fmt"
	"strings"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/internal/inflate"
)

// prefixHCERT is the prefix of an electronic health certificate.
const prefixHCERT = "HC1:"

// The claims of RFC 8392 and of a health certificate, as cose.Value names them.
const (
	claimIssuer    = "1"
	claimExpires   = "4"
	claimNotBefore = "5"
	claimIssuedAt  = "6"
	claimID        = "7"
	claimHealth    = "-260"
	claimStatus    = "65535"
)

// What a health certificate may hold, in claim -260.
const (
	healthDCC  = "1"  // EU Digital COVID Certificate
	healthLink = "5"  // WHO verifiable health link: [{"u": "shlink:/…"}]
	healthICVP = "-6" // WHO International Certificate of Vaccination or Prophylaxis
)

// openHCERT opens an electronic health certificate (EU DCC, volumes 1 and 3;
// WHO Global Digital Health Certification Network).
//
//	HC1: base45( zlib( COSE_Sign1 { kid } ( {1: iss, 4: exp, 6: iat, -260: {1: DCC} or {-6: ICVP} …} ) ) )
//
// The key is found by its kid alone: these trust lists are flat, and iss is
// optional. Pass.Issuer is the key's issuer in the trust list, else iss. A key
// whose certificate limits it to tests, vaccinations or recoveries must find one
// of these on the card, else the error is ErrKeyUse. Document is the DCC, or the
// ICVP, or the whole claim where it has neither. A certificate that has only a
// link is ErrNeedsNetwork, after its signature verified. A pass is still valid at
// its exp.
func openHCERT(text string, keys *Keyring) (*Pass, error) {
	m, err := messageOf(strings.TrimPrefix(text, prefixHCERT))
	if err != nil {
		return nil, malformed(err)
	}
	c := ofMessage(m, HCERT)
	c.pass.LastSecond = true
	candidates := candidatesOf(m, keys, HCERT)
	health, err := c.readHCERT(m.Payload)
	if err != nil {
		return nil, c.unreadable(candidates, err)
	}
	p, err := c.open(candidates)
	if err == nil && isLinkOnly(health) {
		return nil, fmt.Errorf("open pass: %w: issuer %q", ErrNeedsNetwork, p.Issuer)
	}
	return p, err
}

// messageOf reads base45( zlib( COSE ) ).
func messageOf(text string) (*cose.Foreign, error) {
	packed, err := base45.Decode(text)
	if err != nil {
		return nil, err
	}
	b, err := inflate.Zlib(packed, inflate.Pass)
	if err != nil {
		return nil, err
	}
	return cose.ParseForeign(b)
}

func (c *credential) readHCERT(payload []byte) (health map[string]any, err error) {
	v, err := cose.Value(payload)
	if err != nil {
		return nil, err
	}
	claims, _ := v.(map[string]any)
	health, _ = claims[claimHealth].(map[string]any)
	if len(health) == 0 {
		return nil, errors.New("it has no health certificate, claim -260")
	}
	if err := c.issuer(claims[claimIssuer]); err != nil {
		return nil, err
	}
	err = c.dates(inSeconds(claims[claimIssuedAt]), inSeconds(claims[claimNotBefore]), inSeconds(claims[claimExpires]))
	if err != nil {
		return nil, err
	}
	if err := c.status(claims[claimStatus]); err != nil {
		return nil, err
	}
	return health, c.readHealth(health)
}

func (c *credential) readHealth(health map[string]any) error {
	for _, kind := range []struct {
		name string
		read func(any)
	}{{healthDCC, c.readDCC}, {healthICVP, c.readICVP}} {
		content, there := health[kind.name]
		if !there {
			continue
		}
		if _, ok := content.(map[string]any); !ok {
			return fmt.Errorf("the health certificate of kind %s is not a map", kind.name)
		}
		c.pass.Document = content
		kind.read(content)
		return nil
	}
	c.pass.Document = health
	return nil
}

// inSeconds divides a date in milliseconds, which one issuer writes. Read as
// seconds such a date would lie after the year 30000.
func inSeconds(v any) any {
	const from, to = 1_577_836_800_000, 4_102_444_800_000 // 2020 and 2100
	if f, ok := v.(float64); ok && f >= from && f < to {
		return f / 1000
	}
	return v
}

// isLinkOnly reports whether a certificate has nothing but a link to fetch one.
func isLinkOnly(health map[string]any) bool {
	return health[healthDCC] == nil && health[healthICVP] == nil && health[healthLink] != nil
}

// readICVP sets the claims from an ICVP: n is the name, dob the date of birth and v
// the vaccination, with dt its date and ci its identifier, which it may lack.
func (c *credential) readICVP(icvp any) {
	c.entries |= UseVaccination
	c.pass.Name = maskName(text(icvp, "n"), "")
	c.pass.BirthYear = birthYear(text(icvp, "dob"))
	c.pass.ID = []byte(text(icvp, "v", "ci"))
	c.pass.addDose(1, text(icvp, "v", "dt"))
}
