package verdict_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

var (
	now    = time.Date(2026, 11, 22, 8, 42, 0, 0, time.UTC)
	epoch  = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	holder = mustHolder()
)

func mustHolder() *ecdsa.PrivateKey {
	k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), append(make([]byte, 31), 7))
	if err != nil {
		panic(err)
	}
	return k
}

// city is an issuer and what a gate would know in the ordinary case; tests bend one thing.
type city struct {
	claims  pass.Claims
	present time.Time
	view    verdict.View
	clock   verdict.Clock
}

func ordinary() city {
	p := policy.Default()
	p.Test = &policy.TestRule{Hours: 48, Kinds: []pass.Kind{pass.NucleicAcid}}
	p.Reentry = 5
	return city{
		claims: pass.Claims{
			Issuer: "XA", ID: []byte("12345678"), IssuedAt: now.AddDate(0, 0, -10), Expires: now.AddDate(0, 6, 0),
			Status: &pass.StatusRef{URI: "s:1", Index: 77}, Name: "王*明", Confirm: &holder.PublicKey,
		},
		view: verdict.View{
			Policy:   p,
			Snapshot: verdict.Snapshot{Version: 218, Made: now.Add(-12 * time.Minute), Epoch: epoch},
			Status:   entry(status.Good, pass.Negative, now.Add(-21*time.Hour)),
		},
		clock: verdict.Clock{Now: now, Trusted: now.Add(-time.Hour)},
	}
}

// rule adds a rule to the policy.
func (c *city) rule(logic string) *policy.Rule {
	e, err := policy.ParseExpr([]byte(logic))
	if err != nil {
		panic(err)
	}
	p := &c.view.Policy
	p.Rules = append(p.Rules, policy.Rule{ID: fmt.Sprintf("r%d", len(p.Rules)+1), Logic: e})
	return &p.Rules[len(p.Rules)-1]
}

func entry(v status.Value, r pass.Result, at time.Time) status.Entry {
	e, ok := status.NewEntry(v, &pass.Test{Kind: pass.NucleicAcid, Result: r, At: at}, epoch)
	if !ok {
		panic("entry does not fit")
	}
	return e
}

func (c city) judge(t testing.TB) verdict.Verdict {
	t.Helper()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	signer, err := pass.NewSigner("XA", key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := pass.Seal(c.claims, signer)
	if err != nil {
		t.Fatal(err)
	}
	if !c.present.IsZero() {
		if text, err = pass.Present(text, holder, c.present); err != nil {
			t.Fatal(err)
		}
	}
	keys := pass.NewKeyring([]pass.Key{{Issuer: "XA", ID: signer.KeyID(), Public: key.Public()}})
	p := verdict.Open(text, keys)
	if p.Err != nil {
		t.Fatal(p.Err)
	}
	return verdict.Judge(p, c.view, c.clock)
}

func TestJudge(t *testing.T) {
	minute := time.Minute
	for _, tc := range []struct {
		name string
		bend func(*city)
		want verdict.Reason
	}{
		{"good", func(*city) {}, verdict.OK},
		{"presented by the holder", func(c *city) { c.view.Policy.Paper = false; c.present = now.Add(-80 * time.Second) }, verdict.OK},
		{"presented 90 s ago", func(c *city) { c.present = now.Add(-90 * time.Second) }, verdict.OK},
		{"presented 91 s ago", func(c *city) { c.present = now.Add(-91 * time.Second) }, verdict.PresentationStale},
		{"presented 91 s ahead", func(c *city) { c.present = now.Add(91 * time.Second) }, verdict.PresentationStale},
		{"paper where a presentation is asked", func(c *city) { c.view.Policy.Paper = false }, verdict.PaperNotAccepted},

		{"the second before it expires", func(c *city) { c.claims.Expires = now.Add(time.Second) }, verdict.OK},
		{"the second it expires", func(c *city) { c.claims.Expires = now }, verdict.Expired},
		{"the second it begins", func(c *city) { c.claims.NotBefore = now }, verdict.OK},
		{"the second before it begins", func(c *city) { c.claims.NotBefore = now.Add(time.Second) }, verdict.NotYetValid},
		{"issued a moment ago by a clock that is ahead", func(c *city) { c.claims.IssuedAt = now.Add(verdict.PresentationLife) }, verdict.OK},
		{"issued later than clocks differ", func(c *city) { c.claims.IssuedAt = now.Add(verdict.PresentationLife + time.Second) }, verdict.NotYetValid},
		{"issued in the future", func(c *city) { c.claims.IssuedAt = now.Add(time.Hour) }, verdict.NotYetValid},

		{"invalid", func(c *city) { c.view.Status = status.Entry(status.Invalid) }, verdict.Revoked},
		{"suspended", func(c *city) { c.view.Status = entry(status.Suspended, pass.Negative, now.Add(-minute)) }, verdict.SuspendedPass},
		{"barred", func(c *city) { c.view.Status = entry(status.Barred, pass.Negative, now.Add(-minute)) }, verdict.Barred},
		{"barred and expired", func(c *city) { c.view.Status = 3; c.claims.Expires = now }, verdict.Barred},
		{"barred and the clock is wrong", func(c *city) { c.view.Status = 3; c.clock.Trusted = now.Add(time.Hour) }, verdict.Barred},
		{"no such index", func(c *city) { c.view.StatusErr = fmt.Errorf("look up: %w", status.ErrNoEntry) }, verdict.NoStatus},
		{"status could not be read", func(c *city) { c.view.StatusErr = errors.New("disk") }, verdict.StatusFailed},
		{"a pass without a status", func(c *city) { c.claims.Status = nil; c.view.StatusErr = nil }, verdict.OK},

		{"test 48 h 0 min ago", func(c *city) { c.view.Status = entry(0, 0, now.Add(-48*time.Hour)) }, verdict.OK},
		{"test 48 h 1 min ago", func(c *city) { c.view.Status = entry(0, 0, now.Add(-48*time.Hour-minute)) }, verdict.TestOld},
		{"no test", func(c *city) { c.view.Status = 0 }, verdict.TestMissing},
		{"no test asked", func(c *city) { c.view.Status = 0; c.view.Policy.Test = nil }, verdict.OK},
		{"positive", func(c *city) { c.view.Status = entry(0, pass.Positive, now.Add(-minute)) }, verdict.TestPositive},
		{"unclear", func(c *city) { c.view.Status = entry(0, pass.Inconclusive, now.Add(-minute)) }, verdict.TestUnclear},
		{"a test of the wrong kind", func(c *city) { c.view.Policy.Test.Kinds = []pass.Kind{pass.Antigen} }, verdict.TestMissing},
		{"a newer test in the pass", func(c *city) {
			c.view.Status = 0
			c.claims.Tests = []pass.Test{{Kind: pass.NucleicAcid, At: now.Add(-time.Hour)}}
		}, verdict.OK},
		{"a newer positive in the snapshot", func(c *city) {
			c.claims.Tests = []pass.Test{{Kind: pass.NucleicAcid, At: now.Add(-2 * time.Hour)}}
			c.view.Status = entry(0, pass.Positive, now.Add(-time.Hour))
		}, verdict.TestPositive},
		{"a test in the future does not count", func(c *city) {
			c.view.Status = entry(0, pass.Negative, now.Add(24*time.Hour))
		}, verdict.TestMissing},

		{"a format that is not accepted", func(c *city) { c.view.Policy.Formats = []pass.Format{pass.HCERT} }, verdict.FormatNotAccepted},
		{"a format that is", func(c *city) { c.view.Policy.Formats = []pass.Format{pass.HCERT, pass.Native} }, verdict.OK},
		{"an issuer that is not accepted", func(c *city) { c.view.Policy.Issuers = []string{"XB"} }, verdict.IssuerNotAccepted},
		{"an issuer that is", func(c *city) { c.view.Policy.Issuers = []string{"XA"} }, verdict.OK},
		{"not accepted and barred", func(c *city) { c.view.Policy.Issuers = []string{"XB"}; c.view.Status = 3 }, verdict.Barred},
		{"suspended, where these are let in", func(c *city) {
			c.view.Status = entry(status.Suspended, pass.Negative, now.Add(-minute))
			c.view.Policy.Statuses = []string{"good", "suspended"}
		}, verdict.OK},
		{"good, where only suspended are let in", func(c *city) { c.view.Policy.Statuses = []string{"suspended"} }, verdict.StatusNotAccepted},
		{"barred, whatever is let in", func(c *city) { c.view.Status = 3; c.view.Policy.Statuses = []string{"good", "suspended"} }, verdict.Barred},
		{"an ID is asked", func(c *city) { c.view.Policy.IDMatch = true }, verdict.IDMatch},
		{"an ID is asked, and the test is old", func(c *city) {
			c.view.Policy.IDMatch = true
			c.view.Status = entry(0, 0, now.Add(-49*time.Hour))
		}, verdict.TestOld},

		{"a rule that is met", func(c *city) { c.rule(`{"===":[{"var":"payload.issuer"},"XA"]}`) }, verdict.OK},
		{"a rule about the snapshot's test", func(c *city) { c.rule(`{"===":[{"var":"payload.tests.0.minutesAgo"},1260]}`) }, verdict.OK},
		{"a rule that is not met", func(c *city) { c.rule(`{"===":[{"var":"payload.issuer"},"XB"]}`) }, verdict.RuleNotMet},
		{"a rule without an answer", func(c *city) { c.rule(`{">":[{"var":"payload.issuer"},3]}`) }, verdict.RuleFailed},
		{"a rule that gives a number", func(c *city) { c.rule(`{"+":[1,1]}`) }, verdict.RuleFailed},
		{"a rule that ends now", func(c *city) { c.rule(`false`).To = now }, verdict.OK},
		{"a rule that ends in a moment", func(c *city) { c.rule(`false`).To = now.Add(time.Nanosecond) }, verdict.RuleNotMet},
		{"a rule that begins now", func(c *city) { c.rule(`false`).From = now }, verdict.RuleNotMet},
		{"a rule that begins in a moment", func(c *city) { c.rule(`false`).From = now.Add(time.Nanosecond) }, verdict.OK},
		{"a rule that is not met, and revoked", func(c *city) { c.rule(`false`); c.view.Status = 1 }, verdict.Revoked},

		{"seen 4 min 59 s ago", func(c *city) { c.view.Seen = now.Add(-5*minute + time.Second) }, verdict.SeenBefore},
		{"seen 5 min ago", func(c *city) { c.view.Seen = now.Add(-5 * minute) }, verdict.OK},

		{"clock behind trusted time", func(c *city) { c.clock.Trusted = now.Add(time.Second) }, verdict.ClockWrong},
		{"clock 30 days ahead", func(c *city) { c.clock.Trusted = now.AddDate(0, 0, -30) }, verdict.OK},
		{"clock more than 30 days ahead", func(c *city) { c.clock.Trusted = now.AddDate(0, 0, -30).Add(-time.Second) }, verdict.ClockWrong},
		{"no trusted time yet", func(c *city) { c.clock.Trusted = time.Time{} }, verdict.OK},

		{"stale, policy says check", func(c *city) { c.view.Snapshot.Made = now.AddDate(0, 0, -8) }, verdict.StaleCheck},
		{"stale, policy says unknown", func(c *city) {
			c.view.Snapshot.Made = now.AddDate(0, 0, -8)
			c.view.Policy.Fresh.Stale = policy.Unknown
		}, verdict.Stale},
		{"stale, policy says admit", func(c *city) {
			c.view.Snapshot.Made = now.AddDate(0, 0, -8)
			c.view.Policy.Fresh.Stale = policy.Admit
		}, verdict.OK},
		{"ageing", func(c *city) { c.view.Snapshot.Made = now.AddDate(0, 0, -1) }, verdict.OK},
		{"ageing, policy says check", func(c *city) {
			c.view.Snapshot.Made = now.AddDate(0, 0, -1)
			c.view.Policy.Fresh.Ageing = policy.Check
		}, verdict.StaleCheck},
		{"ageing, policy says unknown", func(c *city) {
			c.view.Snapshot.Made = now.AddDate(0, 0, -1)
			c.view.Policy.Fresh.Ageing = policy.Unknown
		}, verdict.Stale},
		{"a minute before it is ageing", func(c *city) {
			c.view.Snapshot.Made = now.AddDate(0, 0, -1).Add(time.Minute)
			c.view.Policy.Fresh.Ageing = policy.Unknown
		}, verdict.OK},
		{"blind", func(c *city) { c.view.Snapshot = verdict.Snapshot{} }, verdict.Blind},
		{"blind, policy says check", func(c *city) {
			c.view.Snapshot = verdict.Snapshot{}
			c.view.Policy.Fresh.Blind = policy.Check
			c.view.Policy.Test = nil
		}, verdict.BlindCheck},
		{"the zero view", func(c *city) { c.view = verdict.View{}; c.clock.Trusted = time.Time{} }, verdict.Blind},
		{"no policy at all", func(c *city) { c.view.Policy = policy.Policy{}; c.clock.Trusted = time.Time{} }, verdict.Stale},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := ordinary()
			tc.bend(&c)
			got := c.judge(t)
			if got.Reason != tc.want || got.Outcome != tc.want.Outcome() {
				t.Errorf("got %v (%v), want %v (%v)", got.Reason, got.Outcome, tc.want, tc.want.Outcome())
			}
			if got.Outcome != verdict.Admit && !slices.Contains(got.Steps, verdict.Emergency) {
				t.Error("no emergency way")
			}
		})
	}
}

func TestUnopened(t *testing.T) {
	for err, want := range map[error]verdict.Reason{
		pass.ErrForeign: verdict.Foreign, pass.ErrForged: verdict.Forged, pass.ErrMalformed: verdict.Malformed,
		pass.ErrNoKey: verdict.NoKey, pass.ErrTooLong: verdict.TooLong, pass.ErrWithdrawn: verdict.KeyWithdrawn,
		pass.ErrKeyPeriod: verdict.KeyPeriod, pass.ErrKeyUse: verdict.KeyUse, pass.ErrNeedsNetwork: verdict.NeedsNetwork,
		pass.ErrEncrypted: verdict.Encrypted, pass.ErrPart: verdict.Incomplete, verdict.ErrUnreadable: verdict.Unreadable,
		verdict.ErrNotEnrolled: verdict.NotEnrolled, errors.New("surprise"): verdict.InternalFailed, nil: verdict.InternalFailed,
	} {
		for _, p := range []*pass.Pass{nil, {}} {
			got := verdict.Judge(verdict.Presentation{Pass: p, Err: err}, ordinary().view, ordinary().clock)
			if got.Reason != want || got.Pass != nil {
				t.Errorf("%v: got %v with pass %v, want %v", err, got.Reason, got.Pass, want)
			}
		}
	}
}

func TestUncheckedIsSaid(t *testing.T) {
	c := ordinary()
	c.view = verdict.View{Policy: policy.Default()}
	c.view.Policy.Fresh.Blind = policy.Admit
	got := c.judge(t)
	if got.Outcome != verdict.Admit || !slices.Equal(got.Unchecked, []string{"status"}) {
		t.Errorf("got %v, unchecked %v", got.Reason, got.Unchecked)
	}
}

func TestDetailCarriesTheNumbers(t *testing.T) {
	c := ordinary()
	c.view.Status = entry(0, 0, now.Add(-51*time.Hour-20*time.Minute))
	got := c.judge(t)
	if got.Detail.Ago != 51*time.Hour+20*time.Minute || got.Detail.Asked != 48*time.Hour || got.Help() != "C-T48" {
		t.Errorf("got %+v, %s", got.Detail, got.Help())
	}
}

func TestDetailCarriesTheRule(t *testing.T) {
	c := ordinary()
	c.rule(`true`)
	c.rule(`false`).Description = map[string]string{"zh": "描述", "en": "Description."}
	c.rule(`false`)
	got := c.judge(t).Detail
	if got.Rule != "r2" || got.Sentence("zh") != "描述" || got.Sentence("fr") != "Description." {
		t.Errorf("got %+v", got)
	}
	c.view.Policy.Sentences = map[string]map[string]string{"r2": {"ja": "文"}}
	if got = c.judge(t).Detail; got.Sentence("zh") != "文" {
		t.Errorf("got %+v", got)
	}
	c.view.Policy.Rules = c.view.Policy.Rules[2:]
	if got = c.judge(t).Detail; got.Rule != "r3" || got.Sentence("zh") != "" {
		t.Errorf("got %+v", got)
	}
}

// TestEachStepOnlyLowers bends an ordinary case in random ways and holds that
// more trouble never gives a better outcome, and that Admit needs every answer to be good.
func TestEachStepOnlyLowers(t *testing.T) {
	rank := map[verdict.Outcome]int{verdict.Admit: 0, verdict.Check: 1, verdict.Unknown: 2, verdict.Refuse: 3}
	bends := []func(*city){
		func(c *city) { c.view.Policy.Paper = false },
		func(c *city) { c.claims.Expires = now },
		func(c *city) { c.view.Status |= status.Entry(status.Suspended) },
		func(c *city) { c.view.Status |= status.Entry(status.Barred) },
		func(c *city) { c.view.Seen = now },
		func(c *city) { c.view.Policy.IDMatch = true },
		func(c *city) { c.view.Policy.Formats = []pass.Format{pass.NZCP} },
		func(c *city) { c.view.Policy.Issuers = []string{"XB"} },
		func(c *city) { c.rule(`{"var":"payload.nothing"}`) },
		func(c *city) { c.rule(`{"<":["a",1]}`) },
		func(c *city) { c.clock.Trusted = now.Add(time.Hour) },
		func(c *city) { c.view.Snapshot.Made = now.AddDate(0, 0, -9) },
	}
	rng := rand.New(rand.NewSource(1))
	for range 300 {
		c := ordinary()
		before := c.judge(t).Outcome
		for _, i := range rng.Perm(len(bends))[:1+rng.Intn(len(bends))] {
			bends[i](&c)
			after := c.judge(t).Outcome
			if rank[after] < rank[before] || after == verdict.Admit {
				t.Fatalf("bend %d raised %v to %v", i, before, after)
			}
			before = after
		}
	}
}

func TestReasonsAreComplete(t *testing.T) {
	letters := map[verdict.Outcome]string{verdict.Admit: "A-", verdict.Check: "C-", verdict.Refuse: "R-", verdict.Unknown: "U-"}
	seen := map[string]verdict.Reason{}
	for _, r := range verdict.Reasons() {
		help := r.Help(verdict.Detail{})
		if !strings.HasPrefix(help, letters[r.Outcome()]) {
			t.Errorf("%s: help code %s does not begin with its outcome's letter", r, help)
		}
		if other, dup := seen[help]; dup {
			t.Errorf("%s and %s share the help code %s", r, other, help)
		}
		seen[help] = r
		if steps := r.Steps(); (r.Outcome() == verdict.Admit) != (len(steps) == 0) || len(steps) > 3 {
			t.Errorf("%s: steps %v", r, steps)
		}
	}
	if got := verdict.Reason("made up").Outcome(); got != verdict.Unknown {
		t.Errorf("an unknown reason leads to %v", got)
	}
}

func BenchmarkJudge(b *testing.B) {
	b.Run("no rules", func(b *testing.B) { benchmarkJudge(b, ordinary()) })
	b.Run("five rules", func(b *testing.B) {
		c := ordinary()
		for _, logic := range []string{
			`{"===":[{"var":"payload.issuer"},"XA"]}`,
			`{"and":[{"===":[{"var":"payload.tests.0.result"},"negative"]},{"<=":[{"var":"payload.tests.0.minutesAgo"},2880]}]}`,
			`{"not-after":[{"plusTime":[{"var":"payload.issued.at"},0,"day"]},{"plusTime":[{"var":"external.validationClock"},0,"day"]},{"plusTime":[{"var":"payload.issued.at"},9,"month"]}]}`,
			`{"===":[{"reduce":[{"var":"payload.tests"},{"+":[{"var":"accumulator"},{"if":[{"===":[{"var":"current.result"},"positive"]},1,0]}]},0]},0]}`,
			`{"in":[{"var":"payload.format"},["hcert","shc","nzcp","native"]]}`,
		} {
			c.rule(logic)
		}
		benchmarkJudge(b, c)
	})
}

func benchmarkJudge(b *testing.B, c city) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	signer, _ := pass.NewSigner("XA", key)
	text, err := pass.Seal(c.claims, signer)
	if err != nil {
		b.Fatal(err)
	}
	p := verdict.Open(text, pass.NewKeyring([]pass.Key{{Issuer: "XA", ID: signer.KeyID(), Public: key.Public()}}))
	if got := verdict.Judge(p, c.view, c.clock); got.Reason != verdict.OK {
		b.Fatal(got.Reason, got.Detail)
	}
	b.ReportAllocs()
	for b.Loop() {
		verdict.Judge(p, c.view, c.clock)
	}
}

// A laboratory that corrects a result keeps the sample's minute: the pass says
// negative, the snapshot knows better; and so within one pass.
func TestACorrectedResult(t *testing.T) {
	at := now.Add(-10 * time.Hour)
	c := ordinary()
	c.claims.Tests = []pass.Test{{Kind: pass.NucleicAcid, Result: pass.Negative, At: at}}
	c.view.Status = entry(status.Good, pass.Positive, at)
	if v := c.judge(t); v.Reason != verdict.TestPositive {
		t.Errorf("corrected in the snapshot: %v %v", v.Outcome, v.Reason)
	}
	c.view.Status = entry(status.Good, pass.Negative, now.Add(-20*time.Hour))
	c.claims.Tests = append(c.claims.Tests, pass.Test{Kind: pass.Antigen, Result: pass.Positive, At: at})
	if v := c.judge(t); v.Reason != verdict.TestPositive {
		t.Errorf("two results of one minute: %v %v", v.Outcome, v.Reason)
	}
}

// A slip's status is its gate's: a policy that lets suspended people in lets no
// slips of a suspended gate in.
func TestSlipOfASuspendedGate(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	signer, err := pass.NewSigner("XA", key)
	if err != nil {
		t.Fatal(err)
	}
	keys := pass.NewKeyring([]pass.Key{{Issuer: "XA", ID: signer.KeyID(), Public: key.Public()}})
	gk := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	for value, admitted := range map[status.Value]bool{status.Good: true, status.Suspended: false} {
		d, err := pass.Delegation{
			ID: []byte("sample-1"), IssuedAt: now.Add(-time.Hour), Expires: now.Add(24 * time.Hour), Key: gk.Public().(ed25519.PublicKey),
			Status: &pass.StatusRef{URI: "s:1", Index: 2}, Scope: pass.Scope{Gate: "0123456789abcdef", Place: "x", Kinds: pass.SlipKinds, Life: 12 * time.Hour},
		}.Seal(signer)
		if err != nil {
			t.Fatal(err)
		}
		g, err := pass.NewDelegate(d, gk, keys)
		if err != nil {
			t.Fatal(err)
		}
		text, err := g.Seal(pass.Visitor, pass.Claims{ID: []byte("sample-1"), IssuedAt: now.Add(-time.Minute), Expires: now.Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		p := policy.Default()
		p.Statuses = []string{"good", "suspended"}
		v := verdict.Judge(verdict.Open(text, keys), verdict.View{Policy: p, Snapshot: verdict.Snapshot{Version: 1, Made: now, Epoch: epoch}, Status: status.Entry(value)}, verdict.Clock{Now: now})
		if (v.Outcome == verdict.Admit) != admitted {
			t.Errorf("gate %v: its slip is %v %v", value, v.Outcome, v.Reason)
		}
	}
}
