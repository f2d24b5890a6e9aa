package gate_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"postern/app/gate"
	"postern/app/store/memory"
	"postern/sync/pass"
	"postern/sync/policy"
)

func TestUnseen(t *testing.T) {
	r := newRig(t)
	made, pulled := r.now.Add(-12*time.Minute), r.now
	for _, tc := range []struct {
		name string
		bend func()
		want []gate.Unseen
	}{
		{"no test is asked", func() { r.world.Policy.Test = nil }, []gate.Unseen{{gate.UnseenStatuses, made}, {gate.UnseenRules, pulled}, {What: gate.UnseenGates}}},
		{"all", func() { r.world.Policy.Test = &policy.TestRule{Hours: 1, Kinds: []pass.Kind{pass.NucleicAcid}} }, []gate.Unseen{
			{gate.UnseenStatuses, made}, {gate.UnseenTests, made}, {gate.UnseenRules, pulled}, {What: gate.UnseenGates},
		}},
		{"re-entry is not asked", func() { r.world.Policy.Reentry, r.world.Policy.Test = 0, nil }, []gate.Unseen{{gate.UnseenStatuses, made}, {gate.UnseenRules, pulled}}},
	} {
		tc.bend()
		r.installs(1, nil)
		s, err := r.State(context.Background())
		if err != nil || !slices.Equal(s.Unseen, tc.want) {
			t.Errorf("%s: %v, %v; want %v", tc.name, s.Unseen, err, tc.want)
		}
	}
	r.store = memory.New()
	r.restart()
	if s, err := r.State(context.Background()); err != nil || s.Unseen != nil {
		t.Errorf("a gate that is not enrolled misses %v, %v", s.Unseen, err)
	}
}

func TestTraffic(t *testing.T) {
	r := newRig(t)
	ctx := context.Background()
	r.now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.Local)
	add := func(down, up int64) {
		t.Helper()
		if err := r.AddTraffic(ctx, gate.Traffic{Down: down, Up: up}); err != nil {
			t.Fatal(err)
		}
	}
	is := func(down, up int64) {
		t.Helper()
		if got, err := r.Traffic(ctx); err != nil || got != (gate.Traffic{Down: down, Up: up}) {
			t.Errorf("got %+v, %v; want %d, %d", got, err, down, up)
		}
	}
	add(100, 1)
	add(200, 2)
	is(300, 3)
	r.wait(time.Minute)
	add(1, 1) // writes the others
	r.restart()
	is(300, 3)
	add(5, 5)
	if err := r.FlushTraffic(ctx); err != nil {
		t.Fatal(err)
	}
	r.restart()
	is(305, 8)
	add(7, 0)
	r.wait(24 * time.Hour) // December
	is(0, 0)
	add(0, 9)
	is(0, 9)
	r.now = r.now.AddDate(0, 0, -1)
	is(312, 8)
	r.store.BooksErr = errors.New("disk")
	if _, err := r.Traffic(ctx); err == nil {
		t.Error("a number from nowhere")
	}
}
