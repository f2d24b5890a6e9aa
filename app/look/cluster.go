package look

import "github.com/clipperhouse/uax29/v2/graphemes"

// Clusters cuts a text into what is read as one character: a letter with the
// marks that stand on it, between which no line may break (UAX #29).
func Clusters(s string) []string {
	var out []string
	for c := graphemes.FromString(s); c.Next(); {
		out = append(out, c.Value())
	}
	return out
}
