package main

import (
	"os/exec"
	"strings"
	"testing"
)

// list asks go for every package of the module and a list of imports that field gives ("Deps": all, "Imports": its own; tests left out).
func list(t *testing.T, field string) map[string][]string {
	t.Helper()
	cmd := exec.Command("go", "list", "-tags", "ci", "-f", "{{.ImportPath}} {{join ."+field+" \" \"}}", "postern/...")
	cmd.Env = append(cmd.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		packages[fields[0]] = fields[1:]
	}
	if len(packages) < 10 {
		t.Fatalf("go list found only %d packages", len(packages))
	}
	return packages
}

// TestSyncNeverImportsApp holds the one arrow of the house.
func TestSyncNeverImportsApp(t *testing.T) {
	for pkg, deps := range list(t, "Deps") {
		if !strings.HasPrefix(pkg, "postern/sync/") {
			continue
		}
		for _, d := range deps {
			if strings.HasPrefix(d, "postern/app") || strings.HasPrefix(d, "fyne.io/") {
				t.Errorf("%s depends on %s", pkg, d)
			}
		}
	}
}

// TestHeavyPartsStayInTheirRooms: Fyne only in app and app/ui; SQLite only in
// the gate's store, the hub's store and the authority's ledger.
func TestHeavyPartsStayInTheirRooms(t *testing.T) {
	rooms := map[string][]string{
		"fyne.io/fyne/v2":     {"postern/app", "postern/app/ui"},
		"modernc.org/sqlite":  {"postern/app/store", "postern/sync/hub", "postern/sync/authority"},
		"github.com/makiuchi": {"postern/app/qr"},
	}
	for pkg, deps := range list(t, "Imports") {
		for _, d := range deps {
			for heavy, allowed := range rooms {
				if strings.HasPrefix(d, heavy) && !within(pkg, allowed) {
					t.Errorf("%s imports %s; only %v may", pkg, d, allowed)
				}
			}
		}
	}
}

// within reports whether pkg is one of rooms or lies inside one; the app itself has rooms of its own.
func within(pkg string, rooms []string) bool {
	for _, r := range rooms {
		if pkg == r || (r != "postern/app" && strings.HasPrefix(pkg, r+"/")) {
			return true
		}
	}
	return false
}

// TestGroundFloor: pass, status, policy and verdict do no I/O over a network or a database.
func TestGroundFloor(t *testing.T) {
	for pkg, deps := range list(t, "Deps") {
		switch pkg {
		case "postern/sync/pass", "postern/sync/status", "postern/sync/policy", "postern/sync/verdict", "postern/sync/journal":
		default:
			continue
		}
		for _, d := range deps {
			if d == "net/http" || d == "database/sql" {
				t.Errorf("%s depends on %s", pkg, d)
			}
		}
	}
}

func TestSyncHasNoPackageOfItsOwn(t *testing.T) {
	for pkg := range list(t, "Imports") {
		if pkg == "postern/sync" || pkg == "postern" {
			t.Errorf("%s holds Go files; it is a house, not a room", pkg)
		}
	}
}
