package status_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

// findFile has lists as issuers publish them, passes, and what the lists say about those.
const findFile = "testdata/vectors/find.json"

type findCase struct {
	Name    string
	Issuer  string   `json:",omitempty"` // that the importer names
	Files   []string `json:",omitempty"` // as issuers publish them
	Refused bool     `json:",omitempty"` // the last file is
	Pass    *found   `json:",omitempty"`

	Value   string     `json:",omitempty"`
	Listed  bool       `json:",omitempty"`
	NoEntry bool       `json:",omitempty"` // that is ErrNoEntry
	Until   *time.Time `json:",omitempty"`
}

// found is so much of a pass as a look-up needs.
type found struct {
	Format      pass.Format
	Issuer, KID string
	ID          string    `json:",omitempty"`
	IssuedAt    time.Time `json:",omitzero"`
	URI         string    `json:",omitempty"`
	Index       uint64    `json:",omitempty"`
	Document    any       `json:",omitempty"`
}

// half is the first 16 bytes of SHA-256, in base64, as EU lists have them.
func half(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:16])
}

func batch(country, kind string, hashes ...string) string {
	entries := `{"hash":"` + strings.Join(hashes, `"},{"hash":"`) + `"}`
	return `{"country":"` + country + `","kid":"kid1","expires":"2027-03-01T12:00:00+02:00","hashType":"` + kind + `","entries":[` + entries + `]}`
}

// findCases makes the cases by the specifications of the lists, and looks nothing up.
func findCases() (all []findCase) {
	until := time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC)
	card := func(ci, co string) *found {
		return &found{Format: pass.HCERT, Issuer: "XX", KID: "kid1", Document: map[string]any{"v": []any{map[string]any{"ci": ci, "co": co}}}}
	}
	const uci = "URN:UVCI:01:XX:GONE#1"
	eu := func(name, value, list string, p *found) {
		c := findCase{Name: name, Files: []string{list}, Pass: p, Value: value, Listed: true, Until: &until}
		if p.Issuer != "XX" || p.Format != pass.HCERT {
			c.Listed, c.Until = false, nil
		}
		all = append(all, c)
	}
	eu("identifier in a list", "invalid", batch("XX", "UCI", half("other"), half(uci)), card(uci, "XX"))
	eu("identifier beside a list", "good", batch("XX", "UCI", half("other"), half(uci)), card(uci+"0", "XX"))
	eu("identifier with its country", "invalid", batch("XX", "COUNTRYCODEUCI", half("XX"+uci)), card(uci, "XX"))
	eu("identifier with another country", "good", batch("XX", "COUNTRYCODEUCI", half("YY"+uci)), card(uci, "XX"))
	eu("identifier with the country that the entry names", "invalid", batch("XX", "COUNTRYCODEUCI", half("YY"+uci)), card(uci, "YY"))
	eu("identifier in a list of the other type", "good", batch("XX", "UCI", half("XX"+uci)), card(uci, "XX"))
	abroad := card(uci, "YY")
	abroad.Issuer = "YY"
	eu("another country's list", "good", batch("XX", "UCI", half(uci)), abroad)
	ticket := card(uci, "XX")
	ticket.Format = pass.Pretix
	eu("a list of another format", "good", batch("XX", "UCI", half(uci)), ticket)
	test := card(uci, "XX")
	test.Document = map[string]any{"v": []any{map[string]any{"ci": "x"}}, "t": []any{map[string]any{"ci": uci}}}
	eu("the second entry of a card", "invalid", batch("XX", "UCI", half(uci)), test)

	const clinic = "https://clinic.example.org"
	issued := time.Unix(1_800_000_000, 0).UTC()
	rids := `{"kid":"kid1","method":"rid","ctr":3,"rids":["always","before.1800000000","after.1800000001","before2.5"]}`
	rid := func(name, value, id, kid string) {
		p := &found{Format: pass.SHC, Issuer: clinic, KID: kid, ID: id, IssuedAt: issued}
		all = append(all, findCase{Name: name, Issuer: clinic, Files: []string{rids}, Pass: p, Value: value, Listed: kid == "kid1"})
	}
	rid("a rid whatever its time", "invalid", "always", "kid1")
	rid("a rid of a card from that second", "good", "before", "kid1")
	rid("a rid of a card from the second before", "invalid", "after", "kid1")
	rid("a rid of an older revocation", "good", "before2", "kid1")
	rid("a rid that only begins alike", "good", "alway", "kid1")
	rid("a rid of another key", "good", "always", "kid2")

	packed := []byte{0b11_10_01_00}
	list := `{"token":"` + hex.EncodeToString(packed) + `"}`
	token := func(name, value string, index uint64, uri string) {
		p := &found{Format: pass.NZCP, Issuer: "XX", URI: uri, Index: index}
		none := value == ""
		if none {
			value = "good"
		}
		all = append(all, findCase{Name: name, Files: []string{list}, Pass: p, Value: value, Listed: uri == "uri", NoEntry: none})
	}
	token("status 0 of a list", "good", 0, "uri")
	token("status 1 of a list", "invalid", 1, "uri")
	token("status 2 of a list", "suspended", 2, "uri")
	token("a status that only its issuer knows", "", 3, "uri")
	token("beyond the list", "", 4, "uri")
	token("a list that is not there", "", 1, "another")

	refused := func(name, issuer, file string) {
		all = append(all, findCase{Name: name, Issuer: issuer, Files: []string{file}, Refused: true})
	}
	good := batch("XX", "UCI", half(uci))
	refused("a batch of another country", "YY", good)
	refused("a batch of another type", "", batch("XX", "MD5", half(uci)))
	refused("a hash of 15 bytes", "", batch("XX", "UCI", base64.StdEncoding.EncodeToString(make([]byte, 15))))
	refused("a member twice", "", strings.Replace(good, `"kid"`, `"country":"YY","kid"`, 1))
	refused("an end in words", "", strings.Replace(good, "2027-03-01T12:00:00+02:00", "soon", 1))
	refused("rids of nobody", "", rids)
	refused("rids by another method", clinic, strings.Replace(rids, `"rid"`, `"other"`, 1))
	refused("a rid with a blank", clinic, strings.Replace(rids, "always", "al ways", 1))
	return all
}

func TestGeneratorOfLookUps(t *testing.T) {
	made, err := json.MarshalIndent(findCases(), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(findFile, append(made, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(findFile)
	if err != nil || string(kept) != string(made)+"\n" {
		t.Errorf("%s does not hold what the generator makes (%v); make it anew with -update", findFile, err)
	}
}

// ourLookUps: the lists say about each pass what they must, or are refused.
func ourLookUps(t *testing.T) {
	b, err := os.ReadFile(findFile)
	if err != nil {
		t.Fatal(err)
	}
	var cases []findCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	values := map[string]int{}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			lists, err := c.lists()
			if (err != nil) != c.Refused {
				t.Fatalf("refused is %v, want %v", err, c.Refused)
			}
			if c.Refused {
				return
			}
			values[c.Value]++
			got, err := status.Find(c.Pass.pass(), lists)
			if errors.Is(err, status.ErrNoEntry) != c.NoEntry || (err != nil) != c.NoEntry {
				t.Errorf("gave %v, want no entry: %v", err, c.NoEntry)
			}
			want := time.Time{}
			if c.Until != nil {
				want = *c.Until
			}
			if !c.NoEntry && got.Value.String() != c.Value || got.Listed != c.Listed || !got.Until.Equal(want) {
				t.Errorf("gave %+v, want %s, listed %v, until %v", got, c.Value, c.Listed, want)
			}
		})
	}
	if values["good"] == 0 || values["invalid"] == 0 || values["suspended"] == 0 {
		t.Errorf("the cases have %v; each must be there", values)
	}
}

// lists are what the files hold. A status list stands there as its packed bytes,
// since its token is the business of the other cases.
func (c findCase) lists() (all status.Lists, err error) {
	for _, file := range c.Files {
		var packed struct{ Token string }
		if json.Unmarshal([]byte(file), &packed) == nil && packed.Token != "" {
			data, err := hex.DecodeString(packed.Token)
			if err != nil {
				return nil, err
			}
			all = append(all, status.Foreign{Head: status.Head{Issuer: "XX", Kind: status.Tokens, Name: "uri", Bits: 2, Size: len(data)}, Data: data})
			continue
		}
		imports, err := status.ReadLists([]byte(file), c.Issuer, nil)
		if err != nil {
			return nil, err
		}
		for _, i := range imports {
			all = append(all, i.Foreign)
		}
	}
	return all, nil
}

func (f *found) pass() *pass.Pass {
	p := &pass.Pass{Format: f.Format, KeyID: []byte(f.KID), Document: f.Document}
	p.Issuer, p.ID, p.IssuedAt = f.Issuer, []byte(f.ID), f.IssuedAt
	if f.URI != "" {
		p.Status = &pass.StatusRef{URI: f.URI, Index: f.Index}
	}
	return p
}

// ourEntries: the four bytes about a pass mean what PROTOCOL.md says, both ways.
func ourEntries(t *testing.T) {
	for _, c := range []struct {
		entry  status.Entry
		value  status.Value
		minute int
		kind   pass.Kind
		result pass.Result
	}{
		{0, status.Good, 0, 0, 0},
		{3, status.Barred, 0, 0, 0},
		{1<<2 | 1<<19, status.Good, 1, pass.NucleicAcid, pass.Negative},
		{2 | 5000<<2 | 2<<19 | 1<<25, status.Suspended, 5000, pass.Antigen, pass.Positive},
		{1 | 131071<<2 | 63<<19 | 2<<25, status.Invalid, 131071, pass.OtherKind, pass.Inconclusive},
	} {
		test, ok := c.entry.Test(epoch)
		want := pass.Test{}
		if c.minute > 0 {
			want = pass.Test{Kind: c.kind, Result: c.result, At: epoch.UTC().Add(time.Duration(c.minute) * time.Minute)}
		}
		if c.entry.Value() != c.value || ok != (c.minute > 0) || test != want || !c.entry.Valid() {
			t.Errorf("%#x is %v, %+v, want %v, %+v", c.entry, c.entry.Value(), test, c.value, want)
		}
		packed, ok := status.NewEntry(c.value, nil, epoch)
		if c.minute > 0 {
			packed, ok = status.NewEntry(c.value, &want, epoch)
		}
		if !ok || packed != c.entry {
			t.Errorf("%v, %+v is packed as %#x, want %#x", c.value, want, packed, c.entry)
		}
	}
	if status.Entry(1 << 28).Valid() {
		t.Error("an entry with a reserved bit is valid")
	}
	if status.HashSignature([]byte("rrrrssss"), true) != hashOfText("rrrr") || status.HashSignature([]byte("rrrrssss"), false) != hashOfText("rrrrssss") {
		t.Error("of a signature of ECDSA r is hashed, of one of RSA all")
	}
}

func hashOfText(text string) (h status.Hash) {
	sum := sha256.Sum256([]byte(text))
	copy(h[:], sum[:16])
	return h
}
