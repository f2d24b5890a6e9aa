// Package jws reads JSON Web Signatures in compact form (RFC 7515 section 7.1)
// with ES256, as SMART Health Cards use them.
//
// [Parse] verifies nothing. The caller must not believe anything in a Message
// before [Message.Verify] is true for a key that it trusts.
//
//	base64url(header) . base64url(payload) . base64url(signature)
//
// base64url is strict: no padding, no line ends, no bits left over.
package jws

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"postern/sync/internal/cose"
	"postern/sync/internal/jcs"
)

// Message is a JWS, read but not yet verified.
type Message struct {
	KeyID     string // kid, "" where absent
	Zip       string // zip, "" where absent; "DEF" is raw DEFLATE
	Payload   []byte // as it travels: still deflated where Zip says so
	Signature []byte
	signed    string
}

var encoding = base64.RawURLEncoding.Strict()

// Parse reads a message whose header says alg ES256. A header with "crit" is
// refused, since no extension is known here.
func Parse(compact string) (*Message, error) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("read jws: it has %d parts, want 3", len(parts))
	}
	var decoded [3][]byte
	for i, part := range parts {
		if strings.ContainsAny(part, "\r\n") { // the decoder would ignore them
			return nil, errors.New("read jws: it holds line ends")
		}
		b, err := encoding.DecodeString(part)
		if err != nil {
			return nil, fmt.Errorf("read jws: part %d is not base64url", i+1)
		}
		decoded[i] = b
	}
	m := &Message{
		Payload:   decoded[1],
		Signature: decoded[2],
		signed:    compact[:len(parts[0])+1+len(parts[1])],
	}
	if err := m.header(decoded[0]); err != nil {
		return nil, fmt.Errorf("read jws header: %w", err)
	}
	return m, nil
}

func (m *Message) header(b []byte) error {
	if err := jcs.Check(b); err != nil {
		return err
	}
	var h map[string]any // a struct would also take names in another case
	if err := json.Unmarshal(b, &h); err != nil {
		return errors.New("it is not an object")
	}
	if h["alg"] != "ES256" {
		return fmt.Errorf("alg is %v, want ES256", h["alg"])
	}
	if _, ok := h["crit"]; ok {
		return errors.New("it has critical parameters, of which none is known here")
	}
	for name, into := range map[string]*string{"kid": &m.KeyID, "zip": &m.Zip} {
		v, there := h[name]
		s, ok := v.(string)
		if there && !ok {
			return fmt.Errorf("%s is not text", name)
		}
		*into = s
	}
	return nil
}

// Signed is what the signature is over.
func (m *Message) Signed() []byte { return []byte(m.signed) }

// Verify reports whether pub, a key on P-256, signed m. The signature is r and
// s, 32 bytes each (RFC 7518 section 3.4). Some issuers send DER, which does not
// verify.
func (m *Message) Verify(pub crypto.PublicKey) bool {
	key, ok := pub.(*ecdsa.PublicKey)
	if !ok || key == nil || key.Curve != elliptic.P256() {
		return false
	}
	digest := sha256.Sum256([]byte(m.signed))
	return cose.VerifyECDSA(key, digest[:], m.Signature)
}
