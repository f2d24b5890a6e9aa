package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"postern/sync/journal"
)

// Purpose says for what somebody is sent on by paper. The reason of an entry of
// kind journal.Registration is a purpose and, after a colon, the paper number.
type Purpose string

// Purposes.
const (
	ForTest   Purpose = "test"    // to be tested, without a code
	ForLookUp Purpose = "look_up" // to be looked up by hand
)

// Register records that somebody is sent on by paper, and gives the number that
// stands for them on the paper list, such as "东-07": no other number of this
// gate is the same on that day. It needs no code; t is the verdict on the one
// that was shown, or the zero Token. The entry names nobody, so that away from
// this device a tube and somebody's ways cannot be joined. It is durable when the error is nil.
func (g *Gate) Register(ctx context.Context, t Token, p Purpose) (number string, err error) {
	if p != ForTest && p != ForLookUp {
		return "", fmt.Errorf("register: %.70q is no purpose", p)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	mono := g.mono()
	now, err := g.readClock(ctx, mono)
	if err != nil {
		return "", fmt.Errorf("register: %w", err)
	}
	view := g.store.View()
	paper, err := g.nextPaper(ctx, now.Now.In(g.zone))
	if err != nil {
		return "", fmt.Errorf("register: %w", err)
	}
	number = fmt.Sprintf("%s-%02d", mark(view.Place, view.Gate), paper.N)
	e := g.entry(ctx, journal.Registration, view, now)
	e.Reason = string(p) + ":" + number
	d := Draft{Entry: e, Trusted: now.Trusted}
	if p := g.pendings.find(t, mono); p != nil {
		d.After = p.check
	}
	if _, err := g.append(ctx, d); err != nil {
		return "", fmt.Errorf("register: %w", err)
	}
	_ = g.finishDuty(ctx, func(d *Duty) { d.Papers = paper }) // where it fails, the journal's count still holds
	return number, nil
}

// Papers is how many paper numbers a day took.
type Papers struct {
	Day string `json:"day,omitempty"` // local, such as 2026-11-28
	N   int    `json:"n,omitempty"`
}

// nextPaper is the number after the last one of now's day. It asks two books:
// the journal's counts outlive another enrolment, and what is kept of the duty
// outlives a journal that was set aside. The caller holds g.mu.
func (g *Gate) nextPaper(ctx context.Context, now time.Time) (Papers, error) {
	began, ends := dayOf(now)
	t, err := g.store.Tally(ctx, began, ends)
	next := Papers{Day: began.Format(time.DateOnly)}
	for _, c := range t.Counts {
		if c.Kind == journal.Registration {
			next.N += c.N
		}
	}
	if last := g.duty.get(ctx).Papers; last.Day == next.Day {
		next.N = max(next.N, last.N)
	}
	next.N++
	return next, err
}

// PaperNumber is the number that a registration gave; empty for other entries.
func PaperNumber(e journal.Entry) string {
	if e.Kind != journal.Registration {
		return ""
	}
	_, number, _ := strings.Cut(e.Reason, ":")
	return number
}

const maxMark = 4 // characters

// mark is the short sign of a gate on paper, from its place: the point of the
// compass or the number before the last door ("第三医院南门" is 南, "2号门" is 2),
// else the first Chinese character; in other scripts the initials, numbers whole
// ("North gate 2" is NG2). Where the place gives none, it is the gate's ID, cut.
func mark(place, gate string) string {
	sign := initials(place)
	if first := strings.IndexFunc(place, isHan); first >= 0 {
		sign = string([]rune(place[first:])[:1])
		if door := doorSign([]rune(place)); door != "" {
			sign = door
		}
	}
	for _, s := range []string{sign, strings.ToUpper(gate)} {
		if r := []rune(s); len(r) > 0 {
			return string(r[:min(len(r), maxMark)])
		}
	}
	return "X" // it has neither place nor ID before it is enrolled
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// doorSign is what stands right before the last door of a Chinese name that has
// something there to tell it from other doors; empty where no door has.
func doorSign(place []rune) string {
	for door, r := range slices.Backward(place) {
		if !strings.ContainsRune("门門口", r) {
			continue
		}
		end := door
		for end > 0 && strings.ContainsRune("号號侧側大", place[end-1]) {
			end--
		}
		begin := end
		for begin > 0 && tellsDoor(place[begin-1]) {
			begin--
		}
		if begin < end {
			return string(place[begin:end])
		}
	}
	return ""
}

func tellsDoor(r rune) bool {
	return strings.ContainsRune("东東南西北正后後一二三四五六七八九十", r) || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z'
}

func initials(place string) string {
	sign := ""
	for _, word := range strings.FieldsFunc(place, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		r := []rune(word)
		if unicode.IsDigit(r[0]) {
			sign += word
			continue
		}
		sign += string(unicode.ToUpper(r[0]))
	}
	return sign
}
