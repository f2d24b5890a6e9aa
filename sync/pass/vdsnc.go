package pass

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"postern/sync/internal/cose"
	"postern/sync/internal/jcs"
)

// prefixVDSNC is the prefix of any JSON object. Most JSON is no VDS-NC.
const prefixVDSNC = "{"

// openVDSNC opens a visible digital seal for non-constrained environments
// (ICAO Doc 9303-13 section 10, ICAO VDS-NC guidelines for health).
//
//	{"data": {"hdr": {"t": "icao.vacc", "v": 1, "is": "UTO"}, "msg": {…}},
//	 "sig": {"alg": "ES256", "cer": base64url(certificate), "sigvl": base64url(r ‖ s)}}
//
// The signature is over the canonical form (RFC 8785) of data, by the
// certificate's key, and the certificate must be issued by a CA of the keyring
// (CSCA); else it is ErrNoKey. JSON with a member twice is refused. Pass.KeyID
// is the CA's. The pass is valid while certificate and CA are, as it has no
// dates of its own. Document is data.
func openVDSNC(text string, keys *Keyring) (*Pass, error) {
	seal, err := parseSeal(text)
	if err != nil {
		return nil, err
	}
	c := &credential{
		pass:   Pass{Format: VDSNC, LastSecond: true, Document: seal.data, signature: seal.signature},
		signed: seal.signed,
		verify: seal.verify,
	}
	candidates := seal.anchors(keys)
	if err := c.readSeal(seal); err != nil {
		return nil, c.unreadable(candidates, err)
	}
	if seal.verify(nil) && keys.withdrew(seal.signer.PublicKey) { // the only way to withdraw one signer and not its whole country
		return nil, fmt.Errorf("open pass: %w: the seal's signer", ErrWithdrawn)
	}
	p, err := c.open(candidates)
	if err == nil && !maySeal(seal.signer) {
		return nil, fmt.Errorf("open pass: %w: issuer %q", ErrKeyUse, p.Issuer)
	}
	return p, err
}

// sealAlgorithm is the hash and the curve of an alg (RFC 7518 section 3.4).
type sealAlgorithm struct {
	hash  crypto.Hash
	curve elliptic.Curve
}

var sealAlgorithms = map[string]sealAlgorithm{
	"ES256": {crypto.SHA256, elliptic.P256()},
	"ES384": {crypto.SHA384, elliptic.P384()},
	"ES512": {crypto.SHA512, elliptic.P521()},
}

// seal is the parts of a VDS-NC.
type seal struct {
	data      map[string]any
	signed    []byte // the canonical form of data
	algorithm sealAlgorithm
	signer    *x509.Certificate
	issuer    *x509.Certificate // of the CA in the keyring that signed it
	signature []byte
}

func parseSeal(text string) (*seal, error) {
	document, err := sealObject(text)
	if err != nil {
		return nil, err
	}
	s := &seal{data: document["data"].(map[string]any)}
	if s.signed, err = jcs.Append(nil, s.data); err != nil {
		return nil, malformed(err)
	}
	if err := s.parseSignature(document["sig"]); err != nil {
		return nil, malformed(err)
	}
	return s, nil
}

// sealObject reads the JSON of a seal. Other JSON is ErrForeign.
func sealObject(s string) (map[string]any, error) {
	if err := jcs.Check([]byte(s)); err != nil {
		if strings.Contains(s, `"sigvl"`) {
			return nil, malformed(err)
		}
		return nil, fmt.Errorf("open pass: %w", ErrForeign)
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(s), &document); err != nil {
		return nil, malformed(err)
	}
	_, data := document["data"].(map[string]any)
	_, signature := document["sig"].(map[string]any)
	if !data || !signature || text(document, "data", "hdr", "t") == "" {
		return nil, fmt.Errorf("open pass: %w: JSON that is no VDS-NC", ErrForeign)
	}
	return document, nil
}

func (s *seal) parseSignature(sig any) error {
	var ok bool
	if s.algorithm, ok = sealAlgorithms[text(sig, "alg")]; !ok {
		return fmt.Errorf("alg %q is none of ES256, ES384 and ES512", text(sig, "alg"))
	}
	der, err := base64url(text(sig, "cer"))
	if err != nil {
		return errors.New("its certificate is not base64url")
	}
	if s.signer, err = x509.ParseCertificate(der); err != nil {
		return fmt.Errorf("its certificate: %w", err)
	}
	if key, ok := s.signer.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != s.algorithm.curve {
		return fmt.Errorf("its certificate is not of a key for %s", text(sig, "alg"))
	}
	if s.signature, err = base64url(text(sig, "sigvl")); err != nil {
		return errors.New("its signature is not base64url")
	}
	return nil
}

// anchors are the keys of the CAs that signed the signer's certificate. Having the
// right name is not enough, since states renew CAs under their old names. It also
// sets issuer.
func (s *seal) anchors(keys *Keyring) []Key {
	var issuers []Key
	for _, k := range keys.issuersOf(s.signer) {
		if s.signer.CheckSignatureFrom(k.Certificate) == nil {
			issuers = append(issuers, k)
			if s.issuer == nil || k.Certificate.NotAfter.After(s.issuer.NotAfter) { // renewed under the same key
				s.issuer = k.Certificate
			}
		}
	}
	return issuers
}

// verify reports whether the key of the certificate inside signed the seal. It
// ignores its argument: anchors has verified that certificate with the CA's key.
func (s *seal) verify(crypto.PublicKey) bool {
	key, ok := s.signer.PublicKey.(*ecdsa.PublicKey)
	if !ok || key.Curve != s.algorithm.curve {
		return false
	}
	h := s.algorithm.hash.New()
	h.Write(s.signed)
	return cose.VerifyECDSA(key, h.Sum(nil), s.signature)
}

func (c *credential) readSeal(s *seal) error {
	if err := c.issuer(member(s.data, "hdr", "is")); err != nil {
		return err
	}
	if !strings.HasPrefix(text(s.data, "hdr", "t"), "icao.") || member(s.data, "hdr", "v") != 1.0 {
		return fmt.Errorf("type %q, version %v is not known", text(s.data, "hdr", "t"), member(s.data, "hdr", "v"))
	}
	p, msg := &c.pass, member(s.data, "msg")
	p.NotBefore, p.Expires = s.period()
	p.ID = []byte(either(text(msg, "uvci"), text(msg, "utci")))
	p.Name = maskName(text(msg, "pid", "n"), "")
	p.BirthYear = birthYear(text(msg, "pid", "dob"))
	for _, event := range list(msg, "ve") {
		for _, dose := range list(event, "vd") {
			number, _ := member(dose, "seq").(float64)
			p.addDose(int(min(number, maxDoses+1)), text(dose, "dvc"))
		}
	}
	if sample := text(msg, "dat", "sc"); sample != "" && !strings.HasPrefix(strings.ToLower(text(msg, "dat", "tc")), "antibody") {
		p.addTest(Test{Kind: sealKind(text(msg, "dat", "tc")), Result: sealResult(text(msg, "dat", "tr"))}, sample)
	}
	return nil
}

// period is when both the certificate and its CA are valid.
func (s *seal) period() (from, to time.Time) {
	from, to = s.signer.NotBefore, s.signer.NotAfter
	if s.issuer != nil && s.issuer.NotBefore.After(from) {
		from = s.issuer.NotBefore
	}
	if s.issuer != nil && s.issuer.NotAfter.Before(to) {
		to = s.issuer.NotAfter
	}
	return from, to
}

func sealKind(conducted string) Kind {
	switch conducted = strings.ToLower(conducted); {
	case strings.HasPrefix(conducted, "molecular"):
		return NucleicAcid
	case strings.HasPrefix(conducted, "antigen"):
		return Antigen
	}
	return OtherKind
}

func sealResult(result string) Result {
	switch strings.ToLower(result) {
	case "negative":
		return Negative
	case "positive":
		return Positive
	}
	return Inconclusive
}

// sealUsage is the arc of extended key usages for signers of VDS-NC (ICAO Doc
// 9303-12, id-icao-vdsNCSigner and those beside it).
var sealUsage = asn1.ObjectIdentifier{2, 23, 136, 1, 1, 14}

// maySeal reports whether a certificate's key may sign seals. One without any
// extended key usage may sign anything.
func maySeal(c *x509.Certificate) bool {
	if c.IsCA || len(c.UnhandledCriticalExtensions) > 0 || c.KeyUsage != 0 && c.KeyUsage&x509.KeyUsageDigitalSignature == 0 {
		return false // RFC 5280, sections 4.2 and 4.2.1.3
	}
	if len(c.UnknownExtKeyUsage) == 0 && len(c.ExtKeyUsage) == 0 {
		return true
	}
	for _, id := range c.UnknownExtKeyUsage {
		if len(id) >= len(sealUsage) && id[:len(sealUsage)].Equal(sealUsage) {
			return true
		}
	}
	return false
}

// base64url decodes the certificate or the signature, with padding or without.
func base64url(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") { // the decoder would step over them
		return nil, errors.New("it holds line ends")
	}
	return base64.RawURLEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
}
