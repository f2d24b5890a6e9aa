package gate

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postern/sync/journal"
	"postern/sync/verdict"
)

// Quarter is the grain of a tally. Local midnight is on it in every time zone.
const Quarter = 15 * time.Minute

// Gaps between two checks are counted in steps of GapStep, up to Queue: somebody
// who comes later than that after the one before did not wait.
const (
	GapStep = 500 * time.Millisecond
	Queue   = time.Minute
	gaps    = int(Queue / GapStep)
)

// Tally is what a store counted beside its entries, by quarter hours of the
// device's clock, oldest first. It stays when entries are forgotten.
type Tally struct {
	Counts   []Count
	Passages []Passage
	Gaps     [gaps]int // between one check and the next; element i: of i to i+1 steps
}

// Count is how many entries of one sort were made in a quarter hour.
type Count struct {
	Quarter time.Time
	Kind    journal.Kind
	Outcome verdict.Outcome
	Reason  string
	N       int
}

// Passage counts the people who went in and out in a quarter hour. Stayed is how
// many would be inside at its end if nobody had been at its beginning: with it,
// "inside" is never negative and needs no entry.
type Passage struct {
	Quarter         time.Time
	In, Out, Stayed int
}

// Passes reports whether somebody went through at this entry.
func Passes(e journal.Entry) bool {
	return e.Outcome == verdict.Admit && (e.Way == journal.In || e.Way == journal.Out) &&
		(e.Kind == journal.Check || e.Kind == journal.Confirm || e.Kind == journal.Override)
}

// CountedReason is the reason by which an entry is counted: a registration's
// without its paper number, which no other has.
func CountedReason(e journal.Entry) string {
	if e.Kind != journal.Registration {
		return e.Reason
	}
	purpose, _, _ := strings.Cut(e.Reason, ":")
	return purpose
}

// Gap is the element of Tally.Gaps for a check at now after one at last; false
// where nobody was waiting.
func Gap(last, now time.Time) (int, bool) {
	d := now.Sub(last)
	return int(d / GapStep), !last.IsZero() && d >= 0 && d < Queue
}

// Outcomes counts people by outcome; index it by verdict.Outcome.
type Outcomes = [4]int

// Today is a day at this gate.
type Today struct {
	Began         time.Time // midnight
	People        Outcomes  // by the outcome that they were left with: an ID that matches makes an Admit of a Check
	Overrides     int       // let in by a supervisor; their check is among People
	Emergencies   int
	Registrations int
	Slips         int
	Quarters      []Outcomes    // by quarter hour from midnight; as long as the day
	PerPerson     time.Duration // the median time from one check to the next while a queue runs; 0: there was none
	In, Out       int           // since midnight, or since the count was set to zero
	Inside        int
}

// Totals are what was counted of a time.
type Totals struct {
	People        Outcomes `json:"people"`    // by the outcome that they were left with: an ID that matches makes an Admit of a Check
	Overrides     int      `json:"overrides"` // let in by a supervisor
	Emergencies   int      `json:"emergencies"`
	Registrations int      `json:"registrations"`
	Slips         int      `json:"slips"`
}

func (t *Totals) add(c Count) {
	switch c.Kind {
	case journal.Check, journal.Confirm:
		t.People[known(c.Outcome)] += c.N
		if c.Kind == journal.Confirm {
			t.People[verdict.Check] -= c.N
		}
	case journal.Override:
		if isEmergency(c.Reason) {
			t.Emergencies += c.N
			return
		}
		t.Overrides += c.N
	case journal.Registration:
		t.Registrations += c.N
	case journal.Slip:
		t.Slips += c.N
	}
}

// without is t without what was counted earlier. A check right before that time
// may be confirmed after it, so that no count is let below zero.
func (t Totals) without(earlier Totals) Totals {
	for o := range t.People {
		t.People[o] = max(t.People[o]-earlier.People[o], 0)
	}
	t.Overrides -= earlier.Overrides
	t.Emergencies -= earlier.Emergencies
	t.Registrations -= earlier.Registrations
	t.Slips -= earlier.Slips
	return t
}

// totals counts from the quarter hour of a time to that of another, both whole.
func (g *Gate) totals(ctx context.Context, from, to time.Time) (Totals, error) {
	t, err := g.store.Tally(ctx, from.Truncate(Quarter), to.Truncate(Quarter).Add(Quarter))
	if err != nil {
		return Totals{}, err
	}
	var all Totals
	for _, c := range t.Counts {
		all.add(c)
	}
	return all, nil
}

// Today counts the day of now, from midnight in now's location.
func (g *Gate) Today(ctx context.Context, now time.Time) (Today, error) {
	began, ends := dayOf(now)
	t, err := g.store.Tally(ctx, began, ends)
	if err != nil {
		return Today{}, fmt.Errorf("count today: %w", err)
	}
	day := Today{Began: began, Quarters: make([]Outcomes, (ends.Sub(began)+Quarter-1)/Quarter), PerPerson: t.perPerson()}
	var all Totals
	for _, c := range t.Counts {
		day.add(c)
		all.add(c)
	}
	day.People, day.Overrides, day.Emergencies, day.Registrations, day.Slips = all.People, all.Overrides, all.Emergencies, all.Registrations, all.Slips
	for _, p := range t.Passages {
		day.In, day.Out = day.In+p.In, day.Out+p.Out
		day.Inside = max(day.Inside+p.In-p.Out, p.Stayed)
	}
	for i := range day.Quarters {
		for o, n := range day.Quarters[i] {
			day.Quarters[i][o] = max(n, 0) // a check at the end of a quarter may be confirmed in the next
		}
	}
	return day, nil
}

// dayOf is the day of now, from midnight to midnight in now's location.
func dayOf(now time.Time) (began, ends time.Time) {
	y, m, d := now.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, now.Location()), time.Date(y, m, d+1, 0, 0, 0, 0, now.Location())
}

// known is o, or Unknown where there is no such outcome.
func known(o verdict.Outcome) verdict.Outcome {
	if o > verdict.Refuse {
		return verdict.Unknown
	}
	return o
}

// add counts people into the day's quarter hours.
func (t *Today) add(c Count) {
	i := int(c.Quarter.Sub(t.Began) / Quarter)
	if c.Kind != journal.Check && c.Kind != journal.Confirm || i < 0 || i >= len(t.Quarters) {
		return
	}
	q := &t.Quarters[i]
	q[known(c.Outcome)] += c.N
	if c.Kind == journal.Confirm {
		q[verdict.Check] -= c.N
	}
}

// perPerson is the median of the gaps, to half a second.
func (t *Tally) perPerson() time.Duration {
	n, seen := 0, 0
	for _, g := range t.Gaps {
		n += g
	}
	for i, g := range t.Gaps {
		if seen += g; n > 0 && 2*seen >= n {
			return time.Duration(i)*GapStep + GapStep/2
		}
	}
	return 0
}

// Tens says a count as inspectors see it, such as "120-129": enough to compare
// with a list, and no use for picking out a person.
func Tens(n int) string {
	low := max(n, 0) / 10 * 10
	return strconv.Itoa(low) + "-" + strconv.Itoa(low+9)
}
