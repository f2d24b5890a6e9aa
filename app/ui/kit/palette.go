package kit

import (
	"image/color"

	"postern/app/look"
	"postern/sync/policy"
	"postern/sync/verdict"
)

// Colours of the screens. White on each outcome but amber has a contrast of at
// least 7:1, and so has the ink on amber; a test computes it.
var (
	Chrome = RGB(0x14181c)
	White  = RGB(0xffffff)
	Black  = RGB(0x000000)
	Quiet  = RGB(0xaeb6be) // small words on chrome

	AdmitGreen = look.Outcome(verdict.Admit).Ground
	CheckAmber = look.Outcome(verdict.Check).Ground
	CheckInk   = look.Outcome(verdict.Check).Ink
	RefuseRed  = look.Outcome(verdict.Refuse).Ground

	// What a drill is marked with, like no outcome.
	PracticeGround = RGB(0xff5ac8)
	PracticeInk    = RGB(0x14000f)

	DotFresh  = RGB(0x21c17a)
	DotAgeing = RGB(0xf2b01e)
	dotStale  = RGB(0xff6b5e)
	DotBlind  = RGB(0xb6c2ce)
)

// Paint is a ground and the ink that is read on it.
type Paint struct{ Ground, Ink color.NRGBA }

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

// Palette is the colours of pages in a light.
func (l Light) Palette() Palette {
	switch l {
	case Night:
		return NightPalette
	case Sun:
		return sunPalette
	}
	return dayPalette
}

// Outcome is the screen of an outcome in a light; its hue is always the same.
func (l Light) Outcome(o verdict.Outcome) Paint {
	if l != Sun {
		return OutcomePaint(o)
	}
	switch o {
	case verdict.Admit:
		return Paint{RGB(0x00451f), White}
	case verdict.Check:
		return Paint{RGB(0xffc629), Black}
	case verdict.Refuse:
		return Paint{RGB(0x850010), White}
	}
	return Paint{RGB(0x1c3752), White}
}

// OutcomePaint is the screen of an outcome in ordinary light.
func OutcomePaint(o verdict.Outcome) Paint {
	p := look.Outcome(o)
	return Paint{p.Ground, p.Ink}
}

// AgeColour is the dot of a snapshot's age; the words beside it say the same.
func AgeColour(a policy.Age) color.NRGBA {
	switch a {
	case policy.Fresh:
		return DotFresh
	case policy.Ageing:
		return DotAgeing
	case policy.Stale:
		return dotStale
	}
	return DotBlind
}

// Palette holds the colours of the pages that are read at leisure.
type Palette struct{ Ground, Card, Ink, Faint, Line color.NRGBA }

var (
	dayPalette   = Palette{RGB(0xf4f6f8), White, Chrome, RGB(0x4f5a66), RGB(0xdde2e7)}
	NightPalette = Palette{RGB(0x0d1013), RGB(0x1c2228), RGB(0xeef1f4), RGB(0xa3aeb9), RGB(0x323a43)}
	sunPalette   = Palette{White, White, Black, RGB(0x262c33), Black}
)

// RGB is an opaque colour, written as 0xrrggbb.
func RGB(v uint32) color.NRGBA { return look.RGB(v) }

// Fade is c seen through: share 0 is nothing, 1 all of it.
func Fade(c color.NRGBA, share float32) color.NRGBA {
	c.A = uint8(255 * share)
	return c
}

// Blend mixes a share of b into a; the result is opaque, so that its contrast can be computed.
func Blend(a, b color.NRGBA, share float32) color.NRGBA {
	mix := func(x, y uint8) uint8 { return uint8(float32(x) + (float32(y)-float32(x))*share + 0.5) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}
