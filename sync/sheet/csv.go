package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// splitFields appends the fields of a line to fields: RFC 4180, but no field holds a line's end.
func splitFields(line string, fields []string) ([]string, error) {
	for {
		var field, rest string
		var more bool
		if strings.HasPrefix(line, `"`) {
			var err error
			if field, rest, err = quoted(line[1:]); err != nil {
				return fields, err
			}
			if rest, more = strings.CutPrefix(rest, ","); !more && rest != "" {
				return fields, errors.New("something stands between a closing quote and the next comma")
			}
		} else {
			field, rest, more = strings.Cut(line, ",")
		}
		if fields = append(fields, field); len(fields) > maxColumns {
			return fields, fmt.Errorf("it has more than %d fields", maxColumns)
		}
		if !more {
			return fields, nil
		}
		line = rest
	}
}

// quoted reads a field up to its closing quote, and gives what follows that.
// Two quotes in a field stand for one.
func quoted(s string) (field, rest string, err error) {
	var b strings.Builder
	for {
		before, after, ok := strings.Cut(s, `"`)
		if !ok {
			return "", "", errors.New("a quote is opened and not closed on the same line")
		}
		b.WriteString(before)
		if !strings.HasPrefix(after, `"`) {
			return b.String(), after, nil
		}
		b.WriteByte('"')
		s = after[1:]
	}
}
