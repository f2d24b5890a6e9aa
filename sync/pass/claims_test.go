package pass_test

import (
	"strings"
	"testing"

	"postern/sync/pass"
)

// payload is a valid payload as a map, for tests to change.
func payload() map[any]any {
	return map[any]any{
		1: issuer, 4: uint64(1796428800), 6: uint64(1795824000), 7: []byte{1, 2, 3, 4, 5, 6, 7, 8},
		65535: map[string]any{"status_list": map[string]any{"idx": 5, "uri": "s:7"}},
		-70001: map[int]any{
			1: "李*", 2: 1, 3: []any{[]any{1, 0, 29900000}}, 4: []any{2, 20500}, 5: 1985,
		},
	}
}

func changed(change func(p map[any]any)) map[any]any {
	p := payload()
	change(p)
	return p
}

func health(p map[any]any) map[int]any { return p[-70001].(map[int]any) }

func set(key, value any) map[any]any {
	return changed(func(p map[any]any) { p[key] = value })
}

func setHealth(key int, value any) map[any]any {
	return changed(func(p map[any]any) { health(p)[key] = value })
}

func drop(key any) map[any]any {
	return changed(func(p map[any]any) { delete(p, key) })
}

func TestClaimsThatOpen(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	many := make([]any, 8)
	for i := range many {
		many[i] = []any{2, 1, 29900000 + i}
	}
	for name, p := range map[string]map[any]any{
		"all":                   payload(),
		"no health":             drop(-70001),
		"no status":             drop(65535),
		"empty health":          set(-70001, map[int]any{}),
		"unknown claim":         set(99, []any{"x", map[string]any{"y": true}, nil}),
		"claims with names":     changed(func(p map[any]any) { p["1"], p["Issuer"] = "Q", "Q" }),
		"unknown negative":      set(-70099, -1),
		"unknown health member": setHealth(9, "x"),
		"name of 64 bytes":      setHealth(1, strings.Repeat("n", 64)),
		"eight tests":           setHealth(3, many),
	} {
		t.Run(name, func(t *testing.T) {
			if p := mustOpen(t, signedPayload(t, encode(t, p)), keys); p.Issuer != issuer {
				t.Errorf("issuer is %q", p.Issuer)
			}
		})
	}
	later := mustOpen(t, signedPayload(t, encode(t, setHealth(3, []any{[]any{7, 0, 29900000}}))), keys)
	if later.Tests[0].Kind != pass.OtherKind {
		t.Errorf("an unknown kind of test reads as %d", later.Tests[0].Kind)
	}
}

func TestClaimsThatDoNotOpen(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	status := func(idx, uri any) map[any]any {
		return set(65535, map[string]any{"status_list": map[string]any{"idx": idx, "uri": uri}})
	}
	holder := p256Key(t)
	point, err := holder.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	x, y := point[1:33], point[33:]
	confirm := func(key any) map[any]any { return set(8, map[int]any{1: key}) }
	mustOpen(t, signedPayload(t, encode(t, confirm(map[int]any{1: 2, -1: 1, -2: x, -3: y}))), keys)

	nine := make([]any, 9)
	for i := range nine {
		nine[i] = []any{1, 0, 29900000}
	}
	for name, p := range map[string]map[any]any{
		"no issuer":             drop(1),
		"empty issuer":          set(1, ""),
		"long issuer":           set(1, strings.Repeat("P", 65)),
		"issuer as bytes":       set(1, []byte("P")),
		"issuer with line end":  set(1, "P\n"),
		"no expiry":             drop(4),
		"expiry in text":        set(4, "2026"),
		"expiry negative":       set(4, -1),
		"expiry as float":       set(4, 1796428800.5),
		"expiry after 9999":     set(4, uint64(253402300800)),
		"expiry of 64 bits":     set(4, uint64(1)<<63),
		"not before after 9999": set(5, uint64(253402300800)),
		"no time of issue":      drop(6),
		"time of issue 0":       set(6, 0),
		"no identifier":         drop(7),
		"identifier of 7":       set(7, make([]byte, 7)),
		"identifier of 9":       set(7, make([]byte, 9)),
		"identifier as list":    set(7, []any{1, 2, 3, 4, 5, 6, 7, 8}),
		"identifier as text":    set(7, "12345678"),
		"a delegation":          set(9, "gate"),
		"a delegation, empty":   set(9, nil),
		"status without list":   set(65535, map[string]any{}),
		"status without uri":    status(5, ""),
		"status, long uri":      status(5, strings.Repeat("s", 65)),
		"status, huge index":    status(uint64(1)<<40, "s:7"),
		"status, negative":      status(-1, "s:7"),
		"status, other case":    set(65535, map[string]any{"Status_List": map[string]any{"idx": 5, "uri": "s:7"}}),
		"health as list":        set(-70001, []any{}),
		"long name":             setHealth(1, strings.Repeat("n", 65)),
		"name turns direction":  setHealth(1, "\u202e*gnahZ"),
		"colour 4":              setHealth(2, 4),
		"colour 257":            setHealth(2, 257),
		"birth year 1700":       setHealth(5, 1700),
		"birth year of 64 bits": setHealth(5, uint64(1)<<63),
		"nine tests":            setHealth(3, nine),
		"test of two":           setHealth(3, []any{[]any{1, 0}}),
		"test of four":          setHealth(3, []any{[]any{1, 0, 29900000, 0}}),
		"test kind 0":           setHealth(3, []any{[]any{0, 0, 29900000}}),
		"test kind 64":          setHealth(3, []any{[]any{64, 0, 29900000}}),
		"test result 3":         setHealth(3, []any{[]any{1, 3, 29900000}}),
		"test without time":     setHealth(3, []any{[]any{1, 0, 0}}),
		"test after 9999":       setHealth(3, []any{[]any{1, 0, uint64(1) << 58}}),
		"test null":             setHealth(3, []any{nil}),
		"100 doses":             setHealth(4, []any{100, 20500}),
		"257 doses":             setHealth(4, []any{257, 20500}),
		"doses after 9999":      setHealth(4, []any{1, uint64(1) << 50}),
		"key missing":           set(8, map[int]any{}),
		"key by name":           set(8, map[int]any{3: []byte("kid")}),
		"key Ed25519":           confirm(map[int]any{1: 1, -1: 6, -2: x}),
		"key P-384":             confirm(map[int]any{1: 2, -1: 2, -2: x, -3: y}),
		"key compressed":        confirm(map[int]any{1: 2, -1: 1, -2: x, -3: true}),
		"key off the curve":     confirm(map[int]any{1: 2, -1: 1, -2: x, -3: x}),
		"key too short":         confirm(map[int]any{1: 2, -1: 1, -2: x[1:], -3: y}),
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, signedPayload(t, encode(t, p)), keys, pass.ErrMalformed)
		})
	}
	for name, b := range map[string][]byte{
		"no map":          encode(t, 5),
		"nothing":         {},
		"trailing":        append(encode(t, payload()), 0),
		"tagged":          append([]byte{0xd8, 61}, encode(t, payload())...),
		"indefinite":      append(append([]byte{0xbf}, encode(t, payload())[1:]...), 0xff),
		"claim repeated":  {0xa2, 1, 0x61, 'P', 1, 0x61, 'Q'},
		"claims in chaos": {0xa2, 4, 1, 1, 0x61, 'P'},
		"long integer":    {0xa1, 0x18, 1, 0x61, 'P'},
	} {
		t.Run(name, func(t *testing.T) {
			wantError(t, signedPayload(t, b), keys, pass.ErrMalformed)
		})
	}
}
