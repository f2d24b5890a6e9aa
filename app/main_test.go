package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"postern/sync/enrol"
)

func TestParse(t *testing.T) {
	opt, err := parse([]string{"--data", "gate", "--lang", "en", "--size", "1280x800", "--check", "PP1:X"}, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if opt.data != "gate" || opt.language != "en" || opt.size != fyne.NewSize(1280, 800) || opt.check != "PP1:X" {
		t.Errorf("read as %+v", opt)
	}
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--size", "10"}, "480x800"},
		{[]string{"--size", "10x10"}, "at least 240x320"},
		{[]string{"--size", "99999x800"}, "480x800"},
		{[]string{"--lang", "tlh"}, "choose zh or en"},
		{[]string{"PP1:X"}, "-check"},
		{[]string{"--nothing"}, "not defined"},
	} {
		var out bytes.Buffer
		if _, err := parse(c.args, &out); err == nil || !strings.Contains(out.String(), c.says) {
			t.Errorf("%q: error %v, and it says %q", c.args, err, out.String())
		}
	}
}

func code(t *testing.T, secret byte) enrol.Code {
	t.Helper()
	c, err := enrol.NewCode("http://127.0.0.1:1", "东门", [32]byte{1}, [16]byte{secret}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A code works once for one pair of keys: asking again must be with the same ones.
func TestPendingKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), pendingFile)
	keys := func(c enrol.Code) string {
		id, err := pending(path, c)
		if err != nil {
			t.Fatal(err)
		}
		return string(id.Sign)
	}
	first := keys(code(t, 1))
	if again := keys(code(t, 1)); again != first {
		t.Error("the same code got other keys")
	}
	if other := keys(code(t, 2)); other == first {
		t.Error("another code got the same keys")
	}
	if err := os.WriteFile(path, []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	torn := keys(code(t, 2))
	if again := keys(code(t, 2)); again != torn {
		t.Error("the keys after a torn file were not kept")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of keys is %v, %v", info.Mode(), err)
	}
}

// A hub that is away leaves what was there, and the keys for the next try.
func TestEnrolWithoutHub(t *testing.T) {
	h := &house{folder: t.TempDir()}
	if err := h.enrol(context.Background(), "PE1:NONSENSE"); err == nil {
		t.Error("nonsense enrolled")
	}
	if err := h.enrol(context.Background(), code(t, 3).Encode()); err == nil {
		t.Error("enrolled with no hub")
	}
	if _, err := os.Stat(filepath.Join(h.folder, pendingFile)); err != nil {
		t.Error(err)
	}
}

func TestTourTexts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "texts")
	for content, want := range map[string]int{"": 0, "good\tPP1:A\nbad\tPP1:B C\n": 2, "no tab\n": -1, "../x\tPP1:A\n": -1} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		checks, err := tour{texts: path}.checks()
		if want < 0 && err == nil || want >= 0 && (err != nil || len(checks) != want) {
			t.Errorf("%q gives %v, %v", content, checks, err)
		}
	}
}
