// Package ready holds the policies that a new authority begins with. The
// authority edits them, and gates believe only what it signs:
//
//	residential  paper codes and screenshots pass; no test is asked; the same pass not twice in two minutes
//	hospital     a negative nucleic-acid test of the last 48 hours
//	school       paper passes; no positive test in the last 14 days; whoever comes is known by name
//	office       the holder's own phone must show a fresh code; the same pass not twice in two minutes
//	metro        as quick as can be: a genuine pass in good standing
//	event        a negative test of the last 48 hours; a pass goes in once in four hours
//	border       a recent test, vaccination or recovery, also by foreign certificates
//	care-home    a negative test of the last 24 hours; names are compared
//	restaurant   a negative test of the last 72 hours
//	pharmacy     nobody is kept from medicine: suspended passes too, and with no data still a check
//
// A test that was positive within 14 days is at least a check in every one of
// them, whatever credential tells of it. Where the same pass may not go in
// twice, "reentry" says for how many minutes: long enough that a code cannot be
// handed back to the next person.
//
// Each says what the guard does in a medical emergency, in which a gate admits
// whatever the policy asks.
package ready

import "embed"

//go:embed *.json
var files embed.FS

// Names of the ready policies, the default first.
var Names = []string{
	"residential", "hospital", "school", "office", "metro", "event", "border", "care-home", "restaurant", "pharmacy",
}

// Policy is the JSON of a ready policy; nil where there is none of this name.
func Policy(name string) []byte {
	b, err := files.ReadFile(name + ".json")
	if err != nil {
		return nil
	}
	return b
}
