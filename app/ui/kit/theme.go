package kit

import (
	"fmt"
	"image/color"
	"log/slog"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"postern/app/look"
	"postern/assets"
)

// fontFile is a bundled font. Fyne keeps a copy of its own of what it reads, so
// what is unpacked for it is not kept here.
type fontFile struct {
	language string
	bold     bool
}

func (f *fontFile) Name() string { return fmt.Sprintf("postern %s bold %t", f.language, f.bold) }

func (f *fontFile) Content() []byte {
	file, err := look.Font(f.language, f.bold)
	if err != nil { // a test reads all of them; other shapes are better than none
		slog.Error("font", "error", err)
		return assets.Regular
	}
	return file
}

// The fonts: of each script one in each weight.
var (
	regular, bold         = &fontFile{"zh", false}, &fontFile{"zh", true}
	regularHant, boldHant = &fontFile{"zh-Hant", false}, &fontFile{"zh-Hant", true}
)

// fontOf is the font of a script.
func fontOf(hant, heavy bool) *fontFile {
	switch {
	case hant && heavy:
		return boldHant
	case hant:
		return regularHant
	case heavy:
		return bold
	}
	return regular
}

// hantNow says that texts are drawn in the shapes of Taiwan from now on. Like
// the theme it is one for the program, and belongs to Fyne's thread.
var TaiwanShapes bool

// written is the font of a text where the theme's is the other script's; nil is
// the theme's. What Fyne draws itself, in entries and dialogs, keeps the script
// that the theme was set in until the next one.
func written(heavy bool) fyne.Resource {
	if t, ok := fyne.CurrentApp().Settings().Theme().(Theme); ok && t.Hant != TaiwanShapes {
		return fontOf(TaiwanShapes, heavy)
	}
	return nil
}

// Theme gives Fyne's own widgets (entries, dialogs) Postern's fonts and colours.
// It is wrapped round Fyne's, so that what is not named here stays readable.
// The light is the guard's choice, not the system's: many a tablet says
// nothing, and paper is what can be read in the sun. What is drawn without a
// screen at hand asks Fyne for the theme's sizes.
type Theme struct {
	Light Light
	Text  float32 // how much larger letters are; 0 is 1
	Hant  bool    // Fyne has read the fonts with the shapes of Taiwan
}

const (
	sizeLine fyne.ThemeSizeName = "postern line" // how thick the lines round buttons and cards are
	sizeText fyne.ThemeSizeName = "postern text" // how much larger letters are than they are written here
)

// Scales are how large letters can be, per cent.
var Scales = []int{100, 125, 150, 200}

// Letters is a size of letters as large as the guard wants them.
func Letters(size float32) float32 { return size * max(theme.Size(sizeText), 1) }

// Color gives our colours; the variant that the system wants does not count.
func (t Theme) Color(n fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	s, v := t.Light.Palette(), theme.VariantLight
	if t.Light == Night {
		v = theme.VariantDark
	}
	switch n {
	case theme.ColorNameBackground:
		return s.Ground
	case theme.ColorNameForeground:
		return s.Ink
	case theme.ColorNameInputBackground, theme.ColorNameOverlayBackground, theme.ColorNameMenuBackground:
		return s.Card
	case theme.ColorNameInputBorder:
		if t.Light == Sun {
			return s.Ink
		}
		return s.Faint
	case theme.ColorNamePlaceHolder:
		return s.Faint
	case theme.ColorNamePrimary, theme.ColorNameFocus:
		return s.Act
	case theme.ColorNameSelection:
		return Fade(s.Act, 0.4)
	case theme.ColorNameScrollBar:
		return Fade(s.Faint, 0.6)
	}
	return theme.DefaultTheme().Color(n, v)
}

// Font gives the bundled font for every style but symbols: no machine's fonts are counted on.
func (t Theme) Font(s fyne.TextStyle) fyne.Resource {
	if s.Symbol {
		return theme.DefaultTheme().Font(s)
	}
	return fontOf(t.Hant, s.Bold)
}

// Icon gives Fyne's icons, for its dialogs.
func (Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size gives sizes for fingers.
func (t Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case sizeText:
		return max(t.Text, 1)
	case sizeLine:
		if t.Light == Sun {
			return 4
		}
		return 2
	case theme.SizeNameText:
		return 17 * max(t.Text, 1)
	case theme.SizeNameInputBorder:
		return t.Size(sizeLine)
	case theme.SizeNameInputRadius:
		return 12
	case theme.SizeNameInnerPadding:
		return 12
	case theme.SizeNameScrollBar:
		return 10
	}
	return theme.DefaultTheme().Size(n)
}
