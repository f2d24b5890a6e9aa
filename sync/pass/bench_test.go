package pass_test

import (
	"testing"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
)

// BenchmarkVerify is the bare signature, against which BenchmarkOpen is held.
func BenchmarkVerify(b *testing.B) {
	raw, err := base45.Decode(seal(b, fullClaims(nil), rfcKey())[4:])
	if err != nil {
		b.Fatal(err)
	}
	m, err := cose.Parse(raw)
	if err != nil {
		b.Fatal(err)
	}
	public := rfcKey().Public()
	b.ReportAllocs()
	for b.Loop() {
		if !m.Verify(public) {
			b.Fatal("the signature does not verify")
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	text, keys := seal(b, fullClaims(nil), rfcKey()), trusted(b, rfcKey().Public())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pass.Open(text, keys); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpenPresented(b *testing.B) {
	holder := p256Key(b)
	text, err := pass.Present(seal(b, fullClaims(&holder.PublicKey), rfcKey()), holder, issuedAt)
	if err != nil {
		b.Fatal(err)
	}
	keys := trusted(b, rfcKey().Public())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pass.Open(text, keys); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	c, s := fullClaims(nil), signer(b, rfcKey())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pass.Seal(c, s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenSlip verifies two signatures: the issuer's and the gate's.
func BenchmarkOpenSlip(b *testing.B) {
	text, keys := sealSlip(b), trusted(b, rfcKey().Public())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pass.Open(text, keys); err != nil {
			b.Fatal(err)
		}
	}
}
