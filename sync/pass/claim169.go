package pass

import (
	"errors"
	"fmt"
	"strings"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/internal/inflate"
)

// claimIdentity is claim 169 of a MOSIP identity code.
const claimIdentity = "169"

// identityNames are the members of claim 169 that are read, by their numbers
// in MOSIP's specification "QR Code - Claim 169".
var identityNames = map[string]string{
	"1": "id", "2": "version", "3": "language", "4": "fullName", "5": "firstName", "6": "middleName",
	"7": "lastName", "8": "dateOfBirth", "9": "gender", "10": "address", "11": "email", "12": "phone",
	"13": "nationality", "14": "maritalStatus", "15": "guardian", "18": "bestQualityFingers",
	"19": "secondaryFullName", "20": "secondaryLanguage", "21": "locationCode", "22": "legalStatus",
	"23": "countryOfIssuance",
}

// recogniseClaim169 decodes a text that may be a code of claim 169. These codes
// have no prefix: they are strict base45 of bytes that begin like zlib. Of other
// texts one in thousands looks like that.
func recogniseClaim169(text string) (packed []byte, ok bool) {
	if len(text) < 3 {
		return nil, false
	}
	if head, err := base45.Decode(text[:3]); err != nil || !inflate.IsZlib(head) {
		return nil, false
	}
	packed, err := base45.Decode(text)
	return packed, err == nil
}

// openClaim169 opens a MOSIP identity code.
//
//	base45( zlib( COSE_Sign1 ( {1: iss, 4: exp, 5: nbf, 6: iat, 169: {1: id, 4: full name, 8: YYYYMMDD …}} ) ) )
//
// Many of these codes name no key, or name it in a way that no trust list knows.
// Then every trusted key is tried, and if none fits the error is ErrNoKey. An
// empty signature verifies under no key. An encrypted code is ErrEncrypted. A
// signed message without claim 169, such as a health certificate without its
// prefix, is ErrForeign. Document is claim 169 with the names of identityNames;
// photographs and fingerprints are left out.
func openClaim169(packed []byte, keys *Keyring) (*Pass, error) {
	b, err := inflate.Zlib(packed, inflate.Pass)
	if err != nil {
		return nil, malformed(err)
	}
	m, err := cose.ParseForeign(b)
	if errors.Is(err, cose.ErrEncrypted) {
		return nil, fmt.Errorf("open pass: %w", ErrEncrypted)
	}
	if err != nil {
		return nil, fmt.Errorf("open pass: %w: %v", ErrForeign, err)
	}
	v, err := cose.Value(m.Payload)
	if err != nil {
		return nil, malformed(err)
	}
	identity, ok := member(v, claimIdentity).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("open pass: %w: a signed message without claim 169", ErrForeign)
	}
	c := ofMessage(m, Claim169)
	candidates := candidatesOf(m, keys, Claim169)
	if len(candidates) == 0 { // the trust list may not know this kid
		candidates, c.nameless = keys.some(Claim169), true
	}
	if err := c.readClaim169(v, identity); err != nil {
		return nil, c.unreadable(candidates, err)
	}
	return c.open(candidates)
}

func (c *credential) readClaim169(claims any, identity map[string]any) error {
	if err := c.issuer(member(claims, claimIssuer)); err != nil {
		return err
	}
	c.bound = c.pass.Issuer != "" // iss is optional
	err := c.dates(member(claims, claimIssuedAt), member(claims, claimNotBefore), member(claims, claimExpires))
	if err != nil {
		return err
	}
	if err := c.status(member(claims, claimStatus)); err != nil {
		return err
	}
	named := make(map[string]any, len(identity))
	for number, v := range identity {
		if name, ok := identityNames[number]; ok {
			named[name] = v
		}
	}
	p := &c.pass
	p.Document = named
	p.ID = []byte(text(named, "id"))
	p.BirthYear = birthYear(text(named, "dateOfBirth"))
	if second := text(named, "secondaryFullName"); !strings.ContainsFunc(second, isOtherLetter) {
		p.Latin = maskName(second, "")
	}
	if p.Name = maskName(text(named, "fullName"), ""); p.Name == "" {
		p.Name = maskName(text(named, "firstName")+" "+text(named, "middleName"), text(named, "lastName"))
	}
	return nil
}
