package ui

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui/kit"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// barHeight is how high the line over a verdict is.
func barHeight(g kit.Grid) float32 { return max(g.Of(60), kit.Letters(g.Of(20))*2) }

// buildBar says over a verdict, and over what leads from it, on the left how old it
// is and what became of its entry, and on the right how fresh the data is and
// where this gate stands.
func (u *UI) buildBar(size fyne.Size) fyne.CanvasObject {
	s := u.behaviour().about
	if s == nil {
		return kit.Fixed(size)
	}
	g, ink, letters := u.grid(), u.behaviour().paint.Ink, u.grid().Of(20)
	age := kit.NewChip(u.ageOf(s.at), letters*1.1, ink, u.behaviour().paint.Ground).WithIcon("icons/wait")
	if s.v.Outcome == verdict.Check && ink == kit.CheckInk {
		age = kit.NewChip(u.ageOf(s.at), letters*1.1, ink, kit.White).WithIcon("icons/wait")
	}
	pad, least := g.Margin(), age.MinSize()
	mid := func(o *canvas.Text, x, w float32) fyne.CanvasObject {
		h := o.MinSize().Height
		return kit.Place(o, x, (size.Height-h)/2, w, h)
	}
	objects := []fyne.CanvasObject{kit.Place(age, pad, (size.Height-least.Height)/2, least.Width, least.Height)}
	at, end := pad+least.Width+12, size.Width-pad
	if key := u.chipWord(); key != "" { // what there is to say of the next person comes first
		return kit.Fixed(size, append(objects, u.notice(u.say(key), at, end-at, size.Height))...)
	}
	right := kit.Text(kit.DropFacts(u.standsAt(), letters, (end-at)*0.6), letters, ink, true)
	w, moon := right.MinSize().Width, kit.Letters(letters)
	objects = append(objects, mid(right, end-w, w), kit.Place(kit.Moon(u.state.Age, ink, moon), end-w-moon-10, (size.Height-moon)/2, moon, moon))
	left := kit.Text(kit.DropFacts(u.recorded(s), letters, end-w-moon-26-at), letters, ink, true)
	if !strings.HasSuffix(left.Text, "…") { // what became of the entry is said whole, or not at all
		objects = append(objects, mid(left, at, left.MinSize().Width))
	}
	return kit.Fixed(size, objects...)
}

// notice is a sentence about the next person, on a ground of its own.
func (u *UI) notice(text string, x, width, height float32) fyne.CanvasObject {
	chip := kit.NewChip(text, u.grid().Of(20), kit.Chrome, kit.White).Within(width)
	is := chip.MinSize()
	return kit.Place(chip, x, (height-is.Height)/2, is.Width, is.Height)
}

// ageOf is how long ago something was, as people say it: now, 23 s ago, 4 min ago.
func (u *UI) ageOf(at time.Time) string {
	c, d := u.catalogue(), u.opt.Now().Sub(at)
	switch {
	case d < 2*time.Second:
		return u.say("bar.now")
	case d < time.Minute:
		return u.say("ago", "span", c.Seconds(d))
	}
	return c.Ago(at, u.opt.Now())
}

// standsAt says how old the data is, where this gate stands, and which way people go.
func (u *UI) standsAt() string {
	text := u.wayed(u.state.PlaceIn(u.Language()))
	if u.drill != nil { // the band says where a drill takes place
		text = u.wayed("")
	}
	if u.state.Made.IsZero() {
		return text
	}
	return u.catalogue().Ago(u.state.Made, u.opt.Now()) + "·" + text
}

// wayed puts the way that people go behind a place.
func (u *UI) wayed(place string) string {
	way := ""
	switch u.state.Way {
	case journal.In:
		way = u.say("direction.in")
	case journal.Out:
		way = u.say("direction.out")
	}
	if place == "" || way == "" {
		return place + way
	}
	return place + "·" + way
}

// recorded is what became of the entry of a verdict, with its number once that is known.
func (u *UI) recorded(s *verdictScreen) string {
	text := u.say(u.recordedWord(s.v))
	if u.drill != nil || s.v.Reason == verdict.NotRecorded {
		return text
	}
	for _, l := range u.recent {
		if l.Verdict != nil && l.Verdict.Reason == s.v.Reason {
			return text + "·" + u.say("register.number", "n", strconv.FormatUint(l.Seq, 10))
		}
	}
	return text
}

// recordedWord is the key for what became of the entry of a verdict.
func (u *UI) recordedWord(v verdict.Verdict) string {
	switch {
	case u.drill != nil:
		return "bar.practice"
	case v.Reason == verdict.NotRecorded:
		return "bar.not_recorded"
	}
	return "bar.recorded"
}

// everySecond has panes drawn anew each second, for the ages on them, until others
// take their place.
func (u *UI) everySecond(panes ...*kit.Pane) {
	if u.stopAging != nil {
		u.stopAging()
	}
	u.stopAging = u.after(time.Second, func() {
		for _, p := range panes {
			p.Refresh()
		}
		u.everySecond(panes...)
	})
}
