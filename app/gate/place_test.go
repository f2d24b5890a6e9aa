package gate_test

import (
	"testing"

	"postern/app/gate"
)

func TestPlaceInTheLanguageOfTheGuard(t *testing.T) {
	s := gate.State{Place: "东门", Places: map[string]string{"en": "East Gate", "zh": "东大门"}}
	for language, want := range map[string]string{"en": "East Gate", "zh": "东大门", "zh-Hant": "东大门", "ko": "东门", "": "东门"} {
		if got := s.PlaceIn(language); got != want {
			t.Errorf("in %q it is called %q, want %q", language, got, want)
		}
	}
}
