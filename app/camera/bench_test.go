package camera_test

import (
	"context"
	"io"
	"net/http"
	"testing"

	"postern/app/camera"
)

// BenchmarkStream reads an MJPEG stream of 1280 x 720 over loopback, server
// included, as fast as it goes; its server sends without a pause, and frames
// that are not taken are not counted.
func BenchmarkStream(b *testing.B) {
	whole := part("frame", photo(b, 1280, 720))
	url := serve(b, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", replace+"frame")
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, whole); err != nil {
				return
			}
		}
	})
	s := mustOpen(b, url)
	b.ReportAllocs()
	frames := 0
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	b.ResetTimer()
	if err := s.Frames(ctx, func(camera.Frame) {
		if frames++; frames == b.N {
			stop()
		}
	}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}

// BenchmarkPicture unpacks one JPEG of 1280 x 720, the most of a frame's cost.
func BenchmarkPicture(b *testing.B) {
	jpeg := photo(b, 1280, 720)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := camera.Picture(jpeg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUnpack makes a picture of a device's raw frame of 1280 x 720.
func BenchmarkUnpack(b *testing.B) {
	unpack := camera.Unpacker(camera.YUYV, 1280, 720)
	raw := make([]byte, 2*1280*720)
	b.ReportAllocs()
	for b.Loop() {
		if err := unpack(raw); err != nil {
			b.Fatal(err)
		}
	}
}
