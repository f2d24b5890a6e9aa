package station_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/station"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/enrol"
	"postern/sync/journal"
)

// What the gate that is here recorded goes out before a code makes it another.
func TestSendBeforeEnrollingAgain(t *testing.T) {
	pushed := 0
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path[len(r.URL.Path)-len("journal"):] == "journal" {
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
