// Package relay opens a gate's barrier or turnstile when somebody is admitted:
// it runs a program or calls an address.
//
// A relay comes after the verdict and never changes or delays one. What it runs
// comes from the settings of this device, never from the network; a program gets
// no shell and learns nothing about anybody. A call that fails is a problem to
// show, and the guard opens by hand.
package relay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Limits of one call.
const (
	DefaultTimeout = 3 * time.Second
	MaxTimeout     = 30 * time.Second
	maxArgs        = 32
	maxFile        = 64 << 10 // bytes
)

// tooLate is for how long an admission may wait for the call before it. After
// that somebody else may stand at the gate: it is reported, and not opened for.
const tooLate = 5 * time.Second

// Setting says what opens the gate: a program with its arguments, or an
// address that gets an empty POST. The zero Setting is no relay.
type Setting struct {
	Command []string
	URL     string
	Timeout time.Duration // 0: DefaultTimeout
}

// File is the name of the setting in a gate's folder.
const File = "relay.json"

// Load reads a setting, such as {"command": ["/usr/local/bin/open-gate"]} or
// {"url": "http://192.0.2.7/open", "timeout": "2s"}; false where there is no file.
func Load(path string) (s Setting, ok bool, err error) {
	b, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	file := struct {
		Command []string `json:"command"`
		URL     string   `json:"url"`
		Timeout string   `json:"timeout"`
	}{}
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		err = d.Decode(&file)
	}
	s = Setting{Command: file.Command, URL: file.URL}
	if err == nil && file.Timeout != "" {
		s.Timeout, err = time.ParseDuration(file.Timeout)
	}
	if err == nil {
		err = s.check()
	}
	if err != nil {
		return Setting{}, false, fmt.Errorf("read relay setting %s: %w", path, err)
	}
	return s, true, nil
}

// readFile reads a small file; a pipe would be waited for without end.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > maxFile:
		return nil, fmt.Errorf("it is no file of at most %d bytes", maxFile)
	}
	return os.ReadFile(path)
}

func (s Setting) check() error {
	switch {
	case len(s.Command) > 0 && s.URL != "":
		return errors.New("give a program or an address, not both")
	case len(s.Command) == 0 && s.URL == "":
		return errors.New("there is neither a program nor an address")
	case len(s.Command) > maxArgs || len(s.Command) > 0 && s.Command[0] == "":
		return fmt.Errorf("the program has no name, or more than %d arguments", maxArgs)
	case s.Timeout < 0 || s.Timeout > MaxTimeout:
		return fmt.Errorf("the time-out is %v; up to %v is possible", s.Timeout, MaxTimeout)
	}
	if s.URL == "" {
		return nil
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%q is no address of the form http://host/path", s.URL)
	}
	return nil
}

// Relay calls once for each admission, one call after another; admissions
// during a call are one further call. Make it with Start.
type Relay struct {
	setting Setting
	report  func(error)
	wanted  chan time.Time // when somebody was admitted
	closing chan struct{}
	close   sync.Once
	done    sync.WaitGroup
}

// Start begins to wait for admissions until ctx ends or Close is called. report
// is called from the relay's goroutine after each call, with nil where it went
// well; it must not block.
func Start(ctx context.Context, s Setting, report func(error)) (*Relay, error) {
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("set up relay: %w", err)
	}
	if s.Timeout == 0 {
		s.Timeout = DefaultTimeout
	}
	r := &Relay{setting: s, report: report, wanted: make(chan time.Time, 1), closing: make(chan struct{})}
	r.done.Go(func() { r.run(ctx) })
	return r, nil
}

// Admitted asks for a call and returns at once; see gate.Options.
func (r *Relay) Admitted() {
	now := time.Now()
	for {
		select {
		case r.wanted <- now:
			return
		default: // one is asked for already: the newest is the one that counts
		}
		select {
		case <-r.wanted:
		default:
		}
	}
}

// Close makes the call that was asked for last, where it was not made yet, and
// ends the relay. Where the ctx of Start has ended, no call is made any more
// and the one that goes on is cut short.
func (r *Relay) Close() {
	r.close.Do(func() { close(r.closing) })
	r.done.Wait()
}

func (r *Relay) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-r.wanted:
			r.callAndReport(ctx, at)
		case <-r.closing:
			select {
			case at := <-r.wanted:
				r.callAndReport(ctx, at)
			default:
			}
			return
		}
	}
}

// callAndReport says nothing of a call that the end of ctx cut short.
func (r *Relay) callAndReport(ctx context.Context, at time.Time) {
	if err := r.call(ctx, at); ctx.Err() == nil {
		r.report(err)
	}
}

func (r *Relay) call(ctx context.Context, at time.Time) error {
	if late := time.Since(at); late > tooLate {
		return fmt.Errorf("open the gate by relay: the call before took so long that this one is %v late; open it by hand, and check the relay's setting", late.Round(time.Second))
	}
	ctx, cancel := context.WithTimeout(ctx, r.setting.Timeout)
	defer cancel()
	var err error
	if r.setting.URL != "" {
		err = r.post(ctx)
	} else {
		err = r.execute(ctx)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = fmt.Errorf("it took longer than %v", r.setting.Timeout)
	}
	if err != nil {
		return fmt.Errorf("open the gate by relay: %w; open it by hand, and check the relay's setting", err)
	}
	return nil
}

func (r *Relay) execute(ctx context.Context) error {
	c := exec.CommandContext(ctx, program(r.setting.Command[0]), r.setting.Command[1:]...)
	c.WaitDelay = time.Second // for children that keep its pipes open
	alone(c)
	return c.Run()
}

// program is the path of a program that is named without a folder and that only
// the working folder has: package os/exec runs that by nothing but a path. Other
// names stay, and what PATH has goes first.
func program(name string) string {
	if filepath.Base(name) != name {
		return name
	}
	found, err := exec.LookPath(name)
	switch {
	case err == nil:
		return name
	case !errors.Is(err, exec.ErrDot): // Windows looks in the working folder itself
		found = name
	}
	path, err := filepath.Abs(found)
	if err != nil {
		return name
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return name
	}
	return path
}

// post follows no redirect: a relay has none, login pages of networks do.
func (r *Relay) post(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, r.setting.URL, http.NoBody)
	if err != nil {
		return err
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("it answered %s", response.Status)
	}
	return nil
}
