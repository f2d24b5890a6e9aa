package pass

import (
	"fmt"
	"strings"
)

// openForeign opens what is not ours, by what it begins with.
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

// isLink knows a SMART Health Link, bare or behind the address of a viewer.
func isLink(text string) bool {
	const link = "shlink:/"
	web := strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://")
	return strings.HasPrefix(text, link) || web && strings.Contains(text, "#"+link)
}
