package policy

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"postern/sync/pass"
)

// Data is the value that rules are evaluated over, in the shape that the EU's
// rules expect:
//
//	{"payload":  the credential's document,
//	 "external": {"validationClock": "2026-11-22T08:42:00.000Z",  RFC 3339, UTC, to the millisecond
//	              "now":             29911722,                    the same in minutes since 1970
//	              "valueSets":       {"name": ["value"…]…}}}
//
// document is what DocumentOf gives; valueSets is a policy's ValueSets or nil.
func Data(document any, now time.Time, valueSets any) any {
	if sets, ok := valueSets.(ValueSets); ok {
		valueSets = map[string]any(sets)
	}
	return map[string]any{
		"payload": document,
		"external": map[string]any{
			"validationClock": rfc3339(now),
			"now":             minutes(now),
			"valueSets":       valueSets,
		},
	}
}

// DocumentOf is a pass as rules see it: our own as Document gives it, a foreign
// one as it decodes, with what all have in common beside its own members:
//
//	"format":   "hcert"…                   what the pass is, whatever it calls itself
//	"tests":    […]                        as in Document; there in every format, empty where there is none
//	"doses":    {"count", "date", "daysAgo"}
//	"recovery": {"date", "daysAgo"}        of the first positive test, the latest of several
//	"holder":   {"name": "J. D.", "age": {"from", "to"}}
//
// A document that has such a member of its own loses it: else a card could
// lend itself a test. A slip has the format "slip", and
//
//	"slip": {"kind": "visitor", "gate": "36465d89063ab451", "place": "East Gate"}
func DocumentOf(p *pass.Pass, latest *pass.Test, now time.Time) any {
	if p.Format != pass.Native && p.Slip == nil {
		return foreignDocument(p, latest, now)
	}
	doc := Document(&p.Claims, latest, now)
	if s := p.Slip; s != nil {
		doc["format"] = string(p.Format)
		doc["slip"] = map[string]any{"kind": s.Kind.String(), "gate": s.Gate, "place": s.Place}
	}
	return doc
}

// foreignDocument adds the common members to a foreign pass's own.
func foreignDocument(p *pass.Pass, latest *pass.Test, now time.Time) map[string]any {
	own, _ := p.Certified().(map[string]any)
	doc := make(map[string]any, len(own)+5)
	maps.Copy(doc, own)
	common := Document(&p.Claims, latest, now)
	doc["format"], doc["tests"] = string(p.Format), common["tests"]
	put(doc, "doses", common["doses"])
	put(doc, "recovery", recovery(own, p.Format, now))
	holder := map[string]any{}
	put(holder, "name", common["name"])
	put(holder, "age", common["age"])
	doc["holder"] = holder
	return doc
}

// put sets a member, or takes it away where there is no value.
func put(doc map[string]any, name string, value any) {
	if doc[name] = value; value == nil {
		delete(doc, name)
	}
}

// recovery is the latest recovery that an EU certificate tells of; nil where there is none.
func recovery(card map[string]any, f pass.Format, now time.Time) any {
	const covid = "840539006" // SNOMED CT
	entries, _ := card["r"].([]any)
	var latest time.Time
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		date, _ := entry["fr"].(string)
		day, err := time.Parse(time.DateOnly, date)
		if tg, told := entry["tg"]; err == nil && (!told || tg == covid) && day.After(latest) {
			latest = day
		}
	}
	if f != pass.HCERT || latest.IsZero() {
		return nil
	}
	return map[string]any{"date": latest.Format(time.DateOnly), "daysAgo": daysAgo(latest, now)}
}

func daysAgo(day, now time.Time) int { return (minutes(now) - minutes(day)) / (24 * 60) }

// Document is a native pass as rules see it. latest is the newest test in the
// snapshot, or nil; it is listed with the pass's own tests. What is not known is
// left out and reads as null:
//
//	{"format": "native", "issuer": "XA", "name": "王*明",
//	 "colour": "green",                     green, amber, red
//	 "age": {"from": 45, "to": 46},         whole years; only the year of birth is known
//	 "issued": {"at": RFC 3339, "minutesAgo": 14400},
//	 "tests": [{"kind": 1, "result": "negative", "at": RFC 3339, "minutesAgo": 1260}…],   newest first
//	 "doses": {"count": 3, "date": "2026-01-02", "daysAgo": 324}}
//
// Kinds are the code table's; results are negative, positive and inconclusive.
// Tests dated in the future are left out.
func Document(c *pass.Claims, latest *pass.Test, now time.Time) map[string]any {
	doc := map[string]any{
		"format": string(pass.Native),
		"issuer": c.Issuer,
		"issued": ago(c.IssuedAt, now),
		"tests":  tests(c.Tests, latest, now),
	}
	if c.Name != "" {
		doc["name"] = c.Name
	}
	if word := colours[c.Colour]; word != "" {
		doc["colour"] = word
	}
	if years := now.UTC().Year() - c.BirthYear; c.BirthYear > 0 && years >= 0 {
		doc["age"] = map[string]any{"from": max(years-1, 0), "to": years}
	}
	if c.Doses != nil {
		doc["doses"] = map[string]any{
			"count": c.Doses.Count, "date": c.Doses.Day.UTC().Format(time.DateOnly),
			"daysAgo": daysAgo(c.Doses.Day, now),
		}
	}
	return doc
}

var (
	colours = map[pass.Colour]string{pass.Green: "green", pass.Amber: "amber", pass.Red: "red"}
	results = map[pass.Result]string{pass.Negative: "negative", pass.Positive: "positive", pass.Inconclusive: "inconclusive"}
)

func tests(own []pass.Test, latest *pass.Test, now time.Time) []any {
	all := slices.Clone(own)
	if latest != nil && !slices.ContainsFunc(own, func(t pass.Test) bool { return same(t, *latest) }) {
		all = append(all, *latest)
	}
	slices.SortStableFunc(all, func(a, b pass.Test) int { return cmp.Compare(b.At.Unix(), a.At.Unix()) })
	list := make([]any, 0, len(all))
	for _, t := range all {
		if minutes(t.At) > minutes(now) {
			continue
		}
		entry := ago(t.At, now)
		entry["kind"] = int(t.Kind)
		if word := results[t.Result]; word != "" {
			entry["result"] = word
		}
		list = append(list, entry)
	}
	return list
}

func same(a, b pass.Test) bool {
	return a.Kind == b.Kind && a.Result == b.Result && minutes(a.At) == minutes(b.At)
}

func ago(t, now time.Time) map[string]any {
	return map[string]any{"at": rfc3339(t), "minutesAgo": minutes(now) - minutes(t)}
}

// minutes counts whole minutes, as tests are dated.
func minutes(t time.Time) int { return int(t.Unix() / 60) }

func rfc3339(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
