package ui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/verdict"
	"postern/sync/wording"
)

// familyScreen shows several people whose codes were shown together: the worst
// leads in word, shape and colour, and each has a row with their own outcome
// and their own way on. A green row is no permission for the others.
type familyScreen struct {
	party *party
	stop  func()
}

// Times of a list of nothing but Admits, which goes by itself as one Admit does.
const (
	stayMore = time.Second // for each further row
	stayMost = 8 * time.Second
)

func (s *familyScreen) behave(u *UI) behaviour {
	b := behaviour{paint: u.light.Outcome(s.party.lead().v.Outcome), about: s.party.lead(), face: true, list: true, kiosk: visitors, unused: goesOn, leave: s.leave}
	b.arrive = func() { s.arrive(u) }
	if s.goesBy(u) {
		b.codes, b.brief, b.unused = judged, true, stays
	}
	return b
}

// goesBy reports whether the list goes by itself: everybody is admitted and no
// barrier waits to be opened for one after the other.
func (s *familyScreen) goesBy(u *UI) bool {
	return s.party.admitted() && (s.party.left() == 0 || !u.backend.Relay || u.locked())
}

// arrive begins the time after which a list of Admits goes.
func (s *familyScreen) arrive(u *UI) {
	if !s.goesBy(u) {
		return
	}
	s.leave()
	s.stop = u.after(min(stay+time.Duration(len(s.party.rows)-1)*stayMore, stayMost), func() {
		if u.screen == s {
			u.next()
		}
	})
}

func (s *familyScreen) leave() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
}

func (s *familyScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	return u.facing(size, func(k float32) (top, foot *kit.Stack) {
		lead, paint := s.party.lead(), s.behave(u).paint
		text := u.catalogue().Verdict(lead.v, u.second(), lead.at)
		top = kit.NewStack(8*k, kit.Gap(8*k), kit.NewProse(s.title(u), 19*k, paint.Ink).Bold(),
			leading(kit.Drawing("shapes/"+look.Name(lead.v.Outcome), paint.Ink, 84*k)), kit.NewProse(text.Word, 56*k, paint.Ink).Bold())
		if text.Name != "" {
			top.Add(kit.NewProse(text.Name, 28*k, paint.Ink).Bold())
		}
		if lead.v.Outcome != verdict.Admit {
			top.Add(kit.NewProse(wording.Join(text.Sentence, wording.Whole(text.Help)), 20*k, paint.Ink).Bold())
		}
		foot = kit.NewStack(10 * k)
		for _, row := range s.party.rows {
			foot.Add(s.row(u, row, k))
		}
		foot.Add(s.dock(u, k))
		return top, foot
	})
}

// title says how many there are, and how many codes were not taken.
func (s *familyScreen) title(u *UI) string {
	text := u.say("family.title", "n", strconv.Itoa(len(s.party.rows)))
	if s.party.more > 0 {
		text = wording.Join(text, u.say("family.more", "n", strconv.Itoa(s.party.more)))
	}
	return text
}

// row is one of them: the outcome's own colour, word and masked name. A tap
// lets an Admit through, and leads to the steps of the others.
func (s *familyScreen) row(u *UI, row *verdictScreen, k float32) fyne.CanvasObject {
	text := u.catalogue().Verdict(row.v, u.second(), row.at)
	words := text.Word
	if text.Name != "" {
		words += "\u2003" + text.Name
	}
	if row.handled {
		words += "\u2003" + u.say("family.handled")
	}
	paint := row.paint(u)
	b := kit.NewButton(words, paint.Ground, paint.Ink, func() { s.open(u, row) }).WithIcon("shapes/"+look.Name(row.v.Outcome)).Sized(20*k, 64*k)
	if row.v.Outcome == verdict.Admit {
		b = b.Means(kit.LetsIn)
	}
	return b
}

// open goes on with one of them.
func (s *familyScreen) open(u *UI, row *verdictScreen) {
	if row.v.Outcome != verdict.Admit {
		u.show(row.own())
		return
	}
	u.openFor(row)
	s.arrive(u)
	u.root.Refresh()
}

// dock has the emergency and, once nobody is left, the way to the next person.
func (s *familyScreen) dock(u *UI, k float32) fyne.CanvasObject {
	paint := s.behave(u).paint
	row := kit.NewRow(16*k, kit.NewOutlined(u.say("step.emergency"), paint.Ink, func() { u.open("emergency") }).Sized(18*k, 56*k).Means(kit.LetsIn))
	if n := s.party.left(); n > 0 && !s.party.admitted() {
		row.Add(kit.NewProse(u.say("family.left", "n", strconv.Itoa(n)), 19*k, paint.Ink).Bold())
		return row
	}
	row.Add(kit.NewOutlined(u.say("verdict.next"), paint.Ink, u.next).Sized(18*k, 56*k).Means(kit.KeepsOut))
	return row
}
