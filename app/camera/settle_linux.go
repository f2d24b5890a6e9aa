//go:build linux && !android

package camera

import (
	"fmt"
	"slices"

	"github.com/blackjack/webcam"
)

// offer is one format of a device at the size that suits best.
type offer struct {
	format        webcam.PixelFormat
	width, height uint32
	rate          float64 // pictures a second; 0 where the device does not say
}

// settle chooses a format and a size, sets them, and gives the layout that the
// driver then reports, which may be another.
func settle(d device) (layout, error) {
	best, err := choose(d)
	if err != nil {
		return layout{}, err
	}
	if _, _, _, err := d.SetImageFormat(best.format, best.width, best.height); err != nil {
		return layout{}, fmt.Errorf("%w: it refuses %s: %w; another program may be using it", ErrGone, best, err)
	}
	_ = d.SetFramerate(wantedRate) // many devices have one rate and refuse to be told
	l, err := d.Layout()
	if err != nil {
		return layout{}, fmt.Errorf("%w: it does not say its format: %w", ErrFormat, err)
	}
	return l.checked()
}

func (o offer) String() string {
	return fmt.Sprintf("%s %dx%d", fourCC(uint32(o.format)), o.width, o.height)
}

// choose picks the offer whose size is nearest to the wanted one. Of equal sizes
// it takes plain pixels, which cost no unpacking and have no artefacts, unless
// they come too slowly, as over USB 2: then it takes JPEG.
func choose(d device) (offer, error) {
	formats := d.GetSupportedFormats()
	var offers []offer
	for _, f := range []webcam.PixelFormat{pixelYUYV, pixelGREY, pixelMJPG, pixelJPEG} {
		if _, ok := formats[f]; ok {
			offers = append(offers, offerOf(d, f))
		}
	}
	if len(offers) == 0 {
		var has []string
		for f := range formats {
			has = append(has, fourCC(uint32(f)))
		}
		slices.Sort(has)
		return offer{}, fmt.Errorf("%w: it has the pixel formats %q; YUYV, GREY and MJPG can be read", ErrFormat, has)
	}
	return slices.MinFunc(offers, func(a, b offer) int { // the first of equals
		if d := a.distance() - b.distance(); d != 0 {
			return d
		}
		return a.slow() - b.slow()
	}), nil
}

func (o offer) distance() int { return distance(o.width, o.height) }

// slow is 1 where people would see the picture stutter, else 0.
func (o offer) slow() int {
	if o.rate > 0 && o.rate < smoothRate {
		return 1
	}
	return 0
}

// distance is how far a size is from the wanted one: the difference in pixels, and then in width.
func distance(w, h uint32) int {
	d := int(w)*int(h) - wantedWidth*wantedHeight
	return max(d, -d) + max(int(w)-wantedWidth, wantedWidth-int(w))
}

func offerOf(d device, f webcam.PixelFormat) offer {
	o := offer{format: f, width: wantedWidth, height: wantedHeight} // where no sizes are told, the driver finds one
	nearest := -1
	for _, s := range d.GetSupportedFrameSizes(f) {
		w := stepped(wantedWidth, s.MinWidth, s.MaxWidth, s.StepWidth)
		h := stepped(wantedHeight, s.MinHeight, s.MaxHeight, s.StepHeight)
		if w < 2 || h < 1 || w > MaxPixels/h {
			continue
		}
		if far := distance(w, h); nearest < 0 || far < nearest {
			nearest, o.width, o.height = far, w, h
		}
	}
	for _, r := range d.GetSupportedFramerates(f, o.width, o.height) {
		if r.MinNumerator > 0 {
			o.rate = max(o.rate, float64(r.MaxDenominator)/float64(r.MinNumerator))
		}
	}
	return o
}

// stepped is the value nearest to want that a range with steps allows.
func stepped(want, least, most, step uint32) uint32 {
	if want <= least || most < least {
		return least
	}
	v := min(want, most)
	if step > 1 {
		v -= (v - least) % step
	}
	return v
}
