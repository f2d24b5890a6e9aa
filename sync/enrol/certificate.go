package enrol

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"

	"postern/sync/internal/cose"
)

// ErrSignature says that the envelope role of this authority did not sign.
var ErrSignature = errors.New("the authority did not sign this")

type certificateWire struct {
	Gate  string `cbor:"1,keyasint"`
	Sign  []byte `cbor:"2,keyasint"`
	Box   []byte `cbor:"3,keyasint"`
	Place string `cbor:"4,keyasint"`
	Time  int64  `cbor:"5,keyasint"`
}

func (c Certificate) check() error {
	return errors.Join(checkKeys(c.Gate, c.Sign, c.Box), checkPlace(c.Place), checkTime(c.Time))
}

// SignCertificate countersigns a gate's keys with the key of the envelope
// role. A certificate cannot be read as an envelope nor the other way round,
// though one key signs both: member 2 is bytes here and a number there.
func SignCertificate(c Certificate, key crypto.Signer) ([]byte, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("sign gate certificate: %w", err)
	}
	payload, err := cose.Encoding.Marshal(certificateWire{c.Gate, c.Sign, c.Box, c.Place, c.Time.Unix()})
	if err != nil {
		return nil, fmt.Errorf("sign gate certificate: %w", err)
	}
	return cose.Sign(key, nil, payload)
}

// OpenCertificate reads a certificate that key signed.
func OpenCertificate(b []byte, key ed25519.PublicKey) (Certificate, error) {
	payload, err := signed(b, key)
	if err != nil {
		return Certificate{}, fmt.Errorf("open gate certificate: %w", err)
	}
	return readCertificate(payload)
}

// CertificateOf reads a certificate without verifying it. The hub calls it to
// compare the certificate with the request that it carried; it does not know the
// authority's key.
func CertificateOf(b []byte) (Certificate, error) {
	if len(b) > MaxBytes {
		return Certificate{}, fmt.Errorf("read gate certificate: it has %d bytes, at most %d are read", len(b), MaxBytes)
	}
	m, err := cose.Parse(b)
	if err != nil {
		return Certificate{}, fmt.Errorf("read gate certificate: %w", err)
	}
	return readCertificate(m.Payload)
}

func readCertificate(payload []byte) (Certificate, error) {
	w, err := exact[certificateWire](payload)
	if err != nil {
		return Certificate{}, fmt.Errorf("open gate certificate: %w", err)
	}
	c := Certificate{Gate: w.Gate, Sign: w.Sign, Box: w.Box, Place: w.Place, Time: fromUnix(w.Time)}
	if err := c.check(); err != nil {
		return Certificate{}, fmt.Errorf("open gate certificate: %w", err)
	}
	return c, nil
}

// signed is the payload that key signed.
func signed(b []byte, key ed25519.PublicKey) ([]byte, error) {
	if len(b) > MaxBytes {
		return nil, fmt.Errorf("it has %d bytes, at most %d are read", len(b), MaxBytes)
	}
	m, err := cose.Parse(b)
	if err != nil {
		return nil, err
	}
	if !m.Verify(key) {
		return nil, ErrSignature
	}
	return m.Payload, nil
}

// answerWire is what the authority answers to a request, by pipe or as a file:
// the deterministic CBOR array [certificate, envelope], both byte strings.
type answerWire struct {
	_           struct{} `cbor:",toarray"`
	Certificate []byte
	Envelope    []byte
}

// EncodeAnswer joins the certificate (for the hub) and the first envelope (for
// the gate) to the answer that `postern-hub gate countersign` writes.
func EncodeAnswer(certificate, envelope []byte) ([]byte, error) {
	if len(certificate) == 0 || len(envelope) == 0 {
		return nil, errors.New("write enrolment answer: a part is empty")
	}
	return cose.Encoding.Marshal(answerWire{Certificate: certificate, Envelope: envelope})
}

// ParseAnswer reads an answer. It verifies neither part.
func ParseAnswer(b []byte) (certificate, envelope []byte, err error) {
	w, err := exact[answerWire](b)
	if err != nil {
		return nil, nil, fmt.Errorf("read enrolment answer: %w", err)
	}
	if len(w.Certificate) == 0 || len(w.Envelope) == 0 {
		return nil, nil, errors.New("read enrolment answer: a part is empty")
	}
	return w.Certificate, w.Envelope, nil
}
