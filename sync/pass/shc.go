package pass

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postern/sync/internal/inflate"
	"postern/sync/internal/jcs"
	"postern/sync/internal/jws"
)

// prefixSHC is the prefix of a SMART Health Card, or of a part of one.
const prefixSHC = "shc:/"

// openSHC opens a SMART Health Card (SMART Health Cards Framework 1.4).
//
//	shc:/ digit pairs( JWS { alg ES256, kid, zip DEF } ( deflate( {"iss", "nbf", "vc": {…, "rid"}} ) ) )
//	shc:/ n / of / digit pairs           one of several codes; see Parts
//
// A pair of digits is a character's code less 45. kid is the key's RFC 7638
// thumbprint, and the key must be its issuer's. nbf is the time of issue. The
// identifier is rid where there is one. Document is the whole payload. A
// signature in DER is ErrForged, as the framework requires.
func openSHC(text string, keys *Keyring) (*Pass, error) {
	chunk, err := parseChunk(text)
	if err != nil {
		return nil, malformed(err)
	}
	if chunk.of > 1 {
		return nil, fmt.Errorf("open pass: %w: code %d of %d", ErrPart, chunk.number, chunk.of)
	}
	compact, err := ofDigits(chunk.digits)
	if err != nil {
		return nil, malformed(err)
	}
	m, err := jws.Parse(compact)
	if err != nil {
		return nil, malformed(err)
	}
	if m.Zip != "DEF" {
		return nil, malformed(fmt.Errorf("zip is %q, want DEF", m.Zip))
	}
	if m.KeyID == "" {
		return nil, malformed(errors.New("its header names no key"))
	}
	c := &credential{
		pass:   Pass{Format: SHC, KeyID: []byte(m.KeyID), signature: m.Signature},
		bound:  true,
		signed: m.Signed(),
		verify: m.Verify,
	}
	candidates := keys.Find(c.pass.KeyID)
	if err := c.readSHC(m); err != nil {
		err = c.unreadable(candidates, err)
		if errors.Is(err, ErrForged) && chunk.gathered {
			err = errMixed
		}
		return nil, err
	}
	p, err := c.open(candidates)
	if errors.Is(err, ErrForged) && chunk.gathered {
		return nil, errMixed
	}
	return p, err
}

// errMixed says that parts of two cards were put together, which happens when a
// family shows its cards one after the other. It is not ErrForged.
var errMixed = fmt.Errorf("open pass: %w: these codes are not all of one card; scan all of one again", ErrPart)

// chunk is one code of a card.
type chunk struct {
	number, of int // 1 and 1 for a card in one code
	digits     string
	gathered   bool // it is the whole of several codes
}

// gathered marks a text that Parts put together. Printed cards do not have it. A
// holder of one that does is told to show all codes of one card.
const gathered = "all"

// maxChunks is the largest number of codes of one card.
const maxChunks = 32

func parseChunk(text string) (*chunk, error) {
	parts := strings.Split(strings.TrimPrefix(text, prefixSHC), "/")
	if len(parts) == 1 {
		return &chunk{number: 1, of: 1, digits: parts[0]}, nil
	}
	if len(parts) == 2 && parts[0] == gathered {
		return &chunk{number: 1, of: 1, digits: parts[1], gathered: true}, nil
	}
	if len(parts) != 3 {
		return nil, errors.New("it is neither a health card nor a part of one")
	}
	number, err1 := strconv.ParseUint(parts[0], 10, 8)
	of, err2 := strconv.ParseUint(parts[1], 10, 8)
	if err1 != nil || err2 != nil || number < 1 || number > of || of > maxChunks {
		return nil, fmt.Errorf("part %.8q of %.8q makes no sense", parts[0], parts[1])
	}
	return &chunk{number: int(number), of: int(of), digits: parts[2]}, nil
}

// ofDigits turns pairs of digits, 00 to 77, into characters.
func ofDigits(digits string) (string, error) {
	if len(digits)%2 != 0 || digits == "" {
		return "", errors.New("its digits do not come in pairs")
	}
	letters := make([]byte, len(digits)/2)
	for i := range letters {
		tens, ones := digits[2*i]-'0', digits[2*i+1]-'0'
		if tens > 9 || ones > 9 || tens*10+ones > 'z'-'-' {
			return "", fmt.Errorf("the digits at %d stand for no character", 2*i+1)
		}
		letters[i] = tens*10 + ones + '-'
	}
	return string(letters), nil
}

func (c *credential) readSHC(m *jws.Message) error {
	b, err := inflate.Raw(m.Payload, inflate.Pass)
	if err != nil {
		return err
	}
	if err := jcs.Check(b); err != nil {
		return err
	}
	var payload map[string]any
	if err := json.Unmarshal(b, &payload); err != nil {
		return errors.New("the payload is not an object")
	}
	if err := c.issuer(payload["iss"]); err != nil {
		return err
	}
	if err := c.dates(payload["nbf"], nil, payload["exp"]); err != nil {
		return err
	}
	if err := c.status(payload["status"]); err != nil {
		return err
	}
	bundle := member(payload, "vc", "credentialSubject", "fhirBundle")
	if c.pass.Issuer == "" || c.pass.IssuedAt.IsZero() || bundle == nil {
		return errors.New("it lacks iss, nbf or the bundle")
	}
	if !slices.Contains(list(payload, "vc", "type"), any("https://smarthealth.cards#health-card")) {
		return errors.New("vc has no type #health-card")
	}
	c.pass.Document = payload
	c.pass.ID = []byte(text(payload, "vc", "rid"))
	c.readBundle(bundle)
	return nil
}
