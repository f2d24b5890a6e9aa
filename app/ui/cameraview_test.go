package ui_test

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/camera"
	"postern/app/qr"
	"postern/app/ui"
	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// reel is a camera that plays some frames at once and then ends.
type reel struct {
	frames []*image.Gray
	lamp   bool
	before map[int]func() // what happens before a frame
}

func (r *reel) Name() string { return "reel" }

func (r *reel) Frames(_ context.Context, each func(camera.Frame)) error {
	for i, g := range r.frames {
		if f := r.before[i]; f != nil {
			f()
		}
		each(camera.Frame{Gray: g, Color: g, At: noon.Add(time.Duration(i) * time.Second / 30)})
	}
	return nil
}

func (r *reel) Controls() []camera.Control {
	if r.lamp {
		return []camera.Control{{Name: "torch", Max: 1}}
	}
	return nil
}

func (r *reel) SetControl(string, int) error { return nil }

// rack has cameras by address.
type rack map[string]*reel

func (r rack) List() (all []camera.Device) {
	for _, name := range []string{"front", "back"} {
		if r[name] != nil {
			all = append(all, camera.Device{Address: name, Name: name})
		}
	}
	return all
}

func (r rack) Open(address string) (camera.Source, error) {
	if r[address] == nil {
		return nil, camera.ErrGone
	}
	return r[address], nil
}

// sceneOf is a frame of 1280 by 720 with a hand's shadow, and a code in it where text is not empty.
func sceneOf(t testing.TB, text string) *image.Gray {
	t.Helper()
	frame, err := paintScene(text)
	if err != nil {
		t.Fatal(err)
	}
	return frame
}

func paintScene(text string) (*image.Gray, error) {
	frame := image.NewGray(image.Rect(0, 0, 1280, 720))
	for y := range 720 {
		for x := range 1280 {
			frame.SetGray(x, y, color.Gray{uint8(70 + (x+y)/20)})
		}
	}
	if text != "" {
		code, err := qr.Draw(text, 6)
		if err != nil {
			return nil, err
		}
		at := image.Pt(640, 330).Sub(code.Bounds().Size().Div(2))
		draw.Draw(frame, code.Bounds().Add(at), code, code.Bounds().Min, draw.Src)
	}
	return frame, nil
}

func times(n int, g *image.Gray) []*image.Gray {
	var all []*image.Gray
	for range n {
		all = append(all, g)
	}
	return all
}

func TestCameraChecks(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 800))
	front := &reel{frames: append(times(3, sceneOf(t, "")), times(5, sceneOf(t, "PP1:ok"))...)}
	d.cameras = rack{"front": front}
	d.attach()
	if n := len(d.gate.lines); n != 1 {
		t.Errorf("%d checks of one showing", n)
	}
	d.says(t, d.words(t, "en", "outcome.admit"))
	d.wait()
	d.says(t, d.words(t, "en", "tool.type"))
	d.saysNot(t, d.words(t, "en", "check.resumed")[:20]) // it was not checked before the program began
	d.saysNot(t, d.words(t, "en", "check.aim"))          // the code lies there still, in its outline
	front.frames = times(2, sceneOf(t, ""))
	d.Watch("front")
	d.says(t, d.words(t, "en", "check.aim"))
}

// A code that comes while the guard is busy with somebody waits until the guard is back.
func TestCameraWaitsForTheGuard(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 800))
	front := &reel{frames: times(3, sceneOf(t, "PP1:"+string(verdict.TestOld)))}
	d.cameras = rack{"front": front}
	d.attach()
	d.tap("step.emergency")
	front.frames = times(3, sceneOf(t, "PP1:ok"))
	d.Watch("front")
	d.says(t, d.words(t, "en", "emergency.title"))
	d.Open("check")
	d.says(t, d.words(t, "en", "outcome.admit"))
	if n := len(d.gate.lines); n != 2 {
		t.Errorf("%d checks", n)
	}
}

func TestCameraTools(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(480, 800))
	empty := times(2, sceneOf(t, ""))
	d.cameras = rack{"front": {frames: empty}, "back": {frames: empty, lamp: true}}
	d.attach()
	d.says(t, d.words(t, "en", "tool.camera"))
	d.saysNot(t, d.words(t, "en", "tool.torch"))
	d.tap("tool.camera")
	d.says(t, d.words(t, "en", "tool.torch"))
	d.tap("tool.torch")
	d.says(t, d.words(t, "en", "tool.torch_off"))
}

func TestCameraAbsent(t *testing.T) {
	for _, cameras := range []ui.Cameras{nil, rack{}} {
		d := newDesk(t, "en", fyne.NewSize(480, 800))
		d.cameras = cameras
		d.attach()
		d.says(t, d.words(t, "en", "check.invite"))
	}
}

// TestPreviewShows looks at the picture itself: the scene fills the pane, and a
// code that stays in it after its verdict is outlined where it is.
func TestPreviewShows(t *testing.T) {
	centre := map[string]image.Point{"upright": {240, 350}, "flat": {444, 400}} // of the picture, beside the column
	for name, size := range map[string]fyne.Size{"upright": {Width: 480, Height: 800}, "flat": {Width: 1280, Height: 800}} {
		d := newDesk(t, "zh", size)
		scene := &reel{frames: times(6, sceneOf(t, "menu")), before: map[int]func(){}}
		scene.before[3] = func() {
			d.Open("check")
			d.window.Canvas().Capture() // asks for the pane's size
		}
		d.cameras = rack{"front": scene, "back": {lamp: true}}
		d.attach()
		img := d.window.Canvas().Capture()
		if folder := os.Getenv("POSTERN_SHOTS"); folder != "" {
			f, err := os.Create(filepath.Join(folder, "camera-"+name+".png"))
			if err != nil {
				t.Fatal(err)
			}
			png.Encode(f, img)
			f.Close()
		}
		if r, g, b, _ := img.At(int(size.Width/2), 220).RGBA(); r != g || g != b || r>>8 < 60 {
			t.Errorf("%s: the scene is %d %d %d", name, r>>8, g>>8, b>>8)
		}
		var outline image.Rectangle
		for y := 60; y < int(size.Height)*3/4; y++ {
			for x := range int(size.Width) {
				if color.NRGBAModel.Convert(img.At(x, y)) == (color.NRGBA(kit.IndigoLight)) {
					outline = outline.Union(image.Rect(x, y, x+1, y+1))
				}
			}
		}
		if w, h := outline.Dx(), outline.Dy(); w < 80 || w-h > 12 || h-w > 12 || !centre[name].In(outline.Inset(-40)) {
			t.Errorf("%s: the outline is %v", name, outline)
		}
	}
}
