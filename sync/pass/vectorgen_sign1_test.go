package pass_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
)

// sign1Message is a COSE_Sign1 of another issuer before it is signed. The zero
// values are what most issuers write.
type sign1Message struct {
	key         crypto.Signer
	alg         int         // that it is signed with
	protected   map[any]any // nil: alg and kid
	unprotected map[any]any
	payload     []byte
	signature   []byte // nil: the right one
}

// algorithmHashes are the hashes of COSE algorithms (RFC 9053, RFC 8230).
var algorithmHashes = map[int]crypto.Hash{
	-7: crypto.SHA256, -35: crypto.SHA384, -36: crypto.SHA512, -37: crypto.SHA256, -38: crypto.SHA384, -39: crypto.SHA512,
}

func (m sign1Message) header() map[any]any {
	if m.protected == nil {
		return map[any]any{1: m.alg, 4: foreignKID}
	}
	return m.protected
}

// signed is what the signature is over; an empty header counts as no bytes (RFC 9052 section 4.4).
func (m sign1Message) signed(g *generator) []byte {
	header := []byte{}
	if len(m.header()) > 0 {
		header = g.deterministic(m.header())
	}
	return g.deterministic([]any{"Signature1", header, []byte{}, m.payload})
}

func (m sign1Message) bytes(g *generator) []byte {
	g.t.Helper()
	if m.signature == nil {
		m.signature = signatureOf(g, m.key, m.alg, m.signed(g))
	}
	if m.unprotected == nil {
		m.unprotected = map[any]any{}
	}
	return g.deterministic([]any{g.deterministic(m.header()), m.unprotected, m.payload, m.signature})
}

// signatureOf signs as COSE has it: of ECDSA r and s in full, of RSA a PSS with a salt as long as the hash.
func signatureOf(g *generator, key crypto.Signer, alg int, text []byte) []byte {
	g.t.Helper()
	var signature []byte
	var err error
	hash := algorithmHashes[alg]
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, text)
	case *ecdsa.PrivateKey:
		return inFull(g, key.Curve, derOf(g, key, hash, text))
	case *rsa.PrivateKey:
		signature, err = rsa.SignPSS(rand.Reader, key, hash, digestOf(hash, text), &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
	}
	if err != nil {
		g.t.Fatal(err)
	}
	return signature
}

func digestOf(hash crypto.Hash, text []byte) []byte {
	h := hash.New()
	h.Write(text)
	return h.Sum(nil)
}

// derOf signs as Go does, in DER.
func derOf(g *generator, key *ecdsa.PrivateKey, hash crypto.Hash, text []byte) []byte {
	g.t.Helper()
	der, err := ecdsa.SignASN1(rand.Reader, key, digestOf(hash, text))
	if err != nil {
		g.t.Fatal(err)
	}
	return der
}

func inFull(g *generator, curve elliptic.Curve, der []byte) []byte {
	g.t.Helper()
	var number struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &number); err != nil {
		g.t.Fatal(err)
	}
	size := (curve.Params().N.BitLen() + 7) / 8
	return append(number.R.FillBytes(make([]byte, size)), number.S.FillBytes(make([]byte, size))...)
}

func rsaSignature(g *generator, key *rsa.PrivateKey, text []byte, opts crypto.SignerOpts) []byte {
	g.t.Helper()
	signature, err := key.Sign(rand.Reader, digestOf(crypto.SHA256, text), opts)
	if err != nil {
		g.t.Fatal(err)
	}
	return signature
}

func curveKey(g *generator, curve elliptic.Curve) *ecdsa.PrivateKey {
	g.t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	return key
}
