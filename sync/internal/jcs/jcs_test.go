package jcs_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"postern/sync/internal/jcs"
)

func canonical(t testing.TB, text string) string {
	t.Helper()
	if err := jcs.Check([]byte(text)); err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	b, err := jcs.Append(nil, v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The examples of RFC 8785 sections 3.2.2 to 3.2.4.
func TestExamplesOfRFC8785(t *testing.T) {
	for in, want := range map[string]string{
		`{
  "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
  "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "literals": [null, true, false]
}`: `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`: "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		`[-0, 0.0, 1e21, 1e20, 1e-6, 1e-7, 9007199254740992]`: `[0,0,1e+21,100000000000000000000,0.000001,1e-7,9007199254740992]`,
		`"<&>\u2028\u007f"`: "\"<&>\u2028\x7f\"",
	} {
		if got := canonical(t, in); got != want {
			t.Errorf("%s\n gave %s\n want %s", in, got, want)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"member twice":         `{"a":1,"b":{"c":1,"c":2}}`,
		"twice by escape":      `{"a":1,"\u0061":2}`,
		"trailing":             `{} {}`,
		"trailing bracket":     `{}}`,
		"not UTF-8":            "\"\xff\"",
		"high half":            `"\ud83d"`,
		"high half, then text": `"\ud83dx\ude00"`,
		"low half":             `"\ude00"`,
		"two high halves":      `"\ud83d\ud83d"`,
		"BOM":                  "\ufeff{}",
		"nothing":              ``,
		"cut":                  `{"a":`,
		"deep":                 strings.Repeat("[", 33) + strings.Repeat("]", 33),
	} {
		if err := jcs.Check([]byte(text)); err == nil {
			t.Errorf("%s: %s was taken", name, text)
		}
	}
	for _, text := range []string{`"\\ud83d"`, `"\ud83d\ude00"`, `{"a":{"a":1},"b":[{"a":1}]}`, `"�"`, `"\\\ud83d\ude00"`} {
		if err := jcs.Check([]byte(text)); err != nil {
			t.Errorf("%s was refused: %v", text, err)
		}
	}
}

// What is canonical is read back as what it was, and has no second form.
func FuzzJCS(f *testing.F) {
	f.Add([]byte(`{"b":[1,2.5,"x"],"a":null}`))
	f.Add([]byte(`"\ud83d\ude00\u0000"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if jcs.Check(text) != nil {
			return
		}
		var v any
		if json.Unmarshal(text, &v) != nil {
			return
		}
		first, err := jcs.Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		if err := jcs.Check(first); err != nil {
			t.Fatalf("%s became %s: %v", text, first, err)
		}
		var again any
		if err := json.Unmarshal(first, &again); err != nil {
			t.Fatal(err)
		}
		second, err := jcs.Append(nil, again)
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%s and then %s, %v", first, second, err)
		}
	})
}
