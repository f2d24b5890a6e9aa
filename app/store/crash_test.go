package store_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"postern/app/store"
	"postern/app/store/storetest"
)

// Set in a copy of the test program that shall die in the middle of an install.
const (
	crashDir  = "POSTERN_TEST_CRASH_DIR"
	crashStep = "POSTERN_TEST_CRASH_STEP"
)

// TestMain lets the test program be the one that crashes.
func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		os.Exit(crash(dir, os.Getenv(crashStep)))
	}
	os.Exit(m.Run())
}

// crash installs version 2, records on the way, and kills itself at a step. It
// comes back only where the step never came.
func crash(dir, at string) int {
	tb := &testing.T{}
	w := storetest.NewWorld(tb, 1)
	s := mustOpen(tb, dir, store.Options{})
	if at == crashAtWork {
		return crashWorking(s)
	}
	s.SetFault(func(step string) error {
		append1(tb, s)
		if step == at {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				os.Exit(3)
			}
			select {}
		}
		return nil
	})
	if err := s.Install(background, w.Update(tb, 2, 3500)); err != nil {
		return 4
	}
	return 0
}

// TestInstallSurvivesAKillAtAnyStep: what a restart finds is the old version
// whole or the new one whole, all entries, no stray files, and a pull goes
// through.
func TestInstallSurvivesAKillAtAnyStep(t *testing.T) {
	for i, step := range store.Steps {
		t.Run(step, func(t *testing.T) {
			dir, w := folder(t, 1)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), crashDir+"="+dir, crashStep+"="+step)
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != -1 {
				t.Fatalf("the crash did not come: %v\n%s", err, out)
			}
			s := mustOpen(t, dir, store.Options{})
			version, n := uint64(1), 3000
			if i >= slices.Index(store.Steps, store.Committed) {
				version, n = 2, 3500
			}
			isWhole(t, s, w, version, n)
			if files := snapshots(t, dir); len(files) != 1 {
				t.Errorf("files %v", files)
			}
			got, err := s.Recent(background, 100)
			must(t, err)
			if want := 1 + i + 1; len(got) != want {
				t.Errorf("%d entries, want the %d that were answered", len(got), want)
			}
			must(t, s.Install(background, w.Update(t, 3, 2800)))
			isWhole(t, s, w, 3, 2800)
			if files := snapshots(t, dir); !slices.Equal(files, []string{"snapshot-3.db"}) {
				t.Errorf("files %v", files)
			}
		})
	}
}

func snapshots(t *testing.T, dir string) (names []string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "snapshot-*"))
	must(t, err)
	for _, path := range found {
		names = append(names, filepath.Base(path))
	}
	return names
}

// isWhole holds everything that s says against one version.
func isWhole(t *testing.T, s *store.Store, w *storetest.World, version uint64, n int) {
	t.Helper()
	want := w.Update(t, version, n)
	i, err := s.Installed(background)
	must(t, err)
	c, err := s.Content(background)
	must(t, err)
	v := s.View()
	if i.Snapshot != version || i.Digest != want.Digest || i.Versions["timestamp"] != int64(version) || i.Opened.Version != version ||
		v.Snapshot.Version != version || c.Digest() != want.Digest || len(v.Problems) != 0 {
		t.Fatalf("not version %d: installed %d (timestamp %d, envelope %d), view %d, content %d, problems %v",
			version, i.Snapshot, i.Versions["timestamp"], i.Opened.Version, v.Snapshot.Version, c.Version, v.Problems)
	}
	if e, err := s.Status(storetest.URI, uint64(n-1)); err != nil || uint64(e.Value()) != uint64(n-1)&3 {
		t.Errorf("last entry %v, %v", e, err)
	}
}

var errStaged = errors.New("staged")

// TestInstallThatFailsLeavesTheOldVersion: an error, not a crash, at every
// step; the program goes on and the next install goes through.
func TestInstallThatFailsLeavesTheOldVersion(t *testing.T) {
	for i, step := range store.Steps {
		t.Run(step, func(t *testing.T) {
			dir, w := folder(t, 1)
			s := mustOpen(t, dir, store.Options{})
			s.SetFault(func(at string) error {
				if at == step {
					return errStaged
				}
				return nil
			})
			if err := s.Install(background, w.Update(t, 2, 3500)); !errors.Is(err, errStaged) {
				t.Fatalf("install: %v", err)
			}
			s.SetFault(nil)
			if i < slices.Index(store.Steps, store.Committed) {
				isWhole(t, s, w, 1, 3000)
			}
			must(t, s.Install(background, w.Update(t, 2, 3500)))
			isWhole(t, s, w, 2, 3500)
			must(t, s.Install(background, w.Update(t, 3, 2000)))
			if files := snapshots(t, dir); !slices.Equal(files, []string{"snapshot-3.db"}) {
				t.Errorf("files %v", files)
			}
		})
	}
}
