package ui

import (
	"image/color"

	"postern/app/look"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// Colours of the screens. White on each outcome but amber has a contrast of at
// least 7:1, and so has the ink on amber; a test computes it.
var (
	chrome = rgb(0x14181c)
	white  = rgb(0xffffff)
	black  = rgb(0x000000)
	quiet  = rgb(0xaeb6be) // small words on chrome

	admitGreen = look.Outcome(verdict.Admit).Ground
	checkAmber = look.Outcome(verdict.Check).Ground
	checkInk   = look.Outcome(verdict.Check).Ink
	refuseRed  = look.Outcome(verdict.Refuse).Ground

	// What a drill is marked with, like no outcome.
	practiceGround = rgb(0xff5ac8)
	practiceInk    = rgb(0x14000f)

	dotFresh  = rgb(0x21c17a)
	dotAgeing = rgb(0xf2b01e)
	dotStale  = rgb(0xff6b5e)
	dotBlind  = rgb(0xb6c2ce)
)

// paint is a ground and the ink that is read on it.
type paint struct{ ground, ink color.NRGBA }

// Light is what the guard stands in, and so how the screens look.
type Light string

// The lights. Sun has the highest contrasts, thick lines and no gradients:
// glare eats whatever is faint.
const (
	Day   Light = "day"
	Night Light = "night"
	Sun   Light = "sun"
)

// Lights are all of them, as the settings list them.
var Lights = []Light{Day, Night, Sun}

// sheet is the colours of pages in a light.
func (l Light) sheet() sheet {
	switch l {
	case Night:
		return nightSheet
	case Sun:
		return sunSheet
	}
	return daySheet
}

// outcome is the screen of an outcome in a light; its hue is always the same.
func (l Light) outcome(o verdict.Outcome) paint {
	if l != Sun {
		return outcomePaint(o)
	}
	switch o {
	case verdict.Admit:
		return paint{rgb(0x00451f), white}
	case verdict.Check:
		return paint{rgb(0xffc629), black}
	case verdict.Refuse:
		return paint{rgb(0x850010), white}
	}
	return paint{rgb(0x1c3752), white}
}

// outcomePaint is the screen of an outcome in ordinary light.
func outcomePaint(o verdict.Outcome) paint {
	p := look.Outcome(o)
	return paint{p.Ground, p.Ink}
}

func outcomeName(o verdict.Outcome) string { return look.Name(o) }

// ageColour is the dot of a snapshot's age; the words beside it say the same.
func ageColour(a policy.Age) color.NRGBA {
	switch a {
	case policy.Fresh:
		return dotFresh
	case policy.Ageing:
		return dotAgeing
	case policy.Stale:
		return dotStale
	}
	return dotBlind
}

// sheet holds the colours of the pages that are read at leisure.
type sheet struct{ ground, card, ink, faint, line color.NRGBA }

var (
	daySheet   = sheet{rgb(0xf4f6f8), white, chrome, rgb(0x4f5a66), rgb(0xdde2e7)}
	nightSheet = sheet{rgb(0x0d1013), rgb(0x1c2228), rgb(0xeef1f4), rgb(0xa3aeb9), rgb(0x323a43)}
	sunSheet   = sheet{white, white, black, rgb(0x262c33), black}
)

func rgb(v uint32) color.NRGBA { return look.RGB(v) }

// fade is c seen through: share 0 is nothing, 1 all of it.
func fade(c color.NRGBA, share float32) color.NRGBA {
	c.A = uint8(255 * share)
	return c
}

// blend mixes a share of b into a; the result is opaque, so that its contrast can be computed.
func blend(a, b color.NRGBA, share float32) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(float32(x) + (float32(y)-float32(x))*share + 0.5) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}
