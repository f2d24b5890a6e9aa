package ui

import (
	"os"
	"strings"

	"fyne.io/fyne/v2/lang"
)

// systemLanguage is the language of the screens that the system asks for; it
// decides only until somebody chose one.
func systemLanguage() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if locale := os.Getenv(name); locale != "" {
			return LanguageFor(locale)
		}
	}
	return LanguageFor(lang.SystemLocale().String())
}

// LanguageFor is the language of the screens for a locale, written as
// zh_TW.UTF-8 (POSIX) or zh-Hant-TW (BCP 47). The script decides where it is
// named, else the place; who reads no Chinese gets English.
func LanguageFor(locale string) string {
	locale, _, _ = strings.Cut(locale, ".")
	locale, _, _ = strings.Cut(locale, "@")
	parts := strings.FieldsFunc(strings.ToLower(locale), func(r rune) bool { return r == '_' || r == '-' })
	if len(parts) == 0 || parts[0] != "zh" && parts[0] != "yue" {
		return "en"
	}
	for _, part := range parts[1:] {
		switch part {
		case "hans":
			return "zh"
		case "hant", "tw", "hk", "mo":
			return "zh-Hant"
		}
	}
	return "zh"
}
