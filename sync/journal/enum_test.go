package journal_test

import (
	"strings"
	"testing"

	"postern/sync/journal"
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
