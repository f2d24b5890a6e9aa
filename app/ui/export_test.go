package ui

import (
	"image/color"

	"fyne.io/fyne/v2"

	"postern/sync/verdict"
)

// Drop drops files on the window: the test driver cannot.
func Drop(u *UI, files []fyne.URI) { u.openPictures(files) }

// NameOf is the name of a button that shows a drawing and no word.
func NameOf(o fyne.CanvasObject) string {
	if b, ok := o.(*press); ok {
		return b.name
	}
	return ""
}

// Grounds lists every ground that sentences stand on, with its ink.
func Grounds() map[string][2]color.NRGBA {
	pairs := map[string][2]color.NRGBA{
		"chrome": {chrome, white}, "quiet on chrome": {chrome, quiet}, "check screen": {rgb(0x4a565e), white},
		"day": {daySheet.ground, daySheet.ink}, "day card": {daySheet.card, daySheet.ink}, "day faint": {daySheet.card, daySheet.faint},
		"night": {nightSheet.ground, nightSheet.ink}, "night card": {nightSheet.card, nightSheet.ink}, "night faint": {nightSheet.card, nightSheet.faint},
		"attention": {checkAmber, checkInk}, "black button on amber": {checkInk, white},
	}
	for o := verdict.Unknown; o <= verdict.Refuse; o++ {
		p := outcomePaint(o)
		pairs[o.String()] = [2]color.NRGBA{p.ground, p.ink}
	}
	return pairs
}
