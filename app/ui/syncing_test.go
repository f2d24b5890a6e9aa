package ui_test

import (
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/ui"
	"postern/sync/client"
)

// fetching is a desk in the middle of an update, with data counted and things not seen.
func fetching(d *desk) {
	d.gate.traffic = gate.Traffic{Down: 38_240_000, Up: 912_000}
	d.gate.state.Unseen = []gate.Unseen{
		{What: gate.UnseenStatuses, Since: d.gate.state.Made},
		{What: gate.UnseenTests, Since: d.gate.state.Made},
		{What: gate.UnseenRules, Since: d.gate.state.Pulled},
		{What: gate.UnseenGates},
	}
	d.attach()
	d.Open("sync")
	d.Exchanged(client.Status{Reachable: true, Progress: client.Progress{Done: 4e6, Total: 60e6}})
	d.now = d.now.Add(10 * time.Second)
	d.Exchanged(client.Status{Reachable: true, Progress: client.Progress{Done: 8e6, Total: 60e6}})
}

func TestSyncSaysWhatIsNotSeen(t *testing.T) {
	d := newDesk(t, "en", tablet)
	fetching(d)
	d.says(t, "13%", "8.0 MB of 60.0 MB", "about 2 min left", "38.2 MB down·912 kB up",
		"Passes revoked, suspended or barred since 22 Nov 12:30 (12 min ago).", "Test results since",
		"Rules, issuers and keys that changed since 22 Nov 12:38 (4 min ago).", d.words(t, "en", "unseen.other_gates_never"))

	d.gate.state.Unseen = []gate.Unseen{{What: gate.UnseenStatuses}, {What: gate.UnseenRules}}
	d.gate.state.Backlog = 0
	d.now = noon.Add(6 * time.Minute)
	d.Exchanged(client.Status{Reachable: true, LastPush: noon.Add(5 * time.Minute)})
	d.says(t, d.words(t, "en", "unseen.statuses_never"), d.words(t, "en", "unseen.rules_never"),
		d.words(t, "en", "sync.all_sent"), "1 min ago")
	d.saysNot(t, "left")
}

// How long an update still takes is told from its pace here, not from what another left behind.
func TestTimeLeftOfAResumedUpdate(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Open("sync")
	at := func(after time.Duration, done, total int64) {
		d.now = noon.Add(after)
		d.Exchanged(client.Status{Progress: client.Progress{Done: done, Total: total}})
	}
	at(0, 50e6, 60e6) // most of it came yesterday
	d.saysNot(t, "left")
	at(time.Second, 51e6, 60e6)
	d.saysNot(t, "left") // too early to say
	at(10*time.Second, 52e6, 60e6)
	d.says(t, "under a minute left")
	at(time.Minute, 53e6, 60e6)
	d.says(t, "about 2 min left")
	at(2*time.Minute, 1e6, 70e6) // another one
	d.saysNot(t, "left")
}

func TestSizes(t *testing.T) {
	for n, want := range map[int64]string{-1: "0 B", 0: "0 B", 999: "999 B", 1000: "1 kB", 1499: "1 kB", 999_400: "999 kB", 1_000_000: "1.0 MB", 38_260_000: "38.3 MB"} {
		if got := clean(ui.Size(n)); got != want {
			t.Errorf("%d bytes are %q, want %q", n, got, want)
		}
	}
}

// Records that were sent are no news that was asked for.
func TestCheckedIsNotSent(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.Exchanged(client.Status{LastPush: d.now})
	d.Open("sync")
	d.says(t, d.words(t, "en", "sync.checked", "ago", "4 min ago"))
	d.Exchanged(client.Status{LastPull: d.now.Add(-time.Minute)})
	d.Open("sync")
	d.says(t, d.words(t, "en", "sync.checked", "ago", "1 min ago"))
}
