package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"postern/app/qr"
)

// POS is a scanner that reports as the USB classes have it for points of sale
// ("HID POS"): the system hands its reports over whole, so no window needs the
// keys, no layout swaps them, and nobody can type a pass. Linux alone shows such
// devices as files.
type POS struct {
	Path    string // /dev/hidraw0; empty: the first scanner there is
	Profile Profile

	system fs.FS  // where the kernel tells of devices; nil: /sys/class/hidraw
	dev    string // the folder of the device files; empty: /dev
}

// ParsePOS reads a path; "auto" is the first scanner there is.
func ParsePOS(text string) (POS, error) {
	switch text {
	case "":
		return POS{}, errors.New("open scanner: there is no path; write it like /dev/hidraw0, or auto")
	case "auto":
		return POS{}, nil
	}
	return POS{Path: text}, nil
}

// Readings opens the scanner and calls each with every reading, from one
// goroutine, until ctx ends (nil) or the scanner is taken away (an error). It
// may be called again then; see [POS.Steady].
func (p POS) Readings(ctx context.Context, each func(Reading)) error {
	path, layout, err := p.find()
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open scanner: %w; plug it in, and see that this user may open it (docs/cameras.md has a rule for that)", err)
	}
	defer f.Close()
	defer context.AfterFunc(ctx, func() { _ = f.Close() })()
	joined := joiner{reports: layout}
	report := make([]byte, layout.size) // a read gives one report
	for {
		n, err := f.Read(report)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read scanner: %w; plug it in again", err)
		}
		at := time.Now()
		if text, whole := joined.take(report[:n], at); whole {
			p.give(text, joined.format, at, each)
		}
	}
}

func (p POS) give(text string, format qr.Format, at time.Time, each func(Reading)) {
	r, err := p.Profile.Reading(text, at, HID)
	if err != nil { // an empty text is no reading
		return
	}
	if r.Format == "" {
		r.Format = format
	}
	each(r)
}

// Steady reads until ctx ends: a scanner that was taken away, or is not there
// yet, is waited for. Told gets why, once for each new reason; it may be nil.
func (p POS) Steady(ctx context.Context, each func(Reading), told func(error)) {
	steady(ctx, p.Readings, each, told)
}

// find gives the device's file, and where its reports hold what.
func (p POS) find() (path string, layout reports, err error) {
	system, dev := p.system, p.dev
	if system == nil {
		system, dev = os.DirFS("/sys/class/hidraw"), "/dev"
	}
	if p.Path != "" {
		// What is named may be a link that udev made.
		if path, err = filepath.EvalSymlinks(p.Path); err != nil {
			return "", reports{}, fmt.Errorf("open scanner: %w; plug it in", err)
		}
		layout, err = described(system, filepath.Base(path))
		if err != nil {
			return "", reports{}, fmt.Errorf("open scanner %s: %w", p.Path, err)
		}
		return path, layout, nil
	}
	names, _ := fs.Glob(system, "hidraw*")
	for _, name := range names {
		if layout, err := described(system, name); err == nil {
			return filepath.Join(dev, name), layout, nil
		}
	}
	return "", reports{}, fmt.Errorf("open scanner: none of %d devices is a bar code scanner in HID POS mode: "+
		"plug it in, and set it to that mode by the code in its manual", len(names))
}

// described is what a device says of its reports.
func described(system fs.FS, name string) (reports, error) {
	b, err := fs.ReadFile(system, name+"/device/report_descriptor")
	if err != nil {
		return reports{}, fmt.Errorf("%w: the system has no descriptor of it", errNoScanner)
	}
	return parseReports(b)
}

// joiner puts the reports of one code together.
type joiner struct {
	reports
	text   bytes.Buffer
	format qr.Format // of the code whose report came last
	over   bool
	last   time.Time
}

// take adds a report, and gives the text when it was the last of its code. A
// code whose end never came is dropped when the next one comes; so is one that
// is longer than 2 MaxText bytes.
func (j *joiner) take(report []byte, at time.Time) (text string, whole bool) {
	data, symbology, more, ok := j.reports.take(report)
	if !ok {
		return "", false
	}
	if at.Sub(j.last) > silence {
		j.text.Reset()
		j.over = false
	}
	j.last, j.format = at, identified(symbology+" ")
	if j.over = j.over || j.text.Len()+len(data) > 2*qr.MaxText; !j.over {
		j.text.Write(data)
	}
	if more {
		return "", false
	}
	text, whole = j.text.String(), !j.over
	j.text.Reset()
	j.over = false
	return text, whole
}
