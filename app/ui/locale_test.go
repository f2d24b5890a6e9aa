package ui_test

import (
	"context"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"

	"postern/app/look"
	"postern/app/settings"
	"postern/app/ui"
	"postern/sync/wording"
)

func TestLanguageFor(t *testing.T) {
	for locale, want := range map[string]string{
		"zh_CN.UTF-8": "zh", "zh": "zh", "zh-SG": "zh", "zh-Hans-HK": "zh", "ZH_cn.gb18030": "zh",
		"zh_TW.UTF-8": "zh-Hant", "zh-HK": "zh-Hant", "zh_MO": "zh-Hant", "zh-Hant": "zh-Hant", "zh-Hant-CN": "zh-Hant", "zh_TW@radical": "zh-Hant", "yue_HK": "zh-Hant",
		"en_GB.UTF-8": "en", "de_AT": "en", "C.UTF-8": "en", "POSIX": "en", "": "en", "_": "en", "zha": "en",
	} {
		if got := ui.LanguageFor(locale); got != want {
			t.Errorf("%q speaks %q, want %q", locale, got, want)
		}
	}
}

// The system chooses at the first start, and what was chosen since then wins.
func TestTheSystemsLanguage(t *testing.T) {
	start := func(locale, chosen string) string {
		t.Setenv("LC_ALL", locale)
		a, w := newWindow(t)
		u, err := ui.New(a, w, ui.Options{
			Run: func(job func(context.Context)) { job(context.Background()) }, Settings: settings.Settings{Language: chosen},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(u.Close)
		return u.Language()
	}
	for locale, want := range map[string]string{"zh_HK.UTF-8": "zh-Hant", "zh_CN.UTF-8": "zh", "fr_FR.UTF-8": "en"} {
		if got := start(locale, ""); got != want {
			t.Errorf("with %s the screens speak %q, want %q", locale, got, want)
		}
	}
	if got := start("zh_HK.UTF-8", "en"); got != "en" {
		t.Errorf("the choice of English was forgotten: %q", got)
	}
	if got := start("zh_HK.UTF-8", "tlh"); got != "zh-Hant" {
		t.Errorf("after a choice that is none any more the screens speak %q", got)
	}
}

// The old national sets tell the scripts apart: what GB 2312 cannot write is no
// simplified character, and what Big5 cannot write no traditional one.
func TestEachScriptKeepsToItself(t *testing.T) {
	for language, set := range map[string]encoding.Encoding{"zh": simplifiedchinese.HZGB2312, "zh-Hant": traditionalchinese.Big5} {
		for key, sentence := range catalogue(t, language) {
			if key == "settings.language" || strings.HasPrefix(key, "lang.") {
				continue // names languages in their own script
			}
			for _, r := range sentence {
				if !unicode.Is(unicode.Han, r) {
					continue
				}
				if _, err := set.NewEncoder().String(string(r)); err != nil {
					t.Errorf("%s: %q has %c, of the other script, in %q", language, key, r, sentence)
				}
			}
		}
	}
}

// names are characters of people and places outside the everyday ones.
const names = "煊堃喆淼犇骉昇栢喬龍蕭葉鄧鍾劉陳黃張趙孫龘囍祎翀曌赟旻晟頔玥芃暐禕贇甯邨" +
	"㛃㴔㵐㻬䶮䢺䲟𠅤𡿨𢦏𤧛𤩽𥻗𦈡𦰡𧒽𨱇𨱏𨺙𩽾𪟝𪣻𪨰𫄧𫖯𫘧𫞩𫟹𫠊𫭟𫰛𫷷𬀩𬍛𬘭𬘯𬞟𬟽𬣞𬤇𬨎𬩽𬬭𬭚𬭬𬱖𬶍ㄅㄆㄇ"

// Every character of the words and of all the sets in which names are kept has a drawing in each language's font in both weights.
func TestGlyphs(t *testing.T) {
	var wanted strings.Builder
	for _, language := range wording.Languages {
		for _, sentence := range catalogue(t, language) {
			wanted.WriteString(strings.NewReplacer("\u2060", "", "\n", "").Replace(sentence)) // never drawn
		}
	}
	wanted.WriteString("…" + names)
	for r := rune(0x4e00); r <= 0x9fa5; r++ {
		wanted.WriteRune(r)
	}
	for _, language := range wording.Languages {
		for _, bold := range []bool{false, true} {
			file, err := look.Font(language, bold)
			if err != nil || len(file) > 7_000_000 {
				t.Fatalf("%s bold %t: %d bytes: %v", language, bold, len(file), err)
			}
			font, err := sfnt.Parse(file)
			if err != nil {
				t.Fatalf("%s bold %t: %v", language, bold, err)
			}
			var missing []rune
			for _, r := range wanted.String() {
				if g, err := font.GlyphIndex(nil, r); err != nil || g == 0 {
					missing = append(missing, r)
				}
			}
			if len(missing) > 0 {
				t.Errorf("%s bold %t cannot draw %q", language, bold, string(missing))
			}
		}
	}
}

// A text is drawn in its script at once, and Fyne reads no font for it that it
// has already: it would keep the old ones too.
func TestFontsFollowTheScript(t *testing.T) {
	d := newDesk(t, "zh", fyne.NewSize(480, 800)).attach()
	read := 0
	theApp().Settings().AddListener(func(fyne.Settings) { read++ })
	d.Open("settings")
	for _, language := range []string{"en", "zh-Hant", "zh", "zh-Hant", "zh-Hant", "en", "zh"} {
		d.Turn(language)
		texts := 0
		for _, o := range test.LaidOutObjects(d.window.Content()) {
			text, ok := o.(*canvas.Text)
			if !ok {
				continue
			}
			texts++
			font := text.FontSource
			if font == nil {
				font = theme.Current().Font(text.TextStyle)
			}
			if strings.Contains(font.Name(), "zh-Hant") != (language == "zh-Hant") || strings.Contains(font.Name(), "true") != text.TextStyle.Bold {
				t.Errorf("%s: %q is drawn in %s", language, text.Text, font.Name())
			}
		}
		if texts < 10 {
			t.Errorf("%s: %d texts", language, texts)
		}
	}
	if read > 0 {
		t.Errorf("the theme was set %d times", read)
	}
}

func TestNumbersAndPlurals(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 9999: "9999", 10_000: "10,000", 1_234_567: "1,234,567"} {
		if got := wording.Number(n); got != want {
			t.Errorf("%d is written %q", n, got)
		}
	}
	en := catalogueOf(t, "en")
	for count, want := range map[string]string{"1": "1 record of this gate is not sent yet", "2": "2 records of this gate are not sent yet"} {
		if got := en.Say("enrol.unsent", "count", count); !strings.HasPrefix(got, want) || strings.ContainsAny(got, "{|}") {
			t.Errorf("of %s it says %q", count, got)
		}
	}
}
