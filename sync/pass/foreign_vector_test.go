package pass_test

import (
	"cmp"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/sync/pass"
)

// vector is one case that others published; see the README beside them.
type vector struct {
	ID       string
	QR       *string
	Parts    []string `json:"qr_parts"`
	Keys     []vectorKey
	Clock    *time.Time
	Expect   map[string]bool
	Error    string
	Claims   map[string]any
	Disputed map[string]struct {
		Said any
		Why  string
	}
}

type vectorKey struct {
	Type    string
	PEM     string
	KID     string
	KIDText string `json:"kid_text"`
	Issuer  string `json:"iss"`
	Event   string
	Country string
	JWK     json.RawMessage
	Hex     string
}

// foreignFolders are where the cases of foreign formats lie.
var foreignFolders = []string{"hcert", "hcert-qa", "who", "shc", "claim169", "pretix", "nzcp", "vdsnc"}

// vectors are the cases of a folder by file name.
func vectors(t testing.TB, folder string) map[string]vector {
	t.Helper()
	dir := os.Getenv("POSTERN_VECTORS")
	if dir == "" {
		t.Skip("POSTERN_VECTORS is unset: the cases that others published are not tested")
	}
	files, err := filepath.Glob(filepath.Join(dir, folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v", folder, err)
	}
	cases := make(map[string]vector, len(files))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if v.ID != "" { // the rest are value sets and the like
			cases[strings.TrimSuffix(filepath.Base(file), ".json")] = v
		}
	}
	return cases
}

func (v vector) keyring(t testing.TB) *pass.Keyring {
	t.Helper()
	var keys []pass.Key
	for _, k := range v.Keys {
		keys = append(keys, k.keys(t)...)
	}
	return pass.NewKeyring(keys)
}

// keys are what an import of the key would put into the trust list.
func (k vectorKey) keys(t testing.TB) []pass.Key {
	t.Helper()
	file := k.PEM
	if k.JWK != nil {
		file = string(k.JWK)
	}
	switch k.Type {
	case "aes-gcm":
		return nil
	case "raw-ed25519":
		raw, err := hex.DecodeString(k.Hex)
		if err != nil {
			t.Fatal(err)
		}
		file = pemOf(t, ed25519.PublicKey(raw))
	}
	keys, err := pass.ReadTrust([]byte(file))
	if err != nil {
		t.Logf("a key that no trust list takes: %v", err)
		return nil
	}
	if id, err := hex.DecodeString(k.KID); err == nil && len(id) > 0 {
		more := keys[0]
		more.ID = id
		keys = append(keys, more)
	}
	if k.KIDText != "" {
		more := keys[0]
		more.ID = []byte(k.KIDText)
		keys = append(keys, more)
	}
	for i := range keys {
		keys[i].Issuer = k.Issuer + k.Event + k.Country
	}
	return keys
}

// text is what the scans of a case give, "" where its picture holds nothing.
func (v vector) text(t testing.TB) string {
	t.Helper()
	if v.QR != nil {
		return *v.QR
	}
	var parts pass.Parts
	for _, part := range v.Parts {
		whole, err := parts.Add(part, issuedAt)
		if err == nil {
			return whole
		}
		if !errors.Is(err, pass.ErrPart) {
			t.Errorf("%s: %v", v.ID, err)
		}
	}
	return ""
}

// differs says how an answer differs from what the case expects, "" where not.
func (v vector) differs(p *pass.Pass, err error) string {
	if v.encrypted() && errors.Is(err, pass.ErrEncrypted) {
		return "" // by design: no gate has the key that decrypts it
	}
	is := func(targets ...error) bool {
		return slices.ContainsFunc(targets, func(e error) bool { return errors.Is(err, e) })
	}
	decoded := !is(pass.ErrForeign, pass.ErrMalformed, pass.ErrTooLong)
	verified := err == nil || is(pass.ErrKeyUse, pass.ErrKeyPeriod, pass.ErrWithdrawn)
	chain, chained := v.Expect["chain"]
	for name, want := range v.Expect {
		got := want
		switch name {
		case "decode", "base45", "zlib", "cbor":
			if name != "decode" && want {
				continue // one step of several, of which another may fail
			}
			got = decoded
		case "prefix":
			got = strings.HasPrefix(*v.QR, "HC1:")
		case "signature":
			got = verified
			if want && chained && !chain {
				got = is(pass.ErrNoKey) // the signature is good, of a certificate that nobody trusts
			}
		case "chain":
			got = verified
		case "known_key":
			got = !is(pass.ErrNoKey)
		case "key_usage":
			if _, told := v.Expect["signature"]; told && !v.Expect["signature"] {
				continue
			}
			got = !is(pass.ErrKeyUse)
		case "not_expired":
			if p == nil && (!v.Expect["signature"] || is(pass.ErrKeyUse)) {
				continue // nobody who may signed the dates
			}
			got = p != nil && v.Clock != nil && !p.Expired(*v.Clock) && !v.Clock.Before(p.Begins())
		}
		if got != want {
			return fmt.Sprintf("%s is %v, want %v (%v)", name, got, want, err)
		}
	}
	if p != nil {
		return v.claimsDiffer(p)
	}
	return ""
}

// claimsDiffer holds the identifier, the year of birth, the name, tests, doses
// and dates against the case's.
func (v vector) claimsDiffer(p *pass.Pass) string {
	if _, disputed := v.Disputed["claims"]; disputed {
		return ""
	}
	claim := func(name string) string { s, _ := v.Claims[name].(string); return s }
	if ci := claim("ci"); ci != "" && !slices.Contains(identifiers(p), ci) {
		return fmt.Sprintf("identifier is %q, want %q", p.ID, ci)
	}
	if dob := claim("dob"); len(dob) >= 4 && fmt.Sprint(p.BirthYear) != dob[:4] {
		return fmt.Sprintf("birth year is %d, want %s", p.BirthYear, dob)
	}
	for _, secret := range []string{claim("family"), claim("given"), claim("name"), claim("n")} {
		if len(secret) > 4 && strings.Contains(p.Name, secret) {
			return "the name is not masked"
		}
	}
	return cmp.Or(v.nameDiffers(p), v.testDiffers(p), v.doseDiffers(p), v.datesDiffer(p))
}

// nameDiffers holds the first initial against the name. Cases have names in
// Latin letters where cards may have others too, which are left alone.
func (v vector) nameDiffers(p *pass.Pass) string {
	for _, part := range []string{"given", "fullName", "family"} {
		name, _ := v.Claims[part].(string)
		first, _ := utf8.DecodeRuneInString(strings.TrimLeft(name, " -.,<"))
		initial, _ := utf8.DecodeRuneInString(p.Name)
		if first > unicode.MaxASCII || initial > unicode.MaxASCII || !unicode.IsLetter(first) {
			continue
		}
		if want := string(unicode.ToTitle(first)) + "."; !strings.HasPrefix(p.Name, want) {
			return fmt.Sprintf("the name is %q, want %s first", p.Name, want)
		}
		return ""
	}
	return ""
}

// covid is the disease that tests and doses count for (SNOMED CT).
const covid = "840539006"

// testDiffers holds a test's kind, result and minute against the card's entry.
func (v vector) testDiffers(p *pass.Pass) string {
	claim := func(name string) string { s, _ := v.Claims[name].(string); return s }
	at, err := time.Parse(time.RFC3339, claim("sc"))
	if err != nil || p.Format != pass.HCERT || claim("tg") != covid || entries(p, "v")+entries(p, "r") > 0 {
		return "" // beside others a test may be of no account: its key may not certify it
	}
	want := pass.Test{Kind: pass.OtherKind, Result: pass.Inconclusive, At: at.UTC().Truncate(time.Minute)}
	switch claim("tt") {
	case "LP6464-4":
		want.Kind = pass.NucleicAcid
	case "LP217198-3":
		want.Kind = pass.Antigen
	}
	switch claim("tr") {
	case "260415000":
		want.Result = pass.Negative
	case "260373001":
		want.Result = pass.Positive
	}
	if !slices.ContainsFunc(p.Tests, func(t pass.Test) bool { return t.Kind == want.Kind && t.Result == want.Result && t.At.Equal(want.At) }) {
		return fmt.Sprintf("tests are %v, want %v among them", p.Tests, want)
	}
	return ""
}

// doseDiffers holds the number and day of the last dose against the card's entry, where it has one.
func (v vector) doseDiffers(p *pass.Pass) string {
	number, ok := v.Claims["dn"].(float64)
	given, _ := v.Claims["dt"].(string)
	tg, _ := v.Claims["tg"].(string)
	day, err := time.Parse(time.DateOnly, given)
	if !ok || err != nil || p.Format != pass.HCERT || tg != covid || entries(p, "v") != 1 || entries(p, "t")+entries(p, "r") > 0 || number < 1 {
		return ""
	}
	if p.Doses == nil || p.Doses.Count != int(number) || !p.Doses.Day.Equal(day) {
		return fmt.Sprintf("doses are %v, want %v on %s", p.Doses, number, given)
	}
	return ""
}

// datesDiffer holds the dates of issue, beginning and end against the case's.
func (v vector) datesDiffer(p *pass.Pass) string {
	for name, got := range map[string]time.Time{"issuedAt": p.IssuedAt, "expiresAt": p.Expires, "notBefore": p.NotBefore, "nbf": p.IssuedAt} {
		if want, ok := v.Claims[name].(float64); ok && got.Unix() != int64(want) {
			return fmt.Sprintf("%s is %v, want %v", name, got, time.Unix(int64(want), 0).UTC())
		}
	}
	return ""
}

// entries is how many entries a card has in a group.
func entries(p *pass.Pass, group string) int {
	card, _ := p.Document.(map[string]any)
	list, _ := card[group].([]any)
	return len(list)
}

// identifiers are the pass's own and those of all entries of an EU card: which
// one a source names of several is its choice.
func identifiers(p *pass.Pass) []string {
	ids := []string{string(p.ID)}
	card, _ := p.Document.(map[string]any)
	for _, group := range []string{"v", "t", "r"} {
		list, _ := card[group].([]any)
		for _, entry := range list {
			if ci, ok := entry.(map[string]any)["ci"].(string); ok {
				ids = append(ids, ci)
			}
		}
	}
	return ids
}

// encrypted reports whether the case comes with a key that decrypts it.
func (v vector) encrypted() bool {
	return slices.ContainsFunc(v.Keys, func(k vectorKey) bool { return k.Type == "aes-gcm" })
}

// Every case gives what it must: ours what their generator says, and those
// that others published, where they are at hand, what their source or else the
// specification says.
func TestVectors(t *testing.T) {
	t.Run("ours", ourVectors)
	t.Run("trust files", ourTrustFiles)
	if os.Getenv("POSTERN_VECTORS") == "" {
		t.Log("POSTERN_VECTORS is unset: of the cases, only ours were tested")
		return
	}
	var lines []string
	disputes := map[string]int{}
	for _, folder := range foreignFolders {
		t.Run(folder, func(t *testing.T) {
			passed, total, pictures, encrypted := 0, 0, 0, 0
			for name, v := range vectors(t, folder) {
				text := v.text(t)
				if text == "" {
					pictures++ // for the reader of codes, package scan
					continue
				}
				total++
				if v.encrypted() {
					encrypted++
				}
				for claim, d := range v.Disputed {
					disputes[fmt.Sprintf("%s, %s: source says %v: %s", folder, claim, short(d.Said), d.Why)]++
				}
				p, err := pass.Open(text, v.keyring(t))
				if p.Genuine() != (err == nil) {
					t.Errorf("%s: gave %v and %v", name, p, err)
				}
				d := cmp.Or(v.differs(p, err), v.kindDiffers(err))
				if d == "" && p != nil {
					d = v.factsDiffer(text, p)
				}
				if d != "" {
					t.Errorf("%s: %s", name, d)
				} else {
					passed++
				}
			}
			lines = append(lines, fmt.Sprintf("%s %d/%d", folder, passed, total))
			t.Logf("left to the reader of pictures: %d; by design not decrypted: %d", pictures, encrypted)
		})
	}
	for dispute, n := range disputes {
		t.Logf("disputed: %d × %s", n, dispute)
	}
	for _, line := range append(lines, nativeVector(t)) {
		fmt.Println(line)
	}
}

func short(v any) string { return fmt.Sprintf("%.40v", fmt.Sprint(v)) }
