package status_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand"
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

func foreign(k status.Kind, data []byte) status.Foreign {
	f := status.Foreign{Head: status.Head{Issuer: "XF", Kind: k, Size: len(data)}, Data: data}
	if k == status.Tokens {
		f.Name, f.Bits = "uri", 2
	}
	if k == status.RIDs {
		f.Name = "kid"
	}
	return f
}

// TestFindOverPages: in lists of many pages every entry is found and nothing else.
func TestFindOverPages(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	var hashes []status.Hash
	var rids []string
	for i := range 1000 {
		hashes = append(hashes, status.HashUCI(fmt.Sprintf("URN:%d", 2*i)))
		rids = append(rids, fmt.Sprintf("r%d.%d", 2*i, 1000+i), fmt.Sprintf("r%d", 2*i+1))
	}
	list, err := status.NewRidList(rids)
	if err != nil {
		t.Fatal(err)
	}
	packed := make([]byte, 10_000)
	rng.Read(packed)
	lists := status.Lists{
		foreign(status.UCIs, status.NewHashList(hashes).Bytes()), foreign(status.RIDs, list.Bytes()), foreign(status.Tokens, packed),
	}
	for i := range lists {
		if err := lists[i].Check(); err != nil {
			t.Fatal(err)
		}
	}
	ask := func(p *pass.Pass) status.Value {
		t.Helper()
		p.Issuer = "XF"
		f, err := status.Find(p, lists)
		if err != nil || !f.Listed {
			t.Fatalf("%+v, %v", f, err)
		}
		return f.Value
	}
	for i := range 2000 {
		dcc := map[string]any{"v": []any{map[string]any{"ci": fmt.Sprintf("URN:%d", i)}}}
		if got := ask(&pass.Pass{Format: pass.HCERT, Document: dcc}); (got == status.Invalid) != (i%2 == 0) {
			t.Fatalf("identifier %d is %v", i, got)
		}
		for _, before := range []int{-1, 0} {
			card := &pass.Pass{Format: pass.SHC, KeyID: []byte("kid")}
			card.ID, card.IssuedAt = fmt.Appendf(nil, "r%d", i), time.Unix(int64(1000+i/2+before), 0)
			if got := ask(card); (got == status.Invalid) != (i%2 == 1 || before < 0) {
				t.Fatalf("rid %d, %d s: %v", i, before, got)
			}
		}
	}
	for range 2000 {
		i := rng.Intn(len(packed) * 4)
		p := &pass.Pass{}
		p.Issuer, p.Status = "XF", &pass.StatusRef{URI: "uri", Index: uint64(i)}
		f, err := status.Find(p, lists)
		if raw := packed[i/4] >> (i % 4 * 2) & 3; raw == 3 && !errors.Is(err, status.ErrNoEntry) || raw < 3 && (err != nil || f.Value != status.Value(raw)) {
			t.Fatalf("status %d, which is %d: %v, %v", i, raw, f.Value, err)
		}
	}
}

// TestFindIsOfTheIssuer: the lists of one issuer say nothing on the passes of another, nor on other formats and keys.
func TestFindIsOfTheIssuer(t *testing.T) {
	h := status.HashUCI("URN:1")
	rids, err := status.NewRidList([]string{"r"})
	if err != nil {
		t.Fatal(err)
	}
	lists := status.Lists{foreign(status.UCIs, h[:]), foreign(status.RIDs, rids.Bytes()), foreign(status.Tokens, []byte{0xff})}
	dcc := map[string]any{"t": []any{map[string]any{"ci": "URN:1"}}}
	for name, p := range map[string]*pass.Pass{
		"other issuer": {Claims: pass.Claims{Issuer: "XG"}, Format: pass.HCERT, Document: dcc},
		"other format": {Claims: pass.Claims{Issuer: "XF"}, Format: pass.NZCP, Document: dcc},
		"other key":    {Claims: pass.Claims{Issuer: "XF", ID: []byte("r")}, Format: pass.SHC, KeyID: []byte("kid2")},
	} {
		if f, err := status.Find(p, lists); err != nil || f != (status.Finding{}) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	both := &pass.Pass{Claims: pass.Claims{Issuer: "XF", Status: &pass.StatusRef{URI: "uri", Index: 99}}, Format: pass.HCERT, Document: dcc}
	if f, err := status.Find(both, lists); err != nil || f.Value != status.Invalid {
		t.Errorf("revoked by a hash, beyond the other list: %+v, %v", f, err)
	}
}

func TestReadLists(t *testing.T) {
	hash := base64.StdEncoding.EncodeToString(make([]byte, 16))
	batch := func(rest string) string {
		return `{"country":"XF","kid":"k","expires":"2027-01-01T00:00:00Z",` + rest + `}`
	}
	good := batch(`"hashType":"UCI","entries":[{"hash":"` + hash + `"}]`)
	for text, want := range map[string]int{
		good: 1, "[" + good + "," + good + "]": 2, " \n" + good + "\n": 1, "[]": 0, batch(`"hashType":"SIGNATURE","entries":[]`): 1,
		`{"kid":"k","method":"rid","ctr":2,"rids":["a","b.5"]}`: 1,
	} {
		got, err := status.ReadLists([]byte(text), "", nil)
		if text[0] == '{' && text[2] == 'k' {
			got, err = status.ReadLists([]byte(text), "https://issuer.example", nil)
		}
		if err != nil || len(got) != want {
			t.Errorf("%s: %d lists, %v", text, len(got), err)
		}
		for i := range got {
			if err := got[i].Check(); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	for _, text := range []string{
		"", "{", "{}", `{"country":"XF"}`, "null", good + good, `{"kid":"k","method":"rid","ctr":2,"rids":["a"]}`,
		batch(`"hashType":"MD5","entries":[]`), batch(`"hashType":"UCI","entries":[{"hash":"AAAA"}]`), batch(`"hashType":"UCI","entries":[{"hash":"!"}]`),
		batch(`"hashType":"UCI","hashType":"UCI","entries":[]`), `{"country":"XF","kid":"k","expires":"soon","hashType":"UCI","entries":[]}`,
		`{"country":"XF","expires":"2027-01-01T00:00:00Z","hashType":"UCI","entries":[]}`,
	} {
		if got, err := status.ReadLists([]byte(text), "", nil); err == nil {
			t.Errorf("%s: was read as %+v", text, got)
		}
	}
	if _, err := status.ReadLists([]byte(good), "XG", nil); err == nil {
		t.Error("a batch of XF was read as one of XG")
	}
	for _, bad := range []string{`"method":"other","ctr":1,"rids":["a"]`, `"method":"rid","ctr":-1,"rids":["a"]`, `"method":"rid","ctr":1,"rids":["a b"]`} {
		if _, err := status.ReadLists([]byte(`{"kid":"k",`+bad+`}`), "issuer", nil); err == nil {
			t.Errorf("%s: was read", bad)
		}
	}
	if _, err := status.ReadLists(make([]byte, status.MaxListFile+1), "", nil); err == nil {
		t.Error("a file of more than 16 MiB was read")
	}
}
