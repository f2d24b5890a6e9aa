package client_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/client"
)

func TestWrongCity(t *testing.T) {
	ours, theirs := newCity(t), newCityNamed(t, "CN-XX", 2)
	fresh, known := ours.newGate(), ours.newGate()
	known.mustPull(t)
	ours.tamper(func(http.Handler) http.Handler { return theirs.hub })
	for name, g := range map[string]*gate{"fresh": fresh, "known": known} {
		before := g.store.installs
		if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrWrongCity) || client.CodeOf(err) != "wrong_city" {
			t.Errorf("%s: %v", name, err)
		}
		if g.store.installs != before {
			t.Errorf("%s: something was installed", name)
		}
	}
	ours.tamper(nil)
	fresh.mustPull(t)
}

// TestOtherCityBefore: what a store holds of another city is not a start.
func TestOtherCityBefore(t *testing.T) {
	ours, theirs := newCity(t), newCityNamed(t, "CN-XX", 2)
	g, other := ours.newGate(), theirs.newGate()
	for range 3 {
		theirs.publish()
	}
	other.mustPull(t)
	g.store.in.Metadata = other.store.in.Metadata
	g.mustPull(t)
	g.mustBeWhole(t, 1)
}

func TestRollback(t *testing.T) {
	for name, forget := range map[string]func(in *client.Installed){
		"all is there": func(*client.Installed) {},
		"metadata is torn": func(in *client.Installed) {
			in.Metadata = map[string][]byte{"timestamp": []byte("{"), "root": in.Metadata["root"]}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCity(t)
			g := c.newGate()
			restore := c.copyFiles()
			c.publish()
			c.publish()
			g.mustPull(t)
			forget(&g.store.in)
			restore()
			before := g.store.installs
			_, err := g.Pull(t.Context())
			if !errors.Is(err, client.ErrOld) || g.store.installs != before {
				t.Errorf("%v, %d installs", err, g.store.installs-before)
			}
			g.mustBeWhole(t, 3)
		})
	}
}

// TestLowerSnapshot: newer metadata that leads to an older snapshot is a rollback too.
func TestLowerSnapshot(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	c.publish()
	g.mustPull(t)
	c.republish(func(targets map[string]*metadata.TargetFiles) {
		delete(targets, "status/2.full")
		delete(targets, "status/1-2.delta")
	})
	if _, err := g.Pull(t.Context()); !errors.Is(err, client.ErrOld) {
		t.Error(err)
	}
	g.mustBeWhole(t, 2)
}

// TestRootRotation walks over a rotation, each time from the pinned root.
func TestRootRotation(t *testing.T) {
	c := newCity(t)
	before, after, late := c.newGate(), c.newGate(), c.newGate()
	before.mustPull(t)
	root := published(c, metadata.Root(), "1.root")
	root.Signed.Version = 2
	second := sign(c, root, "root1", "root3")
	for name, b := range map[string][]byte{
		"by one key of three":     sign(c, root, "root1"),
		"by one key, twice":       sign(c, root, "root1", "root1"),
		"by keys that are not in": sign(c, root, "online", "envelope"),
		"changed":                 bytes.Replace(second, []byte(`"threshold":2`), []byte(`"threshold":1`), 1),
	} {
		c.write("metadata/2.root.json", b)
		if _, err := before.Pull(t.Context()); !errors.Is(err, client.ErrNotVerified) {
			t.Errorf("a root that was signed %s: %v", name, err)
		}
	}
	c.write("metadata/2.root.json", second)
	before.mustPull(t)
	after.mustPull(t)
	for _, g := range []*gate{before, after} {
		if in := g.store.in; in.Versions["root"] != 2 || !bytes.Equal(in.Metadata["root"], second) || in.Metadata["root.1"] == nil {
			t.Errorf("after the rotation: versions %v", in.Versions)
		}
	}
	// The code of a gate that is added now pins the second root.
	late.Identity.Root = sha256.Sum256(second)
	late.mustPull(t)
	if err := os.Remove(filepath.Join(c.files, "metadata", "2.root.json")); err != nil {
		t.Fatal(err)
	}
	before.mustPull(t) // a hub that hides the rotation does not undo it
	if _, err := c.newGate().Pull(t.Context()); err != nil {
		t.Error(err)
	}
}

// A version that was made under a wild clock is taken, as any newer one; the
// next, made by a clock that is right again, must not look expired beside it.
func TestVersionOfAWildClockIsHealedByTheNext(t *testing.T) {
	c := newCity(t)
	g := c.newGate()
	g.mustPull(t)
	right := c.now
	c.authority.ClockIsRight = true
	c.now = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	c.publish()
	c.now = right
	g.mustPull(t)
	g.mustBeWhole(t, 2)
	c.publish()
	g.mustPull(t)
	g.mustBeWhole(t, 3)
}
