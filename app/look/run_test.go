package look_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/font/sfnt"

	"postern/app/look"
)

// What stands from left to right, run by run; in each the characters are in the order in which they are read.
func TestRuns(t *testing.T) {
	for _, c := range []struct {
		why, line string
		want      []string
	}{
		{"the screens' own words are one run", "请核对证件，Compare (1·2)", []string{"请核对证件，Compare (1·2)"}},
		{"another script has its font, marks are in the main one", "홍* ก.", []string{"홍", "* ", "ก", "."}},
		{"a right-to-left name goes to the left", "م. أ.", []string{".", "أ", " .", "م"}},
		{"in a sentence only the name does", "姓名 م. أ·已记录", []string{"姓名 ", "أ", " .", "م", "·已记录"}},
		{"numbers in it go to the right", "אב 12 גד", []string{"גד", " ", "12", " ", "אב"}},
		{"brackets are turned", "אב (ג)", []string{"(", "ג", ") ", "אב"}},
		{"a name in Latin letters beside it", "محمد Ann", []string{"Ann", " ", "محمد"}},
		{"a word in Latin letters is in one font", "Ann Đặng", []string{"Ann ", "Đặng"}},
		{"a mark stays with its letter", "x\u0331y", []string{"x\u0331y"}},
		{"a joiner too", "می\u200cخواهم", []string{"می\u200cخواهم"}},
		{"controls turn nothing round", "王\u202e明\u2066*", []string{"王明*"}},
		{"nothing", "", []string{""}},
	} {
		var got []string
		for _, r := range look.Runs(c.line, look.RightToLeft(c.line)) {
			got = append(got, r.Text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

// Whatever a line has, all of it is drawn, once.
func FuzzRuns(f *testing.F) {
	for _, s := range []string{"م. أ.", "12, א (ב) Ann", "क्षि*", "\u0301\u200d", "홍\xff"} {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, rtl bool) {
		sorted := func(s string) string {
			r := []rune(strings.NewReplacer(")", "(", "]", "[", "}", "{", ">", "<", "»", "«", "）", "（", "》", "《", "」", "「").Replace(s))
			slices.Sort(r)
			return string(r)
		}
		var all strings.Builder
		for _, r := range look.Runs(s, rtl) {
			all.WriteString(r.Text)
		}
		if want := string([]rune(look.Plain(s))); sorted(all.String()) != sorted(want) {
			t.Errorf("%q is drawn as %q", want, all.String())
		}
	})
}

func TestRightToLeft(t *testing.T) {
	for s, want := range map[string]bool{
		"م. أ.": true, "«אב»": true, "محمد HC1 أحمد": true, "": false, "123": false, "王*": false, "Ann אב": false, "אב 正在值守": false,
	} {
		if look.RightToLeft(s) != want {
			t.Errorf("%q is read from right to left: %t", s, !want)
		}
	}
}

// A word that is longer than a line is broken between what is read as characters.
func TestLinesKeepMarksWithTheirLetters(t *testing.T) {
	const name = "กิตติศักดิ์น้ำผึ้งक्षितिजपूर्वीe\u0301e\u0301"
	for width := float32(2); width < 9; width++ {
		lines := look.Lines(name, width, func(s string) float32 { return float32(len(look.Clusters(s))) })
		if strings.Join(lines, "") != name {
			t.Fatalf("%q became %q", name, lines)
		}
		for _, l := range lines {
			if strings.ContainsAny(first(l), "ิัี์้ำ\u093f\u0940\u0942\u094d\u0301") {
				t.Errorf("a line begins with a mark: %q", lines)
			}
		}
	}
}

// The fonts of scripts: each can be read in both weights, and is no larger than it should be.
func TestScriptFonts(t *testing.T) {
	for _, s := range []look.Script{
		"Arabic", "Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Han", "Hangul", "Hebrew",
		"Kannada", "Khmer", "Lao", "Latin", "Malayalam", "Mongolian", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thaana",
		"Thai", "Tibetan", "Yi",
	} {
		for _, bold := range []bool{false, true} {
			file, err := s.File(bold)
			if err != nil || len(file) > 3_000_000 {
				t.Errorf("%s bold %t: %d bytes: %v", s, bold, len(file), err)
				continue
			}
			if _, err := sfnt.Parse(file); err != nil {
				t.Errorf("%s bold %t: %v", s, bold, err)
			}
		}
	}
	if _, err := look.Script("Klingon").File(true); err == nil {
		t.Error("a font that is not there can be read")
	}
}

// beyond are characters of the list of 8,105 common ones of 2013 (通用规范汉字表) that lie outside the basic plane.
const beyond = "𠅤𠙶𡎚𡐓𣗋𣲗𣲘𣸣𤧛𤩽𤫉𥔲𥕢𥖨𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌𪟝𪣻𪤗𪨰𪨶𪩘𪾢𫄧𫄨𫄷𫄸𫇭𫌀𫍣𫍯𫍲" +
	"𫍽𫐄𫐐𫐓𫑡𫓧𫓯𫓶𫓹𫔍𫔎𫔶𫖮𫖯𫖳𫗧𫗴𫘜𫘝𫘦𫘧𫘨𫘪𫘬𫚕𫚖𫚭𫛭𫞩𫟅𫟦𫟹𫟼𫠆𫠊𫠜𫢸𫫇𫭟𫭢𫭼𫮃𫰛𫵷𫶇𫷷𫸩𬀩𬀪𬂩" +
	"𬃊𬇕𬇙𬇹𬊈𬊤𬌗𬍛𬍡𬍤𬒈𬒔𬒗𬕂𬘓𬘘𬘡𬘩𬘫𬘬𬘭𬘯𬙂𬙊𬙋𬜬𬜯𬞟𬟁𬟽𬣙𬣞𬣡𬣳𬤇𬤊𬤝𬨂𬨎𬩽𬪩𬬩𬬭𬬮𬬱𬬸𬬹𬬻𬬿𬭁" +
	"𬭊𬭎𬭚𬭛𬭤𬭩𬭬𬭯𬭳𬭶𬭸𬭼𬮱𬮿𬯀𬯎𬱖𬱟𬳵𬳶𬳽𬳿𬴂𬴃𬴊𬶋𬶍𬶏𬶐𬶟𬶠𬶨𬶭𬶮𬷕𬸘𬸚𬸣𬸦𬸪𬹼𬺈𬺓"

// What names are written in is drawn to the last character: the blocks of
// Chinese that mainland computers must have (GB 18030-2022, levels 1 and 2), all
// syllables of Korean, and the letters of the other scripts.
func TestCoverage(t *testing.T) {
	for _, r := range beyond {
		if !look.Draws(string(r)) {
			t.Errorf("%c is not drawn", r)
		}
	}
	for _, c := range []struct {
		block    string
		from, to rune
		missing  int // of these Noto Sans CJK 2.004 has no drawing, or Unicode no character
	}{
		{"unified ideographs", 0x4e00, 0x9fef, 0},
		{"extension A", 0x3400, 0x4db5, 0},
		{"kana", 0x3041, 0x3096, 0},
		{"katakana", 0x30a1, 0x30fe, 0},
		{"Hangul", 0xac00, 0xd7a3, 0},
		{"Latin", 0xc0, 0x24f, 0},
		{"Latin of Vietnamese", 0x1ea0, 0x1ef9, 0},
		{"Cyrillic", 0x400, 0x52f, 0},
		{"Greek", 0x386, 0x3ce, 3},
		{"Armenian", 0x531, 0x556, 0},
		{"Armenian, small", 0x561, 0x587, 0},
		{"Georgian", 0x10d0, 0x10ff, 0},
		{"Hebrew", 0x5d0, 0x5ea, 0},
		{"Arabic", 0x620, 0x64a, 0},
		{"Arabic of other languages", 0x671, 0x6d3, 0},
		{"Thai", 0xe01, 0xe3a, 0},
		{"Devanagari", 0x904, 0x939, 0},
		{"Ethiopic", 0x1200, 0x1248, 0},
	} {
		var missing []rune
		for r := c.from; r <= c.to; r++ {
			if !look.Draws(string(r)) {
				missing = append(missing, r)
			}
		}
		if len(missing) != c.missing {
			t.Errorf("%s: %d are not drawn, want %d: %U", c.block, len(missing), c.missing, missing)
		}
	}
}
