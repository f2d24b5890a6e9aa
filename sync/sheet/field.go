package sheet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/sync/pass"
	"postern/sync/status"
)

// The words that a field may hold in place of a code.
var (
	statusWords = map[string]status.Value{
		"good": status.Good, "正常": status.Good,
		"invalid": status.Invalid, "作废": status.Invalid,
		"suspended": status.Suspended, "暂停": status.Suspended,
		"barred": status.Barred, "禁止": status.Barred,
	}
	kindWords = map[string]pass.Kind{
		"nucleic": pass.NucleicAcid, "nucleic acid": pass.NucleicAcid, "pcr": pass.NucleicAcid, "核酸": pass.NucleicAcid,
		"antigen": pass.Antigen, "抗原": pass.Antigen,
	}
	resultWords = map[string]pass.Result{
		"negative": pass.Negative, "阴性": pass.Negative, "阴": pass.Negative,
		"positive": pass.Positive, "阳性": pass.Positive, "阳": pass.Positive,
		"inconclusive": pass.Inconclusive, "不确定": pass.Inconclusive, "可疑": pass.Inconclusive,
	}
)

// ParseStatus reads a person's status: a word, or a code from 0 to 3 (PROTOCOL.md, section 9).
func ParseStatus(s string) (status.Value, error) {
	if v, ok := statusWords[strings.ToLower(s)]; ok {
		return v, nil
	}
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && n <= uint64(status.Barred) {
		return status.Value(n), nil
	}
	return 0, fmt.Errorf("status %q is none of good, invalid, suspended, barred", s)
}

// ParseKind reads the kind of a test: a word, or a code of package pass from 1 on.
func ParseKind(s string) (pass.Kind, error) {
	if k, ok := kindWords[strings.ToLower(s)]; ok {
		return k, nil
	}
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && n >= 1 && n <= uint64(pass.OtherKind) {
		return pass.Kind(n), nil
	}
	return 0, fmt.Errorf("kind %q is neither nucleic nor antigen, nor a code from 1 to %d", s, pass.OtherKind)
}

// ParseResult reads the result of a test: a word, or a code of package pass.
func ParseResult(s string) (pass.Result, error) {
	if r, ok := resultWords[strings.ToLower(s)]; ok {
		return r, nil
	}
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && n <= uint64(pass.Inconclusive) {
		return pass.Result(n), nil
	}
	return 0, fmt.Errorf("result %q is none of negative, positive, inconclusive", s)
}

const maxNumber = 32

// ParseNumber reads an identity number: letters, digits and dashes. It gives
// it in capitals, so that one number is written in one way.
func ParseNumber(s string) (string, error) {
	switch {
	case s == "":
		return "", errors.New("the number is empty")
	case len(s) > maxNumber:
		return "", fmt.Errorf("the number has %d characters, at most %d go", len(s), maxNumber)
	case strings.Contains(strings.ToUpper(s), "E+"):
		return "", errors.New("the number was rounded by a spreadsheet; format the column as text and save again")
	}
	for _, c := range []byte(s) {
		if c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return "", errors.New("the number holds something else than letters, digits and dashes")
		}
	}
	return strings.ToUpper(s), nil
}

// ParseBirthYear reads a year from 1850 to that of now; an empty field is 0, which is unknown.
func ParseBirthYear(s string, now time.Time) (int, error) {
	if s == "" {
		return 0, nil
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 1850 && n <= now.Year() {
		return n, nil
	}
	return 0, fmt.Errorf("birth year %q is no year from 1850 to %d", s, now.Year())
}

// ParseLabel reads a text that is shown to people: at most so many bytes, all
// of them printable. The error calls it what.
func ParseLabel(what, s string, most int) (string, error) {
	switch {
	case len(s) > most:
		return "", fmt.Errorf("the %s has %d bytes, at most %d go", what, len(s), most)
	case strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }):
		return "", fmt.Errorf("the %s holds characters that cannot be printed", what)
	}
	return s, nil
}

// Layouts of times that name no zone. Spreadsheets write months and days with
// one digit, and slashes.
var (
	minuteLayouts = []string{"2006-1-2 15:04", "2006-1-2 15:04:05", "2006/1/2 15:04", "2006/1/2 15:04:05"}
	dayLayouts    = []string{"2006-1-2", "2006/1/2"}
)

// ParseMinute reads a time: RFC 3339, or a date and a time of day in zone.
func ParseMinute(s string, zone *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, checkYear(t)
	}
	for _, layout := range minuteLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, checkYear(t)
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time such as 2026-11-22 08:30 or 2026-11-22T08:30:00+08:00", s)
}

// ParseUntil reads when something ends: a time as ParseMinute does, or a day,
// which counts to its last second in zone.
func ParseUntil(s string, zone *time.Location) (time.Time, error) {
	for _, layout := range dayLayouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.AddDate(0, 0, 1), checkYear(t)
		}
	}
	t, err := ParseMinute(s, zone)
	if err != nil {
		return t, fmt.Errorf("valid_until: %w, or a day such as 2026-12-31", err)
	}
	return t, nil
}

func checkYear(t time.Time) error {
	if y := t.Year(); y < 2000 || y > 2199 {
		return fmt.Errorf("the year %d makes no sense here", y)
	}
	return nil
}
