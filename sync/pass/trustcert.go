package pass

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"time"
)

// keysOfCertificate gives the key of a certificate in DER (RFC 5280).
func keysOfCertificate(der []byte) ([]Key, error) {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUnsupported, err)
	}
	name := c.Subject.CommonName
	if checkText("name", name, maxName) != nil {
		name = ""
	}
	sum := sha256.Sum256(der)
	k := Key{
		IssuerName:  name,
		ID:          sum[:8],
		Public:      c.PublicKey,
		From:        c.NotBefore,
		To:          c.NotAfter.Add(time.Second), // NotAfter is the last second of it
		Uses:        usesOf(c),
		Certificate: c,
	}
	if isLargeCurve(c.PublicKey) { // it has no native kid
		return []Key{k}, nil
	}
	return keysOf(k, sum[:8])
}

// isLargeCurve reports whether a key is on P-384 or P-521. Such keys come only in
// certificates, of foreign signers and of CAs.
func isLargeCurve(pub crypto.PublicKey) bool {
	key, ok := pub.(*ecdsa.PublicKey)
	return ok && (key.Curve == elliptic.P384() || key.Curve == elliptic.P521())
}

// usesOf reads the extended key usage of an EU signer's certificate, in the
// arc of today, 1.3.6.1.4.1.1847.2021.1, and in that of the first certificates,
// 1.3.6.1.4.1.0.1847.2021.1.
func usesOf(c *x509.Certificate) Uses {
	arcs := []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 1847, 2021, 1}, {1, 3, 6, 1, 4, 1, 0, 1847, 2021, 1}}
	var uses Uses
	for _, id := range c.UnknownExtKeyUsage {
		for _, arc := range arcs {
			if len(id) != len(arc)+1 || !id[:len(arc)].Equal(arc) {
				continue
			}
			switch id[len(arc)] {
			case 1:
				uses |= UseTest
			case 2:
				uses |= UseVaccination
			case 3:
				uses |= UseRecovery
			}
		}
	}
	return uses
}
