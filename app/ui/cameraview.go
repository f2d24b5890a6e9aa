package ui

import (
	"context"
	"image"
	"sync"
	"sync/atomic"
	"time"

	"postern/app/camera"
	"postern/app/qr"
	"postern/app/scan"
	"postern/app/ui/kit"
)

// Cameras are what the machine has for pictures. Its methods are called off
// Fyne's thread.
type Cameras interface {
	List() []camera.Device
	// Open understands an address of List, and others; see camera.Open.
	Open(address string) (camera.Source, error)
}

// Times of a camera.
const (
	lookAgain = 3 * time.Second         // between two looks for a camera where there is none
	goneAfter = 1500 * time.Millisecond // a code that is unseen for so long has left
	gatherFor = 300 * time.Millisecond  // codes that are seen and not read delay the answer of those beside them by so much at most
	unreadFor = time.Second             // a code that is seen for so long and not read is said to be unreadable
)

// cameraView is the camera at work: one goroutine takes its frames and paints the
// picture for people, another reads them. Neither waits for the other or for
// Fyne's thread; what one has no time for is left out. What is not said
// otherwise belongs to Fyne's thread.
type cameraView struct {
	stop    func() // ends the watching; it may be called again
	address string // empty: whatever is found first
	at      string // the address that was found
	devices []camera.Device
	source  camera.Source
	err     error // why there is no picture; nil while there is one

	front *image.RGBA // what the pane shows; nil before the first frame
	size  image.Point // of the frames
	sight qr.Sight
	lit   bool

	// Codes in view.
	dealt      map[string]time.Time // judged, held or told about: when each was seen last
	refused    map[string]time.Time // not taken, until somebody can be
	gathered   []scan.Reading       // read, and waiting for those beside them
	gatherings int                  // that were judged
	beside     time.Time            // a code of the answer that stands was seen
	unread     time.Time            // since when a code is seen and none is read; zero: there is none

	// For all goroutines.
	wanted  atomic.Uint64    // the pane's size in pixels, 0 while none shows
	painted chan *image.RGBA // buffers that may be painted on
	frames  atomic.Uint64    // that were painted
	reads   atomic.Uint64    // that were read
}

// startCamera begins to watch through the camera at an address; empty is the first
// that there is. A camera that was watched through before has ended then.
func (u *UI) startCamera(address string) {
	cameras, before := u.backend.Cameras, u.camera
	u.stopCamera()
	if cameras == nil {
		return
	}
	stopped := make(chan struct{})
	l := &cameraView{
		stop: sync.OnceFunc(func() { close(stopped) }), address: address, painted: make(chan *image.RGBA, 2),
		dealt: map[string]time.Time{}, refused: map[string]time.Time{},
	}
	l.painted <- image.NewRGBA(image.Rectangle{})
	l.painted <- image.NewRGBA(image.Rectangle{})
	if before != nil {
		l.wanted.Store(before.wanted.Load())
	}
	u.camera = l
	u.aside(func(ctx context.Context) {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		go func() {
			select {
			case <-stopped:
				stop()
			case <-ctx.Done():
			}
		}()
		u.watch(ctx, l, cameras)
	})
}

// Watch goes on with the camera at an address.
func (u *UI) Watch(address string) {
	u.do(func() {
		if u.backend != nil {
			u.startCamera(address)
		}
	})
}

// stopCamera ends the camera. It does not wait for a device that is slow to stop.
func (u *UI) stopCamera() {
	if u.camera != nil {
		u.camera.stop()
		u.camera = nil
	}
}

// watch finds the camera and takes its frames until ctx ends.
func (u *UI) watch(ctx context.Context, l *cameraView, cameras Cameras) {
	var source camera.Source
	for source == nil {
		devices := cameras.List()
		address := l.address
		if address == "" && len(devices) > 0 {
			address = devices[0].Address
		}
		var err error
		if address != "" {
			source, err = cameras.Open(address)
		}
		u.do(func() { l.devices, l.at, l.err = devices, address, err })
		if err != nil || source == nil {
			if u.opt.Run != nil || !rest(ctx, lookAgain) {
				return
			}
		}
	}
	steady := camera.Steady(source, func(err error) {
		u.do(func() {
			if l.err = err; u.camera == l {
				u.cameraChanged()
			}
		})
	})
	u.do(func() { l.source = source })
	read, done := u.reads(ctx, l)
	_ = steady.Frames(ctx, func(f camera.Frame) { // its errors went to told
		l.paint(u, f)
		read(f)
	})
	done()
}

// rest waits, and reports whether ctx goes on.
func rest(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// paint makes the picture for people, where a pane wants one and has shown the last.
func (l *cameraView) paint(u *UI, f camera.Frame) {
	wanted := l.wanted.Load()
	pane := image.Pt(int(wanted>>32), int(uint32(wanted)))
	if wanted == 0 && l.frames.Load() > 0 {
		return
	}
	select {
	case img := <-l.painted:
		if img.Rect.Size() != pane {
			img = image.NewRGBA(image.Rectangle{Max: pane})
		}
		kit.FillPreview(img, f.Color)
		size := f.Gray.Rect.Size()
		u.do(func() { l.show(u, img, size) })
		l.frames.Add(1)
	default: // Fyne's thread is busy with the ones before
	}
}

// show puts a painted picture on the pane, and gives back the one before: of
// the two, one is seen while the other is painted on.
func (l *cameraView) show(u *UI, img *image.RGBA, size image.Point) {
	first, before := l.front == nil || l.err != nil, l.front
	if l.front, l.size, l.err = img, size, nil; before != nil {
		l.painted <- before
	}
	switch {
	case u.camera != l:
	case first:
		u.cameraChanged()
	case u.pane != nil:
		u.pane.picture.Refresh()
	}
}

// reads starts what reads frames: read hands one over, or drops it while
// another is being read; done ends it. Tests read in place.
func (u *UI) reads(ctx context.Context, l *cameraView) (read func(camera.Frame), done func()) {
	live := qr.NewLive(u.opt.Formats...)
	look := func(gray *image.Gray, at time.Time) {
		s := live.Frame(gray, at)
		l.reads.Add(1)
		u.do(func() {
			if u.camera == l {
				u.takeSight(l, s, at)
			}
		})
	}
	if u.opt.Run != nil {
		return func(f camera.Frame) { look(f.Gray, f.At) }, func() {}
	}
	type shot struct {
		gray *image.Gray
		at   time.Time
	}
	full, free := make(chan shot, 1), make(chan *image.Gray, 1)
	free <- &image.Gray{}
	var work sync.WaitGroup
	work.Go(func() {
		for s := range full {
			if ctx.Err() == nil {
				look(s.gray, s.at)
			}
			free <- s.gray
		}
	})
	read = func(f camera.Frame) {
		select {
		case gray := <-free:
			copyGray(gray, f.Gray)
			full <- shot{gray, f.At}
		default:
		}
	}
	return read, func() { close(full); work.Wait() }
}

// copyGray makes dst a copy of src, in dst's own memory where that is enough.
func copyGray(dst, src *image.Gray) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if cap(dst.Pix) < w*h {
		dst.Pix = make([]byte, w*h)
	}
	dst.Pix, dst.Stride, dst.Rect = dst.Pix[:w*h], w, image.Rect(0, 0, w, h)
	for y := range h {
		copy(dst.Pix[y*w:(y+1)*w], src.Pix[y*src.Stride:])
	}
}

// takeSight takes what a frame showed: readings go where the screen wants them,
// outlines and hint onto the picture.
func (u *UI) takeSight(l *cameraView, s qr.Sight, at time.Time) {
	hint, read := l.sight.Hint, isRead(l.sight)
	l.sight = s
	u.takeView(l, s)
	if u.pane == nil {
		return
	}
	u.pane.outline(l)
	if hint != s.Hint || read != isRead(s) {
		u.pane.hint.Refresh()
	}
}

// cameraChanged shows that a camera came, went or failed.
func (u *UI) cameraChanged() {
	if u.behaviour().needs&needsCamera != 0 {
		u.root.Refresh()
	}
}

// nextCamera goes on to the next camera.
func (u *UI) nextCamera() {
	l := u.camera
	if l == nil || len(l.devices) < 2 {
		return
	}
	next := l.devices[0].Address
	for i, d := range l.devices {
		if d.Address == l.at {
			next = l.devices[(i+1)%len(l.devices)].Address
			break
		}
	}
	u.startCamera(next)
	u.cameraChanged()
}

// toggleLamp switches the camera's lamp, beside Fyne's thread: a device may take its time.
func (u *UI) toggleLamp() {
	l := u.camera
	lamp, ok := u.lamp()
	if !ok {
		return
	}
	l.lit = !l.lit
	lit := l.lit
	u.aside(func(context.Context) {
		if err := lamp.SetTorch(lit); err != nil {
			u.do(func() { l.lit = !lit; u.cameraChanged() })
		}
	})
	u.cameraChanged()
}

func (u *UI) lamp() (camera.Torch, bool) {
	if u.camera == nil || u.camera.source == nil || u.camera.front == nil {
		return nil, false
	}
	return camera.Lamp(u.camera.source)
}
