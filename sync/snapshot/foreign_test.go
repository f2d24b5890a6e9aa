package snapshot_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"postern/sync/snapshot"
	"postern/sync/status"
)

func foreignLists(t testing.TB, n int) snapshot.Foreign {
	t.Helper()
	var hashes []status.Hash
	for i := range n {
		hashes = append(hashes, status.HashUCI(fmt.Sprint(i)))
	}
	rids, err := status.NewRidList([]string{"one", "two.1700000000"})
	if err != nil {
		t.Fatal(err)
	}
	list := func(h status.Head, data []byte) status.Foreign {
		h.Size = len(data)
		return status.Foreign{Head: h, Data: data}
	}
	return snapshot.Foreign{
		list(status.Head{Issuer: "XF", Kind: status.UCIs}, status.NewHashList(hashes).Bytes()),
		list(status.Head{Issuer: "XF", Kind: status.Tokens, Name: "https://state.example/1", Bits: 2, Until: made}, []byte{1, 2, 3}),
		list(status.Head{Issuer: "https://health.example", Kind: status.RIDs, Name: "kid"}, rids.Bytes()),
	}
}

func TestForeignThereAndBack(t *testing.T) {
	for _, want := range []snapshot.Foreign{{}, foreignLists(t, 1000)} {
		b, err := snapshot.EncodeForeign(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := snapshot.DecodeForeign(b, want.Size())
		if err != nil || !reflect.DeepEqual(got, want) || got.Digest() != want.Digest() {
			t.Fatalf("%d lists came back as %d, %v", len(want), len(got), err)
		}
		again, err := snapshot.EncodeForeign(got)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("it is written in another way: %v", err)
		}
	}
}

func TestForeignThatIsRefused(t *testing.T) {
	good := foreignLists(t, 3)
	b, err := snapshot.EncodeForeign(good)
	if err != nil {
		t.Fatal(err)
	}
	for i := range b { // a byte less, or another one: an error, or what the digest tells apart
		if _, err := snapshot.DecodeForeign(b[:i], 0); err == nil {
			t.Fatalf("cut at %d it was read", i)
		}
		c := bytes.Clone(b)
		c[i] ^= 1
		if got, err := snapshot.DecodeForeign(c, 0); err == nil && got.Digest() == good.Digest() && !reflect.DeepEqual(got, good) {
			t.Fatalf("with byte %d changed other lists have the same digest", i)
		}
	}
	if _, err := snapshot.DecodeForeign(append(bytes.Clone(b), 0), 0); err == nil {
		t.Error("something follows it")
	}
	if _, err := snapshot.DecodeForeign(b, good.Size()-1); err == nil {
		t.Error("more came than may")
	}
	swap := foreignLists(t, 3)
	swap[0], swap[1] = swap[1], swap[0]
	twice := snapshot.Foreign{good[0], good[0]}
	unsorted := foreignLists(t, 3)
	copy(unsorted[0].Data, bytes.Repeat([]byte{255}, 16))
	named := foreignLists(t, 3)
	named[1].Name = strings.Repeat("x", 513)
	kind := foreignLists(t, 3)
	kind[0].Kind = 9
	bits := foreignLists(t, 3)
	bits[1].Bits = 3
	for name, bad := range map[string]snapshot.Foreign{"swapped": swap, "twice": twice, "unsorted": unsorted, "name": named, "kind": kind, "bits": bits} {
		if _, err := snapshot.EncodeForeign(bad); err == nil {
			t.Errorf("%s: was written", name)
		}
	}
}

// FuzzForeign: what is read is written as the same lists again.
func FuzzForeign(f *testing.F) {
	b, err := snapshot.EncodeForeign(foreignLists(f, 5))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("PSL1\x00\x00\x00\x03\x82\x01\x80"))
	f.Add(binary.BigEndian.AppendUint32([]byte("PSL1"), 1<<31))
	f.Fuzz(func(t *testing.T, b []byte) {
		lists, err := snapshot.DecodeForeign(b, 1<<20)
		if err != nil {
			return
		}
		again, err := snapshot.EncodeForeign(lists)
		if err != nil {
			t.Fatalf("it does not encode again: %v", err)
		}
		back, err := snapshot.DecodeForeign(again, 1<<20)
		if err != nil || back.Digest() != lists.Digest() {
			t.Fatalf("it comes back as others: %v", err)
		}
	})
}
