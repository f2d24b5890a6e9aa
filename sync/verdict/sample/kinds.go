package sample

import (
	"time"

	"postern/sync/pass"
	"postern/sync/status"
)

// situation is what a sample is made from; each sample changes one thing in it.
type situation struct {
	claims  pass.Claims
	test    *pass.Test // that the snapshot knows
	status  status.Value
	live    time.Time // signed by the holder's device; zero: paper
	made    time.Time // of the snapshot; zero: none
	seen    time.Time
	unknown bool           // the issuer's key is not in the trust list
	card    map[string]any // an EU certificate instead
	foreign status.Finding // what its issuer's revocation lists say
	slip    bool           // a temporary pass of a gate instead
	text    string         // no pass at all
}

// kind is one kind of presentation, and how it differs from a good pass.
type kind struct {
	name string
	bend func(w *situation, at time.Time)
}

func tested(ago time.Duration, result pass.Result) func(*situation, time.Time) {
	return func(w *situation, at time.Time) { w.test.At, w.test.Result = at.Add(-ago), result }
}

func standing(v status.Value) func(*situation, time.Time) {
	return func(w *situation, _ time.Time) { w.status = v }
}

const day = 24 * time.Hour

// kinds are all samples, in the order of the table.
var kinds = []kind{
	{"good, live on the phone", func(*situation, time.Time) {}},
	{"good, on paper", func(w *situation, _ time.Time) { w.live = time.Time{} }},
	{"live code of 5 minutes ago", func(w *situation, at time.Time) { w.live = at.Add(-5 * time.Minute) }},
	{"test 23 h ago, negative", tested(23*time.Hour, pass.Negative)},
	{"test 47 h ago, negative", tested(47*time.Hour, pass.Negative)},
	{"test 49 h ago, negative", tested(49*time.Hour, pass.Negative)},
	{"test 73 h ago, negative", tested(73*time.Hour, pass.Negative)},
	{"test 5 h ago, unclear", tested(5*time.Hour, pass.Inconclusive)},
	{"test 5 h ago, positive", tested(5*time.Hour, pass.Positive)},
	{"test 10 days ago, positive", tested(10*day, pass.Positive)},
	{"no test", func(w *situation, _ time.Time) { w.test = nil }},
	{"amber when issued", func(w *situation, _ time.Time) { w.claims.Colour = pass.Amber }},
	{"red when issued", func(w *situation, _ time.Time) { w.claims.Colour = pass.Red }},
	{"one dose, a year ago", func(w *situation, at time.Time) {
		w.claims.Doses = &pass.Doses{Count: 1, Day: at.AddDate(-1, 0, 0).Truncate(day)}
	}},
	{"no dose", func(w *situation, _ time.Time) { w.claims.Doses = nil }},
	{"a child of 8", func(w *situation, at time.Time) { w.claims.BirthYear = at.Year() - 8 }},
	{"expired yesterday", func(w *situation, at time.Time) { w.claims.Expires = at.Add(-day) }},
	{"suspended", standing(status.Suspended)},
	{"revoked", standing(status.Invalid)},
	{"barred", standing(status.Barred)},
	{"admitted here 1 minute ago", func(w *situation, at time.Time) { w.seen = at.Add(-time.Minute) }},
	{"EU, vaccinated 60 days ago", func(w *situation, at time.Time) { w.card = vaccinated(at.AddDate(0, 0, -60)) }},
	{"EU, tested 20 h ago", func(w *situation, at time.Time) { w.card = testedAbroad(at.Add(-20 * time.Hour)) }},
	{"EU, tested 80 h ago", func(w *situation, at time.Time) { w.card = testedAbroad(at.Add(-80 * time.Hour)) }},
	{"EU, recovered 60 days ago", func(w *situation, at time.Time) { w.card = recovered(at.AddDate(0, 0, -60)) }},
	{"EU, revoked by its issuer", func(w *situation, at time.Time) {
		w.card, w.foreign.Value = vaccinated(at.AddDate(0, 0, -60)), status.Invalid
	}},
	{"EU, its issuer's list is not here", func(w *situation, at time.Time) {
		w.card, w.foreign.Listed = vaccinated(at.AddDate(0, 0, -60)), false
	}},
	{"EU, its issuer's list ended yesterday", func(w *situation, at time.Time) {
		w.card, w.foreign.Until = vaccinated(at.AddDate(0, 0, -60)), at.Add(-day)
	}},
	{"a temporary slip of another gate", func(w *situation, _ time.Time) { w.slip, w.test = true, nil }},
	{"of an unknown issuer", func(w *situation, _ time.Time) { w.unknown = true }},
	{"a web address", func(w *situation, _ time.Time) { w.text = "https://menu.example/table/12" }},
	{"good, data 1 day old", func(w *situation, at time.Time) { w.made = at.Add(-day) }},
	{"good, data 8 days old", func(w *situation, at time.Time) { w.made = at.Add(-8 * day) }},
	{"good, no data yet", func(w *situation, _ time.Time) { w.made = time.Time{} }},
}
