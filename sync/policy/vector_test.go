package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"postern/sync/policy"
)

// TestVectors runs the suites that others published: CertLogic's own, and
// country rules with their tests. Suites, cases and assertions whose directive
// is "skip" are those that their authors leave out (they contradict the
// specification, or go beyond it).
func TestVectors(t *testing.T) {
	logic, rules := &tally{T: t, name: "certlogic"}, &tally{T: t, name: "rules"}
	roots := []string{filepath.Join("testdata", "vectors")} // our own
	if published := os.Getenv("POSTERN_VECTORS"); published != "" {
		roots = append(roots, published)
	}
	for _, root := range roots {
		for _, file := range vectorFiles(t, root, "certlogic") {
			certLogic(logic, file)
		}
		sets := valueSets(t, root)
		for _, file := range vectorFiles(t, root, "rules") {
			if !strings.HasPrefix(filepath.Base(file), "_") {
				countryRule(rules, file, sets)
			}
		}
	}
	logic.report()
	rules.report()
}

// tally counts what passed, and names what did not.
type tally struct {
	*testing.T
	name                   string
	passed, total, skipped int
}

func (c *tally) count(ok bool, format string, args ...any) {
	c.Helper()
	c.total++
	if ok {
		c.passed++
		return
	}
	c.Errorf(format, args...)
}

func (c *tally) report() {
	c.Logf("%s: left out by their authors: %d", c.name, c.skipped)
	fmt.Printf("%s %d/%d\n", c.name, c.passed, c.total)
	if c.total == 0 {
		c.Errorf("%s: there are no vectors", c.name)
	}
}

func vectorFiles(t *testing.T, root, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, folder, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s (%v)", folder, err)
	}
	return files
}

func readVector(t *testing.T, file string, into any) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

type assertion struct {
	Directive string
	Logic     json.RawMessage `json:"certLogicExpression"`
	Data      any
	Expected  any
	Fails     bool // of our own cases: there is no answer, and that is not the answer null
}

func certLogic(c *tally, file string) {
	var suite struct {
		Directive string
		Cases     []struct {
			Name, Directive string
			Logic           json.RawMessage `json:"certLogicExpression"`
			Assertions      []assertion
			Issues          *[]any
		}
	}
	readVector(c.T, file, &suite)
	name := filepath.Base(file)
	for _, k := range suite.Cases {
		if k.Issues != nil {
			_, err := policy.ParseExpr(k.Logic)
			c.count((err == nil) == (len(*k.Issues) == 0), "%s: %s: issues %v, got %v", name, k.Logic, *k.Issues, err)
		}
		for _, a := range k.Assertions {
			if suite.Directive == "skip" || k.Directive == "skip" || a.Directive == "skip" {
				c.skipped++
				continue
			}
			if a.Logic == nil {
				a.Logic = k.Logic
			}
			got, err := evaluate(a.Logic, a.Data)
			if a.Fails {
				c.count(err != nil, "%s: %s: %s of %v is %v, want an error", name, k.Name, a.Logic, a.Data, got)
				continue
			}
			c.count(err == nil && reflect.DeepEqual(got, a.Expected), "%s: %s: %s of %v is %v (%v), want %v", name, k.Name, a.Logic, a.Data, got, err, a.Expected)
		}
	}
}

func evaluate(logic []byte, data any) (any, error) {
	e, err := policy.ParseExpr(logic)
	if err != nil {
		return nil, err
	}
	return e.Eval(data)
}

func valueSets(t *testing.T, root string) map[string]any {
	sets := map[string]any{}
	readVector(t, filepath.Join(root, "rules", "_valuesets.json"), &sets)
	return sets
}

// countryRule reads a rule as the world publishes it, and asks it about each of its tests' credentials.
func countryRule(c *tally, file string, sets map[string]any) {
	var v struct {
		Rule  json.RawMessage
		Tests []struct {
			Name     string
			Payload  any
			External map[string]any
			Expected bool
		}
	}
	readVector(c.T, file, &v)
	rule, err := policy.ParseDCCRule(v.Rule)
	if err != nil {
		c.count(false, "%s: %v", file, err)
		return
	}
	for i, k := range v.Tests {
		if name, ok := k.External["valueSets"].(string); ok {
			k.External["valueSets"] = sets[strings.TrimPrefix(name, "@")]
		}
		got, err := rule.Holds(map[string]any{"payload": k.Payload, "external": k.External})
		c.count(err == nil && got == k.Expected, "%s: test %d %q: got %v (%v), want %v", rule.ID, i, k.Name, got, err, k.Expected)
	}
}
