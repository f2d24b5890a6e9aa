// Package jcs checks that JSON has one meaning, and writes it in one form, the
// JSON Canonicalization Scheme (RFC 8785).
//
// If an object has a member twice, encoding/json keeps the last. It ignores case
// when it fills a struct, and puts U+FFFD for what is not Unicode. Two programs
// could then read the same signed text differently. [Check] refuses repeated
// members and invalid Unicode. Against case the caller must decode into
// map[string]any and not into a struct.
package jcs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects may nest.
const MaxDepth = 32

// Check is an error unless b is one JSON value with one meaning (I-JSON, RFC 7493):
// UTF-8 without half surrogates, no member twice, nothing after it, and nested at
// most MaxDepth deep.
func Check(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("broken JSON: it is not UTF-8")
	}
	if halfSurrogate(b) {
		return errors.New("broken JSON: an escape is half of a character")
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if err := check(d, MaxDepth); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("broken JSON: there is something after the end of it")
	}
	return nil
}

func check(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return fmt.Errorf("broken JSON: %w", err)
	}
	delim, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	if depth == 0 {
		return errors.New("the JSON is nested too deeply")
	}
	seen := map[string]bool{}
	for d.More() {
		if delim == '{' {
			token, err := d.Token()
			if err != nil {
				return fmt.Errorf("broken JSON: %w", err)
			}
			name, _ := token.(string)
			if seen[name] {
				return fmt.Errorf("the JSON has %q twice in one object", name)
			}
			seen[name] = true
		}
		if err := check(d, depth-1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil { // the closing bracket
		return fmt.Errorf("broken JSON: %w", err)
	}
	return nil
}

// halfSurrogate reports whether there is a \uD800 to \uDFFF escape that is not one
// of a pair.
func halfSurrogate(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		unit, ok := escapedUnit(b[i:])
		if !ok {
			i++ // the escaped character begins no escape itself
			continue
		}
		i += 5
		if !utf16.IsSurrogate(unit) {
			continue
		}
		low, ok := escapedUnit(b[i+1:])
		if !ok || utf16.DecodeRune(unit, low) == utf8.RuneError {
			return true
		}
		i += 6
	}
	return false
}

// escapedUnit reads the \uXXXX that b begins with.
func escapedUnit(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}

// Append appends the canonical form of v, which is made of nil, bool, float64,
// string, []any and map[string]any, as json.Unmarshal gives them.
func Append(dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...), nil
	case bool:
		return strconv.AppendBool(dst, v), nil
	case float64:
		return appendNumber(dst, v)
	case string:
		return appendText(dst, v), nil
	case []any:
		return appendArray(dst, v)
	case map[string]any:
		return appendObject(dst, v)
	}
	return nil, fmt.Errorf("write canonical JSON: a %T has no JSON form", v)
}

// appendNumber writes a number as ECMAScript does (RFC 8785 section 3.2.2.3).
// encoding/json does the same except for minus zero.
func appendNumber(dst []byte, f float64) ([]byte, error) {
	if f == 0 {
		return append(dst, '0'), nil
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil, errors.New("write canonical JSON: a number is infinite or none")
	}
	b, err := json.Marshal(f)
	return append(dst, b...), err
}

func appendArray(dst []byte, list []any) ([]byte, error) {
	dst = append(dst, '[')
	var err error
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = Append(dst, v); err != nil {
			return nil, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, object map[string]any) ([]byte, error) {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.SortFunc(names, byUnits)
	dst = append(dst, '{')
	var err error
	for i, name := range names {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendText(dst, name), ':')
		if dst, err = Append(dst, object[name]); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

// byUnits compares by UTF-16 code units (RFC 8785 section 3.2.3). That differs
// from the order of UTF-8 bytes only beyond the basic plane.
func byUnits(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

// appendText writes s with only the escapes that RFC 8785 has, each in its
// shortest form.
func appendText(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	short := map[byte]byte{'\b': 'b', '\t': 't', '\n': 'n', '\f': 'f', '\r': 'r', '"': '"', '\\': '\\'}
	dst = append(dst, '"')
	for i := range len(s) {
		c := s[i]
		if letter, ok := short[c]; ok {
			dst = append(dst, '\\', letter)
		} else if c < ' ' {
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
