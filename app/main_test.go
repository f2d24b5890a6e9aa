package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
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
		{[]string{"--lang", "tlh"}, "choose one of zh, zh-Hant, en"},
		{[]string{"PP1:X"}, "-check"},
		{[]string{"--nothing"}, "not defined"},
	} {
		var out bytes.Buffer
		if _, err := parse(c.args, &out); err == nil || !strings.Contains(out.String(), c.says) {
			t.Errorf("%q: error %v, and it says %q", c.args, err, out.String())
		}
	}
}

func TestScreenshotTexts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "texts")
	for content, want := range map[string]int{"": 0, "good\tPP1:A\nbad\tPP1:B C\n": 2, "no tab\n": -1, "../x\tPP1:A\n": -1} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		checks, err := screenshots{texts: path}.checks()
		if want < 0 && err == nil || want >= 0 && (err != nil || len(checks) != want) {
			t.Errorf("%q gives %v, %v", content, checks, err)
		}
	}
}
