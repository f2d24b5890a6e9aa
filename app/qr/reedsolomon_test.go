package qr

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/makiuchi-d/gozxing/common/reedsolomon"
)

// encoded makes a block with gozxing's encoder, which shares nothing with ours.
func encoded(t testing.TB, random *rand.Rand, data, checks int) []byte {
	words := make([]int, data+checks)
	for i := range data {
		words[i] = int(random.Uint32() & 0xff)
	}
	if err := reedsolomon.NewReedSolomonEncoder(reedsolomon.GenericGF_QR_CODE_FIELD_256).Encode(words, checks); err != nil {
		t.Fatal(err)
	}
	block := make([]byte, len(words))
	for i, w := range words {
		block[i] = byte(w)
	}
	return block
}

func TestCorrectBlock(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		checks := 7 + random.IntN(24)
		data := 1 + random.IntN(120)
		want := encoded(t, random, data, checks)
		doubts := random.IntN(checks + 1)
		errors := random.IntN((checks-doubts)/2 + 1)
		if doubts+errors > len(want) {
			continue
		}
		got := bytes.Clone(want)
		places := random.Perm(len(want))[:doubts+errors]
		for _, i := range places[doubts:] {
			got[i] ^= byte(1 + random.IntN(255))
		}
		for _, i := range places[:doubts] {
			got[i] = byte(random.Uint32()) // doubtful, and now and then right
		}
		wrong, ok := correctBlock(got, checks, places[:doubts])
		if !ok || !bytes.Equal(got, want) || wrong > errors {
			t.Fatalf("%d data, %d checks, %d errors, %d doubtful: ok %v, %d wrong", data, checks, errors, doubts, ok, wrong)
		}
	}
}

func TestCorrectBlockRefuses(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	refused := 0
	for range 300 {
		want := encoded(t, random, 40, 20)
		got := bytes.Clone(want)
		for _, i := range random.Perm(60)[:14] {
			got[i] ^= byte(1 + random.IntN(255))
		}
		before := bytes.Clone(got)
		if _, ok := correctBlock(got, 20, nil); !ok {
			refused++
			if !bytes.Equal(got, before) {
				t.Fatal("a refused block was changed")
			}
		}
	}
	if refused < 299 {
		t.Errorf("only %d of 300 hopeless blocks were refused", refused)
	}
}
