package ui_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"

	"postern/app/album"
	"postern/app/drill"
	"postern/app/gate"
	"postern/app/qr"
	"postern/app/ui"
	"postern/assets"
	"postern/sync/client"
	"postern/sync/journal"
	"postern/sync/verdict"
	"postern/sync/wording"
)

func catalogue(t *testing.T, language string) map[string]string {
	t.Helper()
	file, err := assets.Words.ReadFile("words/" + language + ".json")
	if err != nil {
		t.Fatal(err)
	}
	words := map[string]string{}
	if err := json.Unmarshal(file, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// wanted is every key that the screens ask for: those that stand in the
// sources, and the families that are made from codes.
func wanted(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	var files []string
	for _, pattern := range []string{"*.go", "../../sync/wording/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal("no sources to look at in", pattern, err)
		}
		files = append(files, found...)
	}
	literal := regexp.MustCompile(`"((?:lang|card|bar|id|pin|keys|shift|kiosk|sound|relay|check|open|tool|picture|typing|verdict|ways|emergency|supervisor|register|look_up|today|sync|enrol|settings|kind|time|span|problem|recorded|test|drill|help|start|done|line|family|no_code|row)\.[a-z_0-9]+|ago)"`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range literal.FindAllSubmatch(src, -1) {
			keys[string(m[1])] = true
		}
	}
	add := func(prefix string, names ...string) {
		for _, n := range names {
			keys[prefix+n] = true
		}
	}
	for _, r := range verdict.Reasons() {
		add("reason.", string(r))
		add("short.", string(r))
		for _, s := range r.Steps() {
			add("step.", string(s))
		}
	}
	for _, a := range verdict.Acts() {
		add("act.", string(a))
		add("act_say.", string(a))
	}
	add("side.", "hold")
	add("contact.", "duty", "health", "complaint", "emergency")
	add("hours.", "always", "open", "closed")
	add("outcome.", "admit", "check", "refuse", "unknown")
	add("side.", "admit", "check", "refuse", "unknown")
	add("after.", string(verdict.TryAgain), string(verdict.AnotherCode))
	add("recorded.", "emergency_medical", "emergency_birth", "emergency_escape", "emergency_other", "supervisor", "look_up", "test")
	add("test.", "1", "2")
	for result := range 3 {
		add("result.", strconv.Itoa(result))
	}
	add("age.", "fresh", "ageing", "stale", "blind")
	add("ageing.", "fresh", "ageing", "stale", "blind")
	add("hint.", string(qr.TooDark), string(qr.TooFar), string(qr.Blurred), string(qr.Moving), string(qr.Glare), string(qr.Outside), string(qr.OtherType))
	add("direction.", "in", "out", "both")
	for _, c := range client.Codes() {
		add("hub.", string(c))
	}
	add("settings.", "day", "night", "sun")
	for _, r := range []gate.Role{gate.Guard, gate.Supervisor, gate.Inspector} {
		add("shift.", string(r), string(r)+"_say")
	}
	for _, k := range []album.Kind{album.Pictures, album.Downloads, album.Camera, album.Desktop} {
		add("picture.", string(k))
	}
	add("nav.", "today", "sync", "to_send", "settings")
	for _, p := range []gate.Problem{gate.JournalSetAside, gate.DatabaseSetAside, gate.SnapshotDamaged, gate.DiskNearlyFull, gate.ReadOnly, gate.RecordsStranded, gate.RelayFailed} {
		add("problem.", string(p))
	}
	d, err := drill.Start(t.Context(), drill.Options{IDMatch: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range d.Cards() {
		add("scene.", c.Scene)
		add("scene_why.", c.Scene)
	}
	for _, a := range []drill.Action{drill.LetIn, drill.SentOn, drill.Matched, drill.Mismatched, drill.Emergency, drill.Overridden} {
		add("act.", string(a))
	}
	add("act.", "nothing")
	for _, part := range []string{"camera", "sound", "light"} {
		add("start.", part)
		add("start_no.", part)
		add("start_mend.", part)
	}
	add("start_is.", "works", "fails", "absent", "untried")
	for _, w := range []gate.UnseenKind{gate.UnseenStatuses, gate.UnseenTests, gate.UnseenRules, gate.UnseenGates} {
		if add("unseen.", string(w)+"_never"); w != gate.UnseenGates {
			add("unseen.", string(w))
		}
	}
	return keys
}

func TestEveryWordIsThereAndUsed(t *testing.T) {
	want := wanted(t)
	for _, language := range wording.Languages {
		words := catalogue(t, language)
		for key := range want {
			if _, ok := words[key]; !ok {
				t.Errorf("assets/words/%s.json lacks  %q: %q,", language, key, elsewhere(t, key))
			}
		}
		for key, sentence := range words {
			if !want[key] {
				t.Errorf("%s: %q is never used", language, key)
			}
			if sentence == "" && key != "side.admit" {
				t.Errorf("%s: %q says nothing", language, key)
			}
		}
	}
}

// elsewhere is the sentence for a key in whatever language has it, to be put into the others.
func elsewhere(t *testing.T, key string) string {
	for _, language := range wording.Languages {
		if s, ok := catalogue(t, language)[key]; ok {
			return s
		}
	}
	return ""
}

// A number that is told in one language is told in the other.
func TestSentencesHaveTheSameNumbers(t *testing.T) {
	zh := catalogue(t, "zh")
	place := regexp.MustCompile(`\{[a-z]+\}`)
	sorted := func(s string) string {
		found := place.FindAllString(s, -1)
		sort.Strings(found)
		return strings.Join(found, " ")
	}
	for _, language := range wording.Languages {
		words := catalogue(t, language)
		for key := range zh {
			if a, b := sorted(zh[key]), sorted(words[key]); a != b {
				t.Errorf("%q: zh has %q, %s has %q", key, a, language, b)
			}
		}
	}
}

// Every sentence is filled: no brace is left for a guard to see.
func TestVerdictsInWords(t *testing.T) {
	for _, language := range wording.Languages {
		for _, r := range verdict.Reasons() {
			said := catalogueOf(t, language).Verdict(of(r), catalogueOf(t, other(language)), noon)
			all := said.Word + said.Other + said.Side + said.Sentence + said.Help + strings.Join(said.Card, "")
			if strings.ContainsAny(all, "{}") {
				t.Errorf("%s %s: a number is missing in %q", language, r, all)
			}
			if said.Word == "" || said.Sentence == "" || said.Help == "" || said.Word == said.Other {
				t.Errorf("%s %s: %+v says too little", language, r, said)
			}
		}
	}
	said := catalogueOf(t, "zh").Verdict(of(verdict.TestOld), catalogueOf(t, "en"), noon)
	if got := clean(said.Sentence); got != "最近检测是 51 小时 20 分前，本处要求 48 小时内。" || said.Help != "C-T48" {
		t.Errorf("the sentence is %q %q", got, said.Help)
	}
	said = catalogueOf(t, "en").Verdict(of(verdict.TestOld), catalogueOf(t, "zh"), noon)
	if got := clean(said.Sentence); got != "The last test was 51 h 20 min ago; here it must be within 48 h." {
		t.Errorf("the sentence is %q", got)
	}
	if got := catalogueOf(t, "zh").Verdict(verdict.Verdict{Reason: "from_a_newer_program"}, catalogueOf(t, "en"), noon); got.Help != "U-INT" || strings.Contains(got.Sentence, "reason.") {
		t.Errorf("a reason that is not known reads %+v", got)
	}
}

// What the authority wrote for a rule is what the guard reads, in the guard's language where there is one.
func TestTheRulesOwnSentence(t *testing.T) {
	v := of(verdict.RuleNotMet)
	v.Detail.Rule, v.Detail.Words = "doses", map[string]string{"zh": "本处要求两剂 {ago}。"}
	for language, want := range map[string]string{"zh": "本处要求两剂 {ago}。（规则 doses）", "zh-Hant": "本处要求两剂 {ago}。（規則 doses）", "en": "本处要求两剂 {ago}。 (rule doses)"} {
		if got := clean(catalogueOf(t, language).Verdict(v, catalogueOf(t, other(language)), noon).Sentence); got != want {
			t.Errorf("the sentence is %q, want %q", got, want)
		}
	}
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		e         journal.Entry
		what, why string
	}{
		{journal.Entry{Kind: journal.Check, Outcome: verdict.Check, Reason: "test_old"}, "Check", "test too old"},
		{journal.Entry{Kind: journal.Override, Outcome: verdict.Admit, Reason: "emergency_birth"}, "Let through by hand", "childbirth"},
		{journal.Entry{Kind: journal.Override, Reason: "of another program"}, "Let through by hand", "other"},
		{journal.Entry{Kind: journal.Registration, Reason: "test"}, "Registered", "for a test"},
		{journal.Entry{Kind: journal.Registration, Reason: "look_up:东-07"}, "Registered", "东-07·by ID, on the list"},
		{journal.Entry{Kind: journal.Slip, Reason: "x"}, "Temporary slip", "other"},
		{journal.Entry{Kind: journal.Clock, Reason: "x"}, "Clock changed", ""},
		{journal.Entry{Kind: journal.Start, Reason: "x"}, "Program started", ""},
	} {
		if what, why := ui.EntryWords(catalogueOf(t, "en"), c.e); what != c.what || why != c.why {
			t.Errorf("%+v reads %q %q, want %q %q", c.e, what, why, c.what, c.why)
		}
	}
}

func catalogueOf(t testing.TB, language string) *wording.Catalogue {
	t.Helper()
	c, err := wording.New(language, zone)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func other(language string) string {
	if language == "en" {
		return "zh"
	}
	return "en"
}

// clean is a sentence as it is drawn, with spaces that are spaces.
func clean(s string) string {
	return strings.NewReplacer("\u2060", "", "\u00a0", " ").Replace(s)
}
