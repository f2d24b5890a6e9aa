package policy_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"postern/sync/policy"
)

// failed marks an expression that is read and cannot be evaluated.
const failed = "an error"

// TestOperators goes through the specification (1.3.2), operator by operator.
func TestOperators(t *testing.T) {
	for _, tc := range []struct {
		logic, data string
		want        any
	}{
		// literals
		{`"a"`, `null`, "a"},
		{`-3`, `null`, -3.0},
		{`42.0`, `null`, 42.0},
		{`[]`, `null`, []any{}},
		{`[1,[true,"x"]]`, `null`, []any{1.0, []any{true, "x"}}},
		{`[{"var":"a"},2]`, `{"a":1}`, []any{1.0, 2.0}},

		// var
		{`{"var":""}`, `{"a":1}`, map[string]any{"a": 1.0}},
		{`{"var":"a.b"}`, `{"a":{"b":"c"}}`, "c"},
		{`{"var":"a.b.c"}`, `{"a":null}`, nil},
		{`{"var":"a.1"}`, `{"a":[1,2]}`, 2.0},
		{`{"var":"a.2"}`, `{"a":[1,2]}`, nil},
		{`{"var":"a.-1"}`, `{"a":[1,2]}`, nil},
		{`{"var":"a.length"}`, `{"a":[1,2]}`, nil},
		{`{"var":"a.01"}`, `{"a":[1,2]}`, 2.0},
		{`{"var":"a.99999999999999999999"}`, `{"a":[1,2]}`, nil},
		{`{"var":"a.0"}`, `{"a":{"0":"key"}}`, "key"},
		{`{"var":"a.0"}`, `{"a":"text"}`, nil},
		{`{"var":"a.x"}`, `{"a":7}`, nil},
		{`{"var":"x"}`, `"text"`, nil},

		// if, !: what is truthy, falsy, and neither
		{`{"if":[{"var":""},"T","F"]}`, `null`, "F"},
		{`{"if":[{"var":""},"T","F"]}`, `false`, "F"},
		{`{"if":[{"var":""},"T","F"]}`, `0`, "F"},
		{`{"if":[{"var":""},"T","F"]}`, `""`, "F"},
		{`{"if":[{"var":""},"T","F"]}`, `[]`, "F"},
		{`{"if":[{"var":""},"T","F"]}`, `{}`, "F"},
		{`{"if":[{"var":""},"T","F"]}`, `"0"`, "T"},
		{`{"if":[{"var":""},"T","F"]}`, `-1`, "T"},
		{`{"if":[{"var":""},"T","F"]}`, `[0]`, "T"},
		{`{"if":[{"var":""},"T","F"]}`, `{"a":null}`, "T"},
		{`{"if":[{"var":""},"T","F"]}`, `3.5`, failed},
		{`{"!":[{"var":""}]}`, `3.5`, failed},
		{`{"!":[{"plusTime":["2021-01-01",0,"day"]}]}`, `null`, failed},
		{`{"!":[{"var":"r.1"}]}`, `{"r":[{}]}`, true},
		{`{"!":["a"]}`, `null`, false},
		{`{"if":[true,1,{"+":["a",1]}]}`, `null`, 1.0},
		{`{"if":[false,{"+":["a",1]},2]}`, `null`, 2.0},
		{`{"if":[true,{"+":["a",1]},2]}`, `null`, failed},

		// and: lazily, the first falsy or the last
		{`{"and":[1,"x",[2]]}`, `null`, []any{2.0}},
		{`{"and":[1,"",[2]]}`, `null`, ""},
		{`{"and":[{"var":"x"},{"+":["a",1]}]}`, `null`, nil},
		{`{"and":[true,{"+":["a",1]}]}`, `null`, failed},
		{`{"and":[true,{"var":""}]}`, `1.5`, failed},
		{`{"and":[true,{"plusTime":["2021-01-01",0,"day"]}]}`, `null`, failed},

		// ===
		{`{"===":["a","a"]}`, `null`, true},
		{`{"===":[1,"1"]}`, `null`, false},
		{`{"===":[0,false]}`, `null`, false},
		{`{"===":[{"var":"x"},{"var":"y"}]}`, `null`, true},
		{`{"===":[{"var":"x"},""]}`, `null`, false},
		{`{"===":[{"var":""},[1,["a"]]]}`, `[1,["a"]]`, true},
		{`{"===":[{"var":""},[1,["b"]]]}`, `[1,["a"]]`, false},
		{`{"===":[{"var":"a"},{"var":"b"}]}`, `{"a":{"x":1},"b":{"x":1}}`, true},
		{`{"===":[{"var":"a"},{"var":"b"}]}`, `{"a":{"x":null},"b":{"y":null}}`, false},
		{`{"===":[{"var":"a"},{"var":"b"}]}`, `{"a":{"x":1},"b":{}}`, false},
		{`{"===":[{"plusTime":["2021-01-01",0,"day"]},{"dccDateOfBirth":["2021-01-01"]}]}`, `null`, true},
		{`{"===":[{"plusTime":["2021-01-01",0,"day"]},"2021-01-01"]}`, `null`, false},
		{`{"===":[{"var":""},1]}`, `1.5`, failed},

		// in
		{`{"in":["b",["a","b"]]}`, `null`, true},
		{`{"in":["B",["a","b"]]}`, `null`, false},
		{`{"in":[1,["1"]]}`, `null`, false},
		{`{"in":[{"var":"x"},[1]]}`, `null`, false},
		{`{"in":[{"var":"x"},{"var":"y"}]}`, `{"y":[null]}`, true},
		{`{"in":["a",[]]}`, `null`, false},
		{`{"in":["a",{"var":"y"}]}`, `null`, failed}, // a missing list is not an empty one
		{`{"in":["a","abc"]}`, `null`, failed},       // unlike JsonLogic
		{`{"in":["a",{"var":""}]}`, `{"a":1}`, failed},

		// +
		{`{"+":[1,-2]}`, `null`, -1.0},
		{`{"+":[1,"2"]}`, `null`, failed},
		{`{"+":[1,{"var":"x"}]}`, `null`, failed},
		{`{"+":[1,{"var":""}]}`, `0.5`, failed},
		{`{"+":[9007199254740991,1]}`, `null`, failed},
		{`{"+":[-9007199254740991,9007199254740991]}`, `null`, 0.0},

		// comparisons of integers, of 2 and 3
		{`{"<":[1,2]}`, `null`, true},
		{`{"<":[2,2]}`, `null`, false},
		{`{"<=":[2,2]}`, `null`, true},
		{`{">":[2,2]}`, `null`, false},
		{`{">":[3,2]}`, `null`, true},
		{`{">=":[2,2]}`, `null`, true},
		{`{"<":[1,2,3]}`, `null`, true},
		{`{"<":[1,3,2]}`, `null`, false},
		{`{"<":[2,1,3]}`, `null`, false},
		{`{"<":[1,2,2]}`, `null`, false},
		{`{"<=":[1,2,2]}`, `null`, true},
		{`{">":[3,2,1]}`, `null`, true},
		{`{">=":[3,3,4]}`, `null`, false},
		{`{"<":[1,"2"]}`, `null`, failed},
		{`{"<":[2,1,"x"]}`, `null`, failed}, // all operands count, also when two settle it
		{`{">":[{"var":"x"},1]}`, `null`, failed},
		{`{"<":[{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-02",0,"day"]}]}`, `null`, failed},

		// comparisons of date-times
		{`{"before":[{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-02",0,"day"]}]}`, `null`, true},
		{`{"before":[{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-01",0,"day"]}]}`, `null`, false},
		{`{"after":[{"plusTime":["2021-01-01T00:00:00.001Z",0,"day"]},{"plusTime":["2021-01-01",0,"day"]}]}`, `null`, true},
		{`{"not-after":[{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-01",1,"hour"]}]}`, `null`, true},
		{`{"not-after":[{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-03",0,"day"]},{"plusTime":["2021-01-02",0,"day"]}]}`, `null`, false},
		{`{"not-before":[{"plusTime":["2021-01-01",0,"day"]},{"plusTime":["2021-01-01",0,"day"]}]}`, `null`, true},
		{`{"before":["2021-01-01","2021-01-02"]}`, `null`, failed}, // strings are not date-times
		{`{"before":[{"var":"x"},{"plusTime":["2021-01-01",0,"day"]}]}`, `null`, failed},

		// reduce
		{`{"reduce":[{"var":""},{"+":[{"var":"accumulator"},{"var":"current"}]},10]}`, `[1,2,3]`, 16.0},
		{`{"reduce":[{"var":""},{"var":"current"},"none"]}`, `["a","b"]`, "b"},
		{`{"reduce":[[],{"+":["a",1]},7]}`, `null`, 7.0},
		{`{"reduce":[{"var":"r"},{"var":"current"},0]}`, `{}`, 0.0},
		{`{"reduce":[{"var":"r"},{"var":"current"},0]}`, `{"r":"text"}`, failed},
		{`{"reduce":[[1],{"var":"x"},0]}`, `{"x":5}`, nil},
		{`{"reduce":[[1],{"var":"data.x"},0]}`, `{"x":5}`, 5.0},
		{`{"reduce":[[1],{"var":""},0]}`, `null`, map[string]any{"current": 1.0, "accumulator": 0.0, "data": nil}},
		{`{"reduce":[[1,2],{"reduce":[[10],{"+":[{"var":"current"},{"var":"data.accumulator"}]},0]},0]}`, `null`, 20.0},
		{`{"and":[{"reduce":[[1],1,0]},{"var":"x"}]}`, `{"x":"outside again"}`, "outside again"},

		// extractFromUVCI
		{`{"extractFromUVCI":[{"var":""},0]}`, `"URN:UVCI:01:NL:187/37#5"`, "01"},
		{`{"extractFromUVCI":[{"var":""},4]}`, `"URN:UVCI:01:NL:187/37#5"`, "5"},
		{`{"extractFromUVCI":[{"var":""},5]}`, `"URN:UVCI:01:NL:187/37#5"`, nil},
		{`{"extractFromUVCI":[{"var":""},3]}`, `"a::c/#/f"`, ""},
		{`{"extractFromUVCI":[{"var":""},5]}`, `"a::c/#/f"`, "f"},
		{`{"extractFromUVCI":[{"var":""},0]}`, `""`, ""},
		{`{"extractFromUVCI":[{"var":""},-1]}`, `"a"`, nil},
		{`{"extractFromUVCI":[{"var":""},0]}`, `null`, nil},
		{`{"extractFromUVCI":[{"var":""},0]}`, `5`, failed},

		// date-times are strings only
		{`{"plusTime":[{"var":"x"},0,"day"]}`, `null`, failed},
		{`{"plusTime":[5,0,"day"]}`, `null`, failed},
		{`{"plusTime":[{"plusTime":["2021-01-01",0,"day"]},1,"day"]}`, `null`, failed},
		{`{"plusTime":["9999-12-31",1,"day"]}`, `null`, failed},
		{`{"plusTime":["0000-01-01",-1,"hour"]}`, `null`, failed},
		{`{"plusTime":["2021-01-01",10000000,"year"]}`, `null`, failed},
		{`{"dccDateOfBirth":[{"var":"x"}]}`, `null`, failed},
	} {
		var data any
		if err := json.Unmarshal([]byte(tc.data), &data); err != nil {
			t.Fatal(err)
		}
		e, err := policy.ParseExpr([]byte(tc.logic))
		if err != nil {
			t.Errorf("%s: %v", tc.logic, err)
			continue
		}
		got, err := e.Eval(data)
		switch {
		case tc.want == failed:
			if err == nil || got != nil {
				t.Errorf("%s of %s: got %v (%v), want an error", tc.logic, tc.data, got, err)
			}
		case err != nil || !reflect.DeepEqual(got, tc.want):
			t.Errorf("%s of %s: got %v (%v), want %v", tc.logic, tc.data, got, err, tc.want)
		}
	}
}

func TestDates(t *testing.T) {
	for _, tc := range []struct {
		text, op, want string // the empty want is an error
	}{
		{"2004", "0 day", "2004-12-31T00:00:00.000Z"},
		{"2004-02", "0 day", "2004-02-29T00:00:00.000Z"},
		{"2003-02", "0 day", "2003-02-28T00:00:00.000Z"},
		{"2021-05-04", "0 day", "2021-05-04T00:00:00.000Z"},
		{"2021-05-04T13:37:42", "0 day", "2021-05-04T13:37:42.000Z"},
		{"2021-05-04T13:37:42Z", "0 day", "2021-05-04T13:37:42.000Z"},
		{"2021-05-04T13:37:42+2", "0 day", "2021-05-04T11:37:42.000Z"},
		{"2021-05-04T13:37:42-02", "0 day", "2021-05-04T15:37:42.000Z"},
		{"2021-05-04T13:37:42+230", "0 day", "2021-05-04T11:07:42.000Z"},
		{"2021-05-04T13:37:42+0230", "0 day", "2021-05-04T11:07:42.000Z"},
		{"2021-05-04T13:37:42+2:30", "0 day", "2021-05-04T11:07:42.000Z"},
		{"2021-05-04T13:37:42-02:30", "0 day", "2021-05-04T16:07:42.000Z"},
		{"2021-05-04T13:37:42.1", "0 day", "2021-05-04T13:37:42.100Z"},
		{"2021-05-04T13:37:42.01Z", "0 day", "2021-05-04T13:37:42.010Z"},
		{"2021-05-04T13:37:42.9999999+02:00", "0 day", "2021-05-04T11:37:42.999Z"},

		{"2021-06-23", "-180 day", "2020-12-25T00:00:00.000Z"},
		{"2021-06-23T01:00:00Z", "-2 hour", "2021-06-22T23:00:00.000Z"},
		{"2021-06-23T01:00:00Z", "8760 hour", "2022-06-23T01:00:00.000Z"},
		{"1921-06-23", "3000000 hour", "2263-09-18T00:00:00.000Z"},
		{"2021-12-01", "1 month", "2022-01-01T00:00:00.000Z"},
		{"2020-12-01", "-12 month", "2019-12-01T00:00:00.000Z"},
		{"2021-01-31", "1 month", "2021-03-03T00:00:00.000Z"},
		{"2020-02-29", "1 day", "2020-03-01T00:00:00.000Z"},
		{"2020-02-29", "1 month", "2020-03-29T00:00:00.000Z"},
		{"2020-02-29", "1 year", "2021-03-01T00:00:00.000Z"},
		{"2020-02-29", "-1 year", "2019-03-01T00:00:00.000Z"},
		{"2020-02-29", "4 year", "2024-02-29T00:00:00.000Z"},
		{"2020-01-01T00:30:00+01:00", "1 year", "2020-12-31T23:30:00.000Z"},

		{"2004", "birth", "2004-12-31T00:00:00.000Z"},
		{"2004-04", "birth", "2004-04-30T00:00:00.000Z"},
		{"2004-04-05", "birth", "2004-04-05T00:00:00.000Z"},
		{"2004-04-05T00:00:00Z", "birth", ""},
		{"", "birth", ""},

		{"", "0 day", ""},
		{"20", "0 day", ""},
		{"2021-13", "0 day", ""},
		{"2021-00", "0 day", ""},
		{"2021-02-30", "0 day", ""},
		{"2021-2-3", "0 day", ""},
		{"2021-02-", "0 day", ""},
		{"2021-02-03T", "0 day", ""},
		{"2021-02T00:00:00Z", "0 day", ""},
		{"2021-02-03t00:00:00z", "0 day", ""},
		{"2021-02-03T24:00:00Z", "0 day", ""},
		{"2021-02-03T23:60:00Z", "0 day", ""},
		{"2021-02-03T23:59:60Z", "0 day", ""},
		{"2021-02-03T23:59Z", "0 day", ""},
		{"2021-02-03T23:59:00.Z", "0 day", ""},
		{"2021-02-03T23:59:00,5Z", "0 day", ""},
		{"2021-02-03T23:59:00+", "0 day", ""},
		{"2021-02-03T23:59:00+:30", "0 day", ""},
		{"2021-02-03T23:59:00+02:", "0 day", ""},
		{"2021-02-03T23:59:00+02:3", "0 day", ""},
		{"2021-02-03T23:59:00+24:00", "0 day", ""},
		{"2021-02-03T23:59:00+02:60", "0 day", ""},
		{"2021-02-03T23:59:00+02300", "0 day", ""},
		{"2021-02-03T23:59:00ZZ", "0 day", ""},
		{"2021-02-03 ", "0 day", ""},
		{"２０２１-02-03", "0 day", ""},
		{"2021-02-03T23:59:00." + strings.Repeat("1", 100), "0 day", ""},
	} {
		logic := `{"dccDateOfBirth":[{"var":""}]}`
		if amount, unit, ok := strings.Cut(tc.op, " "); ok {
			logic = fmt.Sprintf(`{"plusTime":[{"var":""},%s,%q]}`, amount, unit)
		}
		got, err := evaluate([]byte(logic), tc.text)
		if tc.want == "" {
			if err == nil {
				t.Errorf("%q, %s: got %v, want an error", tc.text, tc.op, got)
			}
			continue
		}
		at, _ := got.(time.Time)
		if text := at.Format("2006-01-02T15:04:05.000Z"); err != nil || text != tc.want {
			t.Errorf("%q, %s: got %v (%v), want %s", tc.text, tc.op, got, err, tc.want)
		}
	}
}

func TestParseExprRefuses(t *testing.T) {
	for name, tc := range map[string]struct{ logic, at string }{
		"null":                      {`null`, ""},
		"null in an array":          {`[1,null]`, "at /1:"},
		"a fraction":                {`{"+":[1,0.5]}`, "at /+/1:"},
		"an integer too large":      {`9007199254740992`, ""},
		"no number at all":          {`1e999`, ""},
		"nothing":                   {``, ""},
		"white space":               {` `, ""},
		"half":                      {`{"if":[true,1`, "at /if"},
		"trailing data":             {`true false`, ""},
		"no operator":               {`{}`, ""},
		"two operators":             {`{"!":[1],"and":[1,2]}`, ""},
		"one operator twice":        {`{"if":[1,{"!":[1],"!":[2]},3]}`, "at /if/1:"},
		"JsonLogic's or":            {`{"or":[1,2]}`, ""},
		"JsonLogic's ==":            {`{"==":[1,2]}`, ""},
		"other case":                {`{"If":[1,2,3]}`, ""},
		"no array":                  {`{"!":true}`, "at /!:"},
		"an object":                 {`{"!":{"var":"x"}}`, "at /!:"},
		"and of one":                {`{"and":[1]}`, "at /and:"},
		"and of none":               {`{"and":[]}`, "at /and:"},
		"if without else":           {`{"if":[1,2]}`, "at /if:"},
		"if, else if":               {`{"if":[1,2,3,4]}`, "at /if:"},
		"not of two":                {`{"!":[1,2]}`, "at /!:"},
		"=== of three":              {`{"===":[1,1,1]}`, "at /===:"},
		"+ of one":                  {`{"+":["1"]}`, "at /+:"},
		"< of four":                 {`{"<":[1,2,3,4]}`, "at /<:"},
		"before of one":             {`{"before":[1]}`, "at /before:"},
		"reduce without initial":    {`{"reduce":[[],1]}`, "at /reduce:"},
		"var of a number":           {`{"var":0}`, "at /var:"},
		"var of an array":           {`{"var":["x"]}`, "at /var:"},
		"var with an empty part":    {`{"var":"a..b"}`, "at /var:"},
		"var that ends in a dot":    {`{"var":"a."}`, "at /var:"},
		"var of many parts":         {`{"var":"a` + strings.Repeat(".a", 32) + `"}`, "at /var:"},
		"plusTime of a calculation": {`{"plusTime":["2021",{"+":[1,1]},"day"]}`, "at /plusTime/1:"},
		"plusTime of a fraction":    {`{"plusTime":["2021",1.5,"day"]}`, "at /plusTime/1:"},
		"plusTime of very much":     {`{"plusTime":["2021",10000001,"day"]}`, "at /plusTime/1:"},
		"plusTime in weeks":         {`{"plusTime":["2021",1,"week"]}`, "at /plusTime/2:"},
		"plusTime without a unit":   {`{"plusTime":["2021",1]}`, "at /plusTime:"},
		"extract at a string":       {`{"extractFromUVCI":["x","1"]}`, "at /extractFromUVCI/1:"},
		"not UTF-8":                 {"\"\xff\"", ""},
		"too deep":                  {strings.Repeat(`{"!":[`, 64) + `1` + strings.Repeat(`]}`, 64), "at /!/0/!/0"},
		"too many":                  {`[` + strings.Repeat(`1,`, policy.MaxExprNodes) + `1]`, "at /4095:"},
		"too long":                  {`"` + strings.Repeat("x", policy.MaxExprBytes) + `"`, ""},
	} {
		_, err := policy.ParseExpr([]byte(tc.logic))
		var e *policy.ExprError
		if !errors.As(err, &e) || !strings.Contains(err.Error(), tc.at) {
			t.Errorf("%s: got %v, want an error %s", name, err, tc.at)
		}
	}
	deepest := strings.Repeat(`{"!":[`, 63) + `1` + strings.Repeat(`]}`, 63)
	if got, err := evaluate([]byte(deepest), nil); err != nil || got != false {
		t.Errorf("the deepest that is read: got %v (%v)", got, err)
	}
}

func TestErrorsSayWhereButNotWhom(t *testing.T) {
	logic := `{"if":[true,{"and":[1,{"in":["x",{"var":"name"}]}]},2]}`
	_, err := evaluate([]byte(logic), map[string]any{"name": "王小明"})
	if err == nil || !strings.Contains(err.Error(), "/if/1/and/1/in: ") || strings.Contains(err.Error(), "王") {
		t.Errorf("got %v", err)
	}
}

// TestEvalTakesGoValues gives what no JSON decodes to: it is an error, never null.
func TestEvalTakesGoValues(t *testing.T) {
	for _, tc := range []struct {
		logic string
		data  any
		want  any
	}{
		{`{"===":[{"var":""},7]}`, 7, true},
		{`{"===":[{"var":""},7]}`, int64(7), true},
		{`{"===":[{"var":""},7]}`, uint64(7), true},
		{`{"===":[{"var":""},7]}`, json.Number("7"), true},
		{`{"===":[{"var":""},7]}`, uint64(math.MaxUint64), failed},
		{`{"!":[{"var":""}]}`, math.NaN(), failed},
		{`{"!":[{"var":""}]}`, math.Inf(1), failed},
		{`{"!":[{"var":"0"}]}`, []string{"a"}, failed},
		{`{"!":[{"var":"a"}]}`, map[string]string{"a": "b"}, failed},
		{`{"in":["a",{"var":""}]}`, []string{"a"}, failed},
		{`{"===":[{"var":""},{"var":""}]}`, []int{1}, failed},
		{`{"===":[{"var":""},{"var":""}]}`, func() {}, failed},
		{`{"!":[{"var":""}]}`, map[string]any(nil), true},
	} {
		got, err := evaluate([]byte(tc.logic), tc.data)
		if tc.want == failed && err == nil || tc.want != failed && (err != nil || got != tc.want) {
			t.Errorf("%s of %T: got %v (%v), want %v", tc.logic, tc.data, got, err, tc.want)
		}
	}
}

func TestZeroExpr(t *testing.T) {
	if _, err := (policy.Expr{}).Eval(true); err == nil {
		t.Error("the zero expression was evaluated")
	}
	if _, err := json.Marshal(policy.Expr{}); err == nil {
		t.Error("the zero expression was written")
	}
}

// TestWorkIsBounded folds folds over folds: without a bound this would take years.
func TestWorkIsBounded(t *testing.T) {
	long := make([]any, 1000)
	for i := range long {
		long[i] = strings.Repeat("x", 1000)
	}
	for name, logic := range map[string]string{
		"folds":    `{"reduce":[{"var":""},{"reduce":[{"var":"data"},{"reduce":[{"var":"data.data"},{"+":[{"var":"accumulator"},1]},0]},0]},0]}`,
		"doubling": `{"===":[{"reduce":[{"var":""},[{"var":"accumulator"},{"var":"accumulator"}],1]},{"reduce":[{"var":""},[{"var":"accumulator"},{"var":"accumulator"}],1]}]}`,
		"strings":  `{"reduce":[{"var":""},{"reduce":[{"var":"data"},{"in":["y",[{"extractFromUVCI":[{"var":"current"},9]}]]},0]},0]}`,
	} {
		_, err := evaluate([]byte(logic), long)
		if err == nil {
			t.Errorf("%s: was evaluated", name)
		}
		if name != "doubling" && !errors.Is(err, policy.ErrTooMuchWork) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPaths(t *testing.T) {
	e, err := policy.ParseExpr([]byte(`{"if":[{"var":"b.0"},{"reduce":[{"var":"a"},[{"var":"current.x"},{"var":"data.c"},{"reduce":[{"var":"current"},{"var":"data.data.d"},{"var":"data.e"}]}],{"var":"b.0"}]},{"var":""}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Paths(), []string{"", "a", "b.0", "c", "d", "e"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := (policy.Expr{}).Paths(); len(got) != 0 {
		t.Errorf("the zero expression looks at %q", got)
	}
}

// TestExprIsShared lets many ask at once; the race detector is the judge.
func TestExprIsShared(t *testing.T) {
	e, err := policy.ParseExpr([]byte(`{"reduce":[[1,2,3],{"+":[{"var":"accumulator"},{"var":"data.x"}]},0]}`))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 100 {
				if got, err := e.Eval(map[string]any{"x": i}); err != nil || got != float64(3*i) {
					t.Errorf("%d: got %v (%v)", i, got, err)
				}
			}
		})
	}
	all.Wait()
}
