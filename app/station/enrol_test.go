package station_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/station"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/enrol"
	"postern/sync/journal"
)

// Nobody else talks to a hub while a code is being spent: one client at a time uses the store.
func TestFollowWaitsForEnrol(t *testing.T) {
	asked, answer := make(chan struct{}), make(chan struct{})
	var spending, beside atomic.Bool
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/enrolment") {
			beside.Store(beside.Load() || spending.Load())
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		spending.Store(true)
		close(asked)
		<-answer
		spending.Store(false)
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer hub.Close()
	w, folder := storetest.NewWorld(t, 1), t.TempDir()
	w.Gate.Hub = hub.URL
	opened, err := store.Open(t.Context(), folder, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := opened.SaveIdentity(t.Context(), w.Gate); err != nil { // one that never pulled may be left
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	s, err := station.Open(t.Context(), folder, station.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	code, err := enrol.NewCode(hub.URL, "North Gate", [32]byte{1}, [16]byte{9}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Enrol(t.Context(), code.Encode()) }()
	<-asked
	followed := make(chan struct{})
	go func() { s.Follow(t.Context()); close(followed) }()
	select {
	case <-followed:
		t.Error("it followed the hub while a code was being spent")
	case <-time.After(50 * time.Millisecond): // it waits, as it should
	}
	close(answer)
	if err := <-ended; err == nil {
		t.Error("a hub that fails enrolled a gate")
	}
	<-followed
	if beside.Load() {
		t.Error("somebody else talked to the hub meanwhile")
	}
}

// What the gate that is here recorded goes out before a code makes it another.
func TestSendBeforeEnrollingAgain(t *testing.T) {
	pushed := 0
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/journal") {
			pushed++
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer hub.Close()
	const another = 9
	code, err := enrol.NewCode(hub.URL, "North Gate", [32]byte{1}, [16]byte{another}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	enrolAnother := func(folder string) {
		s, err := station.Open(t.Context(), folder, station.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close(t.Context())
		if err := s.Enrol(t.Context(), code.Encode()); err == nil {
			t.Error("a hub that fails enrolled a gate")
		}
	}
	folder := t.TempDir()
	enrolAnother(folder)
	if pushed != 0 {
		t.Error("a device that is no gate sent something")
	}
	w := storetest.NewWorld(t, 1)
	w.Gate.Hub = hub.URL
	opened, err := store.Open(t.Context(), folder, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.Joined(t, opened, 4)
	if _, err := opened.Append(t.Context(), gate.Draft{Entry: journal.Entry{Time: storetest.Noon, Kind: journal.Check}}); err != nil {
		t.Fatal(err)
	}
	if err := opened.Close(); err != nil {
		t.Fatal(err)
	}
	enrolAnother(folder)
	if pushed == 0 {
		t.Error("nothing was sent")
	}
}
