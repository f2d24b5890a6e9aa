package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"postern/app/qr"
	"postern/sync/authority"
)

// measured is a line that the app writes under -measure; ui.Measured says what is in it.
type measured struct {
	What     string        `json:"what"`
	At       time.Time     `json:"at"`
	Reason   string        `json:"reason"`
	Repeated bool          `json:"repeated"`
	Total    time.Duration `json:"total"`
	Gate     time.Duration `json:"gate"`
	Routines int           `json:"routines"`
	Drawn    uint64        `json:"drawn"`
	Read     uint64        `json:"read"`
}

// readMeasured gives the whole lines of a kind that were written so far.
func readMeasured(t testing.TB, file, what string) (all []measured) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(bytes.NewReader(b[:bytes.LastIndexByte(b, '\n')+1])); lines.Scan(); {
		var m measured
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatalf("%s: %v: %q", file, err, lines.Text())
		}
		if m.What == what {
			all = append(all, m)
		}
	}
	return all
}

// newVerdicts are those that were recorded, each once.
func newVerdicts(t testing.TB, file string) []measured {
	return slices.DeleteFunc(readMeasured(t, file, "verdict"), func(m measured) bool { return m.Repeated })
}

// spread is the middle, the 95th percentile and the longest of some times in milliseconds.
func spread(all []time.Duration) (p50, p95, longest float64) {
	if len(all) == 0 {
		return 0, 0, 0
	}
	slices.Sort(all)
	at := func(part float64) float64 { return ms(all[int(part*float64(len(all)-1))]) }
	return at(0.5), at(0.95), at(1)
}

// crowdPolicy takes paper, so that a code need not be made anew for each showing.
const crowdPolicy = `{"v": 1, "name": "crowd", "title": {"zh": "人群", "en": "Crowd"},
 "paper": true, "test": {"hours": 48, "kinds": [1]},
 "fresh": {"ageing_after": 1440, "stale_after": 10080, "stale": "check", "blind": "unknown"},
 "clock": {"ahead_days": 30}}`

// newCrowd is a city in which everybody carries a pass on paper; people of all
// states are among them.
func newCrowd(t testing.TB, people int) (w *world, passes []string) {
	t.Helper()
	w, err := newWorld(t.Context(), t.TempDir(), people+firstOther, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.close() })
	var numbers []string
	for _, r := range newDemoCity(people+firstOther, w.now(), 1).residents[firstOther:] {
		numbers = append(numbers, r.number)
	}
	issued, err := w.city.Roster.Issue(t.Context(), numbers, authority.IssueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range issued {
		passes = append(passes, i.Text)
	}
	if err := w.city.Policies.Set(t.Context(), []byte(crowdPolicy)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.city.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.city.Export(t.Context(), w.hub.files()); err != nil {
		t.Fatal(err)
	}
	return w, passes
}

// cameraFrame is what a camera of 1280 by 720 sees of a code held before it.
func cameraFrame(t testing.TB, text string) *image.Gray {
	t.Helper()
	code, err := qr.Draw(text, 5)
	if err != nil {
		t.Fatal(err)
	}
	frame := image.NewGray(image.Rect(0, 0, 1280, 720))
	draw.Draw(frame, frame.Rect, image.NewUniform(color.Gray{Y: 120}), image.Point{}, draw.Src)
	at := frame.Rect.Size().Sub(code.Bounds().Size()).Div(2)
	draw.Draw(frame, code.Bounds().Add(at), code, code.Bounds().Min, draw.Src)
	return frame
}

// frameFolder is a folder of camera frames, one for each text.
func frameFolder(t testing.TB, texts []string) string {
	t.Helper()
	dir := t.TempDir()
	for i, text := range texts {
		writeFrame(t, filepath.Join(dir, fmt.Sprintf("%05d.png", i)), cameraFrame(t, text))
	}
	return dir
}

func writeFrame(t testing.TB, name string, frame image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, frame); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// middle is the one in the middle.
func middle[T cmp.Ordered](all []T) T {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}
