package ui

import (
	"postern/app/gate"
	"postern/app/look"
	"postern/sync/journal"
	"postern/sync/wording"
)

// entryWords words an entry for the list of today: what it was, and why.
func entryWords(c *wording.Catalogue, e journal.Entry) (what, why string) {
	switch e.Kind {
	case journal.Check:
		return c.Say("outcome." + look.Name(e.Outcome)), c.Code(e.Reason)
	case journal.Override:
		what = c.Say("kind.override")
	case journal.Registration:
		why = c.Either("recorded."+gate.CountedReason(e), "recorded.other", "")
		if number := gate.PaperNumber(e); number != "" {
			why = number + "·" + why
		}
		return c.Say("kind.registration"), why
	case journal.Slip:
		what = c.Say("kind.slip")
	case journal.Confirm:
		return c.Say("kind.confirm"), c.Code(e.Reason)
	case journal.Shift:
		switch e.Reason {
		case gate.WayIn:
			return c.Say("kind.way"), c.Say("direction.in")
		case gate.WayOut:
			return c.Say("kind.way"), c.Say("direction.out")
		}
		return c.Say("kind.shift"), e.Operator
	case journal.Headcount:
		return c.Say("kind.headcount"), ""
	case journal.Clock:
		return c.Say("kind.clock"), ""
	default:
		return c.Say("kind.start"), ""
	}
	return what, c.Either("recorded."+e.Reason, "recorded.other", "")
}
