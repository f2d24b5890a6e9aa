package main

import (
	"fmt"
	"math/rand"
	"strings"
	"time"
)

// resident is one invented holder of the demo city.
type resident struct {
	number     string // ID number, invented: the district part exists nowhere
	name       string
	birthYear  int
	district   string
	status     string
	validUntil time.Time
	tested     time.Time // zero: never
	kind       string
	result     string
}

// demoCity is the people of the demo: most are well, and every state has somebody.
type demoCity struct {
	residents []resident
}

var (
	surnames  = []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "欧阳", "司马"}
	given     = []string{"伟", "芳", "娜", "敏", "静", "磊", "强", "洋", "艳", "勇", "小明", "建国", "雨桐", "子涵", "思远", "一诺"}
	districts = []string{"东区", "南区", "西区", "北区"}
)

// The residents that the demo shows at the gate, by their place in the city.
const (
	wellPerson = iota
	suspendedPerson
	expiredPerson
	oldTestPerson
	paperPerson
	barredPerson
	forgedPerson
	alteredPerson
	revokedPerson
	firstOther
)

// newDemoCity invents people as of now; the same seed invents the same people.
func newDemoCity(people int, now time.Time, seed int64) *demoCity {
	rng := rand.New(rand.NewSource(seed))
	c := &demoCity{}
	for i := range max(people, firstOther) {
		c.residents = append(c.residents, invent(rng, i, now))
	}
	c.residents[suspendedPerson].status = "suspended"
	c.residents[barredPerson].status = "barred"
	c.residents[revokedPerson].status = "invalid"
	c.residents[expiredPerson].validUntil = now.Add(-26 * time.Hour)
	c.residents[oldTestPerson].tested = now.Add(-51*time.Hour - 20*time.Minute)
	return c
}

// invent makes one person; those beyond the ones shown are in any state.
func invent(rng *rand.Rand, i int, now time.Time) resident {
	r := resident{
		number:     fmt.Sprintf("99%04d%08d%04d", rng.Intn(10000), 19300101+rng.Intn(900000), i),
		name:       surnames[rng.Intn(len(surnames))] + given[rng.Intn(len(given))],
		birthYear:  1935 + rng.Intn(85),
		district:   districts[rng.Intn(len(districts))],
		status:     "good",
		validUntil: now.AddDate(0, 6, 0),
		tested:     now.Add(-time.Duration(60+rng.Intn(40*60)) * time.Minute),
		kind:       "nucleic",
		result:     "negative",
	}
	if i < firstOther {
		return r
	}
	switch p := rng.Intn(100); {
	case p < 3:
		r.status = "suspended"
	case p < 4:
		r.status = "barred"
	case p < 5:
		r.status = "invalid"
	case p < 8:
		r.validUntil = now.Add(-time.Duration(rng.Intn(20*24)) * time.Hour)
	case p < 18:
		r.tested = now.Add(-time.Duration(48+rng.Intn(20*24)) * time.Hour)
	case p < 21:
		r.tested = time.Time{}
	case p < 22:
		r.result = "positive"
	case p < 24:
		r.kind = "antigen"
	}
	return r
}

// roster is the city as the authority gets it.
func (c *demoCity) roster() string {
	var b strings.Builder
	b.WriteString("number,name,birth_year,district,status,valid_until\n")
	for _, r := range c.residents {
		fmt.Fprintf(&b, "%s,%s,%d,%s,%s,%s\n", r.number, r.name, r.birthYear, r.district, r.status, r.validUntil.Format(time.RFC3339))
	}
	return b.String()
}

// results is what the laboratory sends.
func (c *demoCity) results() string {
	var b strings.Builder
	b.WriteString("number,kind,result,taken_at\n")
	for _, r := range c.residents {
		if !r.tested.IsZero() {
			fmt.Fprintf(&b, "%s,%s,%s,%s\n", r.number, r.kind, r.result, r.tested.Format(time.RFC3339))
		}
	}
	return b.String()
}
