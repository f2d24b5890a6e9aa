// Package ready holds the policies that a new authority begins with. They are
// a start, to be edited and published again, and mean nothing unless signed:
//
//	residential  paper codes and screenshots pass; no test is asked
//	hospital     a negative nucleic-acid test of the last 48 hours
//	office       the holder's own phone must show a fresh code; the same pass not twice in two minutes
package ready

import "embed"

//go:embed *.json
var files embed.FS

// Names of the ready policies, the default first.
var Names = []string{"residential", "hospital", "office"}

// Policy gives the JSON of a ready policy; nil where there is none of this name.
func Policy(name string) []byte {
	b, err := files.ReadFile(name + ".json")
	if err != nil {
		return nil
	}
	return b
}
