package store_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"postern/app/store"
	"postern/sync/enrol"
)

// A code works once, for one pair of keys. Whoever is cut off asks again with
// the same, even after the program was started anew, and is no gate meanwhile.
func TestEnrolAsksAgainWithTheSameKeys(t *testing.T) {
	var asked []string
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, 4096))
		if err != nil {
			t.Error(err)
		}
		request, err := enrol.ParseRequest(body)
		if err != nil {
			t.Error(err)
		}
		asked = append(asked, string(request.Sign)+string(request.Box))
		w.WriteHeader(http.StatusInternalServerError) // it took the code and lost the answer
	}))
	defer hub.Close()
	dir := t.TempDir()
	for _, secret := range []byte{1, 1, 2} {
		code, err := enrol.NewCode(hub.URL, "东门", [32]byte{1}, [16]byte{secret}, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		s, err := store.Open(context.Background(), dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Enrol(context.Background(), nil, code); err == nil {
			t.Error("enrolled without an answer")
		}
		if _, enrolled, err := s.Identity(context.Background()); enrolled || err != nil {
			t.Errorf("the folder is a gate's already (error %v)", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if len(asked) != 3 || asked[0] != asked[1] || asked[1] == asked[2] {
		t.Errorf("%d requests; the same keys for the same code: %v; others for another: %v",
			len(asked), asked[0] == asked[1], asked[1] != asked[2])
	}
}
