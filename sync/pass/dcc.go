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

// readDCC sets the claims from an EU Digital COVID Certificate (JSON schema 1.3):
//
//	{ "nam": {"fn", "gn", "fnt", "gnt"}, "dob",
//	  "v": [{"ci", "dt", "dn" …}], "t": [{"ci", "tt", "sc", "tr" …}], "r": [{"ci", "fr" …}] }
//
// It does not check the schema: what is missing stays empty, and rules can ask for
// it. The positive test that a recovery names is not taken as a test, since it
// would keep out people who are well again.
func (c *credential) readDCC(dcc any) {
	p := &c.pass
	given, family := text(dcc, "nam", "gn"), text(dcc, "nam", "fn")
	latinGiven, latinFamily := text(dcc, "nam", "gnt"), text(dcc, "nam", "fnt") // as in the machine-readable zone of a travel document
	p.Name = maskName(either(given, latinGiven), either(family, latinFamily))
	if (given == "" || latinGiven != "") && (family == "" || latinFamily != "") {
		p.Latin = maskName(latinGiven, latinFamily)
	}
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

// groups are the kinds of entry, with the use that a key needs to certify them.
var groups = []struct {
	name string
	use  Uses
}{{"v", UseVaccination}, {"t", UseTest}, {"r", UseRecovery}}

// certify removes the claims that the key may not certify. Otherwise a key for
// tests could certify a dose by signing a card with a test and a dose.
func (p *Pass) certify(by Uses) {
	p.certified = by
	if by&UseVaccination == 0 {
		p.Doses = nil
	}
	if by&UseTest == 0 {
		p.Tests = nil
	}
}

// Certified is Document without what the key may not certify. Policy rules are
// evaluated over it.
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

// ofCOVID reports whether an entry is about COVID-19. Its member tg names the
// disease; old cards do not have it.
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

// resultOf reads a SNOMED code. An unknown one is Inconclusive, never Negative.
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
