//go:build linux && !android

package camera_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/blackjack/webcam"
	"golang.org/x/sys/unix"

	"postern/app/camera"
)

// tape is a V4L2 device that replays recorded answers of a driver: what it
// offers, what it settles on, and its frames. It holds its caller to the
// driver's rules: buffers go back, nothing is taken before streaming begins,
// nothing at all after closing.
type tape struct {
	t       *testing.T
	formats map[webcam.PixelFormat][]webcam.FrameSize
	rates   map[webcam.PixelFormat]uint32
	settled camera.Layout
	frames  []answer // one for each look; after the last there is nothing more
	refuse  error    // of SetImageFormat
	busy    error    // of StartStreaming

	mu        sync.Mutex
	asked     string
	values    map[webcam.ControlID]int32
	out       map[uint32]bool // buffers that the caller has
	next      uint32
	streaming bool
	closed    bool
	flash     bool // its lamp flashes and does not stay on
}

type answer struct {
	data []byte
	err  error
}

func (d *tape) rule(ok bool, what string) {
	if !ok || d.closed {
		d.t.Errorf("the caller breaks the driver's rules: %s (closed %v)", what, d.closed)
	}
}

func (d *tape) GetName() (string, error) { return "Invented Camera 2", nil }

func (d *tape) GetSupportedFormats() map[webcam.PixelFormat]string {
	found := map[webcam.PixelFormat]string{}
	for f := range d.formats {
		found[f] = "described"
	}
	return found
}

func (d *tape) GetSupportedFrameSizes(f webcam.PixelFormat) []webcam.FrameSize { return d.formats[f] }

func (d *tape) GetSupportedFramerates(f webcam.PixelFormat, _, _ uint32) []webcam.FrameRate {
	if r, ok := d.rates[f]; ok {
		return []webcam.FrameRate{{MinNumerator: 1, MaxNumerator: 1, MinDenominator: r, MaxDenominator: r}}
	}
	return nil
}

func (d *tape) SetImageFormat(f webcam.PixelFormat, w, h uint32) (webcam.PixelFormat, uint32, uint32, error) {
	d.rule(!d.streaming, "a format while streaming")
	d.asked = string([]byte{byte(f), byte(f >> 8), byte(f >> 16), byte(f >> 24)}) + " " + strconv.Itoa(int(w)) + "x" + strconv.Itoa(int(h))
	return f, w, h, d.refuse
}

func (d *tape) SetFramerate(float32) error  { return unix.ENOTTY }
func (d *tape) SetBufferCount(uint32) error { return nil }

func (d *tape) StartStreaming() error {
	d.streaming = d.busy == nil
	return d.busy
}

func (d *tape) GetFrame() ([]byte, uint32, error) {
	d.rule(d.streaming, "a frame before streaming")
	if len(d.frames) == 0 {
		return nil, 0, unix.EAGAIN
	}
	a := d.frames[0]
	d.frames = d.frames[1:]
	if a.err != nil {
		return nil, 0, a.err
	}
	d.next++
	if d.out == nil {
		d.out = map[uint32]bool{}
	}
	d.out[d.next] = true
	d.rule(len(d.out) <= 2, "two buffers at a time are kept at most")
	return a.data, d.next, nil
}

func (d *tape) ReleaseFrame(index uint32) error {
	d.rule(d.out[index], "a buffer that it does not have")
	delete(d.out, index)
	return nil
}

func (d *tape) GetControls() map[webcam.ControlID]webcam.Control {
	lamp := int32(2)
	if d.flash {
		lamp = 1
	}
	return map[webcam.ControlID]webcam.Control{
		0x00980900: {Name: "Brightness", Min: -64, Max: 64, Step: 1},
		0x009c0901: {Name: "LED Mode", Min: 0, Max: lamp},
		0x0098ffff: {Name: "of its own", Min: 0, Max: 9},
	}
}

func (d *tape) GetControl(id webcam.ControlID) (int32, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.values[id], nil
}

func (d *tape) SetControl(id webcam.ControlID, v int32) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rule(true, "a control")
	if d.values == nil {
		d.values = map[webcam.ControlID]int32{}
	}
	d.values[id] = v
	return nil
}

func (d *tape) Close() error {
	d.rule(len(d.out) == 0, "closing with buffers out")
	d.closed = true
	return nil
}

func (d *tape) Layout() (camera.Layout, error) { return d.settled, nil }

var _ interface { // the real one has all that the fake one plays
	GetFrame() ([]byte, uint32, error)
	GetSupportedFramerates(webcam.PixelFormat, uint32, uint32) []webcam.FrameRate
} = (*webcam.Webcam)(nil)

func discrete(sizes ...uint32) (all []webcam.FrameSize) {
	for i := 0; i < len(sizes); i += 2 {
		w, h := sizes[i], sizes[i+1]
		all = append(all, webcam.FrameSize{MinWidth: w, MaxWidth: w, MinHeight: h, MaxHeight: h})
	}
	return all
}

// yuyv is a raw frame whose luma is a ramp, with some bytes after each row.
func yuyv(w, h, stride int) []byte {
	data := make([]byte, stride*h)
	for y := range h {
		for x := range w {
			data[y*stride+2*x] = byte(x + 3*y)
			data[y*stride+2*x+1] = byte(100 + 50*(x%2))
		}
	}
	return data
}

func grey(w, h int, shade byte) []byte { return bytes.Repeat([]byte{shade}, w*h) }

func repeated(data []byte, n int) (all []answer) {
	for range n {
		all = append(all, answer{data: data}, answer{err: unix.EAGAIN})
	}
	return all
}

// source is a V4L2 source of one device.
func source(t *testing.T, d *tape, patience time.Duration) camera.Source {
	return camera.NewVideo("/dev/video0", t.TempDir(), func(string) (camera.FakeDevice, error) { return d, nil }, patience)
}

func TestVideoChoosesAFormat(t *testing.T) {
	usb2 := map[webcam.PixelFormat][]webcam.FrameSize{
		camera.YUYV: discrete(640, 480, 1280, 720, 320, 240), camera.MJPG: discrete(1920, 1080, 640, 480, 1280, 720),
	}
	for name, tc := range map[string]struct {
		formats map[webcam.PixelFormat][]webcam.FrameSize
		rates   map[webcam.PixelFormat]uint32
		want    string
	}{
		"USB 2: JPEG is smooth":  {usb2, map[webcam.PixelFormat]uint32{camera.YUYV: 10, camera.MJPG: 30}, "MJPG 1280x720"},
		"USB 3: pixels are best": {usb2, map[webcam.PixelFormat]uint32{camera.YUYV: 30, camera.MJPG: 30}, "YUYV 1280x720"},
		"old: nearest size":      {map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: discrete(320, 240, 800, 600, 160, 120)}, nil, "YUYV 800x600"},
		"infrared":               {map[webcam.PixelFormat][]webcam.FrameSize{camera.GREY: discrete(640, 400)}, nil, "GREY 640x400"},
		"JPEG has the size":      {map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: discrete(640, 480), camera.MJPG: discrete(1280, 720)}, nil, "MJPG 1280x720"},
		"any size":               {map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: {{MinWidth: 32, MaxWidth: 2592, StepWidth: 2, MinHeight: 32, MaxHeight: 1944, StepHeight: 2}}}, nil, "YUYV 1280x720"},
		"steps":                  {map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: {{MinWidth: 48, MaxWidth: 1000, StepWidth: 16, MinHeight: 32, MaxHeight: 1000, StepHeight: 16}}}, nil, "YUYV 992x720"},
		"none told":              {map[webcam.PixelFormat][]webcam.FrameSize{camera.MJPG: nil}, nil, "MJPG 1280x720"},
		"nonsense":               {map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: {{}, {MinWidth: 4_000_000_000, MaxWidth: 4_000_000_000, MinHeight: 4_000_000_000, MaxHeight: 4_000_000_000}}}, nil, "YUYV 1280x720"},
	} {
		d := &tape{t: t, formats: tc.formats, rates: tc.rates, refuse: unix.EBUSY}
		if err := source(t, d, time.Minute).Frames(t.Context(), nil); !errors.Is(err, camera.ErrGone) || d.asked != tc.want {
			t.Errorf("%s: asked for %s, want %s (%v)", name, d.asked, tc.want, err)
		}
	}
	d := &tape{t: t, formats: map[webcam.PixelFormat][]webcam.FrameSize{'H' | '2'<<8 | '6'<<16 | '4'<<24: nil}}
	if err := source(t, d, time.Minute).Frames(t.Context(), nil); !errors.Is(err, camera.ErrFormat) || !strings.Contains(err.Error(), "H264") {
		t.Errorf("no format of ours: %v", err)
	}
	if !d.closed {
		t.Error("the device stays open")
	}
}

func TestVideoUnpacks(t *testing.T) {
	jpeg := photo(t, 64, 48)
	offers := map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: discrete(1280, 720)}
	for name, tc := range map[string]struct {
		settled camera.Layout
		data    []byte
		at      func(x, y int) byte
	}{
		"YUYV, another size than asked": {camera.Settled(camera.YUYV, 64, 48, 0), yuyv(64, 48, 128), func(x, y int) byte { return byte(x + 3*y) }},
		"YUYV, rows with gaps":          {camera.Settled(camera.YUYV, 64, 48, 160), yuyv(64, 48, 160), func(x, y int) byte { return byte(x + 3*y) }},
		"YUYV, bytes after the last":    {camera.Settled(camera.YUYV, 64, 48, 128), append(yuyv(64, 48, 128), 1, 2, 3), func(x, y int) byte { return byte(x + 3*y) }},
		"GREY":                          {camera.Settled(camera.GREY, 64, 48, 64), grey(64, 48, 77), func(x, y int) byte { return 77 }},
		"MJPG":                          {camera.Settled(camera.MJPG, 64, 48, 0), jpeg, nil},
		"MJPG without tables":           {camera.Settled(camera.MJPG, 64, 48, 0), withoutTables(t, jpeg), nil},
	} {
		d := &tape{t: t, formats: offers, settled: tc.settled, frames: repeated(tc.data, 3)}
		got, err := watch(t, source(t, d, time.Minute), 3)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, g := range got {
			if g.Rect != image.Rect(0, 0, 64, 48) {
				t.Errorf("%s: %v", name, g.Rect)
			}
			for _, p := range []image.Point{{0, 0}, {1, 0}, {63, 0}, {0, 47}, {63, 47}, {31, 20}} {
				if tc.at != nil && g.GrayAt(p.X, p.Y).Y != tc.at(p.X, p.Y) {
					t.Errorf("%s: %v is %d", name, p, g.GrayAt(p.X, p.Y).Y)
				}
			}
		}
		if !d.closed {
			t.Errorf("%s: the device stays open", name)
		}
	}
}

func TestVideoDropsHalfFramesAndOldOnes(t *testing.T) {
	offers := map[webcam.PixelFormat][]webcam.FrameSize{camera.GREY: discrete(64, 48)}
	none := answer{err: unix.EAGAIN}
	d := &tape{t: t, formats: offers, settled: camera.Settled(camera.GREY, 64, 48, 0), frames: []answer{
		none,
		{data: nil},
		none,
		{data: grey(64, 47, 9)},
		none,
		{data: grey(64, 48, 1)},
		none,
		{err: unix.EIO},
		{data: grey(64, 48, 2)},
		{data: grey(64, 48, 3)},
		{data: grey(64, 48, 4)},
		none,
		{err: unix.EINTR},
		{data: grey(64, 48, 5)},
		none,
	}}
	got, err := watch(t, source(t, d, time.Minute), 3)
	if err != nil || len(got) != 3 || got[0].Pix[0] != 1 || got[1].Pix[0] != 4 || got[2].Pix[0] != 5 {
		t.Errorf("%d frames, %v", len(got), err)
	}
}

func TestVideoFails(t *testing.T) {
	offers := map[webcam.PixelFormat][]webcam.FrameSize{camera.YUYV: discrete(64, 48)}
	lied := camera.Settled(camera.YUYV, 64, 48, 0)
	for name, tc := range map[string]struct {
		d    *tape
		want error
		says string
	}{
		"stalls":             {&tape{settled: lied, frames: repeated(yuyv(64, 48, 128), 2)}, camera.ErrStalled, "no pictures"},
		"is unplugged":       {&tape{settled: lied, frames: append(repeated(yuyv(64, 48, 128), 2), answer{err: unix.ENODEV})}, camera.ErrGone, ""},
		"unplugged, one due": {&tape{settled: lied, frames: []answer{{data: yuyv(64, 48, 128)}, {err: unix.ENODEV}}}, camera.ErrGone, ""},
		"only half frames":   {&tape{settled: lied, frames: repeated(yuyv(64, 40, 128), 40)}, camera.ErrFormat, "not whole"},
		"sends JPEG instead": {&tape{settled: lied, frames: repeated(photo(t, 64, 48), 40)}, camera.ErrFormat, "not whole"},
		"sends YUYV instead": {&tape{settled: camera.Settled(camera.MJPG, 64, 48, 0), frames: repeated(yuyv(64, 48, 128), 40)}, camera.ErrFormat, "no JPEG"},
		"another format":     {&tape{settled: camera.Settled('N'|'V'<<8|'1'<<16|'2'<<24, 64, 48, 0)}, camera.ErrFormat, "NV12"},
		"no size":            {&tape{settled: camera.Settled(camera.YUYV, 0, 48, 0)}, camera.ErrFormat, "0 x 48"},
		"odd size":           {&tape{settled: camera.Settled(camera.YUYV, 63, 48, 0)}, camera.ErrFormat, "63 x 48"},
		"giant size":         {&tape{settled: camera.Settled(camera.YUYV, 1<<31, 1<<31, 0)}, camera.ErrFormat, "sense"},
		"negative size":      {&tape{settled: camera.Settled(camera.GREY, 64, -48, 0)}, camera.ErrFormat, "sense"},
		"short rows":         {&tape{settled: camera.Settled(camera.YUYV, 64, 48, 127)}, camera.ErrFormat, "127 bytes"},
		"giant rows":         {&tape{settled: camera.Settled(camera.YUYV, 64, 48, 1<<31)}, camera.ErrFormat, "sense"},
		"is busy":            {&tape{settled: lied, busy: unix.EBUSY}, camera.ErrGone, "another program"},
	} {
		t.Run(name, func(t *testing.T) {
			tc.d.t, tc.d.formats = t, offers
			_, err := watch(t, source(t, tc.d, 100*time.Millisecond), 1<<20)
			if !errors.Is(err, tc.want) || !strings.Contains(err.Error(), tc.says) || !tc.d.closed {
				t.Errorf("%v, closed %v", err, tc.d.closed)
			}
		})
	}
}

func TestVideoThatDoesNotOpen(t *testing.T) {
	for errno, want := range map[unix.Errno]error{
		unix.ENOENT: camera.ErrGone, unix.ENODEV: camera.ErrGone, unix.EACCES: camera.ErrRefused, unix.EBUSY: camera.ErrGone, unix.ENOTTY: camera.ErrAddress,
	} {
		s := camera.NewVideo("/dev/video7", t.TempDir(), func(string) (camera.FakeDevice, error) { return nil, errno }, time.Minute)
		if err := s.Frames(t.Context(), nil); !errors.Is(err, want) || !strings.Contains(err.Error(), "/dev/video7") {
			t.Errorf("%v: %v", errno, err)
		}
	}
	s := camera.NewVideo("", t.TempDir(), nil, time.Minute)
	if err := s.Frames(t.Context(), nil); !errors.Is(err, camera.ErrGone) || !strings.Contains(err.Error(), "plug one in") {
		t.Errorf("no camera: %v", err)
	}
	if s, err := camera.Open("/dev/null"); err != nil {
		t.Errorf("open: %v", err)
	} else if err := s.Frames(t.Context(), nil); !errors.Is(err, camera.ErrAddress) {
		t.Errorf("not a camera: %v", err) // the only ioctl that a machine without cameras can answer
	}
}

func TestVideoEndsWithItsContext(t *testing.T) {
	d := &tape{t: t, formats: map[webcam.PixelFormat][]webcam.FrameSize{camera.GREY: discrete(64, 48)}, settled: camera.Settled(camera.GREY, 64, 48, 0)}
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(30*time.Millisecond, stop)
	if err := source(t, d, time.Minute).Frames(ctx, nil); err != nil || !d.closed {
		t.Errorf("%v, closed %v", err, d.closed)
	}
}

// attic is a machine's file tree with one camera, plugged in as videoN.
func attic(t *testing.T, root string, n string) {
	t.Helper()
	write := func(name, text string) {
		path := filepath.Join(root, "sys/class/video4linux", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("video"+n+"/name", "Invented Camera 2: Invented Ca\xff\n")
	write("video"+n+"/index", "0\n")
	write("video9"+n+"/name", "Invented Camera 2\n")
	write("video9"+n+"/index", "1\n") // its metadata
	write("v4l-subdev0/name", "sensor\n")
	by := filepath.Join(root, "dev/v4l/by-id")
	if err := os.MkdirAll(by, 0o700); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(by, "usb-Invented_Camera_0815-video-index0")
	_ = os.Remove(link)
	if err := os.Symlink("../../video"+n, link); err != nil {
		t.Fatal(err)
	}
}

const lasting = "/dev/v4l/by-id/usb-Invented_Camera_0815-video-index0"

func TestListNamesCamerasForGood(t *testing.T) {
	root := t.TempDir()
	if all, err := camera.ListIn(root); len(all) != 0 || err != nil {
		t.Errorf("nothing plugged in: %v, %v", all, err)
	}
	attic(t, root, "2")
	all, err := camera.ListIn(root)
	if err != nil || len(all) != 1 || all[0] != (camera.Device{Address: lasting, Name: "Invented Camera 2: Invented Ca?"}) {
		t.Errorf("%+v, %v", all, err)
	}
	if err := os.RemoveAll(filepath.Join(root, "dev")); err != nil {
		t.Fatal(err)
	}
	if all, err := camera.ListIn(root); err != nil || len(all) != 1 || all[0].Address != "/dev/video2" {
		t.Errorf("without udev's links: %+v, %v", all, err)
	}
}

func TestVideoIsPluggedInAgain(t *testing.T) {
	root := t.TempDir()
	attic(t, root, "0")
	offers := map[webcam.PixelFormat][]webcam.FrameSize{camera.GREY: discrete(64, 48)}
	settled := camera.Settled(camera.GREY, 64, 48, 0)
	tries := 0
	s := camera.NewVideo("/dev/video0", root, func(path string) (camera.FakeDevice, error) {
		if path != lasting {
			t.Errorf("opens %s", path)
		}
		switch tries++; tries {
		case 1:
			return &tape{t: t, formats: offers, settled: settled, frames: append(repeated(grey(64, 48, 1), 1), answer{err: unix.ENODEV})}, nil
		case 2, 3:
			if err := os.RemoveAll(filepath.Join(root, "sys/class/video4linux/video0")); err != nil {
				t.Fatal(err)
			}
			return nil, unix.ENOENT
		}
		attic(t, root, "1") // the same camera under another number
		return &tape{t: t, formats: offers, settled: settled, frames: repeated(grey(64, 48, 2), 2)}, nil
	}, time.Minute)
	var said []error
	s = camera.Steady(s, func(err error) { said = append(said, err) })
	camera.SetRest(s, time.Millisecond, 2*time.Millisecond)
	got, err := watch(t, s, 3)
	if err != nil || got[0].Pix[0] != 1 || got[2].Pix[0] != 2 || len(said) != 3 || s.Name() != "Invented Camera 2" {
		t.Errorf("%d frames of %s, said %v, %v", len(got), s.Name(), said, err)
	}
}

func TestVideoControls(t *testing.T) {
	d := &tape{
		t: t, formats: map[webcam.PixelFormat][]webcam.FrameSize{camera.GREY: discrete(64, 48)},
		settled: camera.Settled(camera.GREY, 64, 48, 0), frames: repeated(grey(64, 48, 1), 1),
	}
	s := camera.Steady(source(t, d, time.Minute), nil)
	a, ok := camera.Adjust(s)
	if _, lit := camera.Lamp(s); !ok || lit || len(a.Controls()) != 0 || !errors.Is(a.SetControl("brightness", 1), camera.ErrNoControl) {
		t.Error("controls without a device")
	}
	_, err := watch(t, &during{s, func() {
		all := a.Controls()
		if len(all) != 2 || all[0] != (camera.Control{Name: "brightness", Min: -64, Max: 64, Step: 1}) || all[1].Name != "torch" {
			t.Errorf("controls %+v", all)
		}
		if err := a.SetControl("brightness", -20); err != nil || d.values[0x00980900] != -20 {
			t.Errorf("brightness: %v", err)
		}
		for name, value := range map[string]int{"brightness": 65, "focus": 1, "nonsense": 1} {
			if err := a.SetControl(name, value); err == nil {
				t.Errorf("%s took %d", name, value)
			}
		}
		torch, ok := camera.Lamp(s)
		if !ok || torch.SetTorch(true) != nil || d.values[0x009c0901] != 2 || torch.SetTorch(false) != nil || d.values[0x009c0901] != 0 {
			t.Errorf("torch %v, %v", ok, d.values)
		}
	}}, 1)
	if err != nil {
		t.Error(err)
	}
	if _, lit := camera.Lamp(s); lit {
		t.Error("a lamp without a device")
	}
}

// A flash is no light: nothing offers to switch it on.
func TestFlashIsNoLamp(t *testing.T) {
	d := &tape{
		t: t, formats: map[webcam.PixelFormat][]webcam.FrameSize{camera.GREY: discrete(64, 48)},
		settled: camera.Settled(camera.GREY, 64, 48, 0), frames: repeated(grey(64, 48, 1), 1), flash: true,
	}
	s := camera.Steady(source(t, d, time.Minute), nil)
	if _, err := watch(t, &during{s, func() {
		if _, lit := camera.Lamp(s); lit {
			t.Error("it is offered as a lamp")
		}
	}}, 1); err != nil {
		t.Error(err)
	}
}

// during does something while a source's frame is shown.
type during struct {
	camera.Source
	do func()
}

func (o *during) Frames(ctx context.Context, each func(camera.Frame)) error {
	return o.Source.Frames(ctx, func(f camera.Frame) {
		o.do()
		each(f)
	})
}

func TestFormatIsTheKernelsStructure(t *testing.T) {
	want := map[int]uintptr{64: 0xc0d05604, 32: 0xc0cc5604}[strconv.IntSize] // VIDIOC_G_FMT of linux/videodev2.h
	if camera.GetFormat != want {
		t.Errorf("VIDIOC_G_FMT is %#x, want %#x", camera.GetFormat, want)
	}
}

// FuzzUnpack: whatever a device says and sends, it is an error or a whole picture.
func FuzzUnpack(f *testing.F) {
	f.Add(uint32(camera.YUYV), 4, 2, 0, yuyv(4, 2, 8))
	f.Add(uint32(camera.YUYV), 4, 2, 10, yuyv(4, 2, 10))
	f.Add(uint32(camera.GREY), 3, 3, 0, grey(3, 3, 1))
	f.Add(uint32(camera.GREY), 1<<40, 1<<40, 1<<62, grey(3, 3, 1))
	f.Add(uint32(camera.MJPG), 0, 0, 0, photo(f, 16, 16))
	f.Fuzz(func(t *testing.T, format uint32, w, h, stride int, data []byte) {
		gray, color, err := camera.Unpack(format, w, h, stride, data)
		if err != nil {
			return
		}
		size := gray.Rect.Size()
		if size.X < 1 || size.Y < 1 || size.X*size.Y > camera.MaxPixels || color.Bounds() != gray.Rect || len(gray.Pix) < gray.Stride*(size.Y-1)+size.X {
			t.Fatalf("gray %v, colour %v", gray.Rect, color.Bounds())
		}
		color.At(size.X-1, size.Y-1)
	})
}
