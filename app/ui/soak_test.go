package ui_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"postern/app/album"
	"postern/app/gate"
	"postern/app/scan"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/app/ui"
	"postern/sync/journal"
	"postern/sync/wording"
)

// post is the screens on a test window over a real gate and its real journal.
type post struct {
	*ui.UI
	t       testing.TB
	window  fyne.Window
	gate    *gate.Gate
	store   *store.Store
	world   *storetest.World
	now     time.Time
	pending map[int]func()
	asked   int
}

const holders = 400

func newPost(t *testing.T) *post {
	t.Helper()
	a, w := newWindow(t)
	p := &post{t: t, window: w, world: storetest.NewWorld(t, 1), pending: map[int]func(){}}
	p.now = p.world.Now
	s, err := store.Open(t.Context(), t.TempDir(), store.Options{Now: func() time.Time { return p.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p.store = s
	p.world.Joined(t, s, holders)
	began := p.now
	p.gate = gate.New(t.Context(), s, gate.Options{Now: func() time.Time { return p.now }, Mono: func() time.Duration { return p.now.Sub(began) }})
	p.window.SetPadded(false)
	u, err := ui.New(a, p.window, ui.Options{
		Language: "zh", Album: album.System{Home: t.TempDir(), Getenv: func(string) string { return "" }}, Now: func() time.Time { return p.now }, Zone: zone, Run: func(job func(context.Context)) { job(context.Background()) },
		After: func(_ time.Duration, f func()) func() {
			p.asked++
			id := p.asked
			p.pending[id] = f
			return func() { delete(p.pending, id) }
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(u.Close)
	p.UI = u
	p.window.Resize(fyne.NewSize(480, 800))
	u.Attach(ui.Backend{Gate: p.gate, Update: func() {}, Enrol: func(context.Context, string) error { return nil }})
	return p
}

// passes lets time go on; the timers that ran out are called.
func (p *post) passes(d time.Duration) {
	p.now = p.now.Add(d)
	for _, id := range slices.Sorted(maps.Keys(p.pending)) {
		if f, ok := p.pending[id]; ok {
			delete(p.pending, id)
			f()
		}
	}
}

// checks counts the checks in the journal and holds that nothing is missing in it.
func (p *post) checks() int {
	p.t.Helper()
	all, err := p.store.Recent(p.t.Context(), 1<<20)
	if err != nil {
		p.t.Fatal(err)
	}
	n := 0
	for i, e := range all {
		if e.Seq != uint64(len(all)-i) {
			p.t.Fatalf("entry %d stands where %d should", e.Seq, len(all)-i)
		}
		if i > 0 && all[i-1].Prev != e.Hash() {
			p.t.Fatalf("the chain breaks after entry %d", e.Seq)
		}
		if e.Kind == journal.Check {
			n++
		}
	}
	return n
}

// TestSoak is a shift of a check a second: of eight hours with POSTERN_SOAK
// set, else of some minutes. The journal holds every check, and no goroutine is
// left behind. (Memory is held by the soak of the real window: Fyne's test
// driver never empties its caches.)
func TestSoak(t *testing.T) {
	checks := 600
	if os.Getenv("POSTERN_SOAK") != "" {
		checks = 8 * 60 * 60
	}
	p := newPost(t)
	var texts []string
	for i := range uint64(holders) {
		texts = append(texts, p.world.Pass(t, i))
	}
	texts = append(texts, "https://example.org/menu", "PP1:DAMAGED")
	var routines int
	for i := range checks {
		if i == checks/5 {
			routines = runtime.NumGoroutine()
		}
		p.Open("check") // the one before is done
		p.Submit(scan.Reading{Text: texts[i%len(texts)], At: p.now, Source: scan.Wedge})
		p.passes(time.Second)
	}
	if n := p.checks(); n != checks {
		t.Errorf("%d checks are in the journal, %d were made", n, checks)
	}
	now := runtime.NumGoroutine()
	for wait := 0; now > routines+2 && wait < 200; wait++ { // what is ending may take a moment
		time.Sleep(10 * time.Millisecond)
		now = runtime.NumGoroutine()
	}
	if now > routines+2 {
		t.Errorf("%d goroutines, %d after a fifth of the time", now, routines)
	}
}

// TestMonkey presses, scans, types and turns at random: nothing may panic, and
// the journal stays whole.
func TestMonkey(t *testing.T) {
	events := 2_000
	if os.Getenv("POSTERN_SOAK") != "" {
		events = 10_000
	}
	p := newPost(t)
	r := rand.New(rand.NewPCG(3, 4))
	shown := 0
	for range events {
		switch n := r.IntN(20); {
		case n < 9:
			p.tapAny(r)
		case n < 12:
			p.Submit(scan.Reading{Text: p.world.Pass(t, r.Uint64N(holders)), At: p.now, Source: scan.Camera})
			shown++
		case n < 14:
			p.types(r, p.world.Pass(t, r.Uint64N(holders)))
		case n < 15:
			p.types(r, "6\x00日")
		case n < 16:
			p.Open([]string{"check", "type", "today", "sync", "settings", "enrol", "ways", "emergency", "supervisor", "nowhere"}[r.IntN(10)])
		case n < 17:
			p.Turn(wording.Languages[r.IntN(len(wording.Languages))])
		case n < 18:
			p.window.Resize(fyne.NewSize(float32(240+r.IntN(1200)), float32(320+r.IntN(900))))
		case n < 19:
			test.TapCanvas(p.window.Canvas(), fyne.NewPos(r.Float32()*480, r.Float32()*800))
		default:
			p.passes(time.Duration(r.IntN(20)) * time.Second)
		}
	}
	if n := p.checks(); n == 0 || shown == 0 {
		t.Errorf("%d checks after %d showings", n, shown)
	}
}

// tapAny taps one of the things that can be tapped; dialogs of the system stay closed.
func (p *post) tapAny(r *rand.Rand) {
	var all []fyne.Tappable
	for _, o := range test.LaidOutObjects(p.window.Content()) {
		if b, ok := o.(fyne.Tappable); ok && !says(o, p.picture()) {
			all = append(all, b)
		}
	}
	if len(all) > 0 {
		test.Tap(all[r.IntN(len(all))])
	}
}

func (p *post) picture() string {
	words, err := wording.New(p.Language(), zone)
	if err != nil {
		p.t.Fatal(err)
	}
	return words.Say("tool.picture")
}

func says(o fyne.CanvasObject, word string) bool {
	for _, part := range test.LaidOutObjects(o) {
		if t, ok := part.(*canvas.Text); ok && strings.Contains(t.Text, word) {
			return true
		}
	}
	return false
}

// types sends keys as a scanner does, or as a person, who may stop in the middle.
func (p *post) types(r *rand.Rand, text string) {
	c := p.window.Canvas()
	for _, k := range text {
		if c.Focused() != nil {
			c.Focused().TypedRune(k)
		} else if c.OnTypedRune() != nil {
			c.OnTypedRune()(k)
		}
		p.now = p.now.Add(time.Millisecond)
	}
	if r.IntN(4) > 0 {
		if f := c.Focused(); f != nil {
			f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		} else {
			c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
		}
	}
}
