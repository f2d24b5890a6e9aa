package ui

import (
	"fyne.io/fyne/v2"

	"postern/app/qr"
	"postern/app/scan"
	"postern/app/ui/kit"
)

// screen is one screen; it is built anew whenever its size or its content changes.
type screen interface {
	// behave says how it behaves, as it stands now. Nothing else about a screen
	// decides what codes, keys, time and visitors do while it shows.
	behave(u *UI) behaviour
	body(u *UI, size fyne.Size) fyne.CanvasObject
}

// behaviour is what a screen declares. The zero value, with a paint, is a page
// for staff: the camera's codes are held while it shows, and at a kiosk it goes
// back by itself.
type behaviour struct {
	paint kit.Paint // ground and ink of the whole window
	tab   string    // the tab that it stands under; empty hides the tabs

	codes codes
	takes func(scan.Reading) bool // offered each code before it is judged; nil takes none
	keys  keyed                   // gets what a person types while nothing has the focus; nil: nobody does
	field *kit.Field              // gets it in place of keys; its keyboard shows while it is active

	pictures func([]qr.Code)                   // gets the codes of a picture that is dropped; nil: they are checked
	tell     func(key string, pairs ...string) // says a sentence on this screen; nil: the check screen says it

	about *verdictScreen // the verdict that it is about; nil: none
	face  bool           // it is that verdict's own face, to which the other screens about it lead back
	list  bool           // it is the face of several
	brief bool           // it goes by itself, and for the next code as soon as it stood for leastStay
	idle  bool           // nobody stands before the gate

	kiosk  kiosks
	unused unused
	back   func() // goes back when nobody touches it for aloneAsk; nil: to the verdict, or to the check screen
	needs  needs
	arrive func() // begins what ends by itself; called when it shows
	leave  func() // stops what it began; called when another screen takes its place
}

// codes is what becomes of a code that is shown while a screen shows, from
// whatever source; see [UI.attend].
type codes uint8

const (
	held   codes = iota // it waits, and is seen to wait, until the guard is done, for heldFor
	judged              // it is judged, recorded and shown
)

// kiosks is who may stand before a screen at a kiosk.
type kiosks uint8

const (
	staff    kiosks = iota // who gave the PIN
	visitors               // everybody; showing it ends what the PIN opened
	asksPIN                // everybody, on the way to what the PIN opens
)

// unused is what becomes of a screen at a kiosk when nobody touches it.
type unused uint8

const (
	goesBack unused = iota // to the check screen, after kioskIdle
	goesOn                 // to the next code of a picture, after kioskRead
	dims                   // it darkens after kioskDim
	stays                  // it goes by itself, or somebody holds it
)

// needs is what a screen shows of the world, and is built anew for.
type needs uint8

const (
	needsState   needs = 1 << iota // how the gate stands
	needsTraffic                   // what the exchange with the hub took this month
	needsCamera                    // whether there is a camera, and what it can do
)

// keyed takes what a person types.
type keyed interface {
	typed(u *UI, r rune)
	pressed(u *UI, key fyne.KeyName)
}

// behaviour is how the screen that shows behaves.
func (u *UI) behaviour() behaviour { return u.screen.behave(u) }

// page is the behaviour of a page under a tab.
func (u *UI) page(tab string) behaviour { return behaviour{paint: u.pagePaint(), tab: tab} }
