package authority_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"
	"github.com/theupdateframework/go-tuf/v2/metadata/trustedmetadata"

	"postern/sync/authority"
	"postern/sync/enrol"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// served is a published folder as a gate sees it, verified from the root up.
type served struct {
	root    []byte
	version uint64
	targets map[string]*metadata.TargetFiles
	files   map[string][]byte
	deltas  map[uint64]string // from version to target
	key     []byte            // of the envelope role
}

// verify reads a folder as a gate would: every file that the metadata names must be there, whole.
func verify(dir string, at time.Time) (*served, error) {
	read := func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(dir, "metadata", name)) }
	root, err := read("1.root.json")
	if err != nil {
		return nil, err
	}
	set, err := trustedmetadata.New(root)
	if err != nil {
		return nil, err
	}
	set.RefTime = at
	b, err := read("timestamp.json")
	if err != nil {
		return nil, err
	}
	if _, err := set.UpdateTimestamp(b); err != nil {
		return nil, err
	}
	if b, err = read(fmt.Sprintf("%d.snapshot.json", set.Timestamp.Signed.Meta["snapshot.json"].Version)); err != nil {
		return nil, err
	}
	if _, err := set.UpdateSnapshot(b, false); err != nil {
		return nil, err
	}
	s := &served{root: root, targets: map[string]*metadata.TargetFiles{}, files: map[string][]byte{}, deltas: map[uint64]string{}}
	for _, r := range []struct{ role, parent string }{{"targets", "root"}, {"online", "targets"}} {
		if b, err = read(fmt.Sprintf("%d.%s.json", set.Snapshot.Signed.Meta[r.role+".json"].Version, r.role)); err != nil {
			return nil, err
		}
		m, err := set.UpdateDelegatedTargets(b, r.role, r.parent)
		if err != nil {
			return nil, err
		}
		for name, t := range m.Signed.Targets {
			s.targets[name] = t
			file := filepath.Join(dir, "targets", path.Dir(name), hex.EncodeToString(t.Hashes["sha256"])+"."+path.Base(name))
			if s.files[name], err = os.ReadFile(file); err != nil {
				return nil, err
			}
			if err := t.VerifyLengthHashes(s.files[name]); err != nil {
				return nil, err
			}
		}
	}
	return s, s.statuses(set.Targets["targets"])
}

// statuses finds the newest version, the deltas, and the key of the envelope role.
func (s *served) statuses(top *metadata.Metadata[metadata.TargetsType]) error {
	for name, t := range s.targets {
		if t.Custom == nil {
			continue
		}
		c, err := snapshot.ParseCustom(*t.Custom)
		if err != nil {
			return err
		}
		s.version = max(s.version, c.Version)
		if c.From != 0 {
			s.deltas[c.From] = name
		}
	}
	for _, r := range top.Signed.Delegations.Roles {
		if r.Name == "envelope" {
			s.key, _ = hex.DecodeString(top.Signed.Delegations.Keys[r.KeyIDs[0]].Value.PublicKey)
		}
	}
	return nil
}

func mustVerify(t testing.TB, dir string) *served {
	t.Helper()
	s, err := verify(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whole opens the full file of a version, and holds it against its digest.
func (s *served) whole(t testing.TB, version uint64, e enrol.Envelope) *snapshot.Content {
	t.Helper()
	return s.open(t, snapshot.FullTarget(version), e, func(plain []byte, c snapshot.Custom) (*snapshot.Content, error) {
		return snapshot.DecodeFull(plain, c.Entries)
	})
}

func (s *served) open(t testing.TB, name string, e enrol.Envelope, decode func([]byte, snapshot.Custom) (*snapshot.Content, error)) *snapshot.Content {
	t.Helper()
	c, err := snapshot.ParseCustom(*s.targets[name].Custom)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := snapshot.OpenFile(s.files[name], name, e.Epochs[c.Key])
	if err != nil {
		t.Fatal(err)
	}
	content, err := decode(plain, c)
	if err != nil {
		t.Fatal(err)
	}
	if content.Digest() != c.Digest {
		t.Fatalf("%s: the digest is another than the signed one", name)
	}
	return content
}

// enrolled makes a gate and gives its identity and envelope.
func enrolled(t testing.TB, a *authority.Authority, policyName string) (enrol.Identity, enrol.Envelope) {
	t.Helper()
	code, err := a.Gates.Add(t.Context(), authority.NewGate{Hub: "http://127.0.0.1:8443", Place: "南门", Policy: policyName, Direction: "both", Expiry: a.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	id, request := requestOf(t, code)
	_, sealed, err := a.Gates.Countersign(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	return id, openEnvelope(t, a, sealed, id)
}

// openEnvelope opens with the key that a publish shows gates.
func openEnvelope(t testing.TB, a *authority.Authority, sealed []byte, id enrol.Identity) enrol.Envelope {
	t.Helper()
	dir := t.TempDir()
	if _, err := a.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Export(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	s, err := verify(dir, a.Now())
	if err != nil {
		t.Fatal(err)
	}
	e, err := enrol.OpenEnvelope(sealed, s.key, id)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPublish(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 300)+"B1,张伟,1990,雁塔,barred,2026-12-31\nS1,李强,1990,雁塔,suspended,2026-12-31\n")
	if _, err := a.Roster.ImportResults(t.Context(), strings.NewReader("number,kind,result,taken_at\nB1,antigen,positive,2026-11-21 08:30\nS1,pcr,negative,2026-09-30 23:59\n")); err != nil {
		t.Fatal(err)
	}
	id, envelope := enrolled(t, a, "hospital")
	n := mustPublish(t, a)
	out := t.TempDir()
	if err := a.Export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	s := mustVerify(t, out)
	if s.version != n {
		t.Fatalf("serves version %d, want %d", s.version, n)
	}
	c := s.whole(t, n, envelope)
	if !c.Epoch.Equal(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)) || len(c.Lists) != 1 || len(c.Lists[0].Entries) != 65536 || !c.Made.Equal(now) {
		t.Errorf("content: epoch %s, %d lists, made %s", c.Epoch, len(c.Lists), c.Made)
	}
	trust, err := snapshot.ParseTrust(s.files[snapshot.TrustTarget])
	if err != nil {
		t.Fatal(err)
	}
	checkEntries(t, a, c, trust)
	for _, name := range []string{"residential", "hospital", "office"} {
		if p, err := policy.Parse(s.files[snapshot.PolicyTarget(name)]); err != nil || p.Name != name {
			t.Errorf("policy %s: %+v, %v", name, p, err)
		}
	}
	published, err := os.ReadFile(filepath.Join(out, "gates", id.Gate+".envelope"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := enrol.OpenEnvelope(published, s.key, id)
	if err != nil || e.Version <= envelope.Version || e.Policy != "hospital" || e.Place != "南门" || len(e.TagKeys) != 30 {
		t.Errorf("envelope %+v, %v", e, err)
	}
	if _, there := e.TagKeys[uint64(now.Unix()/86400)]; !there {
		t.Error("the envelope has no tag key for today")
	}
	if !reflect.DeepEqual(e.TagKeys, envelope.TagKeys) || !reflect.DeepEqual(e.Epochs, envelope.Epochs) {
		t.Error("keys changed between two envelopes of one day")
	}
}

// checkEntries finds the barred and the suspended person by the indexes in their passes.
func checkEntries(t *testing.T, a *authority.Authority, c *snapshot.Content, trust *snapshot.Trust) {
	t.Helper()
	passes, err := a.Roster.Issue(t.Context(), []string{"B1", "S1", "P0000007"}, authority.IssueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var got []status.Entry
	for _, i := range passes {
		p, err := pass.Open(i.Text, trust.Keyring())
		if err != nil {
			t.Fatal(err)
		}
		e, err := c.Lookup(p.Status.URI, p.Status.Index)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e)
	}
	if test, ok := got[0].Test(c.Epoch); got[0].Value() != status.Barred || !ok || test.Result != pass.Positive || test.Kind != pass.Antigen ||
		!test.At.Equal(time.Date(2026, 11, 21, 0, 30, 0, 0, time.UTC)) {
		t.Errorf("barred: %v %+v", got[0].Value(), test)
	}
	if _, ok := got[1].Test(c.Epoch); got[1].Value() != status.Suspended || ok {
		t.Errorf("suspended: %v, and a test before the epoch is there: %v", got[1].Value(), ok)
	}
	if got[2] != 0 {
		t.Errorf("good and never tested: %v", got[2])
	}
}

func TestDeltasLeadToTheWhole(t *testing.T) {
	a, dir := mustCreate(t)
	mustRoster(t, a, roster(0, 100))
	_, envelope := enrolled(t, a, "residential")
	first := mustPublish(t, a)
	held := mustVerify(t, filepath.Join(dir, "repository")).whole(t, first, envelope)
	var s *served
	for i := range 12 {
		mustRoster(t, a, header+fmt.Sprintf("P%07d,王小一,1990,雁塔,suspended,2026-12-31\n", i))
		n := mustPublish(t, a)
		s = mustVerify(t, filepath.Join(dir, "repository"))
		name := s.deltas[n-1]
		held = s.open(t, name, envelope, func(plain []byte, _ snapshot.Custom) (*snapshot.Content, error) {
			return snapshot.ApplyDelta(held, plain)
		})
		if want := s.whole(t, n, envelope); !reflect.DeepEqual(held, want) {
			t.Fatalf("version %d: the delta leads to another content than the whole", n)
		}
	}
	if len(s.deltas) != 8 {
		t.Errorf("%d deltas are kept, want 8", len(s.deltas))
	}
	fulls, err := filepath.Glob(filepath.Join(dir, "repository", "targets", "status", "*.full"))
	if err != nil || len(fulls) != 2 {
		t.Errorf("%d wholes are kept, want 2 (%v)", len(fulls), err)
	}
	stamps, err := filepath.Glob(filepath.Join(dir, "repository", "metadata", "*.online.json"))
	if err != nil || len(stamps) != 10 {
		t.Errorf("%d versions of metadata are kept, want 10 (%v)", len(stamps), err)
	}
}

func TestNewMonthHasNoDelta(t *testing.T) {
	a, dir := mustCreate(t)
	mustRoster(t, a, roster(0, 10))
	clock := time.Date(2026, 11, 30, 23, 59, 0, 0, time.UTC)
	a.Now = func() time.Time { return clock }
	mustPublish(t, a)
	clock = clock.Add(time.Minute)
	_, envelope := enrolled(t, a, "residential")
	n := mustPublish(t, a)
	s, err := verify(filepath.Join(dir, "repository"), clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, there := s.deltas[1]; there {
		t.Error("a delta leads across the turn of the month")
	}
	if c := s.whole(t, n, envelope); !c.Epoch.Equal(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("epoch %s", c.Epoch)
	}
	if len(envelope.Epochs) != 3 {
		t.Errorf("the envelope has %d epoch keys, want those of the month and its neighbours", len(envelope.Epochs))
	}
}

func TestEpoch(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"2026-11-01T00:00:00Z", "2026-10-01"},
		{"2026-10-31T23:59:59Z", "2026-09-01"},
		{"2027-01-15T00:00:00Z", "2026-12-01"},
		{"2026-11-01T05:00:00+08:00", "2026-09-01"},
		{"2028-03-31T12:00:00Z", "2028-02-01"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		epoch := authority.EpochOf(at)
		if got := epoch.Format(time.DateOnly); got != c.want {
			t.Errorf("%s: epoch %s, want %s", c.at, got, c.want)
		}
		if _, ok := status.NewEntry(status.Good, &pass.Test{Kind: pass.Antigen, At: at.Add(time.Hour)}, epoch); !ok {
			t.Errorf("%s: a test of now does not fit", c.at)
		}
	}
	if n := authority.EpochNumber(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)); n != 0 {
		t.Errorf("January 1970 is epoch %d", n)
	}
	if n := authority.EpochNumber(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)); n != 681 {
		t.Errorf("October 2026 is epoch %d", n)
	}
}

func TestPublishRefusesAClockThatRanBack(t *testing.T) {
	a, _ := mustCreate(t)
	mustPublish(t, a)
	a.Now = func() time.Time { return now.Add(-time.Second) }
	if _, err := a.Publish(t.Context()); err == nil || !strings.Contains(err.Error(), "set the clock right") {
		t.Errorf("got %v", err)
	}
}

// A version of the far future is not made unasked, and one that was made all the same does not end publishing.
func TestPublishSurvivesAWildClock(t *testing.T) {
	a, _ := mustCreate(t)
	publish := func(at time.Time, sure bool) error {
		a.Now, a.ClockIsRight = func() time.Time { return at }, sure
		_, err := a.Publish(t.Context())
		return err
	}
	if err := publish(now, false); err != nil {
		t.Fatal(err)
	}
	wild := time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := publish(wild, false); err == nil {
		t.Error("a version of 2099 was made without a word")
	}
	if err := publish(wild, true); err != nil {
		t.Fatal(err)
	}
	if err := publish(now.Add(time.Hour), false); err == nil || !strings.Contains(err.Error(), "--clock-is-right") {
		t.Errorf("it does not say the way on: %v", err)
	}
	if err := publish(now.Add(time.Hour), true); err != nil {
		t.Errorf("publishing has ended for good: %v", err)
	}
}

func TestPolicyReachesGatesWithTheNextPublish(t *testing.T) {
	a, dir := mustCreate(t)
	mustPublish(t, a)
	gym := []byte(`{"v":1,"name":"gym","paper":true,"fresh":{"ageing_after":60,"stale_after":120,"stale":"check","blind":"unknown"},"clock":{"ahead_days":1}}`)
	if err := a.Policies.Set(t.Context(), gym); err != nil {
		t.Fatal(err)
	}
	if s := mustVerify(t, filepath.Join(dir, "repository")); s.targets["policy/gym"] != nil {
		t.Error("it is out before it was published")
	}
	mustPublish(t, a)
	if s := mustVerify(t, filepath.Join(dir, "repository")); !bytes.Equal(s.files["policy/gym"], gym) {
		t.Errorf("published %q", s.files["policy/gym"])
	}
	if err := a.Policies.Set(t.Context(), []byte(`{"v":1}`)); err == nil {
		t.Error("took a policy that makes no sense")
	}
}

var errCrash = errors.New("the power failed")

// crashAt makes a's k-th step fail; it counts the steps.
func crashAt(a *authority.Authority, k int) *int {
	steps := new(int)
	a.SetStep(func(string) error {
		if *steps++; *steps > k {
			return errCrash
		}
		return nil
	})
	return steps
}

func TestTornPublishLeavesTheFormerSetServable(t *testing.T) {
	a, dir := mustCreate(t)
	repository := filepath.Join(dir, "repository")
	mustRoster(t, a, roster(0, 50))
	_, envelope := enrolled(t, a, "residential")
	mustPublish(t, a)
	gym := `{"v":1,"name":"gym%d","paper":true,"fresh":{"ageing_after":60,"stale_after":120,"stale":"check","blind":"unknown"},"clock":{"ahead_days":1}}`
	for k := 0; ; k++ {
		mustRoster(t, a, header+fmt.Sprintf("P%07d,王小一,1990,雁塔,barred,2026-12-31\n", k))
		if err := a.Policies.Set(t.Context(), fmt.Appendf(nil, gym, k)); err != nil {
			t.Fatal(err)
		}
		before := mustVerify(t, repository)
		steps := crashAt(a, k)
		_, err := a.Publish(t.Context())
		if err == nil {
			if *steps < 7 {
				t.Errorf("a publish has only %d steps", *steps)
			}
			break
		}
		if !errors.Is(err, errCrash) {
			t.Fatal(err)
		}
		after := mustVerify(t, repository)
		if after.version != before.version || !reflect.DeepEqual(after.files, before.files) {
			t.Fatalf("crash at step %d: version %d is served, it was %d", k, after.version, before.version)
		}
		// Whoever starts the program again publishes as if nothing had been.
		a.SetStep(func(string) error { return nil })
		n := mustPublish(t, a)
		s := mustVerify(t, repository)
		if s.version != n || n <= before.version {
			t.Fatalf("crash at step %d: version %d follows %d", k, s.version, before.version)
		}
		s.whole(t, n, envelope)
	}
}

func TestTornExportLeavesTheFormerSetServable(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 50))
	enrolled(t, a, "residential")
	out := t.TempDir()
	mustPublish(t, a)
	if err := a.Export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	for k := 0; ; k++ {
		before := mustVerify(t, out)
		a.SetStep(func(string) error { return nil })
		n := mustPublish(t, a)
		crashAt(a, k)
		err := a.Export(t.Context(), out)
		after := mustVerify(t, out)
		if err == nil {
			if after.version != n {
				t.Errorf("serves version %d, want %d", after.version, n)
			}
			break
		}
		if !errors.Is(err, errCrash) || after.version != before.version {
			t.Fatalf("crash at step %d: version %d is served, it was %d: %v", k, after.version, before.version, err)
		}
	}
}

func TestExportRefuses(t *testing.T) {
	a, _ := mustCreate(t)
	out := t.TempDir()
	if err := a.Export(t.Context(), out); err == nil || !strings.Contains(err.Error(), "publish first") {
		t.Errorf("exported nothing: %v", err)
	}
	mustPublish(t, a)
	if err := a.Export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Rand = bytes.NewReader(bytes.Repeat([]byte{7}, 1<<20))
	b, err := authority.Create(t.Context(), filepath.Join(t.TempDir(), "b"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	mustPublish(t, b)
	if err := b.Export(t.Context(), out); !errors.Is(err, authority.ErrOtherCity) {
		t.Errorf("overwrote another city's folder: %v", err)
	}
	if s := mustVerify(t, out); s.version != 1 {
		t.Errorf("version %d", s.version)
	}
}

func TestExportRemovesWhatNothingNames(t *testing.T) {
	a, _ := mustCreate(t)
	out := t.TempDir()
	mustPublish(t, a)
	if err := a.Export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	leaving, own := filepath.Join(out, "targets", "status", ".x.full.123"), filepath.Join(out, "hub.db")
	for _, name := range []string{leaving, own} {
		if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Export(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(leaving); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a leaving stays: %v", err)
	}
	if _, err := os.Stat(own); err != nil {
		t.Errorf("the hub's own file went: %v", err)
	}
}

func TestRootIsTwoOfThree(t *testing.T) {
	a, dir := mustCreate(t)
	mustPublish(t, a)
	b, err := os.ReadFile(filepath.Join(dir, "repository", "metadata", "1.root.json"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := metadata.Root().FromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	if r := root.Signed.Roles["root"]; r.Threshold != 2 || len(r.KeyIDs) != 3 || !root.Signed.ConsistentSnapshot {
		t.Errorf("root role %+v", r)
	}
	code, err := a.Gates.Add(t.Context(), authority.NewGate{Hub: "http://hub.example", Place: "门", Policy: "residential", Direction: "both", Expiry: now.Add(time.Hour)})
	if err != nil || code.Root != sha256.Sum256(b) {
		t.Errorf("the code pins another root: %v", err)
	}
	var raw map[string]any
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Error(err)
	}
}
