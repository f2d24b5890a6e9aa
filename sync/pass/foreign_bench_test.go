package pass_test

import (
	"compress/zlib"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// bareHCERT is the least that opening an HC1: text can cost: the standard
// library's inflate of it, and its verify of a signature.
func bareHCERT(b *testing.B) func() {
	key := p256Key(b)
	text := hcert(b, key, hcertClaims(dcc()))
	packed, err := base45.Decode(strings.TrimPrefix(text, "HC1:"))
	if err != nil {
		b.Fatal(err)
	}
	message := []byte(text)
	signature := rawES256(b, key, message)
	source := strings.NewReader(string(packed))
	inflater, err := zlib.NewReader(source)
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		source.Reset(string(packed))
		if err := inflater.(zlib.Resetter).Reset(source, nil); err != nil {
			b.Fatal(err)
		}
		if _, err := io.ReadAll(inflater); err != nil {
			b.Fatal(err)
		}
		digest := sha256.Sum256(message)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		if !ecdsa.Verify(&key.PublicKey, digest[:], r, s) {
			b.Fatal("the signature does not verify")
		}
	}
}

// BenchmarkVerifyES256AndInflate is what BenchmarkOpenHCERT is held against.
func BenchmarkVerifyES256AndInflate(b *testing.B) {
	bare := bareHCERT(b)
	b.ReportAllocs()
	for b.Loop() {
		bare()
	}
}

// BenchmarkHCERTAgainstBare: 1.3 is the aim.
func BenchmarkHCERTAgainstBare(b *testing.B) {
	againstBare(b, bareHCERT(b), samples(b)[pass.HCERT])
}

// BenchmarkNativeAgainstBare: 1.15 is the aim.
func BenchmarkNativeAgainstBare(b *testing.B) {
	text, message := seal(b, fullClaims(nil), rfcKey()), make([]byte, 150)
	signature, public := ed25519.Sign(rfcKey(), message), rfcKey().Public()
	bare := func() {
		if !ed25519.Verify(public.(ed25519.PublicKey), message, signature) {
			b.Fatal("the signature does not verify")
		}
	}
	againstBare(b, bare, sample{text: text, keys: trusted(b, public)})
}

// againstBare does the bare work and the opening in turn, so that a busy
// machine slows both, and reports how many times as long the opening takes.
func againstBare(b *testing.B, bare func(), s sample) {
	var open, least []time.Duration
	for b.Loop() {
		begin := time.Now()
		bare()
		middle := time.Now()
		if _, err := pass.Open(s.text, s.keys); err != nil {
			b.Fatal(err)
		}
		least, open = append(least, middle.Sub(begin)), append(open, time.Since(middle))
	}
	slices.Sort(open)
	slices.Sort(least)
	b.ReportMetric(float64(open[len(open)/2])/float64(least[len(least)/2]), "x-bare")
}

func BenchmarkOpenHCERT(b *testing.B)    { benchmarkForeign(b, pass.HCERT) }
func BenchmarkOpenSHC(b *testing.B)      { benchmarkForeign(b, pass.SHC) }
func BenchmarkOpenClaim169(b *testing.B) { benchmarkForeign(b, pass.Claim169) }
func BenchmarkOpenPretix(b *testing.B)   { benchmarkForeign(b, pass.Pretix) }
func BenchmarkOpenNZCP(b *testing.B)     { benchmarkForeign(b, pass.NZCP) }
func BenchmarkOpenVDSNC(b *testing.B)    { benchmarkForeign(b, pass.VDSNC) }

// BenchmarkOpenMenu is what a code costs that is no pass.
func BenchmarkOpenMenu(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pass.Open("https://example.org/menu?table=12", nil); err == nil {
			b.Fatal("a menu opens")
		}
	}
}

func benchmarkForeign(b *testing.B, f pass.Format) {
	s := samples(b)[f]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pass.Open(s.text, s.keys); err != nil {
			b.Fatal(err)
		}
	}
}
