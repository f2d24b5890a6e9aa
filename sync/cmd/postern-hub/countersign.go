package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
// requests/<gate>-<hash>.cbor becomes answers/<gate>.cbor. Anybody can ask in
// a gate's name, so requests stand beside each other: the authority tells the
// one that knows the secret. Where too many wait the oldest goes, for whoever
// meant it asks again.
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
		if err := leaveRequest(filepath.Join(dir, requestFolder), r.Gate, request); err != nil {
			return nil, nil, fmt.Errorf("leave request: %w", err)
		}
		return nil, nil, hub.ErrWaiting
	}
}

// leaveRequest writes a request, unless it waits already.
func leaveRequest(folder, gate string, request []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	hash := sha256.Sum256(request)
	path := filepath.Join(folder, fmt.Sprintf("%s-%x.cbor", gate, hash[:4]))
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := makeRoom(folder); err != nil {
		return err
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

// makeRoom deletes the oldest requests where one more would be too many.
func makeRoom(folder string) error {
	there, err := os.ReadDir(folder)
	if err != nil || len(there) < maxRequests {
		return err
	}
	written := map[string]time.Time{}
	for _, e := range there {
		if info, err := e.Info(); err == nil { // else it has just gone
			written[e.Name()] = info.ModTime()
		}
	}
	slices.SortFunc(there, func(a, b fs.DirEntry) int { return written[a.Name()].Compare(written[b.Name()]) })
	for _, e := range there[:len(there)-maxRequests+1] {
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
