package pass_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

// Whatever a text of MaxText holds, looking at it costs a few megabytes at
// most: each of these inflates or nests as far as it can.
func TestMemoryIsBounded(t *testing.T) {
	const most = 32 << 20 // bytes; the worst of these inflates to thousands of times that
	key := p256Key(t)
	keys := ring(foreignKey(key.Public()), healthKey(key.Public()))
	header := cborOf(t, map[any]any{1: -7, 4: foreignKID})
	sealed := func(payload []byte) string { // not signed, which takes no less memory to find out
		return "HC1:" + base45.Encode(zlibOf(cborOf(t, []any{header, map[any]any{}, payload, make([]byte, 64)})))
	}
	deflated := func(text string) string {
		return "shc:/" + digits(b64([]byte(cardHeader))+"."+b64(deflateOf(t, []byte(text)))+"."+b64(make([]byte, 64)))
	}
	for name, text := range map[string]string{
		"zeros":          "HC1:" + base45.Encode(zlibOf(make([]byte, 4<<20))),
		"zeros, no HC1":  base45.Encode(zlibOf(make([]byte, 4<<20))),
		"numbers":        sealed(append([]byte{0x9a, 0, 0, 0xff, 0xe0}, bytes.Repeat([]byte{0x20}, 0xffe0)...)),
		"empty maps":     sealed(append([]byte{0x9f}, bytes.Repeat([]byte{0xa0}, 0xff00)...)),
		"empty lists":    sealed(append([]byte{0x9f}, bytes.Repeat([]byte{0x80}, 0xff00)...)),
		"large promises": sealed(bytes.Repeat([]byte{0x9a, 0, 0, 0xff, 0}, 13000)),
		"deep":           sealed(bytes.Repeat([]byte{0x81}, 0xff00)),
		"JSON spaces":    deflated(strings.Repeat(" ", 1<<20)),
		"JSON lists":     deflated(`{"a":[` + strings.Repeat("[],", 21000) + "[]]}"),
		"JSON objects":   deflated(`{"a":[` + strings.Repeat("{},", 21000) + "{}]}"),
		"JSON deep":      deflated(strings.Repeat("[", 65000)),
		"JSON, no card":  "{" + strings.Repeat(`"a":[],`, 1100) + `"b":1}`,
		"base64":         strings.Repeat("A", pass.MaxText),
		"base45":         "6BF" + strings.Repeat("0", pass.MaxText-4),
	} {
		t.Run(name, func(t *testing.T) {
			if len(text) > pass.MaxText {
				t.Fatalf("the text has %d bytes", len(text))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			p, err := pass.Open(text, keys)
			runtime.ReadMemStats(&after)
			if p != nil || err == nil {
				t.Fatalf("gave %+v, %v", p, err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > most {
				t.Errorf("it took %d bytes", used)
			} else {
				t.Log(fmt.Sprintf("%.1f MiB", float64(used)/(1<<20)), err)
			}
		})
	}
}
