package camera

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// View says how a camera hangs and at what pace pictures are asked of it.
type View struct {
	Turn   int     // clockwise, in degrees, before the picture is upright: 0, 90, 180, 270
	Mirror bool    // left and right change places after the turn, as in a front camera
	Rate   float64 // pictures per second of a folder, or of a camera that sends single JPEGs; 0 is the source's own
	Once   bool    // a folder ends after its last picture
}

// The rates that may be asked for, in pictures per second.
const (
	leastRate = 0.01
	mostRate  = 60
)

// ParseView reads what stands behind # in an address: "turn=90,mirror",
// "rate=5,once".
func ParseView(text string) (View, error) {
	var v View
	for _, word := range strings.Split(text, ",") {
		word = strings.TrimSpace(word)
		name, value, _ := strings.Cut(word, "=")
		ok := true
		switch {
		case name == "turn":
			n, err := strconv.Atoi(value)
			v.Turn, ok = n, err == nil && n >= 0 && n < 360 && n%90 == 0
		case name == "rate":
			n, err := strconv.ParseFloat(value, 64)
			v.Rate, ok = n, err == nil && n >= leastRate && n <= mostRate
		case word == "mirror":
			v.Mirror = true
		case word == "once":
			v.Once = true
		default:
			ok = false
		}
		if !ok {
			return View{}, fmt.Errorf("open camera: %w: %q after # is none of turn=90, turn=180, turn=270, mirror, rate=5, once", ErrAddress, word)
		}
	}
	return v, nil
}

func (v View) turned() bool { return v.Turn != 0 || v.Mirror }

// sideways reports whether width and height change places.
func (v View) sideways() bool { return v.Turn == 90 || v.Turn == 270 }

// pause is the time between two pictures, given a source's own rate.
func (v View) pause(own float64) time.Duration {
	if v.Rate > 0 {
		own = v.Rate
	}
	return time.Duration(float64(time.Second) / own)
}
