package authority_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/sync/authority"
	"postern/sync/pass"
	"postern/sync/sheet"
	"postern/sync/snapshot"
)

var (
	now  = time.Date(2026, 11, 22, 0, 30, 0, 0, time.UTC)
	zone = time.FixedZone("UTC+8", 8*3600)
)

const phrase = "correct horse battery"

func options() authority.Options {
	return authority.Options{
		City: map[string]string{"zh": "长宁市", "en": "Changning"}, Issuer: "CN-CN", IssuerName: "长宁市卫健委",
		ReceiptKey: []ed25519.PublicKey{ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)},
		Passphrase: authority.Phrase(phrase), WorkFactor: 4,
		Rand: rand.NewChaCha8([32]byte{1}), Now: func() time.Time { return now }, Zone: zone,
	}
}

func mustCreate(t testing.TB) (*authority.Authority, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "authority")
	a, err := authority.Create(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a, dir
}

const header = "number,name,birth_year,district,status,valid_until\n"

// roster makes n persons, all good, with numbers from first.
func roster(first, n int) string {
	var b strings.Builder
	b.WriteString(header)
	for i := first; i < first+n; i++ {
		fmt.Fprintf(&b, "P%07d,王小%c,%d,雁塔,good,2026-12-31\n", i, '一'+rune(i%100), 1940+i%80)
	}
	return b.String()
}

func mustRoster(t testing.TB, a *authority.Authority, text string) sheet.Report {
	t.Helper()
	r, err := a.Roster.Import(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func mustPublish(t testing.TB, a *authority.Authority) uint64 {
	t.Helper()
	n, err := a.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCreateAndOpen(t *testing.T) {
	a, dir := mustCreate(t)
	if _, err := authority.Create(t.Context(), dir, options()); !errors.Is(err, authority.ErrExists) {
		t.Errorf("made again: %v", err)
	}
	if _, err := authority.Open(t.Context(), t.TempDir(), options()); !errors.Is(err, authority.ErrNone) {
		t.Errorf("opened an empty folder: %v", err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if trust.City["en"] != "Changning" || len(trust.Issuers) != 1 || trust.Issuers[0].ID != "CN-CN" || trust.Tracing == nil || len(trust.Receipt) != 1 {
		t.Errorf("trust list %+v", trust)
	}
	for _, path := range []string{"ledger.db", "keys/issuer.key", "keys/online.key", "keys/targets.key"} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
	}
	for _, name := range []string{"root1", "root2", "root3", "targets", "tracing"} {
		b, err := os.ReadFile(filepath.Join(dir, "keys", name+".key"))
		if err != nil || bytes.Contains(b, []byte("PRIVATE KEY")) {
			t.Errorf("key %s is not wrapped (%v)", name, err)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	for name, spoil := range map[string]func(*authority.Options){
		"no issuer":     func(o *authority.Options) { o.Issuer = "" },
		"no passphrase": func(o *authority.Options) { o.Passphrase = nil },
		"short":         func(o *authority.Options) { o.Passphrase = authority.Phrase("seven77") },
	} {
		o := options()
		spoil(&o)
		dir := filepath.Join(t.TempDir(), "authority")
		if _, err := authority.Create(t.Context(), dir, o); err == nil {
			t.Errorf("%s: created", name)
		}
		if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was made before it was refused: %v", name, err)
		}
		if a, err := authority.Create(t.Context(), dir, options()); err != nil {
			t.Errorf("%s: cannot be made after the failure: %v", name, err)
		} else {
			a.Close()
		}
	}
}

func TestCreateNeverReplacesKeys(t *testing.T) {
	a, dir := mustCreate(t)
	a.Close()
	if err := os.Rename(filepath.Join(dir, "ledger.db"), filepath.Join(t.TempDir(), "ledger.db")); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(dir, "keys", "root1.key"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := authority.Create(t.Context(), dir, options()); !errors.Is(err, authority.ErrExists) {
		t.Errorf("made keys over the old ones: %v", err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "keys", "root1.key")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the root key changed: %v", err)
	}
}

func TestCreateAgainAfterACrash(t *testing.T) {
	a, dir := mustCreate(t)
	a.Close()
	// As a crash before the last rename leaves it.
	if err := errors.Join(os.Rename(filepath.Join(dir, "ledger.db"), filepath.Join(dir, "ledger.db.new")),
		os.WriteFile(filepath.Join(dir, "keys", ".making"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	b, err := authority.Create(t.Context(), dir, options())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	mustPublish(t, b)
	mustVerify(t, filepath.Join(dir, "repository"))
}

func TestHoldersKeyInThePass(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 2))
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.NewChaCha8([32]byte{2}))
	if err != nil {
		t.Fatal(err)
	}
	holders := map[string]*ecdsa.PublicKey{"P0000001": &key.PublicKey}
	all, err := a.Roster.Issue(t.Context(), []string{"P0000000", "P0000001"}, authority.IssueOptions{Holders: holders, Expires: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := pass.Present(all[0].Text, key, now); err == nil {
		t.Error("a pass without the holder's key can be presented")
	}
	text, err := pass.Present(all[1].Text, key, now)
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := pass.Open(text, trust.Keyring())
	if err != nil || !p.Presented.Equal(now) || !p.Expires.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestWrongPassphrase(t *testing.T) {
	a, dir := mustCreate(t)
	mustRoster(t, a, roster(0, 10))
	o := options()
	o.Passphrase = authority.Phrase("incorrect horse")
	b, err := authority.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Publish(t.Context()); err != nil {
		t.Errorf("publishing statuses wants the passphrase: %v", err)
	}
	if _, err := b.Roster.Issue(t.Context(), nil, authority.IssueOptions{}); err != nil {
		t.Errorf("issuing wants the passphrase: %v", err)
	}
	err = b.Policies.Set(t.Context(), []byte(`{"v":1,"name":"gym","paper":true,"fresh":{"ageing_after":60,"stale_after":120,"stale":"check","blind":"unknown"},"clock":{"ahead_days":1}}`))
	if !errors.Is(err, authority.ErrPassphrase) {
		t.Errorf("set a policy with a wrong passphrase: %v", err)
	}
	if err := b.Trust.Edit(t.Context(), func(*snapshot.Trust) error { return nil }); !errors.Is(err, authority.ErrPassphrase) {
		t.Errorf("edited the trust list with a wrong passphrase: %v", err)
	}
}

func TestEditTrust(t *testing.T) {
	a, _ := mustCreate(t)
	err := a.Trust.Edit(t.Context(), func(x *snapshot.Trust) error {
		x.Issuers[0].Keys[0].Withdrawn = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil || trust.Version != 2 || !trust.Issuers[0].Keys[0].Withdrawn {
		t.Errorf("trust list %+v, %v", trust, err)
	}
	bad := errors.New("no")
	if err := a.Trust.Edit(t.Context(), func(x *snapshot.Trust) error { x.Version = 9; return bad }); !errors.Is(err, bad) {
		t.Errorf("error of the edit is lost: %v", err)
	}
	if again, _ := a.Trust.Get(t.Context()); again.Version != 2 {
		t.Error("a failed edit changed the trust list")
	}
}

func TestIssuedPassesOpen(t *testing.T) {
	a, _ := mustCreate(t)
	mustRoster(t, a, roster(0, 20)+"X1,张伟,1990,雁塔,barred,2026-12-31\nX2,John Smith,,碑林,暂停,2026-11-22T08:00:00+08:00\n")
	_, err := a.Roster.ImportResults(t.Context(), strings.NewReader("number,kind,result,taken_at\nx1,核酸,阴性,2026-11-21 08:30\n"))
	if err != nil {
		t.Fatal(err)
	}
	trust, err := a.Trust.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := a.Roster.Issue(t.Context(), nil, authority.IssueOptions{})
	if err != nil || len(all) != 22 {
		t.Fatalf("%d passes, %v", len(all), err)
	}
	for _, i := range all {
		p, err := pass.Open(i.Text, trust.Keyring())
		if err != nil || !bytes.Equal(p.ID, i.ID) || p.Name != i.Name || p.Issuer != "CN-CN" || p.Status == nil || p.Status.URI != "s:1" {
			t.Fatalf("%s: %+v, %v", i.Number, p, err)
		}
	}
	two, err := a.Roster.Issue(t.Context(), []string{"X2", "x1"}, authority.IssueOptions{})
	if err != nil || len(two) != 2 || two[0].Number != "X2" {
		t.Fatalf("%+v, %v", two, err)
	}
	suspended, _ := pass.Open(two[0].Text, trust.Keyring())
	barred, _ := pass.Open(two[1].Text, trust.Keyring())
	if suspended.Colour != pass.Amber || barred.Colour != pass.Red || barred.Name != "张*" || suspended.Name != "J*** S***" {
		t.Errorf("%+v and %+v", suspended.Claims, barred.Claims)
	}
	if want := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC); !suspended.Expires.Equal(want) {
		t.Errorf("expires %s, want %s", suspended.Expires, want)
	}
	if want := time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC); !barred.Expires.Equal(want) {
		t.Errorf("expires %s, want the end of the day in the zone, %s", barred.Expires, want)
	}
	if len(barred.Tests) != 1 || !barred.Tests[0].At.Equal(time.Date(2026, 11, 21, 0, 30, 0, 0, time.UTC)) {
		t.Errorf("tests %+v", barred.Tests)
	}
	if _, err := a.Roster.Issue(t.Context(), []string{"nobody"}, authority.IssueOptions{}); !errors.Is(err, authority.ErrNoPerson) {
		t.Errorf("issued to nobody: %v", err)
	}
}

func TestPublishEndsWithItsContext(t *testing.T) {
	a, _ := mustCreate(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Publish(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := a.Roster.Import(ctx, strings.NewReader(roster(0, 3))); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
