package pass_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// sample is a foreign pass that opens, for tests to bend.
type sample struct {
	text string
	keys *pass.Keyring
	list []pass.Key // the same keys
}

func sampleOf(text string, keys ...pass.Key) sample { return sample{text, ring(keys...), keys} }

// samples is one pass of every foreign format.
func samples(t testing.TB) map[pass.Format]sample {
	t.Helper()
	key, state := p256Key(t), newCA(t, "Invented CSCA", p256Key(t).Curve)
	public := key.Public()
	return map[pass.Format]sample{
		pass.HCERT:    sampleOf(hcert(t, key, hcertClaims(dcc())), foreignKey(public)),
		pass.SHC:      sampleOf(shc(t, key, card()), healthKey(public)),
		pass.Claim169: sampleOf(identity(t, rfcKey(), map[any]any{1: -8, 4: foreignKID}, identityClaims()), identityKey(rfcKey().Public())),
		pass.Pretix:   sampleOf(pretix(rfcKey(), ticketPayload(uint64(issuedAt.Unix()), uint64(issuedAt.Unix())+60)), foreignKey(rfcKey().Public())),
		pass.NZCP:     sampleOf(nzcp(t, key, nzHeader, nzClaims()), nzKey(public)),
		pass.VDSNC:    sampleOf(vdsnc(t, key, state.signer(t, key, sealUse), sealData()), state.keys...),
	}
}

// unwrap takes the signed bytes out of a text, in pieces; wrap puts them back.
func unwrap(t testing.TB, f pass.Format, text string) (pieces [][]byte, wrap func([][]byte) string) {
	t.Helper()
	decoded := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	switch f {
	case pass.HCERT, pass.Claim169:
		prefix := ""
		if f == pass.HCERT {
			prefix = "HC1:"
		}
		r, err := zlib.NewReader(bytes.NewReader(decoded(base45.Decode(text[len(prefix):]))))
		if err != nil {
			t.Fatal(err)
		}
		return [][]byte{decoded(io.ReadAll(r))}, func(p [][]byte) string { return prefix + base45.Encode(zlibOf(p[0])) }
	case pass.NZCP:
		encoding := base32.StdEncoding.WithPadding(base32.NoPadding)
		return [][]byte{decoded(encoding.DecodeString(text[8:]))}, func(p [][]byte) string { return "NZCP:/1/" + encoding.EncodeToString(p[0]) }
	case pass.Pretix:
		return [][]byte{decoded(base64.StdEncoding.DecodeString(flip(text)))}, func(p [][]byte) string { return reversed(p[0]) }
	case pass.SHC:
		var compact []byte
		for i := 5; i < len(text); i += 2 {
			compact = append(compact, (text[i]-'0')*10+text[i+1]-'0'+'-')
		}
		for _, part := range strings.Split(string(compact), ".") {
			pieces = append(pieces, decoded(base64.RawURLEncoding.DecodeString(part)))
		}
		return pieces, func(p [][]byte) string {
			return "shc:/" + digits(b64(p[0])+"."+b64(p[1])+"."+b64(p[2]))
		}
	}
	return [][]byte{[]byte(text)}, func(p [][]byte) string { return string(p[0]) }
}

// sameWord reports whether two passes say the same.
func sameWord(a, b *pass.Pass) bool {
	return reflect.DeepEqual(a.Claims, b.Claims) && reflect.DeepEqual(a.Document, b.Document) && a.Format == b.Format && a.LastSecond == b.LastSecond
}

// bend changes a bit in every byte of what a pass signs, and holds that
// none of it opens as anything else. Bytes that no signature covers, such as a
// tag or a header beside it, may leave the pass as it is.
func bend(t *testing.T, f pass.Format, s sample) {
	t.Helper()
	want, err := pass.Open(s.text, s.keys)
	if err != nil {
		t.Fatal(err)
	}
	pieces, wrap := unwrap(t, f, s.text)
	refused, same := 0, 0
	for _, piece := range pieces {
		for i := range piece {
			mask := byte(1) << (i % 8)
			piece[i] ^= mask
			p, err := pass.Open(wrap(pieces), s.keys)
			piece[i] ^= mask
			switch {
			case err != nil:
				refused++
			case sameWord(p, want):
				same++
			default:
				t.Fatalf("with byte %d of %x changed it opens as %+v", i, piece, p)
			}
		}
	}
	if same*10 > refused {
		t.Errorf("%d changes made no difference, and %d were refused", same, refused)
	}
}

func TestMutationsOfForeignPasses(t *testing.T) {
	for f, s := range samples(t) {
		t.Run(string(f), func(t *testing.T) {
			p, err := pass.Open(s.text, s.keys)
			if err != nil || p.Format != f {
				t.Fatalf("%+v, %v", p, err)
			}
			bend(t, f, s)
			for i := range s.text { // what does not decode is refused as well, or says the same
				for _, c := range "0+" {
					if q, err := pass.Open(s.text[:i]+string(c)+s.text[i+1:], s.keys); err == nil && !sameWord(p, q) {
						t.Fatalf("with %q at %d it opens as %+v", c, i, q)
					}
				}
			}
		})
	}
}

func TestMutationsOfVectors(t *testing.T) {
	for _, c := range []struct {
		format       pass.Format
		folder, name string
	}{
		{pass.HCERT, "hcert", "dgc_common_CO1"},
		{pass.HCERT, "hcert", "dgc_common_CO19"},
		{pass.HCERT, "who", "icvp"},
		{pass.SHC, "shc", "hl7-example-01"},
		{pass.NZCP, "nzcp", "nzcp"},
		{pass.Pretix, "pretix", "now-valid"},
		{pass.VDSNC, "vdsnc", "au-validVDSJson"},
	} {
		t.Run(fmt.Sprint(c.folder, "/", c.name), func(t *testing.T) {
			v := vectors(t, c.folder)[c.name]
			bend(t, c.format, sample{text: v.text(t), keys: v.keyring(t)})
		})
	}
}
