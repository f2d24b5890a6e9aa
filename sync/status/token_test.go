package status_test

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/pass"
	"postern/sync/status"
)

var tokenKey = ed25519.NewKeyFromSeed(make([]byte, 32))

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := cbor.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// token signs claims as another issuer's software would.
func token(t testing.TB, header, claims map[any]any) []byte {
	t.Helper()
	protected, payload := encode(t, header), encode(t, claims)
	signature := ed25519.Sign(tokenKey, encode(t, []any{"Signature1", protected, []byte{}, payload}))
	return encode(t, cbor.Tag{Number: 18, Content: []any{protected, map[any]any{4: []byte("12")}, payload, signature}})
}

func claims(t testing.TB) map[any]any {
	return map[any]any{
		2: "https://example.org/statuslists/1", 6: epoch.Unix(), 4: epoch.Add(time.Hour).Unix(), 65534: 600,
		65533: map[any]any{"bits": 2, "lst": compressed(t, []byte{0b11100100})},
	}
}

func header() map[any]any { return map[any]any{1: -8, 16: "application/statuslist+cwt"} }

func tokenKeys(k pass.Key) *pass.Keyring {
	k.ID, k.Public = []byte("12"), tokenKey.Public()
	return pass.NewKeyring([]pass.Key{k})
}

func TestOpenToken(t *testing.T) {
	got, err := status.OpenToken(token(t, header(), claims(t)), tokenKeys(pass.Key{Issuer: "XX"}))
	if err != nil {
		t.Fatal(err)
	}
	if got.Issuer != "XX" || got.URI != "https://example.org/statuslists/1" || !got.IssuedAt.Equal(epoch) || got.List.Len() != 4 {
		t.Errorf("it reads as %+v", got)
	}
	for after, want := range map[time.Duration]bool{0: false, 10*time.Minute - time.Second: false, 10 * time.Minute: true, time.Hour: true} {
		if got.Expired(epoch.Add(after)) != want {
			t.Errorf("%v after its issue it is expired: %v", after, !want)
		}
	}
}

func TestTokensThatDoNotOpen(t *testing.T) {
	without := func(claim any) map[any]any {
		c := claims(t)
		delete(c, claim)
		return c
	}
	list := func(bits, lst any) map[any]any {
		c := claims(t)
		c[65533] = map[any]any{"bits": bits, "lst": lst}
		return c
	}
	lst := compressed(t, []byte{1})
	for name, b := range map[string][]byte{
		"nothing":       nil,
		"other type":    token(t, map[any]any{1: -8, 16: "application/cwt"}, claims(t)),
		"no type":       token(t, map[any]any{1: -8}, claims(t)),
		"no sub":        token(t, header(), without(2)),
		"no iat":        token(t, header(), without(6)),
		"no list":       token(t, header(), without(65533)),
		"three bits":    token(t, header(), list(3, lst)),
		"half a bit":    token(t, header(), list(0.5, lst)),
		"bits in text":  token(t, header(), list("1", lst)),
		"list in text":  token(t, header(), list(1, "eNo")),
		"list not zlib": token(t, header(), list(1, []byte{1, 2, 3})),
		"huge list":     token(t, header(), list(1, compressed(t, make([]byte, status.MaxTokenList+1)))),
	} {
		if got, err := status.OpenToken(b, tokenKeys(pass.Key{})); !errors.Is(err, status.ErrToken) {
			t.Errorf("%s: gave %+v, %v, want ErrToken", name, got, err)
		}
	}
	good := token(t, header(), claims(t))
	for name, keys := range map[string]*pass.Keyring{
		"no keys":    nil,
		"withdrawn":  tokenKeys(pass.Key{Withdrawn: true}),
		"key ended":  tokenKeys(pass.Key{To: epoch}),
		"key begins": tokenKeys(pass.Key{From: epoch.Add(time.Second)}),
		"other key":  pass.NewKeyring([]pass.Key{{ID: []byte("12"), Public: ed25519.NewKeyFromSeed(append(make([]byte, 31), 1)).Public()}}),
	} {
		if got, err := status.OpenToken(good, keys); !errors.Is(err, status.ErrNoToken) {
			t.Errorf("%s: gave %+v, %v, want ErrNoToken", name, got, err)
		}
	}
	good[len(good)-1] ^= 1
	if got, err := status.OpenToken(good, tokenKeys(pass.Key{})); !errors.Is(err, status.ErrNoToken) {
		t.Errorf("altered: gave %+v, %v, want ErrNoToken", got, err)
	}
}

// FuzzToken: whatever comes, a token or an error, and nothing that is not signed.
func FuzzToken(f *testing.F) {
	f.Add(token(f, header(), claims(f)))
	f.Add([]byte{0xd2, 0x84})
	keys := tokenKeys(pass.Key{})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := status.OpenToken(b, keys)
		if (err == nil) != (got != nil && got.List != nil) {
			t.Fatalf("gave %+v, %v", got, err)
		}
	})
}
