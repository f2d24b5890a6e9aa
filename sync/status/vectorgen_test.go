package status_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

var update = flag.Bool("update", false, "make the cases in testdata/vectors anew")

const vectorFile = "testdata/vectors/lists.json"

// listCase is a list with what it says, or a token with all that must come of it.
type listCase struct {
	Name  string
	Bits  int           `json:",omitempty"` // of a list alone
	List  string        `json:",omitempty"` // base64url of zlib
	Token string        `json:",omitempty"` // hex
	Keys  []listKey     `json:",omitempty"`
	Error string        `json:",omitempty"` // token or no token; empty: it opens
	Says  map[int]uint8 `json:",omitempty"` // by index
	Many  uint64        `json:",omitempty"` // entries
	Claim *tokenClaims  `json:",omitempty"`
}

type listKey struct {
	Issuer    string
	Public    []byte // Ed25519
	From, To  *time.Time
	Withdrawn bool `json:",omitempty"`
}

type tokenClaims struct {
	Issuer, URI string
	IssuedAt    time.Time
	Expires     *time.Time `json:",omitempty"`
	Seconds     int        `json:",omitempty"` // of life
}

// listCases makes the cases from what it makes up, and opens none.
//
//	go test ./sync/status -run TestGeneratorOfVectors -update
func listCases(t *testing.T) (all []listCase) {
	statuses := []uint8{0, 1, 2, 3, 0, 0, 1, 0, 3, 3, 2, 1, 0, 2, 1, 0}
	for _, bits := range []int{1, 2, 4, 8} {
		says := map[int]uint8{}
		packed := make([]byte, len(statuses)*bits/8)
		for i, v := range statuses {
			v &= 1<<bits - 1
			packed[i*bits/8] |= v << (i * bits % 8) // the first in the lowest bits (section 4.1)
			says[i] = v
		}
		all = append(all, listCase{
			Name: strconv.Itoa(bits) + " bits", Bits: bits, List: base64.RawURLEncoding.EncodeToString(compressed(t, packed)),
			Says: says, Many: uint64(len(statuses)),
		})
	}
	good := listKey{Issuer: "XX", Public: tokenKey.Public().(ed25519.PublicKey)}
	expires := epoch.Add(time.Hour)
	claim := &tokenClaims{Issuer: "XX", URI: "https://example.org/statuslists/1", IssuedAt: epoch.UTC(), Expires: &expires, Seconds: 600}
	says := map[int]uint8{0: 0, 1: 1, 2: 2, 3: 3}
	text := hex.EncodeToString(token(t, header(), claims(t)))
	add := func(name, token, kind string, keys ...listKey) {
		c := listCase{Name: name, Token: token, Error: kind, Keys: keys}
		if kind == "" {
			c.Claim, c.Says, c.Many = claim, says, 4
		}
		all = append(all, c)
	}
	at, after := epoch, epoch.Add(time.Second)
	add("a token", text, "", good)
	add("key from that second on", text, "", listKey{Issuer: "XX", Public: good.Public, From: &at})
	add("key until the second after", text, "", listKey{Issuer: "XX", Public: good.Public, To: &after})
	add("key from the second after", text, "no token", listKey{Issuer: "XX", Public: good.Public, From: &after})
	add("key until that second", text, "no token", listKey{Issuer: "XX", Public: good.Public, To: &at})
	add("withdrawn key", text, "no token", listKey{Issuer: "XX", Public: good.Public, Withdrawn: true})
	add("nobody is trusted", text, "no token")
	flipped := []byte(text)
	flipped[len(flipped)-1] ^= 1
	add("last bit of the signature", string(flipped), "no token", good)
	other := claims(t)
	other[65533] = map[any]any{"bits": 3, "lst": compressed(t, []byte{0})}
	add("three bits", hex.EncodeToString(token(t, header(), other)), "token", good)
	add("another type", hex.EncodeToString(token(t, map[any]any{1: -8, 16: "application/cwt"}, claims(t))), "token", good)
	return all
}

func TestGeneratorOfVectors(t *testing.T) {
	made := listCases(t)
	if *update {
		b, err := json.MarshalIndent(made, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(vectorFile), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	again, err := json.Marshal(keptCases(t))
	fresh, err2 := json.Marshal(made)
	if err != nil || err2 != nil || !bytes.Equal(again, fresh) {
		t.Error("the file does not hold what the generator makes; look at the difference, and make it anew with -update")
	}
}

func keptCases(t *testing.T) (cases []listCase) {
	t.Helper()
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// ourVectors: each list says what it must at every index and nothing beyond,
// each token every claim or the kind of error.
func ourVectors(t *testing.T) {
	cases := keptCases(t)
	if len(cases) < 10 {
		t.Fatalf("there are %d cases", len(cases))
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			list := c.open(t)
			if list == nil {
				return
			}
			if list.Len() != c.Many {
				t.Errorf("it has %d entries, want %d", list.Len(), c.Many)
			}
			for i := range c.Many {
				if got, err := list.At(i); err != nil || got != c.Says[int(i)] {
					t.Errorf("status %d is %d, %v, want %d", i, got, err, c.Says[int(i)])
				}
			}
			if got, err := list.At(c.Many); err == nil {
				t.Errorf("beyond its end it says %d", got)
			}
		})
	}
}

// open gives the list of a case; nil where it must not open.
func (c listCase) open(t *testing.T) *status.TokenList {
	if c.Token == "" {
		raw, err := base64.RawURLEncoding.DecodeString(c.List)
		if err != nil {
			t.Fatal(err)
		}
		l, err := status.InflateTokenList(c.Bits, raw)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	raw, err := hex.DecodeString(c.Token)
	if err != nil {
		t.Fatal(err)
	}
	var keys []pass.Key
	for _, k := range c.Keys {
		key := pass.Key{Issuer: k.Issuer, ID: []byte("12"), Public: ed25519.PublicKey(k.Public), Withdrawn: k.Withdrawn}
		if k.From != nil {
			key.From = *k.From
		}
		if k.To != nil {
			key.To = *k.To
		}
		keys = append(keys, key)
	}
	got, err := status.OpenToken(raw, pass.NewKeyring(keys))
	kinds := map[string]error{"": nil, "token": status.ErrToken, "no token": status.ErrNoToken}
	if !errors.Is(err, kinds[c.Error]) || (got == nil) != (err != nil) {
		t.Fatalf("gave %v, %v, want %q", got, err, c.Error)
	}
	if got == nil {
		return nil
	}
	want := status.Token{Issuer: c.Claim.Issuer, URI: c.Claim.URI, IssuedAt: c.Claim.IssuedAt, Life: time.Duration(c.Claim.Seconds) * time.Second, List: got.List}
	if c.Claim.Expires != nil {
		want.Expires = *c.Claim.Expires
	}
	if got.Issuer != want.Issuer || got.URI != want.URI || !got.IssuedAt.Equal(want.IssuedAt) || !got.Expires.Equal(want.Expires) || got.Life != want.Life {
		t.Errorf("it reads as %+v, want %+v", got, want)
	}
	return got.List
}
