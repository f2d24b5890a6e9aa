package qr_test

import (
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"

	"postern/app/qr"
)

const pass = "PP1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOO6+IUKRG*I.I5BROCWAAT4V22F/8X*G3M9JUPY0BX/KR96R/S09T./0LWTKD33236J3TA3M*4VV2"

// drawn makes a gray picture of a text's code.
func drawn(t testing.TB, text string, scale int) *image.Gray {
	img, err := qr.Draw(text, scale)
	must(t, err)
	return toGray(img)
}

func toGray(img image.Image) *image.Gray {
	b := img.Bounds()
	g := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(g, g.Rect, img, b.Min, draw.Src)
	return g
}

// sheet is a white page with pictures in rows of a number of columns.
func sheet(columns int, pictures ...*image.Gray) *image.Gray {
	size := 0
	for _, p := range pictures {
		size = max(size, p.Rect.Dx())
	}
	rows := (len(pictures) + columns - 1) / columns
	page := image.NewGray(image.Rect(0, 0, columns*size, rows*size))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	for i, p := range pictures {
		at := image.Pt(i%columns*size, i/columns*size)
		draw.Draw(page, p.Rect.Add(at), p, image.Point{}, draw.Src)
	}
	return page
}

func texts(codes []qr.Code) []string {
	var out []string
	for _, c := range codes {
		out = append(out, c.Text)
	}
	slices.Sort(out)
	return out
}

func mapped(img *image.Gray, f func(x, y int) (int, int)) *image.Gray {
	out := image.NewGray(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			out.SetGray(x, y, img.GrayAt(f(x, y)))
		}
	}
	return out
}

func inverted(img *image.Gray) *image.Gray {
	out := image.NewGray(img.Rect)
	for i, v := range img.Pix {
		out.Pix[i] = 255 - v
	}
	return out
}

func TestReadOneCode(t *testing.T) {
	plain := drawn(t, pass, 4)
	last := plain.Rect.Dx() - 1
	for name, img := range map[string]*image.Gray{
		"plain":     plain,
		"inverted":  inverted(plain),
		"mirrored":  mapped(plain, func(x, y int) (int, int) { return last - x, y }),
		"turned":    mapped(plain, func(x, y int) (int, int) { return y, last - x }),
		"on a page": plain.SubImage(image.Rect(3, 2, last, last)).(*image.Gray),
	} {
		t.Run(name, func(t *testing.T) {
			img := img
			if img.Rect.Min != (image.Point{}) {
				img = &image.Gray{Pix: img.Pix, Stride: img.Stride, Rect: img.Rect.Sub(img.Rect.Min)}
			}
			codes := qr.NewReader().Read(img)
			if len(codes) != 1 || codes[0].Text != pass || codes[0].Format != qr.QR || string(codes[0].Raw) != pass {
				t.Errorf("got %+v", codes)
			}
		})
	}
}

func TestReadFamilySheet(t *testing.T) {
	var want []string
	var pictures []*image.Gray
	for i := range 8 {
		text := pass + string(rune('A'+i))
		want = append(want, text)
		pictures = append(pictures, drawn(t, text, 4))
	}
	pictures = append(pictures, drawn(t, want[0], 4)) // the same sight twice is one reading
	r := qr.NewReader()
	page := sheet(3, pictures...)
	first := r.Read(page)
	if got := texts(first); !slices.Equal(got, want) {
		t.Errorf("got %d texts of %d: %q", len(got), len(want), got)
	}
	again := r.Read(page)
	if !slices.EqualFunc(first, again, func(a, b qr.Code) bool { return a.Text == b.Text }) {
		t.Error("the same picture gave another answer")
	}
}

func TestReadTextsOfTheWorld(t *testing.T) {
	for _, text := range []string{
		"12345678901234567890", "HTTPS://EXAMPLE.ORG/ABC", "西安市居民健康通行证：已核验", "Prüfung bestanden – größer", "日本語のテキスト", "🟢 ok",
	} {
		codes := qr.NewReader().Read(drawn(t, text, 5))
		if len(codes) != 1 || codes[0].Text != text {
			t.Errorf("%q read as %q", text, texts(codes))
		}
	}
}

func TestReadSizes(t *testing.T) {
	for _, n := range []int{1, 10, 40, 100, 250, 500, 900, 1500, 2000, 2300} {
		text := make([]byte, n)
		for i := range text {
			text[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[(i*i+7*i)%45]
		}
		codes := qr.NewReader().Read(drawn(t, string(text), 3))
		if len(codes) != 1 || codes[0].Text != string(text) {
			t.Errorf("%d characters: got %d codes", n, len(codes))
		}
	}
}

func TestReadNothing(t *testing.T) {
	noise := image.NewGray(image.Rect(0, 0, 320, 240))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise.Pix {
		noise.Pix[i] = byte(random.Uint32())
	}
	for name, img := range map[string]*image.Gray{
		"nil":       nil,
		"empty":     image.NewGray(image.Rectangle{}),
		"1 x 1":     image.NewGray(image.Rect(0, 0, 1, 1)),
		"one row":   image.NewGray(image.Rect(0, 0, 5000, 1)),
		"one line":  image.NewGray(image.Rect(0, 0, 1, 5000)),
		"black":     image.NewGray(image.Rect(0, 0, 640, 480)),
		"noise":     noise,
		"lies":      {Pix: make([]byte, 10), Stride: 100, Rect: image.Rect(0, 0, 100, 100)},
		"lies more": {Pix: make([]byte, 100), Stride: 0, Rect: image.Rect(0, 0, 10, 10)},
		"endless":   {Pix: make([]byte, 100), Stride: 1 << 62, Rect: image.Rect(0, 0, 1<<62, 1<<62)},
	} {
		t.Run(name, func(t *testing.T) {
			if codes := qr.NewReader(qr.Formats()...).Read(img); len(codes) != 0 {
				t.Errorf("found %q", texts(codes))
			}
		})
	}
}

func TestReadOtherFormats(t *testing.T) {
	encoded := func(m *gozxing.BitMatrix, err error) *image.Gray {
		must(t, err)
		g := image.NewGray(image.Rect(0, 0, m.GetWidth()+80, m.GetHeight()+80))
		draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
		for y := range m.GetHeight() {
			for x := range m.GetWidth() {
				if m.Get(x, y) {
					g.SetGray(x+40, y+40, color.Gray{})
				}
			}
		}
		return g
	}
	for _, c := range []struct {
		format qr.Format
		text   string
		img    *image.Gray
	}{
		{qr.Code128, "TUBE-00172", encoded(oned.NewCode128Writer().Encode("TUBE-00172", gozxing.BarcodeFormat_CODE_128, 400, 100, nil))},
		{qr.Code39, "CARD 7", encoded(oned.NewCode39Writer().Encode("CARD 7", gozxing.BarcodeFormat_CODE_39, 400, 100, nil))},
		{qr.EAN13, "4006381333931", encoded(oned.NewEAN13Writer().Encode("4006381333931", gozxing.BarcodeFormat_EAN_13, 300, 100, nil))},
		{qr.EAN8, "96385074", encoded(oned.NewEAN8Writer().Encode("96385074", gozxing.BarcodeFormat_EAN_8, 300, 100, nil))},
		{qr.DataMatrix, "SAMPLE 12", encoded(datamatrix.NewDataMatrixWriter().Encode("SAMPLE 12", gozxing.BarcodeFormat_DATA_MATRIX, 160, 160, nil))},
	} {
		codes := qr.NewReader(c.format).Read(c.img)
		if len(codes) != 1 || codes[0].Text != c.text || codes[0].Format != c.format {
			t.Errorf("%s: got %+v", c.format, codes)
		}
		if got := liveTexts(qr.NewLive(qr.Formats()...), c.img, 24); !slices.Contains(got, c.text) {
			t.Errorf("%s: 24 live frames gave %q", c.format, got)
		}
		if codes := qr.NewReader(qr.QR).Read(c.img); len(codes) != 0 {
			t.Errorf("%s: switched off, and read all the same", c.format)
		}
	}
}

// liveTexts are the readings of a number of frames that show the same.
func liveTexts(l *qr.Live, img *image.Gray, frames int) (texts []string) {
	for i := range frames {
		for _, c := range l.Frame(img, noon.Add(time.Duration(i)*frame)).Fresh {
			texts = append(texts, c.Text)
		}
	}
	return texts
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "code.png")
	must(t, os.WriteFile(path, pngOf(t, drawn(t, pass, 3)), 0o600))
	codes, took, err := qr.ReadFile(t.Context(), path, qr.NewReader())
	if err != nil || len(codes) != 1 || codes[0].Text != pass || took <= 0 {
		t.Errorf("got %v, %v, %v", codes, took, err)
	}
	if _, _, err := qr.ReadFile(t.Context(), path+"x", qr.NewReader()); err == nil {
		t.Error("a missing file was read")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(8, []byte{0, 255, 0, 255, 0, 0, 0, 255})
	f.Add(37, drawn(f, "A", 1).Pix[:29*29])
	small := drawn(f, "A", 1)
	f.Add(small.Rect.Dx(), small.Pix)
	f.Fuzz(func(t *testing.T, width int, pix []byte) {
		if width < 1 || len(pix) < width {
			return
		}
		img := &image.Gray{Pix: pix, Stride: width, Rect: image.Rect(0, 0, width, len(pix)/width)}
		for _, c := range qr.NewReader().Read(img) {
			if c.Text == "" || len(c.Text) > qr.MaxText {
				t.Errorf("a reading of %d bytes", len(c.Text))
			}
		}
	})
}
