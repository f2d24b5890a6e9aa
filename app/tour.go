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

// frameTime lets a screen be drawn before its picture is taken. A tour is for
// people's eyes; nothing hangs on its pace.
const frameTime = 500 * time.Millisecond

// tour walks through the screens by itself and leaves a picture of each. What
// it checks, it checks for good: the journal has the entries.
type tour struct {
	screens *ui.UI
	folder  string // for the pictures
	texts   string // a file with a name, a tab and a text on each line; may be empty
}

// walk begins when the gate is open, and ends at the first thing that fails.
func (t tour) walk(ctx context.Context, opened <-chan error) error {
	if err := os.MkdirAll(t.folder, 0o700); err != nil {
		return fmt.Errorf("tour: %w", err)
	}
	select {
	case err := <-opened:
		if err != nil {
			return fmt.Errorf("tour: %w", err)
		}
	case <-ctx.Done():
		return nil
	}
	checks, err := t.checks()
	if err != nil {
		return fmt.Errorf("tour: %w", err)
	}
	for _, language := range wording.Languages {
		t.screens.Turn(language)
		if err := t.round(ctx, language, checks); err != nil {
			return fmt.Errorf("tour: %w", err)
		}
	}
	return nil
}

// shown is a text to check and a name for its picture.
type shown struct{ name, text string }

func (t tour) checks() ([]shown, error) {
	if t.texts == "" {
		return nil, nil
	}
	f, err := os.Open(t.texts)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var checks []shown
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if lines.Text() == "" {
			continue
		}
		name, text, ok := strings.Cut(lines.Text(), "\t")
		if !ok || name != filepath.Base(name) {
			return nil, fmt.Errorf("%s: line %d: write a name, a tab and a text", t.texts, len(checks)+1)
		}
		checks = append(checks, shown{name, text})
	}
	return checks, lines.Err()
}

func (t tour) round(ctx context.Context, language string, checks []shown) error {
	if err := t.open(ctx, language, "check"); err != nil {
		return err
	}
	for _, c := range checks {
		t.screens.Submit(scan.Reading{Text: c.text, At: time.Now(), Source: scan.Typed})
		if err := t.picture(ctx, language, "verdict-"+c.name); err != nil {
			return err
		}
	}
	if len(checks) > 0 { // the last one is open: show where its buttons lead
		for _, name := range []string{"ways", "emergency", "supervisor", "register", "help"} {
			t.screens.Submit(scan.Reading{Text: checks[len(checks)-1].text, At: time.Now(), Source: scan.Typed})
			if err := t.screens.Settle(ctx); err != nil {
				return err
			}
			t.screens.Open(name)
			if err := t.picture(ctx, language, "verdict-"+name); err != nil {
				return err
			}
		}
	}
	for _, name := range []string{"type", "today", "sync", "settings", "shift", "help", "drill"} {
		if err := t.open(ctx, language, name); err != nil {
			return err
		}
	}
	if err := t.drill(ctx, language); err != nil {
		return err
	}
	for _, name := range []string{"enrol", "start"} {
		if err := t.open(ctx, language, name); err != nil {
			return err
		}
	}
	return nil
}

// drill shows a drill that runs: its cards, one of them, what becomes of it, and the score.
func (t tour) drill(ctx context.Context, language string) error {
	t.screens.Open("practise")
	for deadline := time.Now().Add(time.Minute); !t.screens.Practising(); {
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
		if err := t.open(ctx, language, "drill-"+name); err != nil {
			return err
		}
	}
	return nil
}

func (t tour) open(ctx context.Context, language, name string) error {
	t.screens.Open(name)
	return t.picture(ctx, language, name)
}

func (t tour) picture(ctx context.Context, language, name string) error {
	if err := t.screens.Settle(ctx); err != nil {
		return err
	}
	select {
	case <-time.After(frameTime):
	case <-ctx.Done():
		return ctx.Err()
	}
	f, err := os.Create(filepath.Join(t.folder, name+"-"+language+".png"))
	if err != nil {
		return err
	}
	if err := png.Encode(f, t.screens.Capture()); err != nil {
		f.Close()
		return fmt.Errorf("write %s: %w", f.Name(), err)
	}
	return f.Close()
}
