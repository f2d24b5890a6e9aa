package main

import (
	"errors"
	"strings"
	"testing"
)

var errNoRoom = errors.New("no space left on device")

// full is a standard output that takes nothing, such as a file on a full disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errNoRoom }

func TestAddGateWhoseCodeCannotBePrinted(t *testing.T) {
	town := newTown(t)
	var complaints strings.Builder
	code := testProgram(strings.NewReader(""), full{}, &complaints).run(t.Context(),
		[]string{"gate", "add", "--authority", town.authority, "--hub", "http://hub.example", "--place", "南门", "--slips", "1h"})
	if code != exitFailed || !strings.Contains(complaints.String(), errNoRoom.Error()) {
		t.Errorf("exit %d, %q", code, complaints.String())
	}
	if gates := town.mustRun("gate", "list", "--authority", town.authority); strings.Contains(gates, "南门") {
		t.Errorf("a gate is there whose code nobody has:\n%s", gates)
	}
}

func TestOutputThatCannotBeWrittenIsNoSuccess(t *testing.T) {
	town := newTown(t)
	for _, line := range []string{"policy list", "policy show office", "gate list", "trust list", "revoked list", "publish"} {
		args := append(strings.Fields(line), "--authority", town.authority)
		if line == "publish" {
			args = append(args, "--out", town.hub)
		}
		var complaints strings.Builder
		code := testProgram(strings.NewReader(""), full{}, &complaints).run(t.Context(), args)
		if code != exitFailed || !strings.Contains(complaints.String(), errNoRoom.Error()) {
			t.Errorf("%s: exit %d, %q", line, code, complaints.String())
		}
	}
}
