package pass

import "maps"

// Codes of the EU value sets (eHealth network, value sets for DCC).
const (
	testNAAT       = "LP6464-4"   // LOINC, nucleic acid amplification with probe detection
	testRapid      = "LP217198-3" // LOINC, rapid immunoassay
	snomedAbsent   = "260415000"  // not detected
	snomedNegative = "260385009"
	snomedPresent  = "260373001" // detected
	snomedPositive = "10828004"
	snomedCOVID    = "840539006"
)

// readDCC takes what an EU Digital COVID Certificate says (JSON schema 1.3):
//
//	{ "nam": {"fn", "gn", "fnt", "gnt"}, "dob",
//	  "v": [{"ci", "dt", "dn" …}], "t": [{"ci", "tt", "sc", "tr" …}], "r": [{"ci", "fr" …}] }
//
// What lacks stays empty; the schema is the rules' business. The positive test
// behind a recovery is no test here: it would bar those who are well again.
func (c *credential) readDCC(dcc any) {
	p := &c.pass
	p.Name = maskName(either(text(dcc, "nam", "gn"), text(dcc, "nam", "gnt")), either(text(dcc, "nam", "fn"), text(dcc, "nam", "fnt")))
	p.BirthYear = birthYear(text(dcc, "dob"))
	for _, group := range groups {
		entries := list(dcc, group.name)
		if len(entries) == 0 {
			continue
		}
		c.entries |= group.use
		if len(p.ID) == 0 {
			p.ID = []byte(text(entries[0], "ci"))
		}
	}
	for _, v := range list(dcc, "v") {
		if !ofCOVID(v) {
			continue
		}
		number, _ := member(v, "dn").(float64)
		p.addDose(int(min(number, maxDoses+1)), text(v, "dt"))
	}
	for _, t := range list(dcc, "t") {
		if !ofCOVID(t) {
			continue
		}
		p.addTest(Test{Kind: kindOf(text(t, "tt")), Result: resultOf(text(t, "tr"))}, text(t, "sc"))
	}
}

// groups are the kinds of entry and what a key needs to certify them.
var groups = []struct {
	name string
	use  Uses
}{{"v", UseVaccination}, {"t", UseTest}, {"r", UseRecovery}}

// certify leaves out of the claims what the key may not certify: a key for
// tests must not lend a dose its signature by signing a test beside it.
func (p *Pass) certify(by Uses) {
	p.certified = by
	if by&UseVaccination == 0 {
		p.Doses = nil
	}
	if by&UseTest == 0 {
		p.Tests = nil
	}
}

// Certified is Document without what the key may not certify; rules are asked about it.
func (p *Pass) Certified() any {
	document, ok := p.Document.(map[string]any)
	if !ok || p.certified == 0 {
		return p.Document
	}
	document = maps.Clone(document)
	for _, g := range groups {
		if p.certified&g.use == 0 {
			delete(document, g.name)
		}
	}
	return document
}

// ofCOVID reports whether an entry is about COVID-19; tg says which disease, and
// old cards leave it out.
func ofCOVID(entry any) bool {
	tg := text(entry, "tg")
	return tg == "" || tg == snomedCOVID
}

func kindOf(code string) Kind {
	switch code {
	case testNAAT:
		return NucleicAcid
	case testRapid:
		return Antigen
	}
	return OtherKind
}

// resultOf reads a SNOMED code; one that it does not know is no negative.
func resultOf(code string) Result {
	switch code {
	case snomedAbsent, snomedNegative:
		return Negative
	case snomedPresent, snomedPositive:
		return Positive
	}
	return Inconclusive
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
