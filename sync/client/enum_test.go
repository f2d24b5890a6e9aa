package client_test

import (
	"errors"
	"fmt"
	"testing"

	"postern/sync/client"
)

// No status code of an unexpected reply is taken for success, and one that
// HTTP does not know is no word of a hub's.
func TestStatusCodesOutOfRange(t *testing.T) {
	for code := range 1000 {
		for _, kind := range []string{"application/json", "text/html"} {
			err := client.ProblemOf(code, kind)
			want := client.ErrGarbage
			switch {
			case code == 404:
				continue // the caller says what is not there
			case code == 429, code >= 500:
				want = client.ErrBusy
			case code >= 400 && kind == "application/json":
				want = client.ErrRefused
			}
			if !errors.Is(err, want) {
				t.Errorf("%d %s is %v, want %v", code, kind, err, want)
			}
		}
	}
}

// An error that has no code is "internal", and never that of another.
func TestCodesOutOfRange(t *testing.T) {
	for _, err := range []error{errors.New("the hub is busy"), fmt.Errorf("%v", client.ErrBusy)} {
		if code := client.CodeOf(err); code != "internal" {
			t.Errorf("%v has code %q", err, code)
		}
	}
	if client.CodeOf(nil) != "" {
		t.Error("no error has a code")
	}
}
