package look_test

import (
	"slices"
	"testing"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"postern/app/look"
)

func font(t *testing.T, language string, bold bool) *sfnt.Font {
	t.Helper()
	file, err := look.Font(language, bold)
	if err != nil {
		t.Fatal(err)
	}
	f, err := sfnt.Parse(file)
	if err != nil {
		t.Fatalf("%s bold %t: %v", language, bold, err)
	}
	return f
}

// outline is how a font draws a character.
func outline(t *testing.T, f *sfnt.Font, r rune) sfnt.Segments {
	t.Helper()
	var buf sfnt.Buffer
	g, err := f.GlyphIndex(&buf, r)
	if err != nil || g == 0 {
		t.Fatalf("no drawing of %c: %v", r, err)
	}
	s, err := f.LoadGlyph(&buf, g, fixed.I(1000), nil)
	if err != nil {
		t.Fatalf("%c: %v", r, err)
	}
	return slices.Clone(s)
}

// Each kind of Chinese has its own shapes where they differ, and only there;
// English is with Simplified.
func TestFontHasTheShapesOfItsScript(t *testing.T) {
	for _, bold := range []bool{false, true} {
		zh, hant, en := font(t, "zh", bold), font(t, "zh-Hant", bold), font(t, "en", bold)
		for _, r := range "骨角說過起令選道。，" {
			if slices.Equal(outline(t, zh, r), outline(t, hant, r)) {
				t.Errorf("bold %t: %c is drawn for Taiwan as for the mainland", bold, r)
			}
		}
		for _, r := range "AZ09一上出通" {
			if slices.Equal(outline(t, zh, r), outline(t, hant, r)) == (r == '通') {
				t.Errorf("bold %t: %c", bold, r)
			}
			if !slices.Equal(outline(t, zh, r), outline(t, en, r)) {
				t.Errorf("bold %t: English draws %c in another way", bold, r)
			}
		}
		if zh.NumGlyphs() < 25_000 || hant.NumGlyphs() < 25_000 {
			t.Errorf("bold %t: %d and %d drawings", bold, zh.NumGlyphs(), hant.NumGlyphs())
		}
	}
}

func BenchmarkFont(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := look.Font("zh-Hant", true); err != nil {
			b.Fatal(err)
		}
	}
}
