package kit

import (
	"image/color"

	"postern/app/look"
	"postern/sync/verdict"
)

// Colours of the screens. White on each outcome but amber has a contrast of at
// least 7:1, and so has the ink on amber; a test computes it.
var (
	Chrome = RGB(0x14181c)
	White  = RGB(0xffffff)
	Black  = RGB(0x000000)
	Quiet  = RGB(0xaeb6be) // small words on chrome

	CheckInk = look.Outcome(verdict.Check).Ink

	// Indigo is what is chosen, what goes on, and the door for who has no code. No
	// outcome has it, and it stands on no verdict.
	Indigo      = RGB(0x4036c8)
	IndigoNight = RGB(0x6b61f0) // on a dark page
	indigoSun   = RGB(0x2f278f)
	IndigoLight = RGB(0xb9b5ff) // lines over a picture

	// KioskNight is the ground of what visitors see that is no answer.
	KioskNight = RGB(0x161b33)

	// What a drill is marked with, like no outcome.
	PracticeGround = RGB(0xff5ac8)
	PracticeInk    = RGB(0x14000f)
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

// Palette holds the colours of the pages that are read at leisure.
type Palette struct {
	Ground, Card, Ink, Faint, Line color.NRGBA
	Act                            color.NRGBA // what is chosen and what goes on; white is read on it
	Weak, Deep                     color.NRGBA // a ground that belongs to it, and the ink on that
}

var (
	dayPalette   = Palette{RGB(0xf4f6f8), White, Chrome, RGB(0x4f5a66), RGB(0xd3d9df), Indigo, RGB(0xebeafb), RGB(0x2f278f)}
	NightPalette = Palette{RGB(0x0d1013), RGB(0x1c2228), RGB(0xeef1f4), RGB(0xa3aeb9), RGB(0x323a43), IndigoNight, RGB(0x26234d), IndigoLight}
	sunPalette   = Palette{White, White, Black, RGB(0x262c33), Black, indigoSun, RGB(0xebeafb), RGB(0x1c1763)}
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
