package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// showApp starts the guard's app enrolled to the demo's hub and waits until it is closed.
func (p *program) showApp(ctx context.Context, w *world, o demoOptions) error {
	w.holders.now = w.now()
	exhibits, err := w.holders.exhibits()
	if err != nil {
		return err
	}
	codes := filepath.Join(w.dir, "codes")
	if err := drawAll(exhibits, codes); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "Pictures of codes to open in the app: %s\n(Codes that their holder shows are good for 90 seconds.)\nThe supervisor's PIN at this gate is %s.\n", codes, demoPIN)
	args := []string{"--data", filepath.Join(w.dir, "gate"), "--enrol", w.code}
	if o.tour != "" {
		texts := filepath.Join(w.dir, "texts")
		if err := os.WriteFile(texts, []byte(namedTexts(exhibits)), 0o600); err != nil {
			return err
		}
		args = append(args, "--tour", o.tour, "--texts", texts)
	}
	app := exec.CommandContext(ctx, inWorkingFolder(o.app), args...)
	app.Cancel = func() error { return app.Process.Signal(os.Interrupt) }
	app.Stdout, app.Stderr = p.stdout, p.stderr
	if err := app.Run(); err != nil {
		return fmt.Errorf("run %s: %w", o.app, err)
	}
	return nil
}

// inWorkingFolder is the path of a program that is named without a folder and
// lies in the working folder, as its own packages leave it; other names stay.
// Package os/exec runs what lies there only by a path.
func inWorkingFolder(name string) string {
	if filepath.Base(name) != name {
		return name
	}
	if found, err := exec.LookPath(name); errors.Is(err, exec.ErrDot) { // Windows adds .exe, and looks here itself
		name = found
	}
	path, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return name
	}
	return path
}

// namedTexts is a line for each exhibit with a text: its name, a tab, the text.
func namedTexts(exhibits []exhibit) string {
	var b strings.Builder
	for _, e := range exhibits {
		if e.text != "" {
			fmt.Fprintf(&b, "%s\t%s\n", e.file, e.text)
		}
	}
	return b.String()
}
