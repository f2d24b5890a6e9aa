package pass

import (
	"fmt"
	"strings"
)

// openForeign opens a pass of another issuer. It finds the format by the prefix,
// or by the form of the text for formats without one.
func openForeign(text string, keys *Keyring) (*Pass, error) {
	for _, f := range []struct {
		prefix string
		open   func(string, *Keyring) (*Pass, error)
	}{
		{prefixHCERT, openHCERT},
		{prefixSHC, openSHC},
		{prefixNZCP, openNZCP},
		{prefixVDSNC, openVDSNC},
	} {
		if strings.HasPrefix(text, f.prefix) {
			return f.open(text, keys)
		}
	}
	if isLink(text) {
		return nil, fmt.Errorf("open pass: %w", ErrNeedsNetwork)
	}
	if b, ok := recogniseClaim169(text); ok {
		return openClaim169(b, keys)
	}
	if ticket, ok := recognisePretix(text); ok {
		return openPretix(ticket, keys)
	}
	return nil, fmt.Errorf("open pass: %w", ErrForeign)
}

// isLink reports whether text is a SMART Health Link, alone or after the address
// of a viewer.
func isLink(text string) bool {
	const link = "shlink:/"
	web := strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	return strings.HasPrefix(text, link) || web && strings.Contains(text, "#"+link)
}
