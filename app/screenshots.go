package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postern/app/scan"
	"postern/app/ui"
	"postern/sync/wording"
)

// frameTime lets a screen be drawn before its picture is taken. The pictures are
// for people's eyes; nothing hangs on the pace.
const frameTime = 500 * time.Millisecond

// screenshots are pictures of all screens, which it goes through by itself. What
// it checks on the way is really checked: the journal has the entries.
type screenshots struct {
	screens *ui.UI
	folder  string // for the pictures
	texts   string // a file with a name, a tab and a text on each line; may be empty
}

// take begins when the gate is open, and ends at the first thing that fails.
func (s screenshots) take(ctx context.Context, opened <-chan error) error {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return fmt.Errorf("take screenshots: %w", err)
	}
	select {
	case err := <-opened:
		if err != nil {
			return fmt.Errorf("take screenshots: %w", err)
		}
	case <-ctx.Done():
		return nil
	}
	checks, err := s.checks()
	if err != nil {
		return fmt.Errorf("take screenshots: %w", err)
	}
	for _, language := range wording.Languages {
		s.screens.Turn(language)
		if err := s.round(ctx, language, checks); err != nil {
			return fmt.Errorf("take screenshots: %w", err)
		}
	}
	return nil
}

// sample is a text to check and a name for its picture.
type sample struct{ name, text string }

func (s screenshots) checks() ([]sample, error) {
	if s.texts == "" {
		return nil, nil
	}
	f, err := os.Open(s.texts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var checks []sample
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		name, text, ok := strings.Cut(lines.Text(), "\t")
		if !ok || name != filepath.Base(name) {
			return nil, fmt.Errorf("%s: line %d: write a name, a tab and a text", s.texts, len(checks)+1)
		}
		checks = append(checks, sample{name, text})
	}
	return checks, lines.Err()
}

func (s screenshots) round(ctx context.Context, language string, checks []sample) error {
	if err := s.open(ctx, language, "check"); err != nil {
		return err
	}
	for _, c := range checks {
		s.screens.Open("check") // the one before is done
		s.screens.Submit(scan.Reading{Text: c.text, At: time.Now(), Source: scan.Typed})
		if err := s.picture(ctx, language, "verdict-"+c.name); err != nil {
			return err
		}
	}
	if len(checks) > 0 { // the last one is open: show where its buttons lead
		for _, name := range []string{"ways", "emergency", "supervisor", "register", "help"} {
			s.screens.Open("check")
			s.screens.Submit(scan.Reading{Text: checks[len(checks)-1].text, At: time.Now(), Source: scan.Typed})
			if err := s.screens.Settle(ctx); err != nil {
				return err
			}
			s.screens.Open(name)
			if err := s.picture(ctx, language, "verdict-"+name); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"no_code", "type", "today", "sync", "settings", "shift", "help", "drill"} {
		if err := s.open(ctx, language, name); err != nil {
			return err
		}
	}
	if err := s.drill(ctx, language); err != nil {
		return err
	}
	for _, name := range []string{"enrol", "start"} {
		if err := s.open(ctx, language, name); err != nil {
			return err
		}
	}
	return nil
}

// drill shows a drill that runs: its cards, one of them, what becomes of it, and the score.
func (s screenshots) drill(ctx context.Context, language string) error {
	s.screens.Open("practise")
	for deadline := time.Now().Add(time.Minute); !s.screens.Practising(); {
		if time.Now().After(deadline) {
			return errors.New("the practice gate did not begin")
		}
		select {
		case <-time.After(frameTime / 10):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, name := range []string{"cards", "card", "shown", "score"} {
		if err := s.open(ctx, language, "drill-"+name); err != nil {
			return err
		}
	}
	return nil
}

func (s screenshots) open(ctx context.Context, language, name string) error {
	s.screens.Open(name)
	return s.picture(ctx, language, name)
}

func (s screenshots) picture(ctx context.Context, language, name string) error {
	if err := s.screens.Settle(ctx); err != nil {
		return err
	}
	select {
	case <-time.After(frameTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	f, err := os.Create(filepath.Join(s.folder, name+"-"+language+".png"))
	if err != nil {
		return err
	}
	if err := png.Encode(f, s.screens.Capture()); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", f.Name(), err)
	}
	return f.Close()
}
