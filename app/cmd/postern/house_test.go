package main

import (
	"os"
	"os/exec"
	"slices"
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

// rule is one promise about what a room imports; docs/design.md has them under The house.
type rule struct {
	room  string   // a package; with /... behind it also what lies in it
	never []string // beginnings of what it may not depend on, not even through others
	ours  []string // the packages of this module that it may import itself; nil: any
}

// The rules of the house.
var rules = []rule{
	{room: "postern/sync/...", never: []string{"postern/app", "fyne.io/"}},
	{room: "postern/app/qr", never: []string{"postern"}},
	{room: "postern/app/gate", never: []string{"postern/app/store", "postern/app/ui", "fyne.io/"}},
	{room: "postern/app/station", never: []string{"postern/app/ui", "fyne.io/", "runtime/cgo"}},
	{room: "postern/app/look", never: []string{"postern/app/gate", "fyne.io/fyne/"}},
	{room: "postern/app/ui/kit", never: []string{"postern/app/gate", "postern/app/store"}, ours: []string{
		"postern/app/look", "postern/assets", "postern/sync/policy", "postern/sync/verdict", // an outcome's and an age's colour
	}},
	{room: "postern/app/station", never: []string{"postern/app/ui", "fyne.io/"}},
	{room: "postern/sync/sheet", never: []string{"postern/sync/authority", "database/sql"}},
	{room: "postern/sync/wording", never: []string{"postern/app", "postern/sync/authority", "postern/sync/client", "postern/sync/hub"}},
	{room: "postern/sync/pass", never: ground},
	{room: "postern/sync/status", never: ground},
	{room: "postern/sync/policy", never: ground},
	{room: "postern/sync/verdict", never: ground},
	{room: "postern/sync/journal", never: ground},
}

// ground is what the ground floor never touches: a network or a database.
var ground = []string{"net/http", "database/sql"}

// covers reports whether r is about pkg.
func (r rule) covers(pkg string) bool {
	room, whole := strings.CutSuffix(r.room, "/...")
	return pkg == room || whole && strings.HasPrefix(pkg, room+"/")
}

// breaks gives what of a package's dependencies and imports breaks r.
func (r rule) breaks(deps, imports []string) []string {
	var all []string
	for _, d := range deps {
		if slices.ContainsFunc(r.never, func(p string) bool { return strings.HasPrefix(d, p) }) {
			all = append(all, d)
		}
	}
	for _, i := range imports {
		if r.ours != nil && strings.HasPrefix(i, "postern/") && !slices.Contains(r.ours, i) {
			all = append(all, i)
		}
	}
	return all
}

// TestRulesOfTheHouse: every room keeps its rules, and none of them is about a room that is not there.
func TestRulesOfTheHouse(t *testing.T) {
	deps, imports := list(t, "Deps"), list(t, "Imports")
	for _, r := range rules {
		found := false
		for pkg := range deps {
			if !r.covers(pkg) {
				continue
			}
			found = true
			if bad := r.breaks(deps[pkg], imports[pkg]); bad != nil {
				t.Errorf("%s depends on %v; its rule is %+v", pkg, bad, r)
			}
		}
		if !found {
			t.Errorf("there is no package %s, so that its rule holds nothing", r.room)
		}
	}
}

// TestRulesSeeWhatBreaksThem: a rule that nothing can break holds nothing.
func TestRulesSeeWhatBreaksThem(t *testing.T) {
	for _, c := range []struct {
		rule          rule
		pkg           string
		deps, imports []string
		want          []string
	}{
		{rules[0], "postern/sync/hub/hubdb", []string{"fmt", "postern/sync/hub", "postern/app/gate"}, nil, []string{"postern/app/gate"}},
		{rule{never: ground}, "", []string{"net/http", "net/url"}, nil, []string{"net/http"}},
		{rule{ours: []string{}}, "", []string{"postern/assets"}, []string{"fmt", "postern/assets"}, []string{"postern/assets"}},
		{rule{ours: []string{"postern/assets"}}, "", nil, []string{"postern/assets", "postern/app/look"}, []string{"postern/app/look"}},
		{rule{}, "", []string{"postern/app"}, []string{"postern/app"}, nil},
	} {
		if c.pkg != "" && !c.rule.covers(c.pkg) {
			t.Errorf("%s is not about %s", c.rule.room, c.pkg)
		}
		if got := c.rule.breaks(c.deps, c.imports); !slices.Equal(got, c.want) {
			t.Errorf("%+v is broken by %v, want %v", c.rule, got, c.want)
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

func TestSyncHasNoPackageOfItsOwn(t *testing.T) {
	for pkg := range list(t, "Imports") {
		if pkg == "postern/sync" || pkg == "postern" {
			t.Errorf("%s holds Go files; it is a house, not a room", pkg)
		}
	}
}

// TestDesignNamesEveryRoom: docs/design.md draws the house as it stands. A
// package that it does not name lies inside one that it does.
func TestDesignNamesEveryRoom(t *testing.T) {
	design, err := os.ReadFile("../../../docs/design.md")
	if err != nil {
		t.Fatal(err)
	}
	drawn := drawnRooms(string(design))
	packages := list(t, "Imports")
	for pkg := range packages {
		if room := strings.TrimPrefix(pkg, "postern/"); !slices.ContainsFunc(drawn, func(d string) bool {
			return room == d || strings.HasPrefix(room, d+"/") && d != "app" && d != "sync"
		}) {
			t.Errorf("docs/design.md draws no %s", room)
		}
	}
	for _, d := range drawn {
		found := false
		for pkg := range packages {
			found = found || pkg == "postern/"+d || strings.HasPrefix(pkg, "postern/"+d+"/")
		}
		if !found {
			t.Errorf("docs/design.md draws %s, which is not there", d)
		}
	}
}

// drawnRooms gives the rooms in the drawing of the house, such as app/ui/kit:
// they are indented by two spaces in the house that they belong to.
func drawnRooms(design string) []string {
	_, design, _ = strings.Cut(design, "## The house")
	var rooms []string
	house := ""
	for line := range strings.Lines(design) {
		drawing, drawn := strings.CutPrefix(line, "    ")
		if !drawn {
			if len(rooms) > 0 {
				break
			}
			continue
		}
		name := strings.TrimSuffix(strings.Fields(drawing)[0], "/")
		if !strings.HasPrefix(drawing, " ") {
			house = name
			rooms = append(rooms, house)
		} else {
			rooms = append(rooms, house+"/"+name)
		}
	}
	return rooms
}
