package main

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"
)

// A guard's pace, quickened, and how long a camera is looked through.
const (
	benchVerdicts = 150
	benchPreview  = 15 * time.Second
)

// BenchmarkScreen measures in the real window, under -measure, what a guard
// feels: the way of a verdict to the screen, the camera's picture while frames
// are searched for codes, and how long Postern's own work holds Fyne's thread.
func BenchmarkScreen(b *testing.B) {
	bin := windowBin(b)
	app := filepath.Join(bin, "postern-gate")
	b.Run("verdict", func(b *testing.B) { benchVerdict(b, app) })
	b.Run("preview/folder", func(b *testing.B) {
		dir := b.TempDir()
		for i := range 30 {
			writeFrame(b, filepath.Join(dir, fmt.Sprintf("%02d.png", i)), illegible(b, i))
		}
		benchLooking(b, app, dir+"#rate=30")
	})
	b.Run("preview/mjpeg", func(b *testing.B) { benchLooking(b, app, serveFrames(b)) })
}

// benchVerdict lets people pass at three a second before a camera.
func benchVerdict(b *testing.B, app string) {
	w, passes := newCrowd(b, 120)
	d, lines := startDisplayOf(b, "520x860"), filepath.Join(b.TempDir(), "measured")
	d.start(app, "--data", filepath.Join(w.dir, "gate"), "--enrol", w.code, "--measure", lines,
		"--camera", frameFolder(b, passes)+"#rate=3")
	d.waitForVerdicts(lines, benchVerdicts)
	d.end()
	var all, beyond []time.Duration
	for _, m := range newVerdicts(b, lines)[10:] { // the first draw their letters
		all, beyond = append(all, m.Total), append(beyond, m.Total-m.Gate)
	}
	p50, p95, longest := spread(beyond)
	b.ReportMetric(p50, "ms-beyond-p50")
	b.ReportMetric(p95, "ms-beyond-p95")
	b.ReportMetric(longest, "ms-beyond-max")
	_, p95, _ = spread(all)
	b.ReportMetric(p95, "ms-all-p95")
	reportHeld(b, lines)
}

// benchLooking looks through a camera at codes that nobody can read: the check
// screen stays, and the reader works its hardest.
func benchLooking(b *testing.B, app, camera string) {
	w, _ := newCrowd(b, 1)
	d, lines := startDisplayOf(b, "1320x860"), filepath.Join(b.TempDir(), "measured")
	d.start(app, "--data", filepath.Join(w.dir, "gate"), "--enrol", w.code, "--measure", lines,
		"--size", "1280x800", "--camera", camera)
	for len(readMeasured(b, lines, "standing")) < 1 {
		time.Sleep(200 * time.Millisecond)
	}
	d.scan("https://menu.example/table/13") // a new gate first asks who is on duty
	time.Sleep(time.Second)
	d.key("Escape")
	begun := len(readMeasured(b, lines, "standing"))
	for len(readMeasured(b, lines, "standing")) < begun+2 {
		time.Sleep(200 * time.Millisecond)
	}
	time.Sleep(benchPreview)
	d.keep("bench-preview")
	d.end()
	all := readMeasured(b, lines, "standing")
	from, to := all[begun+1], all[len(all)-1]
	seconds := to.At.Sub(from.At).Seconds()
	b.ReportMetric(float64(to.Drawn-from.Drawn)/seconds, "drawn/s")
	b.ReportMetric(float64(to.Read-from.Read)/seconds, "searched/s")
	reportHeld(b, lines)
}

// reportHeld reports how long Postern's own work held Fyne's thread, once the
// window stood.
func reportHeld(b *testing.B, lines string) {
	all := readMeasured(b, lines, "held")
	began := all[0].At.Add(3 * time.Second)
	var times []time.Duration
	for _, m := range all {
		if m.At.After(began) {
			times = append(times, m.Total)
		}
	}
	p50, p95, longest := spread(times)
	b.ReportMetric(p50, "ms-held-p50")
	b.ReportMetric(p95, "ms-held-p95")
	b.ReportMetric(longest, "ms-held-max")
	b.ReportMetric(0, "ns/op")
}

// illegible is a camera's frame of a code with a hole in its middle; each is a little aside.
func illegible(t testing.TB, i int) *image.Gray {
	frame := cameraFrame(t, fmt.Sprintf("https://menu.example/table/%04d/%s", i, "0123456789012345678901234567890123456789"))
	middle := image.Rect(-45, -45, 45, 45).Add(image.Pt(640, 360))
	draw.Draw(frame, middle, image.Black, image.Point{}, draw.Src)
	return frame
}

// serveFrames is a network camera on loopback: 1280 by 720, thirty frames a second.
func serveFrames(b *testing.B) string {
	var frames [][]byte
	for i := range 30 {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, illegible(b, i), &jpeg.Options{Quality: 80}); err != nil {
			b.Fatal(err)
		}
		frames = append(frames, out.Bytes())
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace; boundary=f")
		tick := time.NewTicker(time.Second / 30)
		defer tick.Stop()
		for i := 0; r.Context().Err() == nil; i++ {
			f := frames[i%len(frames)]
			fmt.Fprintf(w, "--f\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n", len(f), f)
			w.(http.Flusher).Flush()
			<-tick.C
		}
	}))
	b.Cleanup(s.Close)
	return s.URL
}
