package qr_test

import (
	"errors"
	"os/exec"
	"strings"
	"testing"

	"postern/app/qr"
)

func TestDrawRefuses(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", 5000), strings.Repeat("x", qr.MaxText+1)} {
		if _, err := qr.Draw(text, 4); !errors.Is(err, qr.ErrDraw) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
}

// Our texts must come out no larger than qrencode makes them.
func TestDrawIsAsSmallAsQrencode(t *testing.T) {
	if _, err := exec.LookPath("qrencode"); err != nil {
		t.Skip("qrencode is not installed: nothing to compare with")
	}
	for _, n := range []int{20, 60, 118, 265, 400} {
		text := "PP1:" + strings.Repeat("NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL", 20)[:n]
		out, err := exec.Command("qrencode", "-l", "M", "-t", "ASCII", "-m", "4", "-o", "-", text).Output()
		must(t, err)
		rows := strings.Count(string(out), "\n")
		if ours := drawn(t, text, 1).Rect.Dx(); ours > rows {
			t.Errorf("%d characters: %d modules, qrencode %d", len(text), ours, rows)
		}
	}
}
