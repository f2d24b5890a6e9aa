package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/look"
	"postern/app/ui/kit"
	"postern/sync/verdict"
)

// body has the one who leads in the colour of the outcome, and beside or under
// that a row for each of the others, with the dock at its foot.
func (s *familyScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	g := u.grid()
	m := g.Of(28)
	lead, list := fyne.NewSize(size.Width*0.55, size.Height), fyne.NewSize(size.Width*0.45, size.Height)
	at := fyne.NewPos(u.mirror(lead.Width, list.Width, size.Width), 0)
	if !g.Wide {
		lead, list = fyne.NewSize(size.Width, size.Height*0.42), fyne.NewSize(size.Width, size.Height*0.58)
		at = fyne.NewPos(0, lead.Height)
	}
	ground := canvas.NewRectangle(u.palette().Ground)
	objects := []fyne.CanvasObject{kit.Place(ground, at.X, at.Y, list.Width, list.Height)}
	x := float32(0)
	if g.Wide {
		x = u.mirror(0, lead.Width, size.Width)
	}
	objects = append(objects, kit.Place(s.leader(u, fyne.NewSize(lead.Width-2*m, lead.Height-m)), x+m, 0, lead.Width-2*m, lead.Height-m))

	w := list.Width - 2*m
	dock, h := s.dock(u, w)
	rows := kit.NewStack(g.Of(16))
	for _, row := range s.party.rows[1:] {
		rows.Add(s.row(u, row, w))
	}
	room := list.Height - h - 2*g.Of(20)
	if rows.HeightFor(w) <= room-m {
		objects = append(objects, kit.Place(rows, at.X+m, at.Y+m, w, rows.HeightFor(w)))
	} else {
		objects = append(objects, kit.Scrolled(rows, at.X+m, at.Y+g.Of(12), w, room))
	}
	return kit.Fixed(size, append(objects, kit.Place(dock, at.X+m, at.Y+list.Height-h-g.Of(20), w, h))...)
}

// leader is the one who must be seen to first: shape, name, word, reason, and the way on.
func (s *familyScreen) leader(u *UI, size fyne.Size) fyne.CanvasObject {
	lead := s.party.lead()
	f := newFace(u, lead, size)
	f.width = size.Width
	for share := float32(1); ; share *= 0.94 {
		side := f.g.Of(150) * share
		who := kit.NewStack(0)
		if f.text.Name != "" {
			who.Add(kit.NewProse(f.text.Name, f.g.Of(48)*share, f.paint.Ink).Bold().Tight())
		}
		who.Add(kit.NewProse(f.text.Other, f.g.Of(30)*share, f.paint.Ink).Bold())
		word := f.word(size.Width)
		top := kit.NewStack(f.g.Of(12)*share, kit.NewProse(s.title(u), f.g.Of(26)*share, f.paint.Ink).Bold(),
			kit.NewBeside(side, kit.Drawing("shapes/"+look.Name(lead.v.Outcome), f.paint.Ink, side), who), tight(word))
		foot := kit.NewStack(f.g.Of(14) * share)
		if lead.v.Outcome != verdict.Admit {
			foot.Add(kit.NewSentence(kit.NewProse(f.text.Sentence, f.g.Of(30)*share, f.paint.Ink).Bold(), kit.NewCode(f.text.Help, f.g.Of(22)*share, f.paint.Ink)))
		}
		foot.Add(s.action(u, lead, f.paint, share))
		ht, hf := top.HeightFor(size.Width), foot.HeightFor(size.Width)
		if ht+hf > size.Height && share > 0.35 {
			continue
		}
		return kit.Fixed(size, kit.Place(top, 0, max((size.Height-hf-ht)/2, 0), size.Width, ht), kit.Place(foot, 0, size.Height-hf, size.Width, hf))
	}
}

// action is what the guard does with the one who leads.
func (s *familyScreen) action(u *UI, row *verdictScreen, paint kit.Paint, share float32) fyne.CanvasObject {
	g, key, icon := u.grid(), "family.see", "icons/right"
	switch {
	case row.handled:
		return kit.NewBeside(g.Of(36), kit.Drawing("icons/tick", paint.Ink, g.Of(36)), kit.NewStack(0, kit.NewProse(u.say(handledWord(row)), g.Of(30)*share, paint.Ink).Bold()))
	case row.v.Outcome == verdict.Admit:
		key, icon = "family.let_in", "icons/tick"
	}
	return kit.NewButton(u.say(key), paint.Ink, filledInk(paint), func() { s.open(u, row) }).WithIcon(icon).Leading(g.Of(28)).Sized(g.Of(34)*share, g.Of(88)*max(share, 0.7))
}

// handledWord is the key of what became of somebody.
func handledWord(row *verdictScreen) string {
	if row.v.Outcome == verdict.Admit {
		return "family.let_in_done"
	}
	return "family.handled"
}

// row is one of the others: the outcome's colour and shape, the word, the masked
// name, and the way on.
func (s *familyScreen) row(u *UI, row *verdictScreen, width float32) fyne.CanvasObject {
	g, p := u.grid(), u.palette()
	text := u.catalogue().Verdict(row.v, u.second(), row.at)
	word := text.Word
	if text.Act != "" {
		word = text.Act
	}
	words := kit.NewStack(0, kit.NewProse(word, g.Of(40), p.Ink).Bold().Tight())
	if text.Name != "" {
		words.Add(kit.NewProse(text.Name, g.Of(30), p.Ink).Bold())
	}
	block := g.Of(100)
	bw := max(g.Of(160), 96)
	h := max(g.Of(132), words.HeightFor(width-block-bw-g.Of(52))+g.Of(24), 64)
	return kit.NewPane(fyne.NewSize(1, h), func(size fyne.Size) fyne.CanvasObject {
		card, paint := canvas.NewRectangle(p.Card), row.paint(u)
		card.CornerRadius, card.StrokeColor, card.StrokeWidth = g.Of(20), p.Line, 2
		colour := canvas.NewRectangle(paint.Ground)
		colour.CornerRadius = g.Of(20)
		in := block * 0.74
		wide := size.Width - block - bw - g.Of(52)
		hw := words.HeightFor(wide)
		objects := []fyne.CanvasObject{
			kit.Place(card, 0, 0, size.Width, size.Height), kit.Place(colour, 0, 0, block, size.Height),
			kit.Place(kit.Drawing("shapes/"+look.Name(row.v.Outcome), paint.Ink, in), (block-in)/2, (size.Height-in)/2, in, in),
			kit.Place(words, block+g.Of(20), max((size.Height-hw)/2, 0), wide, hw),
		}
		b, hb := s.rowButton(u, row), max(g.Of(84), 48)
		return kit.Fixed(size, append(objects, kit.Place(b, size.Width-bw-g.Of(16), (size.Height-hb)/2, bw, hb))...)
	})
}

// rowButton lets an Admit through, and leads to the steps of the others.
func (s *familyScreen) rowButton(u *UI, row *verdictScreen) fyne.CanvasObject {
	g, p := u.grid(), u.palette()
	switch {
	case row.handled && row.v.Outcome == verdict.Admit:
		return kit.NewStack(0, kit.Gap(g.Of(20)), kit.NewProse("✓ "+u.say("family.let_in_done"), g.Of(26), p.Faint).Bold())
	case row.v.Outcome == verdict.Admit && u.locked(): // see open
		return kit.Gap(0)
	case row.v.Outcome == verdict.Admit:
		return kit.NewOutlined(u.say("family.let_in"), p.Ink, func() { s.open(u, row) }).WithIcon("icons/tick").Sized(g.Of(28), g.Of(84)).Means(kit.LetsIn)
	case row.handled:
		return kit.NewOutlined(u.say("family.handled"), p.Faint, func() { s.open(u, row) }).WithIcon("icons/tick").Sized(g.Of(26), g.Of(84))
	}
	return kit.NewOutlined(u.say("family.see"), p.Ink, func() { s.open(u, row) }).WithIcon("icons/right").Sized(g.Of(28), g.Of(84))
}

// dock has the emergency and, once nobody is left, the way to the next person.
func (s *familyScreen) dock(u *UI, width float32) (fyne.CanvasObject, float32) {
	g, p := u.grid(), u.palette()
	d := dock{emergency: u.emergencyButton(func() { u.open("emergency") }).Edged(p.Line)}
	if n := s.party.left(); n > 0 && !s.party.admitted() {
		d.next = kit.NewButton(u.say("family.left", "n", strconv.Itoa(n)), kit.Blend(p.Ground, p.Ink, 0.1), p.Faint, func() {}).Under(u.say("family.left_say"))
	} else {
		d.next = u.nextButton(kit.Paint{Ground: p.Card, Ink: p.Ink}, true)
	}
	return d.build(g, width, 0)
}
