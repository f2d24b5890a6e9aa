package store_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store"
	"postern/app/store/storetest"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// crashAtWork is a step of TestMain's crash: a gate that dies between two people.
const crashAtWork = "at work"

const crashEntries = 40

func workday(i int) gate.Draft {
	at := storetest.Noon.Add(time.Duration(i) * time.Second)
	return gate.Draft{
		Entry:   journal.Entry{Time: at, Kind: journal.Override, Outcome: verdict.Admit, Reason: "supervisor", Way: journal.In},
		Trusted: at, Counted: true,
	}
}

func crashWorking(s *store.Store) int {
	if s.SaveDuty(background, gate.Duty{Fails: 1}) != nil {
		return 4
	}
	for i := range crashEntries {
		if _, err := s.Append(background, workday(i)); err != nil {
			return 5
		}
		if s.SaveDuty(background, gate.Duty{Fails: i + 2, Way: journal.Out}) != nil {
			return 6
		}
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil || self.Kill() != nil {
		return 3
	}
	select {}
}

// total is the sum of all counts.
func total(t *testing.T, s *store.Store) (n, in int) {
	t.Helper()
	tally, err := s.Tally(background, storetest.Noon.Add(-day), storetest.Noon.Add(day))
	must(t, err)
	for _, c := range tally.Counts {
		n += c.N
	}
	for _, p := range tally.Passages {
		in += p.In
	}
	return n, in
}

const day = 24 * time.Hour

// TestCountsSurviveAKill: what was answered is counted, the quota and the
// wrong PINs too.
func TestCountsSurviveAKill(t *testing.T) {
	dir, _ := folder(t, 1)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir, crashStep+"="+crashAtWork)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		t.Fatalf("the crash did not come: %v\n%s", err, out)
	}
	s := mustOpen(t, dir, store.Options{})
	before, err := s.Recent(background, 1000)
	must(t, err)
	overrides, err := s.Overrides(background, storetest.Noon.Add(-day))
	must(t, err)
	d, err := s.Duty(background)
	must(t, err)
	if n, in := total(t, s); n != len(before) || in != crashEntries || overrides != crashEntries || d.Fails != crashEntries+1 || d.Way != journal.Out {
		t.Errorf("%d entries, counted %d, %d in, %d overrides, duty %+v", len(before), n, in, overrides, d)
	}
}

// TestFullDiskCountsWhatItRecords: an entry that did not fit is not counted.
func TestFullDiskCountsWhatItRecords(t *testing.T) {
	dir, _ := folder(t, 1)
	s := mustOpen(t, dir, store.Options{})
	before, err := s.Recent(background, 10_000)
	must(t, err)
	was, _ := total(t, s)
	must(t, s.LimitJournal(background, 4))
	recorded, full := 0, false
	for i := 0; i < 5000 && !full; i++ {
		_, err := s.Append(background, workday(i))
		if full = err != nil; !full {
			recorded++
		}
	}
	if !full || recorded == 0 {
		t.Fatalf("the disk was never full, after %d", recorded)
	}
	must(t, s.Close())
	s = mustOpen(t, dir, store.Options{})
	all, err := s.Recent(background, 10_000)
	must(t, err)
	n, in := total(t, s)
	overrides, err := s.Overrides(background, storetest.Noon.Add(-day))
	must(t, err)
	if len(all)-len(before) != recorded || n-was != recorded || in != recorded || overrides != recorded {
		t.Errorf("%d answered: %d entries, %d counted, %d in, %d overrides", recorded, len(all)-len(before), n-was, in, overrides)
	}
}

// TestCountsOutliveEntries: what the hub has is forgotten, what was counted stays a week.
func TestCountsOutliveEntries(t *testing.T) {
	dir, w := folder(t, 1)
	s := mustOpen(t, dir, store.Options{})
	_, before := total(t, s)
	for i := range 10 {
		d := workday(i)
		d.Detail.Ago = time.Hour
		_, err := s.Append(background, d)
		must(t, err)
	}
	for {
		b, err := s.Backlog(background, 100)
		must(t, err)
		if b.First == 0 {
			break
		}
		must(t, s.Acknowledge(background, w.ReceiptOf(b)))
	}
	late := workday(0)
	late.Entry.Time, late.Trusted, late.Counted = storetest.Noon.Add(7*day), storetest.Noon.Add(7*day), false
	_, err := s.Append(background, late)
	must(t, err)
	must(t, s.Tend(background))
	if all, err := s.Recent(background, 100); err != nil || len(all) > 2 {
		t.Errorf("%d entries are left, %v", len(all), err)
	}
	if n, err := s.Notes(background); n > 1 || err != nil {
		t.Errorf("%d notes stay without their entries, %v", n, err)
	}
	overrides, err := s.Overrides(background, storetest.Noon.Add(-day))
	must(t, err)
	if _, in := total(t, s); in-before != 10 || overrides != 10 {
		t.Errorf("%d in, %d overrides are left", in-before, overrides)
	}
	late.Entry.Time, late.Trusted = storetest.Noon.Add(20*day), storetest.Noon.Add(20*day)
	_, err = s.Append(background, late)
	must(t, err)
	must(t, s.Tend(background))
	overrides, err = s.Overrides(background, storetest.Noon.Add(-day))
	must(t, err)
	if n, in := total(t, s); n != 0 || in != 0 || overrides != 0 {
		t.Errorf("%d counts, %d in, %d overrides are there for ever", n, in, overrides)
	}
}

// busyDay fills a journal with 30,000 checks, a second and a half apart.
func busyDay(b *testing.B) *store.Store {
	b.Helper()
	w := storetest.NewWorld(b, 1)
	s := mustOpen(b, b.TempDir(), store.Options{})
	w.Joined(b, s, 10)
	must(b, s.Hurry(background))
	midnight := storetest.Noon.Truncate(day)
	for i := range 30_000 {
		d := workday(i)
		d.Entry.Time = midnight.Add(time.Duration(i) * 2 * time.Second)
		d.Entry.Kind, d.Entry.Outcome, d.Entry.Reason, d.Counted = journal.Check, verdict.Outcome(i%4), []string{"ok", "test_old", "revoked", "menu"}[i%4], false
		if _, err := s.Append(background, d); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkToday asks for the numbers of a day with 30,000 entries.
func BenchmarkToday(b *testing.B) {
	g := gate.New(b.Context(), busyDay(b), gate.Options{})
	at := storetest.Noon
	if d, err := g.Today(background, at); err != nil || d.People[verdict.Admit] != 7500 {
		b.Fatalf("%+v, %v", d.People, err)
	}
	for b.Loop() {
		if _, err := g.Today(background, at); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppend is one entry with its counts, on the disk.
func BenchmarkAppend(b *testing.B) {
	s := busyDay(b)
	must(b, s.Unhurry(background))
	i := 30_000
	for b.Loop() {
		d := workday(i)
		d.Entry.Kind, d.Counted = journal.Check, false
		if _, err := s.Append(background, d); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
