package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Doubts lists, in sentences, what in p is probably a mistake as of now: paths
// that no credential has, rules that are never asked again, value sets and
// sentences that are missing. The policy works as it is written all the same.
// The authority shows the doubts when a policy is set.
func (p *Policy) Doubts(now time.Time) []string {
	var all []string
	for i := range p.Rules {
		r := &p.Rules[i]
		for _, doubt := range p.doubtsOf(r, now) {
			all = append(all, fmt.Sprintf("rule %s: %s", r.ID, doubt))
		}
	}
	if len(p.Emergency) == 0 {
		all = append(all, "there are no words for a medical emergency")
	}
	return all
}

func (p *Policy) doubtsOf(r *Rule, now time.Time) []string {
	var all []string
	switch {
	case !r.To.IsZero() && !now.Before(r.To):
		all = append(all, "it is never asked again; it ended at "+r.To.UTC().Format(time.RFC3339))
	case now.Before(r.From):
		all = append(all, "it is not asked yet; it begins at "+r.From.UTC().Format(time.RFC3339))
	}
	paths := r.Logic.Paths()
	if len(paths) == 0 {
		all = append(all, "it looks at nothing, so that its answer is always the same")
	}
	for _, path := range paths {
		if doubt := p.doubtOf(path); doubt != "" {
			all = append(all, doubt)
		}
	}
	for _, field := range r.Fields {
		if !known("payload." + field) {
			all = append(all, fmt.Sprintf("fields: no credential has %s", field))
		}
	}
	for _, language := range []string{"zh", "en"} {
		if _, ok := p.Words(r.ID)[language]; !ok {
			all = append(all, "it has no sentence in "+language)
		}
	}
	return all
}

func (p *Policy) doubtOf(path string) string {
	if set, ok := strings.CutPrefix(path, "external.valueSets."); ok {
		name, _, _ := strings.Cut(set, ".")
		if p.ValueSets[name] == nil {
			return fmt.Sprintf("there is no value set %s", name)
		}
		return ""
	}
	if !known(path) {
		return fmt.Sprintf("no credential has %s; is it misspelt?", path)
	}
	return ""
}

// shapes are the paths that [Data] can have. # stands for an index of a list,
// and ** for anything below, where issuers differ too much to be listed.
var shapes = slices.Concat([]string{
	"external.validationClock", "external.now", "external.valueSets",
	// native, as Document makes it
	"payload.format", "payload.issuer", "payload.name", "payload.colour",
	"payload.age.from", "payload.age.to", "payload.issued.at", "payload.issued.minutesAgo",
	"payload.tests.#.kind", "payload.tests.#.result", "payload.tests.#.at", "payload.tests.#.minutesAgo",
	"payload.doses.count", "payload.doses.date", "payload.doses.daysAgo",
	// EU DCC, JSON schema 1.3
	"payload.ver", "payload.dob", "payload.nam.fn", "payload.nam.fnt", "payload.nam.gn", "payload.nam.gnt",
	// WHO ICVP, where v is no list
	"payload.n", "payload.s", "payload.nt", "payload.nid", "payload.ndt", "payload.gn", "payload.ntl", "payload.v",
	// SMART Health Cards, NZCP, VDS-NC
	"payload.iss", "payload.nbf", "payload.exp", "payload.vc.**", "payload.credentialSubject.**", "payload.type.**", "payload.@context.**", "payload.version",
	"payload.hdr.**", "payload.msg.**",
}, members("payload.v.#.", "tg vp mp ma dn sd dt co is ci"), members("payload.t.#.", "tg tt nm ma sc dr tr tc co is ci"), members("payload.r.#.", "tg fr co is df du ci"),
	// WHO ICVP
	members("payload.v.", "dn tg vp mp ma bo dt co is cn ci vls vle"),
	// Claim 169, by the names that package pass gives its numbers, and pretix
	members("payload.", "id version language fullName firstName middleName lastName dateOfBirth gender address nationality maritalStatus legalStatus countryOfIssuance locationCode"),
	members("payload.", "item variation subevent seed validFromUnixTime validUntilUnixTime"))

func members(of, names string) []string {
	var all []string
	for name := range strings.FieldsSeq(names) {
		all = append(all, of+name)
	}
	return all
}

// known reports whether a path is one of the shapes, or the beginning of one.
func known(path string) bool {
	if path == "" { // all that there is
		return true
	}
	keys := strings.Split(path, ".")
	return slices.ContainsFunc(shapes, func(shape string) bool { return leads(strings.Split(shape, "."), keys) })
}

func leads(shape, keys []string) bool {
	for i, key := range keys {
		switch {
		case i == len(shape):
			return false
		case shape[i] == "**":
			return true
		case shape[i] == "#" && indexOf(key) < 0, shape[i] != "#" && shape[i] != key:
			return false
		}
	}
	return true
}
