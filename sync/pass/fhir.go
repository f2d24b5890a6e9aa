package pass

import "strings"

// readBundle takes what a FHIR bundle says (SMART Health Cards: Vaccination &
// Testing Implementation Guide): the patient, finished immunizations, each of
// which is a dose, and observations, each of which is a test.
func (c *credential) readBundle(bundle any) {
	p, doses := &c.pass, 0
	for _, entry := range list(bundle, "entry") {
		resource := member(entry, "resource")
		switch text(resource, "resourceType") {
		case "Patient":
			p.Name = patientName(first(list(resource, "name")))
			p.BirthYear = birthYear(text(resource, "birthDate"))
		case "Immunization":
			if status := text(resource, "status"); status == "" || status == "completed" {
				doses++
				p.addDose(doses, text(resource, "occurrenceDateTime"))
			}
		case "Observation":
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

// observation reads a test without its time. What no code or word here knows
// is a test of another kind, and inconclusive.
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

// loincKinds are the usual codes of tests for SARS-CoV-2.
var loincKinds = map[string]Kind{
	"94500-6": NucleicAcid, "94309-2": NucleicAcid, "94759-8": NucleicAcid, "94845-5": NucleicAcid,
	"94533-7": NucleicAcid, "94534-5": NucleicAcid, "95406-5": NucleicAcid, "95409-9": NucleicAcid,
	"95608-6": NucleicAcid, "94565-9": NucleicAcid, "96123-5": NucleicAcid, "94558-4": Antigen,
	"95209-3": Antigen, "97097-0": Antigen, "96119-3": Antigen,
}
