package qr_test

import (
	"testing"
	"time"

	"postern/app/qr"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestParseFormats(t *testing.T) {
	got, err := qr.ParseFormats("qr, Aztec")
	if err != nil || len(got) != 2 || got[0] != qr.QR || got[1] != qr.Aztec {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := qr.ParseFormats("qr,pdf417"); err == nil {
		t.Error("an unknown format was taken")
	}
}
