package pass

import "strings"

// readBundle sets the claims from a FHIR bundle (SMART Health Cards: Vaccination &
// Testing Implementation Guide): from the patient, from immunizations that were
// completed, each of which is a dose, and from observations, each of which is a
// test.
func (c *credential) readBundle(bundle any) {
	p, doses := &c.pass, 0
	for _, entry := range list(bundle, "entry") {
		resource := member(entry, "resource")
		switch text(resource, "resourceType") {
		case "Patient":
			p.Name = patientName(first(list(resource, "name")))
			p.BirthYear = birthYear(text(resource, "birthDate"))
		case "Immunization":
			if status := text(resource, "status"); (status == "" || status == "completed") && againstCOVID(resource) {
				doses++
				p.addDose(doses, text(resource, "occurrenceDateTime"))
			}
		case "Observation":
			if measuresAntibodies(resource) {
				continue // antibodies show that somebody was ill or vaccinated, not that they are ill
			}
			p.addTest(observation(resource), text(resource, "effectiveDateTime"))
		}
	}
}

func patientName(name any) string {
	var given []string
	for _, word := range list(name, "given") {
		if s, ok := word.(string); ok {
			given = append(given, s)
		}
	}
	if masked := maskName(strings.Join(given, " "), text(name, "family")); masked != "" {
		return masked
	}
	return maskName(text(name, "text"), "")
}

// observation reads a test without its time. An unknown code of a kind makes it
// OtherKind, an unknown result Inconclusive.
func observation(resource any) Test {
	t := Test{Kind: OtherKind, Result: Inconclusive}
	for _, coding := range list(resource, "code", "coding") {
		if kind, ok := loincKinds[text(coding, "code")]; ok {
			t.Kind = kind
		}
	}
	if status := text(resource, "status"); status != "final" && status != "amended" && status != "corrected" {
		return t
	}
	for _, coding := range list(resource, "valueCodeableConcept", "coding") {
		if result := resultOf(text(coding, "code")); result != Inconclusive {
			t.Result = result
		}
	}
	switch strings.ToLower(text(resource, "valueString")) {
	case "negative", "not detected":
		t.Result = Negative
	case "positive", "detected":
		t.Result = Positive
	}
	return t
}

// againstCOVID reports whether an immunization counts as a dose. A code of CVX
// decides it. Without one it counts, since other systems are not known here.
func againstCOVID(resource any) bool {
	other := false
	for _, coding := range list(resource, "vaccineCode", "coding") {
		if text(coding, "system") != "http://hl7.org/fhir/sid/cvx" {
			continue
		}
		if covidCVX[text(coding, "code")] {
			return true
		}
		other = true
	}
	return !other
}

// covidCVX are the codes of vaccines against COVID-19 (CDC, CVX).
var covidCVX = setOf("207 208 210 211 212 213 217 218 219 221 225 226 227 228 229 230 300 301 302 308 309 310 311 312 313 " +
	"500 501 502 503 504 505 506 507 508 509 510 511 512 513 514 515 516 517 518 519 520 521")

func measuresAntibodies(resource any) bool {
	for _, coding := range list(resource, "code", "coding") {
		if antibodies[text(coding, "code")] {
			return true
		}
	}
	return false
}

// antibodies are the codes of tests for antibodies against SARS-CoV-2 (LOINC).
var antibodies = setOf("94503-0 94504-8 94505-5 94506-3 94507-1 94508-9 94547-7 94562-6 94563-4 94564-2 94661-6 94720-0 94761-4 " +
	"94762-2 94768-9 94769-7 95125-1 95410-7 95411-5 95427-1 95428-9 95429-7 95542-7 95972-6 95973-4 96118-5 96603-6 98069-8")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// loincKinds are the usual codes of tests for SARS-CoV-2.
var loincKinds = map[string]Kind{
	"94500-6": NucleicAcid, "94309-2": NucleicAcid, "94759-8": NucleicAcid, "94845-5": NucleicAcid,
	"94533-7": NucleicAcid, "94534-5": NucleicAcid, "95406-5": NucleicAcid, "95409-9": NucleicAcid,
	"95608-6": NucleicAcid, "94565-9": NucleicAcid, "96123-5": NucleicAcid, "94558-4": Antigen,
	"95209-3": Antigen, "97097-0": Antigen, "96119-3": Antigen,
}
