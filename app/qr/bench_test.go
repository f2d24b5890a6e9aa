package qr_test

import (
	"bufio"
	"encoding/json"
	"image"
	"image/draw"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"postern/app/qr"
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
		img, err := qr.Load(picture)
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
			r := qr.NewReader()
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
	r := qr.NewReader()
	b.ReportAllocs()
	for b.Loop() {
		r.Read(img)
	}
}

// BenchmarkLiveWithOthers is what the other formats cost a camera that looks
// for QR codes: frames with one and frames without, looking for QR codes only
// and for all formats. All may take a tenth more per frame.
func BenchmarkLiveWithOthers(b *testing.B) {
	random := rand.New(rand.NewPCG(5, 6))
	empty := image.NewGray(image.Rect(0, 0, 1280, 720))
	for i := range empty.Pix { // a bright blind in the back, and the camera's noise
		empty.Pix[i] = byte(120 + 60*(i/1280/9%2) + random.IntN(12))
	}
	code := image.NewGray(empty.Rect)
	copy(code.Pix, empty.Pix)
	drawn := drawn(b, pass, 4)
	draw.Draw(code, drawn.Rect.Add(image.Pt(420, 160)), drawn, image.Point{}, draw.Src)
	for _, c := range []struct {
		name    string
		img     *image.Gray
		formats []qr.Format
	}{
		{"code/qr", code, nil},
		{"code/all", code, qr.Formats()},
		{"empty/qr", empty, nil},
		{"empty/all", empty, qr.Formats()},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := qr.NewLive(c.formats...)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				l.Frame(c.img, noon.Add(time.Duration(i)*frame))
			}
		})
	}
}
