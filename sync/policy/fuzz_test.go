package policy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"postern/sync/policy"
)

// FuzzExpr holds of every text and every data: reading and evaluating never
// panic and come to an end; the same question has the same answer; and what is
// read is written so that it is read again.
func FuzzExpr(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"if":[{"var":"payload.v.0"},{"in":[{"var":"payload.v.0.tg"},{"var":"external.valueSets.x"}]},true]}`, `{"payload":{"v":[{"tg":"a"}]},"external":{"valueSets":{"x":["a"]}}}`},
		{`{"reduce":[{"var":""},{"+":[{"var":"accumulator"},{"var":"current"}]},0]}`, `[1,2,3]`},
		{`{"reduce":[{"var":""},[{"var":""},{"var":"data"}],0]}`, `[1,2,3]`},
		{`{"not-after":[{"plusTime":[{"var":""},-1,"month"]},{"dccDateOfBirth":["2004-02"]},{"plusTime":["2021-06-23T00:00:00.1+1:30",9,"hour"]}]}`, `"2021-03-31"`},
		{`{"and":[{"===":[{"extractFromUVCI":[{"var":"ci"},1]},"AT"]},{"!":[[]]},{"<":[1,2,3]}]}`, `{"ci":"URN:UVCI:01:AT:1#B"}`},
	} {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	if root := os.Getenv("POSTERN_VECTORS"); root != "" {
		seedRules(f, root)
	}
	f.Fuzz(func(t *testing.T, logic, text []byte) {
		e, err := policy.ParseExpr(logic)
		if err != nil {
			return
		}
		var data any
		if json.Unmarshal(text, &data) != nil {
			data = string(text)
		}
		got, err := e.Eval(data)
		if err != nil && got != nil {
			t.Errorf("a value and an error: %v, %v", got, err)
		}
		written, werr := json.Marshal(e)
		if werr != nil {
			t.Fatal(werr)
		}
		again, perr := policy.ParseExpr(written)
		if perr != nil {
			if len(written) <= policy.MaxExprBytes {
				t.Fatalf("what was read is not read again: %v", perr)
			}
			return // escapes made it longer
		}
		// Large answers share their parts; to compare them could take for ever.
		if _, flat := got.([]any); flat {
			return
		}
		if _, flat := got.(map[string]any); flat {
			return
		}
		second, err2 := again.Eval(data)
		if (err == nil) != (err2 == nil) || !reflect.DeepEqual(got, second) {
			t.Errorf("one question, two answers: %v (%v) and %v (%v)", got, err, second, err2)
		}
	})
}

func seedRules(f *testing.F, root string) {
	files, err := filepath.Glob(filepath.Join(root, "rules", "[A-Z]*.json"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no rules (%v)", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var v struct {
			Rule  struct{ Logic json.RawMessage }
			Tests []struct{ Payload, External json.RawMessage }
		}
		if err := json.Unmarshal(b, &v); err != nil || len(v.Tests) == 0 {
			f.Fatalf("%s: %v", file, err)
		}
		last := v.Tests[len(v.Tests)-1]
		f.Add([]byte(v.Rule.Logic), []byte(`{"payload":`+string(last.Payload)+`,"external":`+string(last.External)+`}`))
	}
}

// FuzzRules holds of every rule that a policy accepts: whatever it is asked,
// it is met or found, and never met where there is no answer.
func FuzzRules(f *testing.F) {
	f.Add([]byte(`{"id":"a","logic":{"!":[{"var":"payload.x"}]}}`), []byte(`{"x":1}`))
	f.Add([]byte(`{"id":"b","from":"2026-11-01T00:00:00Z","logic":{">":[{"var":"payload"},2]}}`), []byte(`3`))
	f.Add([]byte(`{"id":"c","to":"2026-12-01T00:00:00Z","description":{"en":"x"},"fields":["y"],"logic":1}`), []byte(`[]`))
	f.Fuzz(func(t *testing.T, rule, text []byte) {
		p, err := policy.Parse([]byte(strings.Replace(hospital, `"test"`, `"rules":[`+string(rule)+`],"test"`, 1)))
		var document any
		if err != nil || json.Unmarshal(text, &document) != nil {
			return
		}
		data := policy.Data(document, noon, p.ValueSets)
		found := map[string]bool{}
		for _, f := range p.Ask(data, noon) {
			found[f.Rule] = true
		}
		for _, r := range p.Rules {
			yes, err := r.Holds(data)
			if yes && err != nil || r.Applies(noon) && yes == found[r.ID] {
				t.Errorf("rule %s: %v, %v, found %v", r.ID, yes, err, found[r.ID])
			}
		}
	})
}
