package ui

import (
	"context"
	"encoding/json"
	"image"
	"io"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/gate"
	"postern/app/ui/kit"
)

// Meter writes what the screens cost, as JSON lines; see [Measured]. Nil
// measures nothing and costs nothing. Lines name no person and no pass.
type Meter struct {
	mu  sync.Mutex
	out *json.Encoder

	// What belongs to Fyne's thread.
	waiting []Measured  // verdicts that stand on the screen, not painted yet
	front   *image.RGBA // the camera picture that was drawn last
	drawn   uint64      // camera pictures, each counted once
}

// Kinds of [Measured].
const (
	MeasuredVerdict  = "verdict"  // one came to the screen: Reason, Repeated, Total, Gate
	MeasuredHeld     = "held"     // Postern's own work held Fyne's thread: Total
	MeasuredStanding = "standing" // each second: Routines, Drawn, Read
)

// Measured is one line. Times are in nanoseconds.
type Measured struct {
	What     string        `json:"what"`
	At       time.Time     `json:"at"`
	Reason   string        `json:"reason,omitempty"`
	Repeated bool          `json:"repeated,omitempty"` // nothing new was recorded
	Total    time.Duration `json:"total,omitempty"`    // from the reading until the first frame with the verdict is painted
	Gate     time.Duration `json:"gate,omitempty"`     // of Total, waited for the checks before and for this one's judging and fsync
	Routines int           `json:"routines,omitempty"`
	Drawn    uint64        `json:"drawn,omitempty"` // camera pictures drawn since the start
	Read     uint64        `json:"read,omitempty"`  // frames searched for codes since this camera began
}

// NewMeter measures into w, one write a line.
func NewMeter(w io.Writer) *Meter { return &Meter{out: json.NewEncoder(w)} }

func (m *Meter) write(line Measured) {
	line.At = time.Now()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.out.Encode(line); err != nil {
		fyne.LogError("measure", err)
	}
}

// held takes how long Postern's own work held Fyne's thread at a stretch.
func (m *Meter) held(took time.Duration) {
	if m != nil {
		m.write(Measured{What: MeasuredHeld, Total: took})
	}
}

// answered is the way of a reading to the screen: it is called when the gate
// has answered, and what it returns when the answer stands on the screen.
func (m *Meter) answered(began time.Time, a gate.Answer) (stands func()) {
	if m == nil {
		return func() {}
	}
	line := Measured{What: MeasuredVerdict, Reason: string(a.Reason), Repeated: a.Repeated, Gate: time.Since(began)}
	line.At = began
	return func() { m.waiting = append(m.waiting, line) }
}

// probe adds to a frame what Fyne draws last and once: then everything before it
// is drawn, and what is asked of Fyne's thread there comes after the frame is shown.
func (m *Meter) probe(objects []fyne.CanvasObject) []fyne.CanvasObject {
	if m == nil {
		return objects
	}
	clear := image.NewNRGBA(image.Rect(0, 0, 1, 1))
	r := canvas.NewRaster(func(int, int) image.Image {
		if lines := m.waiting; len(lines) > 0 {
			m.waiting = nil
			fyne.Do(func() { m.painted(lines) })
		}
		return clear
	})
	return append(objects, kit.Place(r, 0, 0, 1, 1))
}

func (m *Meter) painted(lines []Measured) {
	for _, l := range lines {
		l.Total = time.Since(l.At)
		m.write(l)
	}
}

// draws counts a camera's picture when Fyne draws it.
func (m *Meter) draws(front *image.RGBA) {
	if m != nil && front != nil && front != m.front { // two buffers take turns
		m.drawn, m.front = m.drawn+1, front
	}
}

// stand writes each second how the program stands.
func (m *Meter) stand(ctx context.Context, u *UI) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			fyne.Do(func() {
				line := Measured{What: MeasuredStanding, Routines: runtime.NumGoroutine(), Drawn: m.drawn}
				if u.camera != nil {
					line.Read = u.camera.reads.Load()
				}
				m.write(line)
			})
		case <-ctx.Done():
			return
		}
	}
}
