package enrol

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/sync/internal/cose"
	"postern/sync/policy"
)

// Limits of what is read here.
const (
	MaxHub   = 512      // bytes of a hub's address
	MaxPlace = 120      // bytes of a place's name, about 40 Chinese characters
	MaxBytes = 16 << 10 // bytes of a request, certificate, envelope, answer or identity
)

// errForm says that bytes decode, but are not the deterministic encoding of what
// they decode to.
var errForm = errors.New("it is not in its one deterministic form, or holds something unknown")

// exact decodes b into a T whose encoding is b to the byte: what is unknown,
// missing, repeated or written in another way is an error.
func exact[T any](b []byte) (T, error) {
	var v T
	if len(b) > MaxBytes {
		return v, fmt.Errorf("it has %d bytes, at most %d are read", len(b), MaxBytes)
	}
	if err := cose.Decoding.Unmarshal(b, &v); err != nil {
		return v, err
	}
	again, err := cose.Encoding.Marshal(v)
	if err != nil {
		return v, err
	}
	if !bytes.Equal(again, b) {
		return v, errForm
	}
	return v, nil
}

// ValidGate reports whether s can be a gate's name: 16 lower-case hex digits.
func ValidGate(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789abcdef") == ""
}

func checkPlace(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return errors.New("the place has no name")
	case len(s) > MaxPlace:
		return fmt.Errorf("the place's name has %d bytes, at most %d fit", len(s), MaxPlace)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("the place's name holds characters that cannot be printed")
	}
	return nil
}

// CheckPlaces checks the names of a place by language: at most MaxPlaces, each as
// long as a place's name can be.
func CheckPlaces(names map[string]string) error {
	if len(names) > MaxPlaces {
		return fmt.Errorf("the place has names in %d languages, at most %d fit", len(names), MaxPlaces)
	}
	for language, name := range names {
		if !policy.ValidLanguage(language) {
			return fmt.Errorf("the place has a name in %.20q, which is not a language's tag, such as zh or en", language)
		}
		if err := checkPlace(name); err != nil {
			return fmt.Errorf("in %s: %w", language, err)
		}
	}
	return nil
}

// maxTime is 31 December 9999: beyond it times do not print, and a number is no time.
const maxTime = 253402300799

func checkTime(t time.Time) error {
	if s := t.Unix(); s < 1 || s > maxTime {
		return errors.New("the time lies outside 1970 to 9999")
	}
	return nil
}

func fromUnix(s int64) time.Time { return time.Unix(s, 0).UTC() }
