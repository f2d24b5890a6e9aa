package status_test

import (
	"testing"
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

var epoch = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

func TestEntryHoldsStatusAndTest(t *testing.T) {
	for _, tc := range []struct {
		name   string
		value  status.Value
		kind   pass.Kind
		result pass.Result
		minute int
	}{
		{"first minute", status.Good, pass.NucleicAcid, pass.Negative, 1},
		{"last minute", status.Barred, pass.OtherKind, 7, status.MaxMinute},
		{"middle", status.Suspended, pass.Antigen, pass.Positive, 75_000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			at := epoch.Add(time.Duration(tc.minute) * time.Minute)
			e, ok := status.NewEntry(tc.value, &pass.Test{Kind: tc.kind, Result: tc.result, At: at}, epoch)
			if !ok || !e.Valid() {
				t.Fatalf("NewEntry refused; valid %v", e.Valid())
			}
			got, ok := e.Test(epoch)
			if !ok || got.Kind != tc.kind || got.Result != tc.result || !got.At.Equal(at) || e.Value() != tc.value {
				t.Errorf("got %+v %v, status %v", got, ok, e.Value())
			}
		})
	}
}

func TestEntryWithoutTest(t *testing.T) {
	e, ok := status.NewEntry(status.Invalid, nil, epoch)
	if !ok || e != 1 {
		t.Fatalf("got %#x, %v; an invalid pass without a test is the value alone", uint32(e), ok)
	}
	if _, ok := e.Test(epoch); ok {
		t.Error("a test came out of an entry that has none")
	}
}

func TestEntryRefusesWhatDoesNotFit(t *testing.T) {
	at := func(minute int) time.Time { return epoch.Add(time.Duration(minute) * time.Minute) }
	for name, test := range map[string]pass.Test{
		"at the epoch":     {At: at(0)},
		"before the epoch": {At: at(-1)},
		"past the field":   {At: at(status.MaxMinute + 1)},
		"kind too large":   {At: at(5), Kind: 64},
		"result too large": {At: at(5), Result: 8},
	} {
		if _, ok := status.NewEntry(status.Good, &test, epoch); ok {
			t.Errorf("%s: was packed", name)
		}
	}
	if _, ok := status.NewEntry(4, nil, epoch); ok {
		t.Error("status 4 was packed into two bits")
	}
}
