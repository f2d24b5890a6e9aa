package ui_test

import (
	"testing"
	"time"

	"postern/app/gate"
	"postern/sync/client"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// aDay is a morning's rush and an afternoon, with numbers that stand nowhere else.
func aDay() *gate.Today {
	day := &gate.Today{
		Began: time.Date(2026, 11, 22, 0, 0, 0, 0, zone), Quarters: make([]gate.Outcomes, 96),
		Overrides: 2, Emergencies: 3, Registrations: 4, PerPerson: 4250 * time.Millisecond, In: 356, Out: 69, Inside: 287,
	}
	for i, n := range []int{4, 11, 26, 41, 52, 47, 38, 21, 12, 9, 8, 7, 9, 14, 22, 25, 19, 12, 6, 3} {
		q := &day.Quarters[29+i]
		q[verdict.Check], q[verdict.Refuse], q[verdict.Unknown] = n/6, n/20, (n+7)/25
		q[verdict.Admit] = n - q[verdict.Check] - q[verdict.Refuse] - q[verdict.Unknown]
		for o, n := range q {
			day.People[o] += n
		}
	}
	return day
}

func TestTodayCounts(t *testing.T) {
	d := newDesk(t, "zh", tablet)
	d.gate.day = aDay()
	d.attach()
	d.Open("today")
	d.says(t, "386", "287", "现在在场", "入 356·出 69", "4.2 秒", "每人用时", "07:00", "主管放行 2· 紧急放行 3· 登记 4")
	d.says(t, "308", "56", "11", d.words(t, "zh", "today.empty"))
	d.saysNot(t, "00:00")

	d.gate.day.Out, d.gate.day.Inside, d.gate.day.PerPerson = 0, 356, 0
	d.Open("check")
	d.Open("today")
	d.says(t, "已进入", "356", "–")
	d.saysNot(t, "现在在场") // a gate that lets people in only cannot tell who is inside
}

// An inspector sees ranges, and no entry; anybody may look so.
func TestInspectorsView(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.scanCode("PP1:test_old")
	d.gate.day = aDay()
	d.Open("today")
	d.says(t, "386", "test too old")
	d.tap("today.tens")
	d.says(t, "380–389", "300–309", "280–289", "350–359 in·60–69 out")
	for _, hidden := range []string{"386", "287", "test too old", d.words(t, "en", "today.reset")} {
		d.saysNot(t, hidden)
	}
	d.tap("today.exact")
	d.says(t, "386", "test too old")

	d.gate.state.Shift = gate.Shift{Name: "7", Role: gate.Inspector}
	d.Exchanged(client.Status{Reachable: true}) // the state is read anew
	d.Open("today")
	d.says(t, "380–389")
	d.saysNot(t, d.words(t, "en", "today.exact")) // there is no way back to the numbers
}

// The headcount begins anew only after a question and the supervisor's PIN, and the journal says so.
func TestHeadcountToZero(t *testing.T) {
	d := newDesk(t, "en", tablet)
	d.gate.day = aDay()
	d.attach()
	d.Open("today")
	d.tap("today.reset")
	d.says(t, d.words(t, "en", "today.reset_sure"))
	d.tap("today.reset_no")
	d.saysNot(t, d.words(t, "en", "today.reset_sure"))
	d.tap("today.reset")
	d.tap("today.reset_yes")
	if len(d.gate.lines) != 0 {
		t.Fatal("the headcount began anew without a PIN")
	}
	d.digits(rightPIN)
	d.says(t, d.words(t, "en", "today.reset_done"))
	if l := d.gate.lines; len(l) != 1 || l[0].Kind != journal.Headcount || l[0].Reason != "reset" {
		t.Errorf("the journal holds %v", l)
	}

	d.gate.state.PIN, d.gate.broken = false, true
	d.Exchanged(client.Status{Reachable: true})
	d.tap("today.reset")
	d.tap("today.reset_yes")
	d.says(t, d.words(t, "en", "today.reset_failed"))
}

// morning is a day in its numbers, with entries of all sorts.
func morning(d *desk) {
	busy(d)
	d.gate.day = aDay()
	d.Open("today")
}
