package storetest

import (
	"reflect"
	"testing"
	"time"

	"postern/app/gate"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// trails holds what stays beside entries, over a restart.
func trails(t *testing.T, tr *trial) {
	tr.join(t, 4)
	appends := func(kind journal.Kind, after gate.EntryID, d verdict.Detail) journal.Entry {
		t.Helper()
		e := draft(tr.w.Now)
		e.Entry.Kind, e.After, e.Detail = kind, after, d
		return tr.mustAppend(t, e)
	}
	detail := verdict.Detail{Ago: 52 * time.Hour, Asked: 48 * time.Hour, At: tr.w.Now, Rule: "recent-proof"}
	said := detail
	said.Words = map[string]string{"en": "A recent proof."}
	check := appends(journal.Check, gate.EntryID{}, said)
	id := gate.EntryID{Seq: check.Seq, Prev: check.Prev}
	other := appends(journal.Check, gate.EntryID{}, verdict.Detail{})
	confirm := appends(journal.Confirm, id, verdict.Detail{})
	alone := appends(journal.Override, gate.EntryID{}, verdict.Detail{})
	override := appends(journal.Override, id, verdict.Detail{})
	for range 2 {
		for name, c := range map[string]struct {
			asked, check journal.Entry
			detail       verdict.Detail
			done         []journal.Entry
		}{
			"a check":             {check, check, detail, []journal.Entry{confirm, override}},
			"what was done":       {override, check, detail, []journal.Entry{confirm, override}},
			"a check and no more": {other, other, verdict.Detail{}, nil},
			"done without one":    {alone, alone, verdict.Detail{}, nil},
			"one that is nowhere": {journal.Entry{Seq: 2, Prev: journal.Hash{1}}, journal.Entry{}, verdict.Detail{}, nil},
		} {
			got, err := tr.Trail(tr.ctx, c.asked)
			if err != nil || !reflect.DeepEqual(got, gate.Trail{Entry: c.check, Detail: c.detail, Done: c.done}) {
				t.Errorf("%s: %+v, %v; want %+v, %+v, %+v", name, got, err, c.check, c.detail, c.done)
			}
		}
		tr.reopen(t)
	}
	for range gate.MaxDone {
		appends(journal.Registration, id, verdict.Detail{})
	}
	if got, err := tr.Trail(tr.ctx, check); err != nil || len(got.Done) != gate.MaxDone {
		t.Errorf("%d were done, %v", len(got.Done), err)
	}
}
