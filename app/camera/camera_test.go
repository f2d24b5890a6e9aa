package camera_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"postern/app/camera"
)

// photo is a picture of w x h pixels that tells its corners apart, as a JPEG.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := range h {
		for x := range w {
			img.Y[y*img.YStride+x] = byte(40 + 100*x/w + 100*y/h)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 90, 160
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// watch runs a source until want frames have come, and gives their gray
// pictures as copies.
func watch(t *testing.T, s camera.Source, want int) ([]*image.Gray, error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	var got []*image.Gray
	err := s.Frames(ctx, func(f camera.Frame) {
		check(t, f)
		copied := *f.Gray
		copied.Pix = bytes.Clone(f.Gray.Pix)
		if got = append(got, &copied); len(got) == want {
			stop()
		}
	})
	if len(got) < want && err == nil {
		t.Fatalf("%d frames, want %d", len(got), want)
	}
	return got, err
}

// check holds a frame against what a Frame promises.
func check(t *testing.T, f camera.Frame) {
	t.Helper()
	if f.Gray == nil || f.Color == nil || f.Gray.Rect.Min != (image.Point{}) || f.Gray.Rect.Empty() || f.Color.Bounds().Size() != f.Gray.Rect.Size() || f.At.IsZero() {
		t.Fatalf("no frame: %+v", f)
	}
	_ = f.Gray.GrayAt(f.Gray.Rect.Dx()-1, f.Gray.Rect.Dy()-1)
	_ = f.Color.At(f.Color.Bounds().Max.X-1, f.Color.Bounds().Max.Y-1)
}

func mustOpen(t testing.TB, address string) camera.Source {
	t.Helper()
	s, err := camera.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// settled waits until no goroutine is left above the count from before.
func settled(t *testing.T, before int) {
	t.Helper()
	for range 500 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	all := make([]byte, 1<<20)
	t.Errorf("%d goroutines, before %d:\n%s", runtime.NumGoroutine(), before, all[:runtime.Stack(all, true)])
}

func TestOpenUnderstandsAddresses(t *testing.T) {
	dir := t.TempDir()
	odd := filepath.Join(dir, "shots#1")
	if err := os.Mkdir(odd, 0o700); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a.png")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, good := range []string{
		"http://192.0.2.1:8080/video", "https://user:secret@camera.example/mjpg#turn=90,mirror", dir, dir + "#rate=5,once", odd,
	} {
		s, err := camera.Open(good)
		if err != nil {
			t.Errorf("%s: %v", good, err)
		} else if name := s.Name(); name == "" || strings.Contains(name, "secret") || strings.Contains(name, "turn") {
			t.Errorf("%s is called %q", good, name)
		}
	}
	for _, bad := range []string{
		"rtsp://camera.example/1", "http://", "http://user:secret@", "http://%zz:secret@x", file, filepath.Join(dir, "gone"), dir + "#turn=45", dir + "#", dir + "#rate=0",
	} {
		if s, err := camera.Open(bad); !errors.Is(err, camera.ErrAddress) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v", bad, s, err)
		}
	}
}

func TestParseView(t *testing.T) {
	for text, want := range map[string]camera.View{
		"turn=270": {Turn: 270}, "mirror": {Mirror: true}, "turn=0": {}, "turn=90, mirror": {Turn: 90, Mirror: true},
		"rate=0.5,once": {Rate: 0.5, Once: true},
	} {
		if got, err := camera.ParseView(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "turn", "turn=91", "turn=-90", "turn=360", "rate=NaN", "rate=61", "rate=1e-9", "mirror=1", "Once", "mirror,,once"} {
		if got, err := camera.ParseView(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

func writeScene(t *testing.T, dir, name string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// corners makes a picture whose quarters have their own shades: 1 2 over 3 4.
func corners(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetGray(x, y, color.Gray{Y: byte(50 * (1 + 2*(2*y/h) + 2*x/w))})
		}
	}
	return img
}

// quarters reads the four shades back.
func quarters(img image.Image) (seen string) {
	b := img.Bounds()
	for _, p := range []image.Point{{1, 1}, {3, 1}, {1, 3}, {3, 3}} {
		c := color.GrayModel.Convert(img.At(b.Min.X+b.Dx()*p.X/4, b.Min.Y+b.Dy()*p.Y/4)).(color.Gray)
		seen += string(rune('0' + (int(c.Y)+25)/50))
	}
	return seen
}

func TestViewTurnsPictures(t *testing.T) {
	for view, want := range map[string]string{
		"turn=0": "1234", "turn=90": "3142", "turn=180": "4321", "turn=270": "2413",
		"mirror": "2143", "turn=90,mirror": "1324", "turn=180,mirror": "3412", "turn=270,mirror": "4231",
	} {
		for _, size := range []image.Point{{64, 48}, {48, 64}, {33, 17}} {
			dir := t.TempDir()
			writeScene(t, dir, "a.jpg", corners(size.X, size.Y))
			got, err := watch(t, mustOpen(t, dir+"#rate=60,"+view), 1)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(view, "90") || strings.Contains(view, "270") {
				size.X, size.Y = size.Y, size.X
			}
			if quarters(got[0]) != want || got[0].Rect.Size() != size {
				t.Errorf("%s: %s %v, want %s %v", view, quarters(got[0]), got[0].Rect, want, size)
			}
		}
	}
}
