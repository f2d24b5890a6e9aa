package authority_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"postern/sync/authority"
	"postern/sync/pass"
	"postern/sync/sheet"
)

// shown opens the pass of one number.
func shown(t testing.TB, a *authority.Authority, number string) *pass.Pass {
	t.Helper()
	issued, err := a.Roster.Issue(t.Context(), []string{number}, authority.IssueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := pass.Open(issued[0].Text, trust.Keyring())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func gb18030(t testing.TB, s string) string {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRosterEncodings(t *testing.T) {
	const text = header + "N1,王小明,1990,雁塔区,正常,2026-12-31\nN2,张伟,,碑林区,禁止,2026/1/5\n"
	for name, file := range map[string]string{
		"utf-8":         text,
		"with a mark":   "\ufeff" + text,
		"crlf":          strings.ReplaceAll(text, "\n", "\r\n"),
		"gb18030":       gb18030(t, text),
		"no line end":   strings.TrimSuffix(text, "\n"),
		"blank lines":   strings.ReplaceAll(text, "\n", "\n\n,,,,,\n"),
		"white space":   strings.ReplaceAll(text, ",", " , "),
		"quotes":        strings.ReplaceAll(text, "王小明", `"王小明"`),
		"other order":   "status,valid_until,name,number,district,birth_year\n正常,2026-12-31,王小明,n1,雁塔区,1990\n禁止,2026/1/5,张伟,N2,碑林区,\n",
		"capitals":      "NUMBER,Name,Birth_Year,District,Status,Valid_Until\n" + strings.TrimPrefix(text, header),
		"gb18030 alone": gb18030(t, "number,name,birth_year,district,status,valid_until\nN1,王小明,1990,,0,2026-12-31\nN2,张伟,,,3,2026-01-05\n"),
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := mustCreate(t)
			if r := mustRoster(t, a, file); r.Rows != 2 || r.Added != 2 || r.Changed != 0 || len(r.Notes) != 0 {
				t.Errorf("report %+v", r)
			}
			if p := shown(t, a, "N1"); p.Name != "王*明" || p.BirthYear != 1990 || p.Colour != pass.Green {
				t.Errorf("%+v", p.Claims)
			}
			if p := shown(t, a, "N2"); p.Name != "张*" || p.BirthYear != 0 || p.Colour != pass.Red {
				t.Errorf("%+v", p.Claims)
			}
		})
	}
}

func TestRosterIsBroughtUpToDate(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 5))
	before := shown(t, a, "P0000001")
	r := mustRoster(t, a, header+"P0000001,王小一,1941,雁塔,suspended,2026-12-31\nP0000002,王小丂,1942,碑林,good,2026-12-31\nQ,李强,,,good,2027-01-01\n")
	if r.Added != 1 || r.Changed != 2 {
		t.Errorf("report %+v, want 1 added and 2 changed", r)
	}
	if r := mustRoster(t, a, roster(3, 2)); r.Added != 0 || r.Changed != 0 {
		t.Errorf("report %+v, want nothing new", r)
	}
	after := shown(t, a, "P0000001")
	if after.Colour != pass.Amber || *after.Status != *before.Status || !bytes.Equal(after.ID, before.ID) {
		t.Errorf("index and pseudonym must stay: %+v and %+v", before.Claims, after.Claims)
	}
}

func TestExtraColumnsAreNoted(t *testing.T) {
	a, _ := mustCreate(t)
	r := mustRoster(t, a, "number,phone,name,birth_year,district,status,valid_until,note\nN1,123,张伟,,,good,2026-12-31,x\n")
	if len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "phone, note") {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestBadLinesAreReportedTogether(t *testing.T) {
	a, dir := mustCreate(t)
	mustRoster(t, a, roster(0, 1))
	const file = header +
		"N1,张伟,1990,雁塔,good,2026-12-31\n" + // 2, good
		",张伟,1990,雁塔,good,2026-12-31\n" + // 3
		"N3,,1990,雁塔,good,2026-12-31\n" + // 4
		"N4,张伟,1700,雁塔,good,2026-12-31\n" + // 5
		"N5,张伟,1990,雁塔,fine,2026-12-31\n" + // 6
		"N6,张伟,1990,雁塔,good,tomorrow\n" + // 7
		"N1,张伟,1990,雁塔,good,2026-12-31\n" + // 8, twice
		"N8,张伟,1990,雁塔,good\n" + // 9, short
		"N9,张,伟,1990,雁塔,good,2026-12-31\n" + // 10, long
		"N10,\"张伟,1990,雁塔,good,2026-12-31\n" + // 11, quote
		"6.10123E+17,张伟,1990,雁塔,good,2026-12-31\n" + // 12
		"N12,张\x00伟,1990,雁塔,good,2026-12-31\n" + // 13
		"N13,张伟\xff,1990,雁塔,good,2026-12-31\n" + // 14
		"P0000000,张伟,1990,雁塔,barred,2026-12-31\n" + // 15, good
		"N16,张伟,17,雁塔,fine,tomorrow\n" // 16, three faults
	_, err := a.Roster.Import(t.Context(), strings.NewReader(file))
	var bad *sheet.BadLines
	if !errors.As(err, &bad) {
		t.Fatalf("got %v", err)
	}
	var lines []int
	for _, l := range bad.Lines {
		lines = append(lines, l.Line)
	}
	if want := []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16}; fmt.Sprint(lines) != fmt.Sprint(want) {
		t.Errorf("bad lines %v, want %v:\n%v", lines, want, err)
	}
	for _, part := range []string{"line 8: number N1 stands on line 2 already", "line 12: the number was rounded by a spreadsheet", "line 16: birth year", "; status \"fine\"", "; valid_until", "line 9: it has 5 fields, and the first line has 6"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in:\n%v", part, err)
		}
	}
	if _, err := a.Roster.Issue(t.Context(), []string{"N1"}, authority.IssueOptions{}); !errors.Is(err, authority.ErrNoPerson) {
		t.Errorf("half of it was imported: %v", err)
	}
	if p := shown(t, a, "P0000000"); p.Colour != pass.Green {
		t.Error("half of it was imported")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".import-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestManyBadLinesAreCounted(t *testing.T) {
	a, _ := mustCreate(t)
	_, err := a.Roster.Import(t.Context(), strings.NewReader(header+strings.Repeat("x\n", 1234)))
	var bad *sheet.BadLines
	if !errors.As(err, &bad) || bad.Count != 1234 || len(bad.Lines) != 100 {
		t.Fatalf("got %v", err)
	}
	if text := err.Error(); !strings.Contains(text, "and 1134 more") || strings.Count(text, "\n") != 101 {
		t.Errorf("got:\n%s", text)
	}
}

func TestTablesThatAreNone(t *testing.T) {
	a, _ := mustCreate(t)
	for name, c := range map[string]struct{ file, want string }{
		"empty":         {"", "it is empty"},
		"workbook":      {"PK\x03\x04xxxx", "save it as CSV"},
		"utf-16":        {"\xff\xfen\x00", "UTF-16"},
		"no header":     {"N1,张伟,1990,雁塔,good,2026-12-31\n", "there is no column number"},
		"semicolons":    {strings.ReplaceAll(header, ",", ";"), "separated by commas"},
		"column twice":  {"number,number,name,birth_year,district,status,valid_until\n", "stands there twice"},
		"one quote":     {"\"number,name\n", "line 1: a quote"},
		"long header":   {strings.Repeat("x", 20<<10) + "\n", "longer than"},
		"many columns":  {strings.Repeat("x,", 100) + "\n", "more than 64 fields"},
		"long line":     {header + strings.Repeat("x", 50<<10) + "\nN1,张伟,1990,雁塔,good,2026-12-31\n", "line 2: it is longer than"},
		"bytes of gb":   {"\ufeff" + header + "N1,\xd5\xc5\xce\xb0,1990,x,good,2026-12-31\n", "line 2: it holds bytes"},
		"long district": {header + "N1,张伟,1990," + strings.Repeat("雁", 22) + ",good,2026-12-31\n", "the district has 66 bytes"},
	} {
		_, err := a.Roster.Import(t.Context(), strings.NewReader(c.file))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// pipe hides that a reader can seek.
type pipe struct{ io.Reader }

func TestRosterFromAPipe(t *testing.T) {
	a, dir := mustCreate(t)
	if _, err := a.Roster.Import(t.Context(), pipe{strings.NewReader(gb18030(t, header+"N1,王小明,1990,雁塔区,正常,2026-12-31\n"))}); err != nil {
		t.Fatal(err)
	}
	if p := shown(t, a, "N1"); p.Name != "王*明" {
		t.Errorf("%+v", p.Claims)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".import-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// failing ends with an error in the middle of a file.
type failing struct{ io.Reader }

func (f failing) Read(b []byte) (int, error) {
	n, err := f.Reader.Read(b)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func TestAFileThatCannotBeReadToItsEnd(t *testing.T) {
	a, _ := mustCreate(t)
	if _, err := a.Roster.Import(t.Context(), failing{strings.NewReader(roster(0, 10))}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v", err)
	}
	if all, err := a.Roster.Issue(t.Context(), nil, authority.IssueOptions{}); err != nil || len(all) != 0 {
		t.Errorf("%d persons are there, %v", len(all), err)
	}
}

const resultHeader = "number,kind,result,taken_at\n"

func TestResults(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 3))
	r, err := a.Roster.ImportResults(t.Context(), strings.NewReader("\ufefftaken_at,lab,number,result,kind\n"+
		"2026-11-20 08:30,x,P0000000,negative,PCR\n"+ // older than the next
		"2026-11-21T09:00:59+08:00,x,p0000000,阴性,核酸\n"+
		"2026/11/21 8:05,x,P0000001,positive,抗原\n"+
		"2026-11-21 08:05,x,P0000001,negative,nucleic\n"+ // the same minute: the positive one counts
		"2026-11-21 08:00,x,VISITOR,negative,1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 5 || r.Changed != 2 || len(r.Notes) != 2 || !strings.Contains(r.Notes[1], "1 numbers") || !strings.HasSuffix(r.Notes[1], "lines 6") {
		t.Errorf("report %+v", r)
	}
	if tests := shown(t, a, "P0000000").Tests; len(tests) != 1 || tests[0].At.Format("2006-01-02T15:04") != "2026-11-21T01:00" || tests[0].Kind != pass.NucleicAcid {
		t.Errorf("tests %+v", tests)
	}
	if tests := shown(t, a, "P0000001").Tests; len(tests) != 1 || tests[0].Result != pass.Positive || tests[0].Kind != pass.Antigen {
		t.Errorf("tests %+v", tests)
	}
	if tests := shown(t, a, "P0000002").Tests; len(tests) != 0 {
		t.Errorf("tests %+v", tests)
	}
	for _, line := range []string{"P0000000,pcr,positive,2026-11-20 23:59\n", "P0000000,pcr,inconclusive,2026-11-21 09:00\n"} {
		r, err := a.Roster.ImportResults(t.Context(), strings.NewReader(resultHeader+line))
		if want := strings.Contains(line, "inconclusive"); err != nil || (r.Changed == 1) != want {
			t.Errorf("%q: %+v, %v", line, r, err)
		}
	}
}

func TestBadResults(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 3))
	_, err := a.Roster.ImportResults(t.Context(), strings.NewReader(resultHeader+
		"P0000000,pcr,negative,2026-11-21 08:30\n"+
		"P0000000,xray,negative,2026-11-21 08:30\n"+
		"P0000000,pcr,maybe,2026-11-21 08:30\n"+
		"P0000000,pcr,negative,21.11.2026\n"+
		"P0000000,pcr,negative,2026-11-22 09:31\n"+ // 01:31 UTC, an hour and a minute ahead
		"P0000000,pcr,negative,2026-11-22 09:30\n"+ // an hour ahead: clocks differ
		"P0000000,99,negative,2026-11-21 08:30\n"+
		"P 0,pcr,negative,2026-11-21 08:30\n"))
	var bad *sheet.BadLines
	if !errors.As(err, &bad) || bad.Count != 6 {
		t.Fatalf("got %v", err)
	}
	if p := shown(t, a, "P0000000"); len(p.Tests) != 0 {
		t.Error("half of it was imported")
	}
}

func TestIndexesAreSpread(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 3000))
	mustRoster(t, a, roster(3000, 3000))
	seen := make(map[uint64]bool)
	ids := make(map[string]bool)
	quarters := make(map[uint64]int)
	all, err := a.Roster.Issue(t.Context(), nil, authority.IssueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys := trust.Keyring()
	for _, i := range all {
		p, err := pass.Open(i.Text, keys)
		if err != nil {
			t.Fatal(err)
		}
		seen[p.Status.Index], ids[string(p.ID)] = true, true
		quarters[p.Status.Index/16384]++
	}
	if len(all) != 6000 || len(seen) != 6000 || len(ids) != 6000 {
		t.Errorf("%d passes, %d indexes, %d pseudonyms", len(all), len(seen), len(ids))
	}
	for q := range uint64(4) { // 1,500 each, give or take ten deviations
		if quarters[q] < 1150 || quarters[q] > 1850 {
			t.Errorf("quarter %d of the list holds %d of 6000 indexes", q, quarters[q])
		}
	}
}

func TestListsGrow(t *testing.T) {
	const step = 65536
	for _, c := range []struct{ size, used, want int }{
		{step, 0, step},
		{step, 49152, step},
		{step, 49153, 2 * step},
		{2 * step, 98305, 3 * step},
		{3 * step, 147457, 5 * step},
		{step, 1_000_000, 27 * step},
	} {
		if got := authority.Grown(c.size, c.used); got != c.want {
			t.Errorf("%d entries for %d persons become %d (%d steps), want %d", c.size, c.used, got, got/step, c.want)
		}
	}
}

func TestGrownListIsPublished(t *testing.T) {
	a, dir := mustCreate(t)
	mustRoster(t, a, roster(0, 100))
	_, envelope := enrolled(t, a, "residential")
	first := mustPublish(t, a)
	mustRoster(t, a, roster(100, 49_100))
	n := mustPublish(t, a)
	s := mustVerify(t, filepath.Join(dir, "repository"))
	if c := s.whole(t, n, envelope); len(c.Lists[0].Entries) != 2*65536 {
		t.Errorf("the list has %d entries", len(c.Lists[0].Entries))
	}
	if s.deltas[first] == "" {
		t.Error("no delta leads over the growth")
	}
}

// FuzzRoster holds that no file panics, and that a file is imported wholly or
// not at all.
func FuzzRoster(f *testing.F) {
	f.Add([]byte(roster(0, 3)))
	f.Add([]byte("\ufeff" + header + "N1,\"a \"\"b\"\"\",1990,,good,2026-12-31\r\n"))
	f.Add([]byte(gb18030(f, header+"N1,王小明,1990,雁塔区,正常,2026-12-31\n")))
	f.Add([]byte(header + "x\n\n,,\n"))
	f.Add([]byte("PK\x03\x04"))
	dir := filepath.Join(f.TempDir(), "authority")
	a, err := authority.Create(context.Background(), dir, options())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { a.Close() })
	people := func(t *testing.T) int {
		all, err := a.Roster.Issue(t.Context(), nil, authority.IssueOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		before := people(t)
		r, err := a.Roster.Import(t.Context(), bytes.NewReader(file))
		after := people(t)
		if err != nil && after != before || err == nil && after != before+r.Added {
			t.Errorf("%d persons before, %d after, %+v, %v", before, after, r, err)
		}
		if r.Added+r.Changed > r.Rows {
			t.Errorf("report %+v", r)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".import-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// FuzzResults holds that no laboratory's file panics or leaves anything behind,
// and that a file with bad lines changes nobody's pass.
func FuzzResults(f *testing.F) {
	const columns = "number,kind,result,taken_at\n"
	f.Add([]byte(columns + "N1,nucleic,negative,2026-11-20 08:30\n"))
	f.Add([]byte("\ufeff" + columns + "N2,核酸,阳性,2026-11-20T08:30:00+08:00\r\n"))
	f.Add([]byte(gb18030(f, columns+"N1,抗原,阴性,2026-11-20 08:30\n")))
	f.Add([]byte(columns + "x\n\n,,,\n"))
	dir := filepath.Join(f.TempDir(), "authority")
	a, err := authority.Create(context.Background(), dir, options())
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { a.Close() })
	if _, err := a.Roster.Import(context.Background(), strings.NewReader(roster(0, 3))); err != nil {
		f.Fatal(err)
	}
	texts := func(t *testing.T) string {
		all, err := a.Roster.Issue(t.Context(), nil, authority.IssueOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, i := range all {
			b.WriteString(i.Text)
		}
		return b.String()
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		before := texts(t)
		_, err := a.Roster.ImportResults(t.Context(), bytes.NewReader(file))
		if err != nil && texts(t) != before {
			t.Errorf("refused, and passes changed: %v", err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, ".import-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func BenchmarkImportRoster(b *testing.B) {
	file := roster(0, 20_000)
	for b.Loop() {
		b.StopTimer()
		a, _ := mustCreate(b)
		b.StartTimer()
		mustRoster(b, a, file)
	}
	b.ReportMetric(20_000*float64(b.N)/b.Elapsed().Seconds(), "persons/s")
}

func BenchmarkPublish(b *testing.B) {
	a, _ := mustCreate(b)
	mustRoster(b, a, roster(0, 20_000))
	for b.Loop() {
		mustPublish(b, a)
	}
}

// A key that was withdrawn stays so, under whatever name and kid it comes back.
func TestAWithdrawnKeyUnderAnotherName(t *testing.T) {
	a, _ := mustCreate(t)
	defer a.Close()
	ctx := t.Context()
	pub := ed25519.NewKeyFromSeed(make([]byte, 32)).Public()
	one := pass.Key{ID: []byte("one"), Public: pub, Format: pass.Pretix}
	two := one
	two.ID = []byte("two")
	imp := func(issuer string, k pass.Key) {
		if _, _, err := a.Trust.Import(ctx, []authority.ForeignKeys{{Issuer: issuer, Keys: []pass.Key{k}}}); err != nil {
			t.Fatal(err)
		}
	}
	imp("YY", one)
	if err := a.Trust.WithdrawKey(ctx, "YY", one.ID); err != nil {
		t.Fatal(err)
	}
	imp("YY", two)
	imp("ZZ", two)
	trust, err := a.Trust.Get(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range trust.Issuers {
		for _, k := range i.Keys {
			if i.ID == "ZZ" && !k.Withdrawn {
				t.Error("a withdrawn key came back under another issuer's name")
			}
		}
	}
}
