package ui_test

import (
	"testing"

	"postern/app/scan"
	"postern/app/settings"
	"postern/app/ui"
)

// An enrolment code that is shown while a kiosk starts enrols nothing: nobody
// knows yet that the device is a gate, and the screen is a visitor's.
func TestEnrolmentCodeAtTheStartOfAKiosk(t *testing.T) {
	set := settings.Default()
	set.Kiosk = true
	d := newDeskWith(t, "en", tablet, set)
	d.enrol = func(string) error { t.Error("it enrols"); return nil }
	d.busy = true // the gate does not say yet how it stands
	d.attach()
	d.Submit(scan.Reading{Text: "PE1:6BF70A", At: d.now, Source: scan.Wedge})
	if got := ui.ScreenName(d.UI); got != "checkScreen" {
		t.Errorf("a visitor stands before %s", got)
	}
	d.busy = false
	for _, job := range d.jobs {
		job()
	}
	d.says(t, d.words(t, "en", "kiosk.staff"))
}
