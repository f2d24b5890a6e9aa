package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A program in the working folder may be named as it is.
func TestProgramInTheWorkingFolder(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	if err := os.WriteFile("postern-gate.exe", nil, 0o700); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("postern-gate.exe")
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join("bin", "postern-gate")
	for name, want := range map[string]string{"postern-gate.exe": here, "xvfb-run": "xvfb-run", other: other, here: here} {
		if got := inWorkingFolder(name); got != want {
			t.Errorf("%s is run as %s, want %s", name, got, want)
		}
	}
	t.Setenv("PATH", ".") // which is how Windows looks
	if got := inWorkingFolder("postern-gate.exe"); got != here {
		t.Errorf("with a dot in PATH it is run as %s, want %s", got, here)
	}
}
