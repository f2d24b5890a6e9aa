package base45_test

import (
	"bytes"
	"strings"
	"testing"

	"postern/sync/internal/base45"
)

func TestExamplesOfRFC9285(t *testing.T) {
	for plain, text := range map[string]string{
		"":        "",
		"AB":      "BB8",
		"Hello!!": "%69 VD92EX0",
		"base-45": "UJCLQE7W581",
		"ietf!":   "QED8WEX0",
	} {
		if got := base45.Encode([]byte(plain)); got != text {
			t.Errorf("Encode(%q) = %q, want %q", plain, got, text)
		}
		if got, err := base45.Decode(text); err != nil || string(got) != plain {
			t.Errorf("Decode(%q) = %q, %v, want %q", text, got, err, plain)
		}
	}
}

func TestLimitsOfGroups(t *testing.T) {
	for _, b := range [][]byte{{0xff, 0xff}, {0xff}, {0, 0}, {0}, {0xff, 0xff, 0xff}} {
		got, err := base45.Decode(base45.Encode(b))
		if err != nil || !bytes.Equal(got, b) {
			t.Errorf("%x came back as %x, %v", b, got, err)
		}
	}
}

func TestRejects(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"one character":        {"B", "cut short"},
		"four characters":      {"BB8B", "cut short"},
		"triple over 65535":    {"GGW", "more than 2 bytes"}, // 65536
		"highest triple":       {":::", "more than 2 bytes"},
		"pair over 255":        {"V5", "more than 1 byte"}, // 256
		"highest pair":         {"BB8::", "more than 1 byte"},
		"lower case":           {"bb8", `character 1 ('b')`},
		"line end":             {"BB8BB8BB\n", `character 9 ('\n')`},
		"alien in a pair":      {"BB8_0", `character 4 ('_')`},
		"alien last in triple": {"BB\x00", `character 3 ('\x00')`},
		"full-width letter":    {"Ｂ", `character 1`},
		"high byte":            {"00\xff", `character 3`},
	} {
		b, err := base45.Decode(c.text)
		if err == nil {
			t.Errorf("%s: Decode(%q) = %x", name, c.text, b)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %q does not say %q", name, err, c.want)
		}
	}
}

// Whatever decodes encodes to the same text.
func FuzzBase45(f *testing.F) {
	for _, text := range []string{"", "BB8", "%69 VD92EX0", "UJCLQE7W581", "QED8WEX0", "FGW", "U5", "GGW", "V5", "bb8", "B"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := base45.Decode(text)
		if err != nil {
			if b != nil {
				t.Errorf("Decode(%q) gave bytes and an error", text)
			}
			return
		}
		if again := base45.Encode(b); again != text {
			t.Errorf("%q encodes again as %q", text, again)
		}
		if base45.EncodedLen(len(b)) != len(text) {
			t.Errorf("EncodedLen(%d) = %d, want %d", len(b), base45.EncodedLen(len(b)), len(text))
		}
	})
}
