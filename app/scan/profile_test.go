package scan_test

import (
	"strings"
	"testing"
	"time"

	"postern/app/qr"
	"postern/app/scan"
)

func TestProfileIsOneString(t *testing.T) {
	for _, text := range []string{"", "end=tab", "layout=de", "prefix=%02&suffix=%03", "end=pause&layout=ru&prefix=%7E%26%3D"} {
		p, err := scan.ParseProfile(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := scan.ParseProfile(p.String()); err != nil || again != p {
			t.Errorf("%q became %q, %+v", text, p, again)
		}
	}
	for _, bad := range []string{"end=never", "layout=xx", "aim=on", "end=tab&end=tab", "prefix=%zz", "prefix=" + strings.Repeat("a", 65)} {
		if p, err := scan.ParseProfile(bad); err == nil {
			t.Errorf("%q: %+v", bad, p)
		}
	}
}

func TestProfileUndresses(t *testing.T) {
	for name, c := range map[string]struct {
		profile, typed, want string
		format               qr.Format
	}{
		"as it comes":          {"", "PP1:NCF", "PP1:NCF", ""},
		"prefix and suffix":    {"prefix=~&suffix=%23%23", "~PP1:NCF##", "PP1:NCF", ""},
		"they are not there":   {"prefix=~&suffix=%23", "PP1:NCF", "PP1:NCF", ""},
		"QR identifier":        {"", "]Q1PP1:NCF", "PP1:NCF", qr.QR},
		"Aztec identifier":     {"prefix=~", "~]z3HC1:NCF", "HC1:NCF", qr.Aztec},
		"EAN-8 identifier":     {"", "]E496385074", "96385074", qr.EAN8},
		"not an identifier":    {"", "]X1 marks", "]X1 marks", ""},
		"Caps Lock":            {"", "pp1:ncf+x", "PP1:NCF+X", ""},
		"Caps Lock, link":      {"", "SHC:/5676", "shc:/5676", ""},
		"German":               {"", "PP1ÖYX-Z?(", "PP1:ZX/Y_*", ""},
		"German, card":         {"layout=de", "shcÖ-5676", "shc:/5676", ""},
		"German, dead key":     {"", "HC1ÖNCÀB`7", "HC1:NC+AB+7", ""},
		"German, identifier":   {"", "+Q1HC1ÖNCF", "HC1:NCF", qr.QR},
		"German, Caps Lock":    {"", "pp1öyx", "PP1:ZX", ""},
		"French":               {"", "PP&MZQ:<", "PP1:WA.<", ""},
		"French, a digit":      {"", "HC&Mà%ù", "HC1:0\"'", ""},
		"Spanish":              {"", "PP1ÑA-B", "PP1:A/B", ""},
		"Italian":              {"", "PP1çA-B", "PP1:A/B", ""},
		"Swedish":              {"", "PP1ÖA-B", "PP1:A/B", ""},
		"Russian":              {"", "ЗЗ1ЖФИ.С", "PP1:AB/C", ""},
		"nothing of ours":      {"", "Öffnung 12-13 Uhr", "Öffnung 12-13 Uhr", ""},
		"ours, with strangers": {"", "PP1:ÖÖ-", "PP1:ÖÖ-", ""},
		"another layout set":   {"layout=fr", "PP1ÖNCF", "PP1ÖNCF", ""},
	} {
		p, err := scan.ParseProfile(c.profile)
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.Reading(c.typed, noon, scan.Wedge)
		if err != nil || got.Text != c.want || got.Format != c.format || got.Source != scan.Wedge {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got, _ := (scan.Profile{}).Reading("PP1ÖNCF", noon, scan.Serial); got.Text != "PP1ÖNCF" {
		t.Errorf("a serial line has no layout: %q", got.Text)
	}
	if _, err := (scan.Profile{Prefix: "~"}).Reading("~", noon, scan.Wedge); err == nil {
		t.Error("a prefix alone is no reading")
	}
}

func TestKeyboardEndsAsItsProfileSays(t *testing.T) {
	k := scan.Keyboard{End: scan.Enter}
	if stroke(&k, "AB\tCDEF", noon, 0); !k.Rune('\r', noon) {
		t.Error("Enter does not end")
	}
	if text, scanned := k.Enter(noon); text != "AB\tCDEF" || !scanned {
		t.Errorf("got %q", text)
	}
	k.End = scan.Tab
	if stroke(&k, "AB\nCDEF", noon, 0); !k.Rune('\t', noon) {
		t.Error("Tab does not end")
	}
	if text, _ := k.Enter(noon); text != "AB\nCDEF" {
		t.Errorf("got %q", text)
	}

	k = scan.Keyboard{End: scan.Pause}
	last := stroke(&k, "PP1:ABCDEF", noon, 2*time.Millisecond)
	if text, scanned := k.Rest(last.Add(149 * time.Millisecond)); text != "" || scanned {
		t.Errorf("too early: %q", text)
	}
	if text, scanned := k.Rest(last.Add(150 * time.Millisecond)); text != "PP1:ABCDEF" || !scanned {
		t.Errorf("got %q, scan %v", text, scanned)
	}
	last = stroke(&k, "A7F3-22", last.Add(time.Second), 120*time.Millisecond)
	if text, scanned := k.Rest(last.Add(200 * time.Millisecond)); text != "" || scanned {
		t.Errorf("typing became a scan: %q", text)
	}
	if text, scanned := k.Enter(last.Add(300 * time.Millisecond)); text != "A7F3-22" || scanned {
		t.Errorf("typing was lost: %q", text)
	}
}
