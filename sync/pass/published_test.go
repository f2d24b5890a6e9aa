package pass_test

import (
	"bytes"
	"cmp"
	"compress/flate"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// publishedKinds are the kinds of error that a source's word may become here;
// "" is a pass. What a schema or a clock says against a pass does not keep it from opening.
var publishedKinds = map[string][]string{
	"none": {""}, "schema": {""}, "picture": {""}, "expired": {""}, "not_yet_valid": {""}, "unknown_product": {""},
	"base45": {"malformed", "foreign"}, "zlib": {"malformed", "foreign"}, "cbor": {"malformed"}, "cose": {"foreign"},
	"header": {"malformed"}, "payload": {"malformed", "foreign"}, "prefix": {"foreign"}, "missing_claim": {"foreign"},
	"signature": {"forged", "no key", "malformed"}, "signature_format": {"forged"}, "unsigned": {"no key"}, "encrypted_unsigned": {"encrypted"},
	"unknown_key": {"no key"}, "key_usage": {"key use"},
}

// answeredOtherwise are the cases in which this program looks at more than the source, or at less.
var answeredOtherwise = map[string]string{
	"hcert/dgc_LI_4":                        "key use",    // the source does not look at key usage
	"hcert/dgc_IS_3":                        "",           // disputed
	"hcert/dgc_PL_1.3.0_10":                 "key period", // expired at the source's clock, and issued after its key
	"shc/devtools-file-multi-jws-issues-0":  "malformed",  // a header that its source only warns of
	"shc/devtools-pic-0-qr_chunk_too_small": "part",       // one code of two
	"shc/devtools-chunk-too-big":            "",           // longer than a printer should make it
	"shc/devtools-qr-number-too-big":        "malformed",
	"claim169/valid-encrypted-signed":       "encrypted",
}

// kindDiffers holds the kind of error against the source's word.
func (v vector) kindDiffers(err error) string {
	got := kindOfError(err)
	want, special := answeredOtherwise[v.ID]
	if special && got == want || !special && slices.Contains(publishedKinds[v.Error], got) {
		return ""
	}
	if !special && len(v.Keys) == 0 && got == "no key" {
		return "" // the case comes without any
	}
	return fmt.Sprintf("the source says %s, it is %q (%v)", v.Error, got, err)
}

// facts are what a published presentation says, read by as little code as can
// be and by none of the openers.
type facts struct {
	id, name        string
	year            int
	issued, expires float64 // seconds since 1970, 0 where absent
	tests           []pass.Test
	doses           *pass.Doses
}

// factsDiffer holds a pass against what its text says.
func (v vector) factsDiffer(text string, p *pass.Pass) string {
	var f *facts
	switch {
	case p.Format == pass.HCERT && reflect.DeepEqual(p.Certified(), p.Document):
		f = factsOfHCERT(strings.TrimSpace(text))
	case p.Format == pass.SHC && len(v.Parts) == 0:
		f = factsOfSHC(text)
	}
	if f == nil {
		return ""
	}
	switch {
	case f.id != "" && string(p.ID) != f.id:
		return fmt.Sprintf("identifier is %q, the text has %q", p.ID, f.id)
	case p.Name != f.name:
		return fmt.Sprintf("name is %q, of the text %q", p.Name, f.name)
	case p.BirthYear != f.year:
		return fmt.Sprintf("birth year is %d, in the text %d", p.BirthYear, f.year)
	case !slices.EqualFunc(p.Tests, f.tests, func(a, b pass.Test) bool { return a.Kind == b.Kind && a.Result == b.Result && a.At.Equal(b.At) }):
		return fmt.Sprintf("tests are %v, in the text %v", p.Tests, f.tests)
	case (p.Doses == nil) != (f.doses == nil) || p.Doses != nil && *p.Doses != *f.doses:
		return fmt.Sprintf("doses are %v, in the text %v", p.Doses, f.doses)
	}
	return cmp.Or(instantDiffers("time of issue", p.IssuedAt, f.issued), instantDiffers("time of expiry", p.Expires, f.expires))
}

func instantDiffers(what string, got time.Time, want float64) string {
	if want == 0 && got.IsZero() || want != 0 && math.Abs(float64(got.UnixNano())/1e9-want) < 1e-3 {
		return ""
	}
	return fmt.Sprintf("%s is %v, in the text %f", what, got, want)
}

func factsOfHCERT(text string) *facts {
	packed, err := base45.Decode(strings.TrimPrefix(text, "HC1:"))
	if err != nil {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil
	}
	var sign1 any
	if cbor.Unmarshal(plain, &sign1) != nil {
		return nil
	}
	for tag, tagged := sign1.(cbor.Tag); tagged; tag, tagged = sign1.(cbor.Tag) {
		sign1 = tag.Content
	}
	parts, _ := sign1.([]any)
	if len(parts) != 4 {
		return nil
	}
	payload, _ := parts[2].([]byte)
	var claims map[any]any
	if cbor.Unmarshal(payload, &claims) != nil {
		return nil
	}
	health, _ := claims[int64(-260)].(map[any]any)
	card, _ := health[uint64(1)].(map[any]any)
	if card == nil {
		return nil // another issuer's spelling, or no EU card
	}
	f := &facts{issued: asNumber(claims[uint64(6)]), expires: asNumber(claims[uint64(4)]), year: yearOf(asText(card["dob"]))}
	names, _ := card["nam"].(map[any]any)
	f.name = initials(cmp.Or(asText(names["gn"]), asText(names["gnt"])), cmp.Or(asText(names["fn"]), asText(names["fnt"])))
	for _, group := range []string{"v", "t", "r"} {
		entries, _ := card[group].([]any)
		for _, e := range entries {
			entry, _ := e.(map[any]any)
			f.id = cmp.Or(f.id, asText(entry["ci"]))
			if tg := asText(entry["tg"]); tg != "" && tg != covid {
				continue
			}
			switch group {
			case "v":
				f.dose(int(asNumber(entry["dn"])), asText(entry["dt"]))
			case "t":
				f.test(codeOf(asText(entry["tt"]), "LP6464-4", "LP217198-3"), asText(entry["tr"]), asText(entry["sc"]))
			}
		}
	}
	return f
}

func factsOfSHC(text string) *facts {
	var compact []byte
	for digits := strings.TrimPrefix(strings.TrimSpace(text), "shc:/"); len(digits) >= 2; digits = digits[2:] {
		compact = append(compact, (digits[0]-'0')*10+digits[1]-'0'+'-')
	}
	parts := strings.Split(string(compact), ".")
	if len(parts) != 3 {
		return nil
	}
	packed, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), 1<<20))
	if err != nil {
		return nil
	}
	var card struct {
		NBF, EXP float64
		VC       struct {
			RID     string
			Subject struct {
				Bundle struct {
					Entry []struct{ Resource map[string]any }
				} `json:"fhirBundle"`
			} `json:"credentialSubject"`
		}
	}
	if json.Unmarshal(plain, &card) != nil {
		return nil
	}
	f := &facts{id: card.VC.RID, issued: card.NBF, expires: card.EXP}
	for _, e := range card.VC.Subject.Bundle.Entry {
		r := e.Resource
		switch r["resourceType"] {
		case "Patient":
			f.year = yearOf(asText(r["birthDate"]))
			names, _ := r["name"].([]any)
			name, _ := names[0].(map[string]any)
			given, _ := name["given"].([]any)
			f.name = initials(strings.Trim(fmt.Sprint(given), "[]"), asText(name["family"]))
		case "Immunization":
			n := 1
			if f.doses != nil {
				n += f.doses.Count
			}
			f.dose(n, asText(r["occurrenceDateTime"]))
		case "Observation":
			return nil // no published card has one
		}
	}
	return f
}

func (f *facts) dose(number int, day string) {
	at, err := time.Parse(time.DateOnly, day[:min(len(day), len(time.DateOnly))])
	if err != nil || number < 1 || number > 99 {
		return
	}
	if f.doses == nil {
		f.doses = &pass.Doses{}
	}
	f.doses.Count = max(f.doses.Count, number)
	if at.After(f.doses.Day) {
		f.doses.Day = at
	}
}

func (f *facts) test(kind pass.Kind, result, at string) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", "2006-01-02T15:04:05-07", "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00"} {
		if when, err := time.Parse(form, at); err == nil {
			r := map[string]pass.Result{"260415000": pass.Negative, "260373001": pass.Positive}
			said, known := r[result]
			if !known {
				said = pass.Inconclusive
			}
			f.tests = append(f.tests, pass.Test{Kind: kind, Result: said, At: when.UTC().Truncate(time.Minute)})
			return
		}
	}
}

func codeOf(code, nucleic, antigen string) pass.Kind {
	switch code {
	case nucleic:
		return pass.NucleicAcid
	case antigen:
		return pass.Antigen
	}
	return pass.OtherKind
}

// asText is a text; the CBOR library makes a time of one that has tag 0.
func asText(v any) string {
	if at, is := v.(time.Time); is {
		return at.Format(time.RFC3339)
	}
	s, _ := v.(string)
	return s
}

func asNumber(v any) float64 {
	switch v := v.(type) {
	case uint64:
		return float64(v)
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return 0
}

func yearOf(date string) (year int) {
	if _, err := fmt.Sscanf(date, "%4d", &year); err != nil || year < 1800 {
		return 0
	}
	return year
}

// initials are a name as it is shown: J. D., or 张*.
func initials(given, family string) string {
	for _, name := range []string{family, given} {
		if r, _ := utf8.DecodeRuneInString(name); unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hangul, r) {
			return string(r) + "*"
		}
	}
	var all []string
	for _, w := range strings.FieldsFunc(given+" "+family, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<,-.", r) }) {
		if r := []rune(w)[0]; unicode.IsLetter(r) {
			all = append(all, string(unicode.ToTitle(r))+".")
		}
	}
	if len(all) > 4 {
		all = append(all[:3], all[len(all)-1])
	}
	return strings.Join(all, " ")
}
