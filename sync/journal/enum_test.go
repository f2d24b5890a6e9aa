package journal_test

import (
	"strings"
	"testing"

	"postern/sync/journal"
	"postern/sync/verdict"
)

// A way that this version does not know is no way: nobody is counted in or out by it.
func TestWaysOutOfRange(t *testing.T) {
	for i := range 256 {
		w := journal.Way(i)
		want := map[journal.Way]string{journal.In: "in", journal.Out: "out"}[w]
		if got := w.String(); got != want {
			t.Errorf("way %d reads %q, want %q", i, got, want)
		}
	}
}

// A kind that this version does not know reads like no other.
func TestKindsOutOfRange(t *testing.T) {
	seen := map[string]int{}
	for i := range 256 {
		word := journal.Kind(i).String()
		if before, ok := seen[word]; ok {
			t.Errorf("kinds %d and %d both read %q", before, i, word)
		}
		seen[word] = i
		if known := journal.Kind(i) >= journal.Check && journal.Kind(i) <= journal.Headcount; i > 0 && known == strings.HasPrefix(word, "kind-") {
			t.Errorf("kind %d reads %q", i, word)
		}
	}
}

// Only the three ways go into an entry.
func TestEntriesWithWaysOutOfRange(t *testing.T) {
	for i := range 256 {
		e := journal.Entry{Seq: 1, Time: noon, Kind: journal.Check, Way: journal.Way(i)}
		if _, err := e.Encode(); (err == nil) != (e.Way <= journal.Out) {
			t.Errorf("an entry with way %d encodes with error %v", i, err)
		}
	}
}

// A kind that this version does not know keeps its number on the wire: an entry
// of a newer gate is evidence.
func TestEntriesWithKindsOutOfRange(t *testing.T) {
	for i := range 256 {
		e := journal.Entry{Seq: 1, Time: noon, Kind: journal.Kind(i)}
		b, err := e.Encode()
		if i == 0 {
			if err == nil {
				t.Error("an entry without a kind was encoded")
			}
			continue
		}
		if err != nil {
			t.Fatalf("kind %d: %v", i, err)
		}
		if again, err := journal.ParseEntry(b); err != nil || again.Kind != e.Kind {
			t.Errorf("kind %d came back as %d, %v", i, again.Kind, err)
		}
	}
}

// An outcome that is none of the four goes into no entry and comes out of none.
func TestOutcomesOutOfRange(t *testing.T) {
	e := journal.Entry{Seq: 1, Time: noon, Kind: journal.Check}
	written, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for n := range 256 {
		e.Outcome = verdict.Outcome(n)
		if _, err := e.Encode(); (err == nil) != (e.Outcome <= verdict.Refuse) {
			t.Errorf("an entry with outcome %d encodes with error %v", n, err)
		}
	}
	at := 1 + 1 + 9 + 1 + 1 + 1 // head, seq, time, lane, operator, kind; the outcome is next
	if written[at] != 0 || written[at-1] != byte(journal.Check) {
		t.Fatalf("byte %d of %x is not the outcome", at, written)
	}
	for n := range 24 { // larger numbers have more bytes
		written[at] = byte(n)
		if got, err := journal.ParseEntry(written); (err == nil) != (n <= int(verdict.Refuse)) {
			t.Errorf("outcome %d on the wire gives %v, %v", n, got.Outcome, err)
		}
	}
}
