package ui_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"postern/sync/policy"
	"postern/sync/verdict"
)

// placed has the gate follow rules that name whom to ask and where to go.
func (d *desk) placed() *policy.Policy {
	rules := &policy.Policy{
		Name: "hospital", Title: policy.Words{"zh": "医院东门", "en": "Hospital, east entrance"},
		Contacts: []policy.Contact{
			{Role: policy.Complaint, Name: policy.Words{"zh": "医务科投诉", "en": "Complaints office"}, Phone: "555-0104"},
			{Role: policy.Duty, Name: policy.Words{"zh": "东门值班室", "en": "Duty room"}, Phone: "555-0101"},
		},
		Stations:   []policy.Contact{{Name: policy.Words{"zh": "北广场采样站", "en": "North Square"}, Phone: "555-0110"}},
		TestPoints: []policy.Contact{{Name: policy.Words{"zh": "东门采样点", "en": "East tent"}}},
		TestHere:   policy.TestAdmit,
	}
	d.gate.state.Rules = rules
	for text, v := range d.gate.verdicts {
		v.Policy = rules
		d.gate.verdicts[text] = v
	}
	return rules
}

// Who is to call the supervisor gets the supervisor's number, whatever the verdict sends the person to.
func TestSupervisorsNumber(t *testing.T) {
	for _, r := range []verdict.Reason{verdict.Barred, verdict.TestOld, verdict.IDMismatch} {
		d := newDesk(t, "en", tablet)
		d.placed()
		d.attach()
		d.person("PP1:" + string(r))
		d.Open("supervisor")
		d.says(t, "Duty room", "555-0101")
		d.saysNot(t, "555-0104")
		d.saysNot(t, "555-0110")
	}
}

// Without a code there is no verdict to go back to, but there is somebody to call and somewhere to go.
func TestNoCodeSaysWhomAndWhere(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.placed()
	d.attach()
	d.tap("no_code.title")
	d.tap("step.supervisor")
	d.says(t, "Duty room", "555-0101")
	d.saysNot(t, d.words(t, "en", "ways.back"))
	d.tap("typing.back")
	d.tap("no_code.title")
	d.tap("step.register")
	d.says(t, "East tent")
	d.saysNot(t, d.words(t, "en", "ways.back"))
	d.tap("register.do")
	d.says(t, d.words(t, "en", "act_say.get_tested"))
}

// Who is tested here is shown where.
func TestTestPointOnTheVerdict(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.placed()
	d.attach()
	d.person("PP1:" + string(verdict.TestOld))
	d.says(t, "East tent")
}

// Rules have the title that their place knows them by.
func TestPolicyByItsTitle(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.placed()
	d.attach()
	for _, screen := range []string{"sync", "settings"} {
		d.Open(screen)
		d.says(t, "Hospital, east entrance")
	}
}

// On an upright tablet the line under the title is read to its end.
func TestLineUnderTheTitle(t *testing.T) {
	d := newDesk(t, "en", fyne.NewSize(800, 1280))
	d.attach()
	d.tap("no_code.title")
	d.says(t, d.words(t, "en", "no_code.say"))
}
