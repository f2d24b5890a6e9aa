package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/client"
)

// A gate that the authority took back says so at every start, by whom and when.
func TestGateSaysThatItWasWiped(t *testing.T) {
	dir, w := t.TempDir(), storetest.NewWorld(t, 1)
	s, err := store.Open(t.Context(), dir, store.Options{Now: func() time.Time { return w.Now }})
	if err != nil {
		t.Fatal(err)
	}
	w.Joined(t, s, 4)
	e := w.Opened(9)
	e.Wipe = true
	if err := s.Install(t.Context(), client.Update{Envelope: w.Seal(t, e), Opened: &e}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var errs bytes.Buffer
		p := &program{stdin: strings.NewReader(""), stdout: &bytes.Buffer{}, stderr: &errs, now: func() time.Time { return w.Now }}
		if code := p.gate(t.Context(), []string{"--data", dir}); code != exitFailed {
			t.Errorf("it ends with %d", code)
		}
		for _, want := range []string{"its authority (Xi'an)", `"East Gate, inner door"`, "2026-11-22 03:00 UTC", "--enrol"} {
			if !strings.Contains(errs.String(), want) {
				t.Errorf("it does not say %s, but %q", want, errs.String())
			}
		}
	}
}

// A gate that is wiped while it works says so once.
func TestGateSaysThatItIsBeingWiped(t *testing.T) {
	var errs bytes.Buffer
	var w *gate.Wiped
	h := &hubProblem{out: &errs, command: "gate", wiped: func() *gate.Wiped { return w }}
	h.exchanged(client.Status{})
	if errs.Len() > 0 {
		t.Errorf("a gate at work says %q", errs.String())
	}
	w = &gate.Wiped{Place: "East Gate", At: storetest.Noon}
	for range 2 {
		h.exchanged(client.Status{})
	}
	if got := errs.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `took the gate of "East Gate" out of service on 2026-11-22 04:00 UTC`) {
		t.Errorf("it says %q", got)
	}
}
