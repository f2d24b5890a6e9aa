package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/app/camera"
	"postern/app/gate"
	"postern/app/qr"
	"postern/app/scan"
	"postern/sync/verdict"
)

const watchUsage = `usage: postern watch --camera ADDRESS [--formats qr,aztec,...] [--json] [--gate FOLDER] [--for 10s]
       postern watch --serial PATH[,SPEED] [--profile PROFILE] [--json] [--gate FOLDER] [--for 10s]
       postern watch --hid DEVICE|auto [--profile PROFILE] [--json] [--gate FOLDER] [--for 10s]
       postern watch --list

Writes a line for each code that comes into a camera's view or from a
scanner. ADDRESS is /dev/video0, http://... (MJPEG, or a JPEG that is asked for
again and again), a folder of pictures, or "" for the first device; behind # it
takes turn=90, mirror, rate=5, once. Hints, and why a camera is away, go to
standard error; it is waited for. With --gate each code is checked and recorded
by that gate, and the line is its verdict, in JSON.

Exit code: 0 when the time is up, the folder at its end or a signal came; 1 when
waiting does not help, such as a wrong address or password; 2 for misuse.

`

// watching is one call of watch.
type watching struct {
	camera  camera.Source
	serial  *scan.Line
	hid     *scan.POS
	formats []qr.Format
	asJSON  bool
	gate    string
	most    time.Duration // 0: until a signal
	list    bool
}

// watch reads a camera or a scanner.
func (p *program) watch(ctx context.Context, args []string) int {
	w, err := p.parseWatch(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return exitOK
	case err != nil:
		fmt.Fprintf(p.stderr, "postern watch: %v\n", err)
		return exitMisuse
	}
	if w.most > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, w.most)
		defer stop()
	}
	switch {
	case w.list:
		err = p.listCameras()
	case w.gate != "":
		err = p.watchForGate(ctx, w)
	default:
		err = p.runWatch(ctx, w, func(rs ...scan.Reading) error {
			for _, r := range rs {
				if err := p.writeReading(w, r); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		fmt.Fprintf(p.stderr, "postern watch: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func (p *program) parseWatch(args []string) (*watching, error) {
	w := &watching{}
	flags := flag.NewFlagSet("watch", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), watchUsage)
		flags.PrintDefaults()
	}
	flags.Func("camera", "watch the camera at this `address`", func(s string) (err error) {
		w.camera, err = camera.Open(s)
		return err
	})
	var profile scan.Profile
	flags.Func("serial", "watch the scanner at this `path`, with its speed behind a comma where it is not 9600", func(s string) error {
		l, err := scan.ParseLine(s)
		w.serial = &l
		return err
	})
	flags.Func("hid", "watch the scanner at this HID `device`, such as /dev/hidraw0, or auto for the first one", func(s string) error {
		d, err := scan.ParsePOS(s)
		w.hid = &d
		return err
	})
	flags.Func("profile", "what the scanner puts around its texts, such as `prefix=%02&suffix=%03`", func(s string) (err error) {
		profile, err = scan.ParseProfile(s)
		return err
	})
	formats := flags.String("formats", string(qr.QR), "kinds of code that a camera looks for, separated by commas")
	flags.BoolVar(&w.asJSON, "json", false, "write JSON lines")
	flags.StringVar(&w.gate, "gate", "", "check and record each code by the gate in `folder`")
	flags.DurationVar(&w.most, "for", 0, "end after this `time`; 0: at a signal")
	flags.BoolVar(&w.list, "list", false, "list this machine's cameras and end")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	var err error
	if w.formats, err = qr.ParseFormats(*formats); err != nil {
		return nil, err
	}
	if w.serial != nil {
		w.serial.Profile = profile
	}
	if w.hid != nil {
		w.hid.Profile = profile
	}
	return w, w.check(flags)
}

// check refuses a line that names no source or several, and flags that the
// source takes no notice of.
func (w *watching) check(flags *flag.FlagSet) error {
	sources, given := 0, make(map[string]bool)
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, asked := range []bool{w.list, w.camera != nil, w.serial != nil, w.hid != nil} {
		if asked {
			sources++
		}
	}
	switch {
	case flags.NArg() > 0:
		return leftOver(flags.Args())
	case sources != 1:
		return errors.New("say just one of --camera, --serial, --hid and --list; 'postern watch -h' explains them")
	case given["profile"] && w.serial == nil && w.hid == nil:
		return errors.New("--profile goes with --serial or --hid; a camera has none")
	case given["formats"] && w.camera == nil:
		return errors.New("--formats goes with --camera; a scanner is set by its own codes")
	case w.list && w.gate != "":
		return errors.New("--list only lists cameras; leave --gate out")
	case w.most < 0:
		return fmt.Errorf("--for %v is over already; give a time such as 10s", w.most)
	}
	return nil
}

func (p *program) listCameras() error {
	all, err := camera.List()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(p.stderr, "postern watch: this system shows no camera; network cameras (http://…) and folders of pictures need none")
	}
	for _, d := range all {
		if _, err := fmt.Fprintf(p.stdout, "%s\t%s\n", d.Address, d.Name); err != nil {
			return err
		}
	}
	return nil
}

// runWatch gives every reading to take, those of one view together, until ctx or
// the source ends, take fails, or waiting does not help any more.
func (p *program) runWatch(ctx context.Context, w *watching, take func(...scan.Reading) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	each := func(rs ...scan.Reading) {
		if err := take(rs...); err != nil {
			stop(err)
		}
	}
	problem := func(err error) {
		if errors.Is(err, camera.ErrRefused) || errors.Is(err, camera.ErrAddress) || errors.Is(err, camera.ErrSystem) {
			stop(err)
			return
		}
		fmt.Fprintf(p.stderr, "postern watch: %v\n", err)
	}
	var err error
	switch {
	case w.serial != nil:
		w.serial.Steady(ctx, func(r scan.Reading) { each(r) }, problem)
	case w.hid != nil:
		w.hid.Steady(ctx, func(r scan.Reading) { each(r) }, problem)
	default:
		err = p.watchCamera(ctx, w, each, problem)
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) && !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return err
}

// watchCamera gives a reading for each code that comes into view, those of one frame together.
func (p *program) watchCamera(ctx context.Context, w *watching, each func(...scan.Reading), problem func(error)) error {
	live, hint := qr.NewLive(w.formats...), qr.NoHint
	return camera.Steady(w.camera, problem).Frames(ctx, func(f camera.Frame) {
		sight := live.Frame(f.Gray, f.At)
		var rs []scan.Reading
		for _, c := range sight.Fresh {
			rs = append(rs, scan.Reading{Text: c.Text, Format: c.Format, At: f.At, Source: scan.Camera})
		}
		if len(rs) > 0 {
			each(rs...)
		}
		if sight.Hint != hint && sight.Hint != qr.NoHint {
			fmt.Fprintf(p.stderr, "hint: %s\n", sight.Hint)
		}
		hint = sight.Hint
	})
}

// watchLine is one reading as a JSON line.
type watchLine struct {
	Text   string      `json:"text"`
	Format qr.Format   `json:"format,omitempty"`
	Source scan.Source `json:"source"`
	At     time.Time   `json:"at"`
}

// writeReading writes a reading as a line of its own, whatever is in it.
func (p *program) writeReading(w *watching, r scan.Reading) error {
	var err error
	if w.asJSON {
		out := json.NewEncoder(p.stdout)
		out.SetEscapeHTML(false)
		err = out.Encode(watchLine{r.Text, r.Format, r.Source, r.At.UTC()})
	} else {
		_, err = fmt.Fprintln(p.stdout, strings.Map(visible, r.Text))
	}
	if err != nil {
		return fmt.Errorf("write reading: %w", err)
	}
	return nil
}

// visible keeps what a code says from steering the terminal.
func visible(r rune) rune {
	if unicode.IsControl(r) {
		return utf8.RuneError
	}
	return r
}

// watchForGate has a gate check and record every reading, and writes its
// verdicts; what is recorded reaches the hub beside it.
func (p *program) watchForGate(ctx context.Context, w *watching) (err error) {
	if err := p.checkGate(ctx, w.gate); err != nil {
		return err
	}
	s, err := p.openStation(ctx, "watch", w.gate, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	s.Follow(ctx)
	out := json.NewEncoder(p.stdout)
	return p.runWatch(ctx, w, func(rs ...scan.Reading) error {
		for _, a := range answerUnattended(ctx, s.Gate, rs) {
			if err := out.Encode(recordedAnswer(a)); err != nil {
				return fmt.Errorf("answer: %w", err)
			}
		}
		return nil
	})
}

// answerUnattended answers for codes that were shown together. Nobody is there
// to let one in and keep the other out, so the barrier opens only where all are
// admitted.
func answerUnattended(ctx context.Context, g *gate.Gate, rs []scan.Reading) []gate.Answer {
	if len(rs) == 1 {
		return []gate.Answer{g.Answer(ctx, rs[0])}
	}
	all := g.AnswerTogether(ctx, nil, rs...)
	if slices.ContainsFunc(all, func(a gate.Answer) bool { return a.Outcome != verdict.Admit }) {
		return all
	}
	for _, a := range all {
		if a.Opens != (gate.Token{}) {
			_ = g.Open(a.Opens) // it was given this moment, and serves
		}
	}
	return all
}
