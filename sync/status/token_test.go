package status_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/pass"
	"postern/sync/status"
)

var tokenKey = ed25519.NewKeyFromSeed(make([]byte, 32))

// sorted writes the members of a map always in the same order.
var sorted = func() cbor.EncMode {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

func encode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := sorted.Marshal(v)
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
	if got.Life != 10*time.Minute || !got.Expires.Equal(epoch.Add(time.Hour)) {
		t.Errorf("it lives for %v, and until %v", got.Life, got.Expires)
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

// FuzzToken: whatever comes, a token or an error, and every token says to the
// word what its issuer signed.
func FuzzToken(f *testing.F) {
	good := token(f, header(), claims(f))
	f.Add(good)
	f.Add([]byte{0xd2, 0x84})
	all, tokens := []pass.Key{{ID: []byte("12"), Public: tokenKey.Public()}}, [][]byte{good}
	if dir := os.Getenv("POSTERN_VECTORS"); dir != "" {
		b, keys := publishedToken(f, dir)
		f.Add(b)
		all, tokens = append(all, keys...), append(tokens, b)
	}
	keys, signed := pass.NewKeyring(all), map[string]bool{}
	for _, b := range tokens {
		t, err := status.OpenToken(b, keys)
		if err != nil {
			f.Fatal(err)
		}
		signed[fmt.Sprintf("%+v", *t.List)+t.URI+t.Expires.String()+t.IssuedAt.String()+t.Life.String()] = true
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := status.OpenToken(b, keys)
		switch {
		case err != nil && got != nil:
			t.Fatalf("gave %+v, %v", got, err)
		case err == nil && !signed[fmt.Sprintf("%+v", *got.List)+got.URI+got.Expires.String()+got.IssuedAt.String()+got.Life.String()]:
			t.Fatalf("%x opens as %+v, which nobody signed", b, got)
		}
	})
}

// publishedToken is the one that others published, and its keys.
func publishedToken(f *testing.F, dir string) ([]byte, []pass.Key) {
	data, err := os.ReadFile(filepath.Join(dir, "statuslist", "status_list_cwt.json"))
	if err != nil {
		f.Fatal(err)
	}
	var v tokenVector
	if err := json.Unmarshal(data, &v); err != nil {
		f.Fatal(err)
	}
	b, err := hex.DecodeString(v.COSE)
	if err != nil {
		f.Fatal(err)
	}
	keys, err := pass.ReadTrust(v.Keys[0].JWK)
	if err != nil {
		f.Fatal(err)
	}
	return b, keys
}

// TestTokenMutations: one bit of every byte that is signed, and nothing opens.
func TestTokenMutations(t *testing.T) {
	keys := tokenKeys(pass.Key{})
	good := token(t, header(), claims(t))
	want, err := status.OpenToken(good, keys)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		for bit := range 8 {
			changed := bytes.Clone(good)
			changed[i] ^= 1 << bit
			if got, err := status.OpenToken(changed, keys); err == nil && !reflect.DeepEqual(got, want) {
				t.Fatalf("with bit %d of byte %d changed it opens as %+v", bit, i, got)
			}
		}
	}
}

// TestTokenMemoryIsBounded: a list may promise gigabytes; 2 MiB is what it gets.
func TestTokenMemoryIsBounded(t *testing.T) {
	const most = 16 << 20 // bytes, for looking at one; the list inflates to 64 MiB
	c := claims(t)
	c[65533] = map[any]any{"bits": 1, "lst": compressed(t, make([]byte, 64<<20))}
	for name, keys := range map[string]*pass.Keyring{"signed": tokenKeys(pass.Key{}), "of nobody": nil} {
		b := token(t, header(), c)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := status.OpenToken(b, keys)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: it opens as %+v", name, got)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%s: it took %d bytes", name, used)
		} else {
			t.Logf("%s: %.1f MiB for a token of %.1f KiB", name, float64(used)/(1<<20), float64(len(b))/(1<<10))
		}
	}
}

// FuzzReadLists: what is read is lists that gates can look up in.
func FuzzReadLists(f *testing.F) {
	f.Add([]byte(`{"country":"XF","kid":"k","expires":"2027-01-01T00:00:00Z","hashType":"UCI","entries":[{"hash":"AAECAwQFBgcICQoLDA0ODw=="}]}`))
	f.Add([]byte(`[{"kid":"k","method":"rid","ctr":2,"rids":["a","b.5","a.7"]}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		lists, err := status.ReadLists(b, "XF", nil)
		if err != nil && lists != nil {
			t.Fatalf("lists and %v", err)
		}
		for _, l := range lists {
			if err := l.Check(); err != nil || l.Issuer != "XF" {
				t.Fatalf("%+v: %v", l.Head, err)
			}
			size := 0
			for key, page := range l.Pages() {
				if len(key) == 0 || len(page) == 0 {
					t.Fatal("an empty page")
				}
				size += len(page)
			}
			if size != l.Size {
				t.Fatalf("pages hold %d bytes of %d", size, l.Size)
			}
		}
	})
}
