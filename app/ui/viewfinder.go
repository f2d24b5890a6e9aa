package ui

import (
	"image"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/qr"
	"postern/app/ui/kit"
)

// mostOutlines bounds the codes that are outlined at once.
const mostOutlines = 8

// viewfinder is what the check screen shows of a camera: its picture, the
// frame to aim with, the outlines of codes, and one hint.
type viewfinder struct {
	size    fyne.Size
	picture *canvas.Raster
	lines   [mostOutlines][4]*canvas.Line
	hint    *kit.Pane
}

// newViewfinder makes the pane for an area. A sentence that is not empty stands in
// the place of the camera's hints.
func newViewfinder(u *UI, size fyne.Size, sentence string) (*viewfinder, fyne.CanvasObject) {
	v := &viewfinder{size: size}
	v.picture = canvas.NewRaster(func(w, h int) image.Image {
		if u.camera != nil {
			u.opt.Meter.draws(u.camera.front)
		}
		return u.camera.picture(w, h)
	})
	objects := []fyne.CanvasObject{kit.Place(v.picture, 0, 0, size.Width, size.Height)}
	side := min(size.Width*0.62, size.Height*0.62, 640)
	x, y := (size.Width-side)/2, size.Height*0.45-side/2
	frame := kit.Fixed(fyne.NewSquareSize(side), kit.Brackets(side, max(side/60, 4), kit.White)...)
	objects = append(objects, kit.Place(frame, x, y, side, side))
	for i := range v.lines {
		for j := range v.lines[i] {
			l := canvas.NewLine(kit.IndigoLight)
			l.StrokeWidth = 5
			l.Hide()
			v.lines[i][j] = l
			objects = append(objects, l)
		}
	}
	v.hint = kit.NewPane(fyne.NewSize(1, 1), func(size fyne.Size) fyne.CanvasObject {
		if sentence != "" {
			return u.pill(size, sentence)
		}
		return u.hintPill(size)
	})
	top := y + side + 10
	objects = append(objects, kit.Place(v.hint, 0, top, size.Width, max(size.Height-top-u.grid().Of(24), 1)))
	if u.camera != nil {
		v.outline(u.camera) // of the codes that are in view already
	}
	return v, kit.Fixed(size, objects...)
}

// picture is the newest frame for a pane of so many pixels, and asks for the
// next ones in that size. Fyne calls it when it draws.
func (l *cameraView) picture(w, h int) image.Image {
	if l == nil || w <= 0 || h <= 0 {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	l.wanted.Store(uint64(w)<<32 | uint64(h))
	if l.front != nil && l.front.Rect.Size() == image.Pt(w, h) {
		return l.front
	}
	fitted := image.NewRGBA(image.Rect(0, 0, w, h))
	if l.front != nil {
		kit.FillPreview(fitted, l.front)
	}
	return fitted
}

// outline draws the outlines of the codes that the last frame showed: thick
// where one is read, thin where it is only found.
func (v *viewfinder) outline(l *cameraView) {
	c := kit.NewFit(l.size, image.Pt(int(v.size.Width), int(v.size.Height)))
	for i := range v.lines {
		var o *qr.Outline
		if i < len(l.sight.View) {
			o = &l.sight.View[i]
		}
		for j, line := range v.lines[i] {
			if o == nil {
				line.Hide()
				continue
			}
			x1, y1 := c.OnPane(o.Corners[j])
			x2, y2 := c.OnPane(o.Corners[(j+1)&3])
			line.Position1, line.Position2 = fyne.NewPos(float32(x1), float32(y1)), fyne.NewPos(float32(x2), float32(y2))
			line.StrokeColor, line.StrokeWidth = kit.IndigoLight, 5
			if !o.Read {
				line.StrokeColor, line.StrokeWidth = kit.White, 3
			}
			line.Show()
			line.Refresh()
		}
	}
}

// isRead reports whether a code that was read is in view.
func isRead(s qr.Sight) bool {
	return slices.ContainsFunc(s.View, func(o qr.Outline) bool { return o.Read })
}

// hintPill is the one hint under the frame.
func (u *UI) hintPill(size fyne.Size) fyne.CanvasObject {
	key := "check.aim"
	if l := u.camera; l != nil {
		switch {
		case l.err != nil:
			key = "check.camera_gone"
		case l.sight.Hint != qr.NoHint:
			key = "hint." + string(l.sight.Hint)
		case isRead(l.sight):
			return kit.Fixed(size) // its outline says it
		}
	}
	return u.pill(size, u.say(key))
}

// buildChip says something of the next person, over whatever screen shows.
func (u *UI) buildChip(size fyne.Size) fyne.CanvasObject {
	key := u.chipWord()
	if key == "" {
		return kit.Fixed(size)
	}
	words := kit.NewProse(u.say(key), u.grid().Of(24), kit.White).Bold().Centred()
	width := min(words.Measure(u.say(key))+40, size.Width-24)
	h := words.HeightFor(width-32) + 14
	ground := canvas.NewRectangle(kit.Chrome)
	ground.CornerRadius, ground.StrokeColor, ground.StrokeWidth = min(h/2, 24), kit.White, 2
	x := (size.Width - width) / 2
	return kit.Fixed(size, kit.Place(ground, x, 4, width, h), kit.Place(words, x+16, 11, width-32, h-14))
}

// chipWord is the key of what the chip says of the next person; empty: nothing.
func (u *UI) chipWord() string {
	key := u.lineWord()
	if b := u.behaviour(); key == "line.waiting" && b.face && !b.list && !u.locked() { // the dock says it
		return ""
	}
	return key
}

// pill is a sentence on a ground of its own. Where it is higher than its room
// it reaches up, over the picture: below are things to press.
func (u *UI) pill(size fyne.Size, text string) fyne.CanvasObject {
	g := u.grid()
	words := kit.NewProse(text, g.Of(30), kit.White).Bold().Centred()
	pad := g.Of(32)
	room := min(size.Width-2*g.Of(24), g.Of(760))
	width := min(words.Measure(text)+2*pad+2, room)
	h := words.HeightFor(width-2*pad) + g.Of(26)
	ground := canvas.NewRectangle(kit.Fade(kit.Chrome, 0.92))
	ground.CornerRadius = min(h/2, g.Of(40))
	x, y := (size.Width-width)/2, size.Height-h
	return kit.Fixed(size, kit.Place(ground, x, y, width, h), kit.Place(words, x+pad, y+g.Of(13), width-2*pad, h-g.Of(26)))
}
