package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postern/app/qr"
)

func scanRun(t *testing.T, stdin string, args ...string) (code int, lines []scanLine, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs}
	code = p.scan(t.Context(), args)
	for _, text := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		if text == "" {
			continue
		}
		var line scanLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("line %q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return code, lines, errs.String()
}

func TestScan(t *testing.T) {
	dir := t.TempDir()
	good, text, gone := filepath.Join(dir, "good.png"), filepath.Join(dir, "text.png"), filepath.Join(dir, "gone.png")
	var picture bytes.Buffer
	if err := qr.WritePNG(&picture, "PP1:ABC", 4); err != nil {
		t.Fatal(err)
	}
	for path, data := range map[string][]byte{good: picture.Bytes(), text: []byte("no picture")} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, lines, said := scanRun(t, "", "--json", good)
	if code != exitOK || len(lines) != 1 || !lines[0].OK || len(lines[0].Texts) != 1 || lines[0].Texts[0] != "PP1:ABC" || lines[0].NS <= 0 {
		t.Errorf("good picture: %d %+v %s", code, lines, said)
	}
	code, lines, _ = scanRun(t, good+"\n"+text+"\n\n"+gone+"\n", "--json", "-")
	if code != exitFailed || len(lines) != 3 || !lines[0].OK || lines[1].OK || lines[1].Error == "" || lines[2].File != gone || lines[2].Texts == nil {
		t.Errorf("list: %d %+v", code, lines)
	}
	code, lines, _ = scanRun(t, "", "--json", "--formats", "aztec", good)
	if code != exitOK || len(lines) != 1 || lines[0].OK || len(lines[0].Texts) != 0 {
		t.Errorf("other format: %d %+v", code, lines)
	}
}

func TestScanMisuse(t *testing.T) {
	for _, args := range [][]string{{}, {"--json"}, {"a.png"}, {"--json", "--formats", "pdf417", "a.png"}, {"--nonsense"}} {
		if code, lines, said := scanRun(t, "", args...); code != exitMisuse || len(lines) != 0 || said == "" {
			t.Errorf("%q: exit %d, lines %v, said %q", args, code, lines, said)
		}
	}
}

// A picture with more codes than are read says so; another does not.
func TestScanSaysThatThereAreMore(t *testing.T) {
	const columns, size = 18, 90
	count := qr.MaxCodes + 1
	page := image.NewGray(image.Rect(0, 0, columns*size, (count/columns+1)*size))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	for i := range count {
		code, err := qr.Draw(fmt.Sprintf("LABEL-%03d", i), 3)
		if err != nil {
			t.Fatal(err)
		}
		at := image.Pt(i%columns*size, i/columns*size)
		draw.Draw(page, code.Bounds().Add(at), code, code.Bounds().Min, draw.Src)
	}
	path := filepath.Join(t.TempDir(), "sheet.png")
	var data bytes.Buffer
	if err := png.Encode(&data, page); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, lines, _ := scanRun(t, "", "--json", path); len(lines) != 1 || !lines[0].More || len(lines[0].Texts) != qr.MaxCodes {
		t.Errorf("%d codes: %d lines, more %v, %d texts", count, len(lines), lines[0].More, len(lines[0].Texts))
	}
}
