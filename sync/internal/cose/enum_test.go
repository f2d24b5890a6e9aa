package cose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"slices"
	"testing"
)

// An algorithm that is not read is refused, is never another one, and has no hash.
func TestAlgorithmsOutOfRange(t *testing.T) {
	read := []int{EdDSA, Ed25519, ES256, ES384, ES512, PS256, PS384, PS512}
	curves := map[int]int{-9: ES256, -51: ES384, -52: ES512}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for n := -300; n <= 300; n++ {
		var m Foreign
		err := m.algorithm(float64(n))
		want := curves[n]
		if slices.Contains(read, n) {
			want = n
		}
		if m.Algorithm != want || (err == nil) != (want != 0) {
			t.Errorf("alg %d is read as %d, %v", n, m.Algorithm, err)
		}
		m = Foreign{Algorithm: n, Signature: make([]byte, 64)}
		if h := m.hashFor(&key.PublicKey); n != 0 && (h != 0) != (n == ES256 || n == ES384 || n == ES512) {
			t.Errorf("alg %d has hash %v for ECDSA", n, h)
		}
		if h := pssHash(n); n != 0 && (h != 0) != (n == PS256 || n == PS384 || n == PS512) {
			t.Errorf("alg %d has hash %v for RSA", n, h)
		}
		if n != 0 && !slices.Contains(read, n) && (m.Verify(ed25519.PublicKey(make([]byte, 32))) || m.Verify(&key.PublicKey) || m.Verify(&rsa.PublicKey{})) {
			t.Errorf("alg %d verifies something", n)
		}
		major, value := uint8(majorUint), uint64(n)
		if n < 0 {
			major, value = majorNegative, uint64(-1-n)
		}
		if got := knownAlgorithm(major, value); got != 0 && got != n || (got != 0) != (n == EdDSA || n == Ed25519 || n == ES256) {
			t.Errorf("alg %d of our own messages is read as %d", n, got)
		}
	}
}
