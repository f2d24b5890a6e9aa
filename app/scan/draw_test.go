package scan_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"os/exec"
	"strings"
	"testing"

	"postern/app/scan"
)

func TestDrawRefuses(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", 5000), strings.Repeat("x", scan.MaxText+1)} {
		if _, err := scan.Draw(text, 4); !errors.Is(err, scan.ErrDraw) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
		if err := scan.WriteSVG(&bytes.Buffer{}, text, 30); !errors.Is(err, scan.ErrDraw) {
			t.Errorf("SVG of %d bytes: %v", len(text), err)
		}
	}
}

// The modules of the SVG are painted and read back.
func TestWriteSVG(t *testing.T) {
	var out bytes.Buffer
	must(t, scan.WriteSVG(&out, pass, 30))
	var svg struct {
		Width   string `xml:"width,attr"`
		ViewBox string `xml:"viewBox,attr"`
		Path    struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	}
	must(t, xml.Unmarshal(out.Bytes(), &svg))
	code := drawn(t, pass, 1)
	side := code.Rect.Dx()
	painted := image.NewGray(image.Rect(0, 0, side*4, side*4))
	for i := range painted.Pix {
		painted.Pix[i] = 255
	}
	for _, m := range strings.Split(strings.TrimPrefix(svg.Path.D, "M"), "M") {
		var x, y int
		for i, field := range strings.Fields(strings.TrimSuffix(m, "h1v1h-1z")) {
			n := 0
			for _, c := range field {
				n = 10*n + int(c-'0')
			}
			if i == 0 {
				x = n
			} else {
				y = n
			}
		}
		for dy := range 4 {
			for dx := range 4 {
				painted.Pix[(4*y+dy)*painted.Stride+4*x+dx] = 0
			}
		}
	}
	if codes := scan.NewReader().Read(painted); len(codes) != 1 || codes[0].Text != pass {
		t.Errorf("read back %q", texts(codes))
	}
	if !strings.HasSuffix(svg.Width, "mm") {
		t.Errorf("width %q", svg.Width)
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
