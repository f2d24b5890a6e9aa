package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/enrol"
	"postern/sync/journal"
)

// What the gate that is here recorded goes out before a code makes it another.
func TestSendBeforeEnrollingAgain(t *testing.T) {
	asked := 0
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			asked++
		}
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer hub.Close()
	h := &house{folder: t.TempDir()}
	var err error
	if h.store, err = store.Open(t.Context(), h.folder, store.Options{}); err != nil {
		t.Fatal(err)
	}
	defer h.store.Close()
	const another = 9
	code := func(secret byte) enrol.Code {
		c, err := enrol.NewCode(hub.URL, "North Gate", [32]byte{1}, [16]byte{secret}, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	h.sendFirst(context.Background(), code(another))
	if asked != 0 {
		t.Error("a device that is no gate sent something")
	}
	w := storetest.NewWorld(t, 1)
	w.Gate.Hub = hub.URL
	w.Joined(t, h.store, 4)
	if _, err := h.store.Append(t.Context(), gate.Draft{Entry: journal.Entry{Time: storetest.Noon, Kind: journal.Check}}); err != nil {
		t.Fatal(err)
	}
	h.sendFirst(context.Background(), code(another))
	if asked == 0 {
		t.Error("nothing was sent")
	}
}
