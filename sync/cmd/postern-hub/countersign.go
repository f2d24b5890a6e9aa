package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"postern/sync/enrol"
	"postern/sync/hub"
)

// countersigning is how the hub asks the authority; see hub.Options.
type countersigning func(ctx context.Context, request []byte) (certificate, envelope []byte, err error)

// childTime is how long the authority may take for one answer.
const childTime = 30 * time.Second

// childCountersign asks the authority in folder dir by a child process, so
// that this one never holds its keys.
func childCountersign(dir string) countersigning {
	return func(ctx context.Context, request []byte) (certificate, envelope []byte, err error) {
		path, err := os.Executable()
		if err != nil {
			return nil, nil, fmt.Errorf("countersign gate: %w", err)
		}
		ctx, cancel := context.WithTimeout(ctx, childTime)
		defer cancel()
		child := exec.CommandContext(ctx, path, "gate", "countersign", "--authority", dir)
		child.Args[0] = os.Args[0] // the name that this program was called by
		child.Stdin = bytes.NewReader(request)
		var complaint bytes.Buffer
		child.Stderr = &complaint
		answer, err := child.Output()
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit) && exit.ExitCode() == exitFailed:
			return nil, nil, refusalOf(complaint.String())
		case err != nil:
			return nil, nil, fmt.Errorf("countersign gate: %w: %s", err, complaint.String())
		}
		return enrol.ParseAnswer(answer)
	}
}

// refusalOf tells a stranger what the authority says about the request, and
// leaves what it says about itself to the log.
func refusalOf(complaint string) error {
	_, reason, about := strings.Cut(complaint, "countersign gate: ")
	if reason = strings.TrimSpace(reason); about && reason != "" {
		return fmt.Errorf("%w: %s", hub.ErrRefused, reason)
	}
	return fmt.Errorf("countersign gate: %s", strings.TrimSpace(complaint))
}

// Folders of a hub whose authority is on another machine. Requests are carried
// there, answered by gate countersign, and the answers carried back:
// requests/<gate>.cbor becomes answers/<gate>.cbor.
const (
	requestFolder = "requests"
	answerFolder  = "answers"
	maxRequests   = 1000 // that wait at once: strangers must not fill the disk
)

// folderCountersign leaves requests in files and waits for answers in files.
func folderCountersign(dir string) countersigning {
	return func(_ context.Context, request []byte) (certificate, envelope []byte, err error) {
		r, err := enrol.ParseRequest(request)
		if err != nil {
			return nil, nil, err
		}
		answer, err := os.ReadFile(filepath.Join(dir, answerFolder, r.Gate+".cbor"))
		if err == nil {
			return enrol.ParseAnswer(answer)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("read answer: %w", err)
		}
		if err := leaveRequest(filepath.Join(dir, requestFolder), r.Gate+".cbor", request); err != nil {
			return nil, nil, fmt.Errorf("leave request: %w", err)
		}
		return nil, nil, hub.ErrWaiting
	}
}

// leaveRequest writes a request in place of an earlier one of the same gate.
func leaveRequest(folder, name string, request []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	there, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, name)
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, request) {
		return nil
	}
	if len(there) >= maxRequests {
		return errors.New("too many requests wait already; answer or delete some")
	}
	f, err := os.CreateTemp(folder, ".request-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(request)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
