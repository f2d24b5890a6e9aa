package wording_test

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"postern/assets"
	"postern/sync/policy"
	"postern/sync/policy/ready"
	"postern/sync/verdict"
	"postern/sync/wording"
)

func hours(t *testing.T, text string) *policy.Hours {
	t.Helper()
	var h policy.Hours
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		t.Fatal(err)
	}
	return &h
}

func TestContactsInWords(t *testing.T) { // noon is a Sunday, 12:42 in zone
	for _, tc := range []struct {
		contact  policy.Contact
		language string
		want     string
	}{
		{policy.Contact{Role: policy.Duty, Phone: "555-0101"}, "zh", "值班室 · 555-0101"},
		{policy.Contact{Role: policy.Duty, Phone: "555-0101", Hours: hours(t, `"always"`)}, "en", "Duty room · 555-0101 · open day and night"},
		{policy.Contact{Role: policy.Station, Name: policy.Words{"zh": "北站"}, Hours: hours(t, `{"daily":["08:00-20:00"]}`), Way: policy.Words{"zh": "右转", "en": "right"}}, "en", "北站 · open until 20:00 · right"},
		{policy.Contact{Role: policy.Station, Name: policy.Words{"zh": "北站"}, Hours: hours(t, `{"daily":["08:00-12:00"]}`)}, "zh", "北站 · 现在不开，11月23日 08:00 开"},
	} {
		got := catalogueOf(t, tc.language).Contacts([]policy.Contact{tc.contact}, noon)
		if len(got) != 1 || got[0].Line() != tc.want {
			t.Errorf("got %v, want %q", got, tc.want)
		}
	}
}

func TestVerdictSaysWhatToDo(t *testing.T) {
	zh, en := catalogueOf(t, "zh"), catalogueOf(t, "en")
	rules := &policy.Policy{ReentryWhy: policy.Words{"en": "Not twice."}, TestHere: policy.TestAdmit, Waiting: &policy.Contact{Name: policy.Words{"en": "Tent"}}}
	for _, tc := range []struct {
		reason        verdict.Reason
		act, say, own string
	}{
		{verdict.OK, "", "", ""},
		{verdict.TestMissing, "Test here, then admit", "They are tested here and then let in.", "one thing is missing"},
		{verdict.TestPositive, "Hold them", "Keep your distance; show them the waiting point.", "keep your distance"},
		{verdict.SeenBefore, "See the ID", "Not twice.", "one thing is missing"},
	} {
		s := en.Verdict(verdict.Verdict{Reason: tc.reason, Outcome: tc.reason.Outcome(), Policy: rules}, zh, noon)
		if s.Act != tc.act || s.ActSay != tc.say || (tc.own != "" && s.Side != tc.own) {
			t.Errorf("%s: %q, %q, %q", tc.reason, s.Act, s.ActSay, s.Side)
		}
	}
}

func TestTodoIsOneLine(t *testing.T) {
	for reason, want := range map[verdict.Reason]string{
		verdict.OK: "", verdict.IDMatch: "See the ID · Let in only if the names match.", verdict.Barred: "Send them to the issuer · Not let in. The office that issued the code can explain.",
		verdict.TestPositive: "Hold them · Keep your distance; ask them to wait aside.",
	} {
		if got := wording.Todo(verdict.Verdict{Reason: reason, Outcome: reason.Outcome()}, "en"); got != want {
			t.Errorf("%s: %q, want %q", reason, got, want)
		}
	}
}

// No act points at what the policy does not name: a waiting point, an office.
func TestActsPointNowhereElse(t *testing.T) {
	office := &policy.Policy{Contacts: []policy.Contact{{Role: policy.Complaint, Phone: "555-0104"}}}
	barred := verdict.Verdict{Reason: verdict.Barred, Outcome: verdict.Refuse, Policy: office}
	if got := wording.Todo(barred, "en"); got != "Send them there to ask · Not let in. Tell them kindly where to ask." {
		t.Errorf("with an office: %q", got)
	}
	for _, r := range verdict.Reasons() {
		got := wording.Todo(verdict.Verdict{Reason: r, Outcome: r.Outcome(), Policy: &policy.Policy{}}, "en")
		if strings.Contains(got, "there to ask") || strings.Contains(got, "waiting point") {
			t.Errorf("%s, of a policy that names nobody: %q", r, got)
		}
	}
}

// halfWidth finds half-width marks that touch a Chinese character, a space
// between two, and a · with spaces beside one.
var halfWidth = regexp.MustCompile(`\p{Han}[.,:;!?()]|[,;!?()]\p{Han}|\p{Han} +\p{Han}|\p{Han} · |` + " · " + `\p{Han}`)

// TestChineseHasFullWidthMarks looks at the catalogues and at the ready policies.
func TestChineseHasFullWidthMarks(t *testing.T) {
	for _, language := range []string{"zh", "zh-Hant"} {
		b, err := fs.ReadFile(assets.Words, "words/"+language+".json")
		words := map[string]string{}
		if err != nil || json.Unmarshal(b, &words) != nil {
			t.Fatal(err)
		}
		for key, text := range words {
			if m := halfWidth.FindString(text); m != "" && key != "time.weekdays" { // a list, which a program splits
				t.Errorf("%s: %s has the mark of %q: %s", language, key, m, text)
			}
		}
	}
	for _, name := range ready.Names {
		if m := halfWidth.FindString(string(ready.Policy(name))); m != "" {
			t.Errorf("the ready policy %s has the mark of %q", name, m)
		}
	}
}
