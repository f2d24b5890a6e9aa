package scan_test

import (
	"bufio"
	"encoding/json"
	"image"
	"image/color"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/app/scan"
)

// pictures loads the pictures of one or all families (the part of a set's name
// before the dash) of the manifest at POSTERN_QR.
func pictures(b *testing.B, family string) []*image.Gray {
	dir := os.Getenv("POSTERN_QR")
	if dir == "" {
		b.Skip("POSTERN_QR is not set: no published pictures to read")
	}
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	must(b, err)
	defer f.Close()
	var all []*image.Gray
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p struct{ File, Set string }
		must(b, json.Unmarshal(lines.Bytes(), &p))
		if !strings.HasPrefix(p.Set, family) {
			continue
		}
		picture, err := os.Open(filepath.Join(dir, p.File))
		must(b, err)
		img, err := scan.Load(picture)
		picture.Close()
		must(b, err)
		all = append(all, img)
	}
	must(b, lines.Err())
	return all
}

// BenchmarkDecode is the time for one picture, to locate and decode, over all
// of a family.
func BenchmarkDecode(b *testing.B) {
	for _, family := range []string{"zxing", "zxcpp", "jsqr", "boofcv", "misc", "neg", "syn"} {
		b.Run(family, func(b *testing.B) {
			all := pictures(b, family)
			r := scan.NewReader()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r.Read(all[i%len(all)])
			}
		})
	}
}

// BenchmarkDrawn is one pass drawn cleanly.
func BenchmarkDrawn(b *testing.B) {
	img := drawn(b, pass, 4)
	r := scan.NewReader()
	b.ReportAllocs()
	for b.Loop() {
		r.Read(img)
	}
}

// BenchmarkLiveWithOthers is what the other formats cost a camera that looks
// for QR codes: frames with a QR code, of QR codes only and of all formats.
// The second must take no more than a tenth longer per frame.
func BenchmarkLiveWithOthers(b *testing.B) {
	img := image.NewGray(image.Rect(0, 0, 1280, 720))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{Y: 170}), image.Point{}, draw.Src)
	code := drawn(b, pass, 4)
	draw.Draw(img, code.Rect.Add(image.Pt(420, 160)), code, image.Point{}, draw.Src)
	for name, formats := range map[string][]scan.Format{"qr": {scan.QR}, "all": scan.Formats()} {
		b.Run(name, func(b *testing.B) {
			l := scan.NewLive(formats...)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				l.Frame(img, noon.Add(time.Duration(i)*frame))
			}
		})
	}
}
