package pass_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
)

// vectorFolder has our own cases, one file for each format; see the README in it.
const vectorFolder = "testdata/vectors"

// vectorCase is one presentation with the keys that are trusted, and all that must come of it.
type vectorCase struct {
	Name   string
	Text   string       `json:",omitempty"`
	Repeat int          `json:",omitempty"` // how often Text stands one after the other, for what is too long for a file
	Parts  []string     `json:",omitempty"` // of a card in several codes, instead of Text
	Keys   []trustedKey `json:",omitempty"`
	Expect expectation
}

// trustedKey is a pass.Key as JSON.
type trustedKey struct {
	Issuer, Name string
	KID          string      // hex
	Public       []byte      `json:",omitempty"` // SubjectPublicKeyInfo, DER
	Certificate  []byte      `json:",omitempty"` // DER, instead of Public
	From         *time.Time  `json:",omitempty"`
	To           *time.Time  `json:",omitempty"`
	Withdrawn    bool        `json:",omitempty"`
	Format       pass.Format `json:",omitempty"`
	Uses         pass.Uses   `json:",omitempty"`
}

// expectation is what a case must give: an error's kind and nothing else, or
// every claim, and how the pass stands at some times.
type expectation struct {
	Error string `json:",omitempty"` // one of errorKinds; empty: it opens

	Format     pass.Format    `json:",omitempty"`
	Issuer     string         `json:",omitempty"`
	IssuerName string         `json:",omitempty"`
	KID        string         `json:",omitempty"` // hex, of the key that verified it
	ID         string         `json:",omitempty"` // hex
	IssuedAt   *time.Time     `json:",omitempty"`
	NotBefore  *time.Time     `json:",omitempty"`
	Expires    *time.Time     `json:",omitempty"`
	LastSecond bool           `json:",omitempty"`
	Presented  *time.Time     `json:",omitempty"`
	Status     *statusRef     `json:",omitempty"`
	Holder     string         `json:",omitempty"` // hex, SubjectPublicKeyInfo of cnf
	Name       string         `json:",omitempty"` // masked
	Colour     pass.Colour    `json:",omitempty"`
	BirthYear  int            `json:",omitempty"`
	Tests      []testClaim    `json:",omitempty"`
	Doses      *doseClaim     `json:",omitempty"`
	Slip       *slipClaim     `json:",omitempty"`
	Document   any            `json:",omitempty"` // of foreign passes, what rules are asked about
	At         []standingTime `json:",omitempty"`
}

type statusRef struct {
	URI   string
	Index uint64
}

type testClaim struct {
	Kind   pass.Kind
	Result pass.Result
	At     time.Time
}

type doseClaim struct {
	Count int
	Day   string // 2026-05-14
}

type slipClaim struct {
	Kind        string
	Gate, Place string
	LifeMinutes int
	Policies    []string `json:",omitempty"`
}

// standingTime says how a pass stands at a time: early, valid or over.
type standingTime struct {
	At   time.Time
	Says string
}

// errorKinds are the words for the errors of Open.
var errorKinds = map[string]error{
	"foreign": pass.ErrForeign, "too long": pass.ErrTooLong, "malformed": pass.ErrMalformed, "no key": pass.ErrNoKey,
	"withdrawn": pass.ErrWithdrawn, "key period": pass.ErrKeyPeriod, "forged": pass.ErrForged, "key use": pass.ErrKeyUse,
	"needs network": pass.ErrNeedsNetwork, "encrypted": pass.ErrEncrypted, "part": pass.ErrPart,
}

// kindOfError is the word for an error, "" for none. An error of two kinds has both.
func kindOfError(err error) string {
	if err == nil {
		return ""
	}
	var kinds []string
	for _, word := range slices.Sorted(maps.Keys(errorKinds)) {
		if errors.Is(err, errorKinds[word]) {
			kinds = append(kinds, word)
		}
	}
	return strings.Join(kinds, " and ")
}

func (k trustedKey) key(t testing.TB) pass.Key {
	t.Helper()
	kid, err := hex.DecodeString(k.KID)
	if err != nil {
		t.Fatal(err)
	}
	key := pass.Key{
		Issuer: k.Issuer, IssuerName: k.Name, ID: kid, Withdrawn: k.Withdrawn, Format: k.Format, Uses: k.Uses,
		From: timeOr(k.From), To: timeOr(k.To),
	}
	if k.Certificate != nil {
		if key.Certificate, err = x509.ParseCertificate(k.Certificate); err == nil {
			key.Public = key.Certificate.PublicKey
		}
	} else {
		key.Public, err = x509.ParsePKIXPublicKey(k.Public)
	}
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func timeOr(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func timePointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func spki(t testing.TB, public crypto.PublicKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// open opens a case as a gate does: the codes of a card one after another.
func (c vectorCase) open(t testing.TB) (*pass.Pass, error) {
	t.Helper()
	var keys []pass.Key
	for _, k := range c.Keys {
		keys = append(keys, k.key(t))
	}
	text := strings.Repeat(c.Text, max(c.Repeat, 1))
	if len(c.Parts) > 0 {
		var parts pass.Parts
		var err error
		for _, part := range c.Parts {
			if text, err = parts.Add(part, issuedAt); err == nil {
				break
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return pass.Open(text, pass.NewKeyring(keys))
}

// heard is what Open said, in the form of an expectation, at the times that want names.
func heard(t testing.TB, p *pass.Pass, err error, want expectation) expectation {
	t.Helper()
	got := expectation{Error: kindOfError(err)}
	if (p == nil) != (err != nil) || p.Genuine() != (err == nil) {
		t.Errorf("both or neither of a pass and an error: %v, %v", p, err)
	}
	if p == nil {
		return got
	}
	got.Format, got.Issuer, got.IssuerName = p.Format, p.Issuer, p.IssuerName
	got.KID, got.ID = hex.EncodeToString(p.KeyID), hex.EncodeToString(p.ID)
	got.IssuedAt, got.NotBefore, got.Expires = timePointer(p.IssuedAt), timePointer(p.NotBefore), timePointer(p.Expires)
	got.LastSecond, got.Presented = p.LastSecond, timePointer(p.Presented)
	got.Name, got.Colour, got.BirthYear = p.Name, p.Colour, p.BirthYear
	if p.Status != nil {
		got.Status = &statusRef{p.Status.URI, p.Status.Index}
	}
	if p.Confirm != nil {
		got.Holder = hex.EncodeToString(spki(t, p.Confirm))
	}
	for _, test := range p.Tests {
		got.Tests = append(got.Tests, testClaim{test.Kind, test.Result, test.At.UTC()})
	}
	if p.Doses != nil {
		got.Doses = &doseClaim{p.Doses.Count, p.Doses.Day.Format(time.DateOnly)}
		if !p.Doses.Day.Equal(p.Doses.Day.UTC().Truncate(24 * time.Hour)) {
			t.Errorf("the day of the doses is %v, no day", p.Doses.Day)
		}
	}
	if s := p.Slip; s != nil {
		got.Slip = &slipClaim{s.Kind.String(), s.Gate, s.Place, int(s.Life / time.Minute), s.Policies}
	}
	got.Document = p.Certified()
	for _, s := range want.At {
		got.At = append(got.At, standingTime{s.At, standing(p, s.At)})
	}
	return got
}

// standing is how a pass stands at a time.
func standing(p *pass.Pass, at time.Time) string {
	switch {
	case p.Expired(at):
		return "over"
	case at.Before(p.Begins()):
		return "early"
	}
	return "valid"
}

// sameAsJSON compares by what JSON says, since that is how cases are kept.
func sameAsJSON(t testing.TB, a, b any) bool {
	t.Helper()
	return reflect.DeepEqual(throughJSON(t, a), throughJSON(t, b))
}

func throughJSON(t testing.TB, v any) (out any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// vectorFiles are our own cases by format.
func vectorFiles(t testing.TB) map[string][]vectorCase {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(vectorFolder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases in %s: %v; make them with -update", vectorFolder, err)
	}
	all := map[string][]vectorCase{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var cases []vectorCase
		if err := json.Unmarshal(data, &cases); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = cases
	}
	return all
}

// ourVectors: every case of ours gives what it must: each claim of a good one, the kind of
// error of a bad one. Every format has both.
func ourVectors(t *testing.T) {
	formats := map[pass.Format]int{}
	for name, cases := range vectorFiles(t) {
		good, bad := 0, map[string]bool{}
		for _, c := range cases {
			t.Run(name+"/"+c.Name, func(t *testing.T) {
				p, err := c.open(t)
				if got := heard(t, p, err, c.Expect); !sameAsJSON(t, got, c.Expect) {
					t.Errorf("gave\n%s (%v)\nwant\n%s", oneLine(got), err, oneLine(c.Expect))
				}
			})
			if c.Expect.Error == "" {
				good++
				formats[c.Expect.Format]++
			}
			bad[c.Expect.Error] = true
		}
		if good == 0 || len(bad) < 5 {
			t.Errorf("%s has %d good cases and %d kinds of outcome", name, good, len(bad))
		}
	}
	for _, f := range []pass.Format{pass.Native, pass.TemporarySlip, pass.HCERT, pass.SHC, pass.Claim169, pass.Pretix, pass.NZCP, pass.VDSNC} {
		if formats[f] == 0 {
			t.Errorf("no good case of %s", f)
		}
	}
}

func oneLine(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// holderOf is a holder's key as an expectation has it.
func holderOf(t testing.TB, key *ecdsa.PrivateKey) string {
	t.Helper()
	return hex.EncodeToString(spki(t, key.Public()))
}
