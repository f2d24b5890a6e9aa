// Command postern-gate is the guard's app: it opens a gate's folder, shows its
// screens and keeps in step with the hub.
//
// The window shows at once; the station is opened behind it, and a scan that
// comes earlier waits. Closing the window ends what was begun, the journal last.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"postern/app/album"
	"postern/app/scan"
	"postern/app/settings"
	"postern/app/station"
	"postern/app/ui"
	"postern/assets"
	"postern/sync/wording"
)

// options are what the command line says.
type options struct {
	began    time.Time // of the program
	data     string
	enrol    string
	language string
	size     fyne.Size
	full     bool
	check    string
	pictures string // the folder of -tour
	texts    string
	camera   string
	serial   *scan.Line
	hid      *scan.POS
	measure  string
	scanner  scan.Profile
}

func main() {
	// Tablets have little memory and this program little to do: collecting
	// earlier costs nothing that a guard could see.
	debug.SetGCPercent(40)
	opt, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	if err := run(opt); err != nil {
		fmt.Fprintln(os.Stderr, "postern-gate:", err)
		os.Exit(1)
	}
}

// parse reads the command line. Where it fails, it has written to out what is wrong.
func parse(args []string, out io.Writer) (options, error) {
	opt := options{began: time.Now()}
	f := flag.NewFlagSet("postern-gate", flag.ContinueOnError)
	f.SetOutput(out)
	f.StringVar(&opt.data, "data", "", "the gate's `folder` (default: postern in the user's configuration folder)")
	f.StringVar(&opt.enrol, "enrol", "", "enrol with this `code` (PE1:...) if the folder has no gate yet")
	f.StringVar(&opt.language, "lang", "", "language of the screens, `zh, zh-Hant or en` (default: as chosen before, else the system's)")
	f.BoolVar(&opt.full, "full", false, "full screen")
	f.StringVar(&opt.check, "check", "", "check this `text` at the start, as if it had been scanned")
	f.StringVar(&opt.pictures, "tour", "", "walk through the screens, leave pictures of them in this `folder`, and end")
	f.StringVar(&opt.texts, "texts", "", "with -tour: check each line of this `file` (name, tab, text)")
	f.StringVar(&opt.camera, "camera", "", "look through the camera at this `address`: /dev/video0, http://…, a folder of pictures, or none (default: the first that is found)")
	f.Func("serial", "read from the scanner on this serial `line`, such as /dev/ttyACM0 or /dev/ttyUSB0,115200", func(s string) error {
		l, err := scan.ParseLine(s)
		opt.serial = &l
		return err
	})
	f.Func("hid", "read from the scanner at this HID `device`, such as /dev/hidraw0, or auto for the first one", func(s string) error {
		p, err := scan.ParsePOS(s)
		opt.hid = &p
		return err
	})
	f.Func("scanner", "what scanners put around their texts: a `profile` such as prefix=~&end=tab", func(s string) (err error) {
		opt.scanner, err = scan.ParseProfile(s)
		return err
	})
	f.StringVar(&opt.measure, "measure", "", "write what each verdict and each turn on the screen cost as JSON lines to this `file`")
	size := f.String("size", "480x800", "size of the window, `width x height`")
	if err := f.Parse(args); err != nil {
		return opt, err
	}
	var err error
	if opt.size, err = parseSize(*size); err == nil && f.NArg() > 0 {
		err = fmt.Errorf("%q is left over; give a text to check with -check", f.Arg(0))
	}
	if err == nil && opt.language != "" && !slices.Contains(wording.Languages, opt.language) {
		err = fmt.Errorf("-lang %q: choose one of %s", opt.language, strings.Join(wording.Languages, ", "))
	}
	if err != nil {
		fmt.Fprintln(out, "postern-gate:", err)
	}
	return opt, err
}

// parseSize reads 480x800, in Fyne's device-independent pixels.
func parseSize(s string) (fyne.Size, error) {
	w, h, ok := strings.Cut(s, "x")
	width, errW := strconv.Atoi(strings.TrimSpace(w))
	height, errH := strconv.Atoi(strings.TrimSpace(h))
	if !ok || errW != nil || errH != nil || width < 240 || height < 320 || width > 8192 || height > 8192 {
		return fyne.Size{}, fmt.Errorf("-size %q: write it as 480x800, at least 240x320", s)
	}
	return fyne.NewSize(float32(width), float32(height)), nil
}

// run shows the window until it is closed.
func run(opt options) (err error) {
	if opt.data == "" {
		config, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("find the gate's folder: %w; say where it is with -data", err)
		}
		opt.data = filepath.Join(config, "postern")
	}
	icon := fyne.NewStaticResource("icon.png", assets.Icon)
	app.SetMetadata(fyne.AppMetadata{ID: "org.postern.gate", Name: "Postern", Version: station.Version, Icon: icon})
	a := app.NewWithID("org.postern.gate")
	a.SetIcon(icon)
	w := a.NewWindow("Postern")
	meter, closeMeter, err := openMeter(opt.measure)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeMeter()) }()
	chosen, err := settings.Load(opt.data)
	if err != nil {
		slog.Warn("settings", "error", err)
	}
	var screens *ui.UI
	screens, err = ui.New(a, w, ui.Options{
		Close: func() {
			screens.Leave()
			w.Close()
		},
		Language: opt.language, Version: station.Version, Folder: opt.data,
		Album: album.ThisSystem(), Meter: meter, Settings: chosen, Save: func(s settings.Settings) error { return settings.Save(opt.data, s) },
	})
	if err != nil {
		return err
	}
	w.Resize(opt.size)
	if opt.full {
		w.SetFullScreen(true)
	}

	ctx, cancel := context.WithCancel(context.Background())
	g := &openGate{opt: opt, screens: screens}
	opened := make(chan error, 1)
	g.work.Go(func() { opened <- g.open(ctx) })
	var taken chan error
	if opt.pictures != "" {
		taken = make(chan error, 1)
		go func() {
			taken <- screenshots{screens: screens, folder: opt.pictures, texts: opt.texts}.take(ctx, opened)
			screens.Leave()
			fyne.Do(a.Quit)
		}()
	}
	signalled, unsignal := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM) // Fyne quits at these by itself
	defer unsignal()
	context.AfterFunc(signalled, screens.Leave)
	w.ShowAndRun()
	cancel()
	screens.Close()
	select {
	case err = <-taken:
	default: // no screenshots were asked for, or the window was closed on them
	}
	return errors.Join(err, g.close(ctx))
}

// openMeter measures into a file; without a name it measures nothing.
func openMeter(name string) (m *ui.Meter, end func() error, err error) {
	if name == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("measure: %w", err)
	}
	return ui.NewMeter(f), f.Close, nil
}
