package pass_test

import (
	"crypto"
	"crypto/elliptic"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"postern/sync/pass"
)

func vdsncCases(g *generator) {
	t, key, other := g.t, p256Key(g.t), p256Key(g.t)
	state, stranger := newCA(t, "Invented CSCA", elliptic.P256()), newCA(t, "Another CSCA", elliptic.P256())
	k := state.keys[0]
	der := state.signer(t, key, sealUse)
	good := vdsnc(t, key, der, sealData())
	expect := expectation{
		Format: pass.VDSNC, Issuer: "XXX", IssuerName: "Invented CSCA", KID: hex.EncodeToString(k.ID), ID: hex.EncodeToString([]byte("U32870")),
		NotBefore: timePointer(issuedAt.AddDate(0, -1, 0)), Expires: timePointer(issuedAt.AddDate(3, 0, 0)), LastSecond: true,
		Name: "S. B.", BirthYear: 1990, Doses: &doseClaim{2, "2026-03-24"}, Document: sealData(),
		At: boundaries(issuedAt.AddDate(0, -1, 0), issuedAt.AddDate(3, 0, 0), true),
	}
	g.add("vaccination", good, expect, k)
	for _, c := range []struct {
		name, kind, result string
		of                 pass.Kind
		want               pass.Result
	}{
		{"molecular test, negative", "molecular(PCR)", "negative", pass.NucleicAcid, pass.Negative},
		{"antigen test, positive", "antigen", "positive", pass.Antigen, pass.Positive},
		{"a test with a result that nobody knows", "molecular(PCR)", "unclear", pass.NucleicAcid, pass.Inconclusive},
	} {
		data := testedSeal(c.kind, c.result)
		e := expect
		e.ID, e.Doses, e.Document = hex.EncodeToString([]byte("T1234")), nil, data
		e.Tests = []testClaim{{c.of, c.want, time.Date(2026, 11, 19, 9, 15, 0, 0, time.UTC)}}
		g.add(c.name, vdsnc(t, key, der, data), e, k)
	}
	withdrawn := k
	withdrawn.Withdrawn = true
	g.bad("nobody is trusted", good, "no key")
	g.bad("a CA that is not its", good, "no key", stranger.keys[0])
	g.bad("withdrawn CA", good, "withdrawn", withdrawn)
	g.bad("another year of birth", strings.Replace(good, "1990-01-02", "2008-01-02", 1), "forged", k)
	g.bad("signed by another key", vdsnc(t, other, der, sealData()), "forged", k)
	g.bad("a member twice", strings.Replace(good, `"uvci":`, `"uvci":"X","uvci":`, 1), "malformed", k)
	g.bad("no certificate", strings.Replace(good, `"cer":`, `"car":`, 1), "malformed", k)
	g.bad("no seal", `{"data":{"hdr":{"t":"icao.vacc","v":1,"is":"XXX"}}}`, "foreign", k)
}

// testedSeal is a proof of testing, ICAO Technical Report VDS-NC, part II.
func testedSeal(kind, result string) map[string]any {
	return map[string]any{
		"hdr": map[string]any{"t": "icao.test", "v": 1, "is": "XXX"},
		"msg": map[string]any{
			"utci": "T1234", "pid": map[string]any{"n": "Smith Bill", "dob": "1990-01-02", "dt": "P", "dn": "A1234567Z"},
			"sp":  map[string]any{"spn": "Invented Laboratory", "ctr": "XXX"},
			"dat": map[string]any{"sc": "2026-11-19T10:15:00+01:00", "ri": "2026-11-19T12:00:00+01:00", "tc": kind, "tr": result},
		},
	}
}

// vdsncEdges: curves, chains, periods and uses of certificates.
func vdsncEdges(g *generator) {
	t, key := g.t, p256Key(g.t)
	state := newCA(t, "Invented CSCA", elliptic.P384())
	twin := newCA(t, "Invented CSCA", elliptic.P384())
	k := state.keys[0]
	expect := expectation{
		Format: pass.VDSNC, Issuer: "XXX", IssuerName: "Invented CSCA", KID: hex.EncodeToString(k.ID), ID: hex.EncodeToString([]byte("U32870")),
		NotBefore: timePointer(issuedAt.AddDate(0, -1, 0)), Expires: timePointer(issuedAt.AddDate(0, 1, 0)), LastSecond: true,
		Name: "S. B.", BirthYear: 1990, Doses: &doseClaim{2, "2026-03-24"}, Document: sealData(),
		At: boundaries(issuedAt.AddDate(0, -1, 0), issuedAt.AddDate(0, 1, 0), true),
	}
	signer := func(pub crypto.PublicKey, change func(*x509.Certificate)) []byte {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "Seal Signer"}, NotBefore: issuedAt.AddDate(0, -1, 0), NotAfter: issuedAt.AddDate(0, 1, 0),
		}
		change(template)
		_, der := state.issue(t, template, state.certificate, pub)
		return der
	}
	asIs := func(*x509.Certificate) {}
	der := signer(key.Public(), asIs)
	good := vdsnc(t, key, der, sealData())
	g.add("a CA on P-384", good, expect, k)
	g.add("two CAs of one name", good, expect, append(slices.Clone(twin.keys), k)...)
	for _, c := range []struct {
		name  string
		curve elliptic.Curve
		alg   int
	}{{"ES384", elliptic.P384(), -35}, {"ES512", elliptic.P521(), -36}} {
		key := curveKey(g, c.curve)
		by := func(b []byte) []byte { return signatureOf(g, key, c.alg, b) }
		g.add(c.name, sealWith(g, c.name, signer(key.Public(), asIs), sealData(), by), expect, k)
	}
	by := func(alg int) func([]byte) []byte { return func(b []byte) []byte { return signatureOf(g, key, alg, b) } }
	g.bad("signed over SHA-384", sealWith(g, "ES256", der, sealData(), by(-35)), "forged", k)
	g.bad("says ES384, of a key on P-256", sealWith(g, "ES384", der, sealData(), by(-35)), "malformed", k)
	g.bad("says RS256", sealWith(g, "RS256", der, sealData(), by(-7)), "malformed", k)
	g.bad("a signature in DER", sealWith(g, "ES256", der, sealData(), func(b []byte) []byte { return derOf(g, key, crypto.SHA256, b) }), "forged", k)

	wide, bounded := signer(key.Public(), func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = issuedAt.AddDate(-2, 0, 0), issuedAt.AddDate(9, 0, 0)
	}), expect
	bounded.NotBefore, bounded.Expires = timePointer(state.certificate.NotBefore), timePointer(state.certificate.NotAfter)
	bounded.At = boundaries(state.certificate.NotBefore, state.certificate.NotAfter, true)
	g.add("it begins and ends with its CA", vdsnc(t, key, wide, sealData()), bounded, k)
	over, ended := k, expect
	over.From, over.To = issuedAt.Add(-time.Hour), issuedAt.Add(time.Hour)
	ended.NotBefore, ended.Expires, ended.At = timePointer(over.From), timePointer(over.To), boundaries(over.From, over.To, true)
	g.add("it ends when the list gives its CA up", good, ended, over)
	data := testedSeal("antibody", "positive")
	e := expect
	e.ID, e.Doses, e.Document = hex.EncodeToString([]byte("T1234")), nil, data
	g.add("a test for antibodies is none", vdsnc(t, key, der, data), e, k)

	g.bad("another CA of the same name", good, "no key", twin.keys...)
	gone := pass.Key{Issuer: "XXX", ID: []byte("signer"), Public: key.Public(), Withdrawn: true}
	g.bad("withdrawn signer", good, "withdrawn", k, gone)
	forOurs := k
	forOurs.Format = pass.Native
	g.bad("key of another format", good, "no key", forOurs)
	uses := func(name string, change func(*x509.Certificate)) {
		g.bad(name, vdsnc(t, key, signer(key.Public(), change), sealData()), "key use", k)
	}
	uses("a certificate for servers", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	uses("a certificate for encryption", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })
	uses("a certificate of a CA", func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = true, true })
	version, kind := sealData(), sealData()
	version["hdr"].(map[string]any)["v"] = 2
	kind["hdr"].(map[string]any)["t"] = "other.vacc"
	g.bad("version 2, signed", vdsnc(t, key, der, version), "malformed", k)
	g.bad("a type that is not of ICAO, signed", vdsnc(t, key, der, kind), "malformed", k)
	g.bad("something behind it", good+"{}", "malformed", k)
	g.bad("a line end in the signature", strings.Replace(good, `"sigvl":"`, `"sigvl":"\n`, 1), "malformed", k)
	g.bad("other JSON", `{"table": 7}`, "foreign", k)
}

// sealWith is a seal that says an algorithm, signed as the caller likes. The
// data's canonical form is Go's: its names are ASCII and its numbers small.
func sealWith(g *generator, alg string, der []byte, data map[string]any, sign func([]byte) []byte) string {
	g.t.Helper()
	text, err := json.Marshal(data)
	if err != nil {
		g.t.Fatal(err)
	}
	return fmt.Sprintf(`{"data": %s, "sig": {"alg":%q,"cer":%q,"sigvl":%q}}`, text, alg, base64.URLEncoding.EncodeToString(der), b64(sign(text)))
}
