package wording_test

import (
	"strings"
	"testing"
	"time"

	"postern/sync/wording"
)

var (
	zone = time.FixedZone("", 8*3600)
	noon = time.Date(2026, 11, 22, 4, 42, 17, 0, time.UTC) // a quarter to one in zone
)

func catalogueOf(t *testing.T, language string) *wording.Catalogue {
	t.Helper()
	c, err := wording.New(language, zone)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// clean is a sentence as it is drawn, with spaces that are spaces.
func clean(s string) string {
	return strings.NewReplacer("\u2060", "", "\u00a0", " ").Replace(s)
}

func TestSpans(t *testing.T) {
	for _, c := range []struct {
		d      time.Duration
		zh, en string
	}{
		{0, "不到 1 分钟", "under a minute"},
		{59 * time.Second, "不到 1 分钟", "under a minute"},
		{time.Minute, "1 分钟", "1 min"},
		{59*time.Minute + 59*time.Second, "59 分钟", "59 min"},
		{time.Hour, "1 小时", "1 h"},
		{-26 * time.Hour, "26 小时", "26 h"},
		{51*time.Hour + 20*time.Minute, "51 小时 20 分", "51 h 20 min"},
		{72*time.Hour - time.Minute, "71 小时 59 分", "71 h 59 min"},
		{72 * time.Hour, "3 天", "3 days"},
		{7 * 24 * time.Hour, "7 天", "7 days"},
	} {
		if got := clean(catalogueOf(t, "zh").Span(c.d)); got != c.zh {
			t.Errorf("%v is %q, want %q", c.d, got, c.zh)
		}
		if got := clean(catalogueOf(t, "en").Span(c.d)); got != c.en {
			t.Errorf("%v is %q, want %q", c.d, got, c.en)
		}
	}
}

func TestTimesAreLocal(t *testing.T) {
	zh := catalogueOf(t, "zh")
	if got := clean(zh.Moment(noon, noon)); got != "11月22日 12:42" {
		t.Errorf("noon in the zone of the tests is %q", got)
	}
	if got := clean(zh.Moment(noon.AddDate(-1, 0, 0), noon)); got != "2025年11月22日 12:42" {
		t.Errorf("a year before is %q", got)
	}
	if got := catalogueOf(t, "en").Clock(noon); got != "12:42:17" {
		t.Errorf("the clock says %q", got)
	}
}

func TestCheckedSaysWhen(t *testing.T) {
	zh, en := catalogueOf(t, "zh"), catalogueOf(t, "en")
	if got := clean(zh.Checked(noon.Add(-12*time.Minute), noon)); got != "12 分钟前核对过" {
		t.Errorf("twelve minutes ago is %q", got)
	}
	if got := clean(en.Checked(noon.Add(-12*time.Minute), noon)); got != "Checked 12 min ago" {
		t.Errorf("twelve minutes ago is %q", got)
	}
	if got := en.Checked(time.Time{}, noon); got != "not checked yet" {
		t.Errorf("never is %q", got)
	}
}

func TestNoCatalogueOfNoLanguage(t *testing.T) {
	if _, err := wording.New("tlh", zone); err == nil || !strings.Contains(err.Error(), "choose from") {
		t.Errorf("the error is %v", err)
	}
}
