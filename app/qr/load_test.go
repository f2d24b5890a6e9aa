package qr_test

import (
	"bytes"
	"compress/zlib"
	_ "embed"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"postern/app/qr"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cmyk is [corner] as a JPEG of four inks; image/jpeg cannot write one.
//
//go:embed testdata/cmyk.jpg
var cmyk []byte

func pngOf(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	return b.Bytes()
}

func jpegOf(t testing.TB, img image.Image) []byte {
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}))
	return b.Bytes()
}

// corner is 20 x 10 pixels, white, with a black square at the top left.
func corner() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 20, 10))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := range 4 {
		for x := range 4 {
			img.SetGray(x, y, color.Gray{})
		}
	}
	return img
}

func chunk(kind string, data []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngHead makes a PNG that says it has a size, with as little data as it takes.
func pngHead(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = binary.BigEndian.AppendUint32(head, h)
	head = append(head, 8, 0, 0, 0, 0)
	var body bytes.Buffer
	z := zlib.NewWriter(&body)
	z.Write(make([]byte, 1<<20))
	z.Close()
	out := []byte("\x89PNG\r\n\x1a\n")
	out = append(out, chunk("IHDR", head)...)
	out = append(out, chunk("IDAT", body.Bytes())...)
	return append(out, chunk("IEND", nil)...)
}

func TestLoadRefuses(t *testing.T) {
	good := pngOf(t, corner())
	for name, c := range map[string]struct {
		data []byte
		err  error
	}{
		"nothing":        {nil, qr.ErrPicture},
		"text":           {[]byte("hello"), qr.ErrPicture},
		"cut in head":    {good[:20], qr.ErrPicture},
		"cut in data":    {good[:len(good)-20], qr.ErrPicture},
		"cut JPEG":       {jpegOf(t, corner())[:300], qr.ErrPicture},
		"51 megapixels":  {pngHead(8500, 6000), qr.ErrTooBig},
		"bomb":           {pngHead(40_000, 40_000), qr.ErrTooBig},
		"too little":     {pngHead(2000, 2000), qr.ErrPicture},
		"no pixels":      {pngHead(0, 5), qr.ErrPicture},
		"65 MiB of file": {append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 65<<20)...), qr.ErrTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := qr.Load(bytes.NewReader(c.data)); !errors.Is(err, c.err) {
				t.Errorf("error %v, want %v", err, c.err)
			}
		})
	}
}

func TestLoadKinds(t *testing.T) {
	clear := image.NewNRGBA(image.Rect(0, 0, 20, 10)) // transparent, and black below
	for y := range 4 {
		for x := range 4 {
			clear.SetNRGBA(x, y, color.NRGBA{A: 255})
		}
	}
	wide := image.NewGray16(image.Rect(3, 5, 23, 15)) // 16 bits, and not at 0,0
	palette := image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{color.White, color.Black})
	for y := range 10 {
		for x := range 20 {
			wide.SetGray16(3+x, 5+y, color.Gray16{uint16(corner().GrayAt(x, y).Y) * 257})
			if x < 4 && y < 4 {
				palette.SetColorIndex(x, y, 1)
			}
		}
	}
	red := image.NewPaletted(palette.Rect, color.Palette{color.RGBA{R: 255, A: 255}})
	var frames, animated bytes.Buffer
	must(t, gif.Encode(&frames, palette, nil))
	must(t, gif.EncodeAll(&animated, &gif.GIF{Image: []*image.Paletted{palette, red}, Delay: []int{5, 5}}))
	for name, data := range map[string][]byte{
		"gray": pngOf(t, corner()), "16 bits": pngOf(t, wide), "transparent": pngOf(t, clear), "palette": pngOf(t, palette),
		"jpeg": jpegOf(t, corner()), "gif": frames.Bytes(), "animated gif": animated.Bytes(), "cmyk": cmyk,
	} {
		t.Run(name, func(t *testing.T) {
			img, err := qr.Load(bytes.NewReader(data))
			must(t, err)
			if img.Rect != image.Rect(0, 0, 20, 10) {
				t.Fatalf("bounds %v", img.Rect)
			}
			if dark, light := img.GrayAt(1, 1).Y, img.GrayAt(15, 8).Y; dark > 40 || light < 215 {
				t.Errorf("dark %d, light %d", dark, light)
			}
		})
	}
}

func TestLoadTurnsByEXIF(t *testing.T) {
	// Where the black square of corner comes to lie: left or right, top or bottom.
	for orientation, want := range map[byte][2]bool{
		1: {false, false}, 2: {true, false}, 3: {true, true}, 4: {false, true},
		5: {false, false}, 6: {true, false}, 7: {true, true}, 8: {false, true},
		0: {false, false}, 9: {false, false},
	} {
		exif := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
		exif[6+8+2+9] = orientation
		segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
		plain := jpegOf(t, corner())
		data := append(append(append([]byte{}, plain[:2]...), append(segment, exif...)...), plain[2:]...)
		img, err := qr.Load(bytes.NewReader(data))
		must(t, err)
		w, h := img.Rect.Dx(), img.Rect.Dy()
		if turned := orientation >= 5 && orientation <= 8; turned != (h > w) {
			t.Errorf("orientation %d: %d x %d", orientation, w, h)
		}
		x, y := 1, 1
		if want[0] {
			x = w - 2
		}
		if want[1] {
			y = h - 2
		}
		if img.GrayAt(x, y).Y > 60 {
			t.Errorf("orientation %d: no black at %d,%d", orientation, x, y)
		}
		thumb, err := qr.Thumb(bytes.NewReader(data), max(w, h))
		must(t, err)
		if thumb.Rect != img.Rect || thumb.NRGBAAt(x, y).R > 60 {
			t.Errorf("orientation %d: the thumb is %v and has %v at %d,%d", orientation, thumb.Rect, thumb.NRGBAAt(x, y), x, y)
		}
	}
}

func TestThumbIsSmall(t *testing.T) {
	for _, data := range [][]byte{pngOf(t, image.NewGray(image.Rect(0, 0, 900, 300))), jpegOf(t, image.NewGray(image.Rect(0, 0, 10, 2000)))} {
		img, err := qr.Thumb(bytes.NewReader(data), 100)
		must(t, err)
		if img.Rect.Dx() > 100 || img.Rect.Dy() > 100 || max(img.Rect.Dx(), img.Rect.Dy()) != 100 || img.Rect.Empty() {
			t.Errorf("the thumb is %v", img.Rect)
		}
	}
	if _, err := qr.Thumb(bytes.NewReader(pngHead(1<<20, 1<<20)), 100); !errors.Is(err, qr.ErrTooBig) {
		t.Errorf("a huge picture: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(pngOf(f, corner()))
	f.Add(jpegOf(f, corner()))
	f.Add(cmyk)
	f.Add(pngHead(1<<20, 40))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := qr.Load(bytes.NewReader(data))
		if (img == nil) == (err == nil) {
			t.Fatalf("picture %v, error %v", img != nil, err)
		}
		if err != nil && !errors.Is(err, qr.ErrPicture) && !errors.Is(err, qr.ErrTooBig) {
			t.Errorf("error of no kind: %v", err)
		}
	})
}
