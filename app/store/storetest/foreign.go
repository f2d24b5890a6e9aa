package storetest

import (
	"fmt"
	"testing"

	"postern/sync/client"
	"postern/sync/pass"
	"postern/sync/snapshot"
	"postern/sync/status"
)

// State is another issuer, which revoked some of its EU certificates.
const State = "XF"

// Foreign is State's list: the certificates with an even number below n are revoked.
func Foreign(n int) snapshot.Foreign {
	var hashes []status.Hash
	for i := 0; i < n; i += 2 {
		hashes = append(hashes, status.HashUCI(uci(i)))
	}
	data := status.NewHashList(hashes).Bytes()
	return snapshot.Foreign{{Head: status.Head{Issuer: State, Kind: status.UCIs, Size: len(data)}, Data: data}}
}

func uci(i int) string { return fmt.Sprintf("URN:UVCI:01:XF:%d", i) }

// Certificate is State's EU certificate with a number, as it looks once opened.
func Certificate(i int) *pass.Pass {
	return &pass.Pass{
		Claims: pass.Claims{Issuer: State}, Format: pass.HCERT,
		Document: map[string]any{"v": []any{map[string]any{"ci": uci(i), "co": State}}},
	}
}

// WithForeign puts lists into an update.
func WithForeign(u client.Update, lists snapshot.Foreign) client.Update {
	u.Foreign, u.ForeignDigest = &lists, lists.Digest()
	return u
}

// foreignLists: they come with a snapshot, stay with those that follow, and go with the gate.
func foreignLists(t *testing.T, tr *trial) {
	tr.join(t, 10)
	wants := func(listed bool, below int) {
		t.Helper()
		for i := range 1000 {
			f, err := tr.Foreign(Certificate(i))
			if want := listed && i < below && i%2 == 0; err != nil || f.Listed != listed || (f.Value == status.Invalid) != want {
				t.Fatalf("certificate %d: %+v, %v", i, f, err)
			}
		}
	}
	install := func(u client.Update) {
		t.Helper()
		if err := tr.Install(tr.ctx, u); err != nil {
			t.Fatal(err)
		}
	}
	wants(false, 0)
	lists := Foreign(900)
	install(WithForeign(tr.w.Update(t, 2, 10), lists))
	wants(true, 900)
	if i, err := tr.Installed(tr.ctx); err != nil || i.Foreign != lists.Digest() || i.Snapshot != 2 {
		t.Errorf("installed %x at version %d, %v", i.Foreign, i.Snapshot, err)
	}
	install(tr.w.Update(t, 3, 12)) // brings no lists
	wants(true, 900)
	tr.reopen(t)
	wants(true, 900)
	more := Foreign(950)
	install(WithForeign(client.Update{Pulled: tr.w.Now}, more)) // lists alone
	wants(true, 950)
	if e, err := tr.Status(URI, 11); err != nil || e.Value() != status.Barred {
		t.Errorf("the statuses are %v, %v", e.Value(), err)
	}
	install(WithForeign(client.Update{}, snapshot.Foreign{}))
	wants(false, 0)
	tr.reopen(t)
	wants(false, 0)
}
