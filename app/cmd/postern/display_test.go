package main

import (
	"bufio"
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// display is a virtual screen with the app on it.
type display struct {
	t    testing.TB
	name string
	app  *exec.Cmd
	log  bytes.Buffer
}

// startDisplay starts a virtual screen for an upright tablet.
func startDisplay(t testing.TB) *display {
	t.Helper()
	return startDisplayOf(t, "520x860")
}

// startDisplayOf starts a virtual screen of a size on a free number, which the server itself picks.
func startDisplayOf(t testing.TB, size string) *display {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", size+"x24", "-nolisten", "tcp")
	server.ExtraFiles = []*os.File{w}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(server) })
	w.Close()
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not say its display: %v", err)
	}
	return &display{t: t, name: ":" + strings.TrimSpace(number)}
}

func (d *display) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(cmd.Environ(), "DISPLAY="+d.name, "WAYLAND_DISPLAY=")
	return cmd
}

func (d *display) start(program string, args ...string) {
	d.t.Helper()
	d.app = d.command(program, args...)
	d.app.Stdout, d.app.Stderr = &d.log, &d.log
	if err := d.app.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { kill(d.app) })
}

// scan types a text as a hardware scanner does: fast, with a return at its
// end. No window manager runs here, so the window is given the keys first.
func (d *display) scan(text string) {
	d.t.Helper()
	if out, err := d.command("xdotool", "search", "--sync", "--onlyvisible", "--name", "Postern", "windowfocus", "--sync").CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool: %v\n%s", err, out)
	}
	if out, err := d.command("xdotool", "type", "--delay", "2", "--args", "1", text, "key", "Return").CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool: %v\n%s", err, out)
	}
}

// key presses a key, click touches a place of the screen.
func (d *display) key(name string) { d.t.Helper(); d.xdotool("key", name) }

// next has the guard be done with whoever stands there. A key alone is a person's: it takes a moment.
func (d *display) next() { d.t.Helper(); d.xdotool("key", "Escape", "sleep", "0.8") }

func (d *display) click(x, y int) {
	d.t.Helper()
	d.xdotool("mousemove", strconv.Itoa(x), strconv.Itoa(y), "sleep", "0.6", "click", "1", "sleep", "1.5")
}

func (d *display) xdotool(args ...string) {
	d.t.Helper()
	if out, err := d.command("xdotool", args...).CombinedOutput(); err != nil {
		d.t.Fatalf("xdotool: %v\n%s", err, out)
	}
}

// waitFor waits until most of the screen's edge has this colour.
func (d *display) waitFor(what string, want color.RGBA) {
	d.t.Helper()
	d.waitForSome(what, want, 0.02)
}

// waitForSome waits until a part of the screen has this colour.
func (d *display) waitForSome(what string, want color.RGBA, part float64) {
	d.t.Helper()
	var last image.Image
	for range 150 {
		if last = d.look(); last != nil && share(last, want) > part {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	d.keep("window-failed")
	d.t.Fatalf("the window does not show %s in %v\n%s", what, want, d.log.String())
}

// look is a picture of the whole screen; nil where it could not be taken.
func (d *display) look() image.Image {
	out, err := d.command("import", "-window", "root", "png:-").Output()
	if err != nil {
		return nil
	}
	img, err := png.Decode(bytes.NewReader(out))
	if err != nil {
		return nil
	}
	return img
}

// share is the part of the picture that has just this colour.
func share(img image.Image, want color.RGBA) float64 {
	b := img.Bounds()
	n := 0
	for y := b.Min.Y; y < b.Max.Y; y += 4 {
		for x := b.Min.X; x < b.Max.X; x += 4 {
			if color.RGBAModel.Convert(img.At(x, y)) == want {
				n++
			}
		}
	}
	return float64(n) * 16 / float64(b.Dx()*b.Dy())
}

// keep leaves a picture of the screen in POSTERN_SHOTS, where that is set.
func (d *display) keep(name string) {
	dir := os.Getenv("POSTERN_SHOTS")
	if dir == "" {
		return
	}
	if img := d.look(); img != nil {
		f, err := os.Create(filepath.Join(dir, name+".png"))
		if err != nil {
			d.t.Error(err)
			return
		}
		defer f.Close()
		if err := png.Encode(f, img); err != nil {
			d.t.Error(err)
		}
	}
}

// end closes the app and holds its log against what must not stand there.
func (d *display) end() {
	d.t.Helper()
	if err := d.app.Process.Signal(os.Interrupt); err != nil {
		d.t.Fatal(err)
	}
	if err := d.app.Wait(); err != nil {
		d.t.Errorf("the app ended badly: %v", err)
	}
	if bad := regexp.MustCompile(`Error in Fyne call thread|panic:|DATA RACE`).FindString(d.log.String()); bad != "" {
		d.t.Errorf("the app's log holds %q:\n%s", bad, d.log.String())
	}
	_, _ = io.Copy(io.Discard, &d.log)
}

// windowBin is the folder of the built programs; without them, or without what
// a window needs, the test is skipped.
func windowBin(t testing.TB) string {
	t.Helper()
	bin := os.Getenv("POSTERN_BIN")
	if bin == "" {
		t.Skip("POSTERN_BIN is not set: make window builds the app and sets it")
	}
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: make deps-window installs it", tool)
		}
	}
	return bin
}
