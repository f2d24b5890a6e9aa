package look

import "strings"

// Plain is a text as it is drawn: without the word joiners (U+2060) that hold a
// number and its unit on one line.
func Plain(s string) string { return strings.ReplaceAll(s, "\u2060", "") }
