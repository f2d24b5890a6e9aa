package kit

import (
	"image"
	"image/color"
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/sync/verdict"
)

// StackOrder is how outcomes stand on each other, from the ground up: always
// the same, so that a place in the bar says as much as its colour and its hatch.
var StackOrder = []verdict.Outcome{verdict.Admit, verdict.Check, verdict.Refuse, verdict.Unknown}

// leastHours keeps a young day from being four bars as wide as the window.
const leastHours = 4

// quarter is how long one bar of a chart stands for.
const quarter = 15 * time.Minute

// Chart is checks per quarter hour, stacked by outcome.
type Chart struct {
	Began    time.Time // the first quarter hour
	Quarters [][4]int  // counts by verdict.Outcome
	Zone     *time.Location
	Palette  Palette
	Letters  float32 // size of the labels
	Tens     bool    // as inspectors see it: no outcomes, and sums rounded up to tens
}

// window is the quarters to draw, from the first hour with checks to the last.
func (c Chart) window() (from, to int) {
	from, to = -1, 0
	for i, q := range c.Quarters {
		if Total(q) > 0 {
			if from < 0 {
				from = i
			}
			to = i + 1
		}
	}
	if from < 0 {
		from, to = 8*4, 18*4 // an empty day, as wide as a working one
	}
	from, to = from/4*4, (to+3)/4*4
	if missing := leastHours*4 - (to - from); missing > 0 {
		from = max(min(from-missing/8*4, len(c.Quarters)-leastHours*4), 0)
		to = from + leastHours*4
	}
	to = min(to, len(c.Quarters))
	return min(from, to), to
}

// Total is how many people all outcomes have together.
func Total(q [4]int) int { return q[0] + q[1] + q[2] + q[3] }

// bar is one quarter as it is drawn.
func (c Chart) bar(i int) [4]int {
	q := c.Quarters[i]
	if c.Tens {
		return [4]int{verdict.Admit: (Total(q) + 9) / 10 * 10}
	}
	return q
}

// top is a round number that no bar passes.
func (c Chart) top(from, to int) int {
	most := 4
	for i := from; i < to; i++ {
		most = max(most, Total(c.bar(i)))
	}
	for step := 1; ; step *= 10 {
		for _, k := range []int{4, 6, 10, 20} {
			if k*step >= most {
				return k * step
			}
		}
	}
}

// axis is the room for labels under and beside the bars.
func (c Chart) axis() (foot, side float32) { return Letters(c.Letters) * 1.5, Letters(c.Letters) * 2.4 }

// Build draws the chart into a size; a [Pane] calls it.
func (c Chart) Build(size fyne.Size) fyne.CanvasObject {
	from, to := c.window()
	if to <= from {
		return Fixed(size)
	}
	top := c.top(from, to)
	axisFoot, axisSide := c.axis()
	width, height := size.Width-axisSide, size.Height-axisFoot-8
	var objects []fyne.CanvasObject
	for _, n := range []int{0, top / 2, top} {
		y := 8 + height*(1-float32(n)/float32(top))
		line := canvas.NewRectangle(c.Palette.Line)
		label := Text(strconv.Itoa(n), c.Letters, c.Palette.Faint, false)
		label.Alignment = fyne.TextAlignTrailing
		h := label.MinSize().Height
		objects = append(objects, Place(line, axisSide, y-0.5, width, 1), Place(label, 0, y-h/2, axisSide-8, h))
	}
	bars := canvas.NewRaster(func(w, h int) image.Image { return c.draw(w, h, from, to, top, float32(w)/width) })
	objects = append(objects, Place(bars, axisSide, 8, width, height))
	return Fixed(size, append(objects, c.hours(from, to, width, size.Height-axisFoot+2)...)...)
}

// hours are the labels under the bars, at full hours and no closer than they can be read.
func (c Chart) hours(from, to int, width, y float32) []fyne.CanvasObject {
	wide := width / float32(to-from)
	_, axisSide := c.axis()
	room := Letters(c.Letters) * 4
	step := 4
	for _, hours := range []int{1, 2, 3, 4, 6, 12} {
		if step = hours * 4; float32(step)*wide >= room {
			break
		}
	}
	var objects []fyne.CanvasObject
	for i := from; i < to; i += step {
		label := Text(c.Began.Add(time.Duration(i)*quarter).In(c.Zone).Format("15:04"), c.Letters, c.Palette.Faint, false)
		mark := canvas.NewRectangle(c.Palette.Faint)
		x := axisSide + float32(i-from)*wide
		objects = append(objects, Place(mark, x, y-4, 1.5, 5), Place(label, x+4, y-1, label.MinSize().Width, label.MinSize().Height))
	}
	return objects
}

// draw paints the bars on w by h pixels; scale is pixels for one of the page.
func (c Chart) draw(w, h, from, to, top int, scale float32) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	n := to - from
	apart := max(int(1.5*scale), 1)
	for i := range n {
		x0, x1 := i*w/n+apart, max((i+1)*w/n-apart, i*w/n+apart+1)
		foot := h
		q := c.bar(from + i)
		for _, o := range StackOrder {
			if q[o] == 0 {
				continue
			}
			tall := max(h*q[o]/top, int(3*scale)) // one refusal among hundreds is still seen
			c.hatch(img, image.Rect(x0, foot-tall, x1, foot), o, scale)
			foot -= tall + max(int(scale), 1)
		}
	}
	return img
}

// hatch fills a rectangle with an outcome's colour and hatch.
func (c Chart) hatch(img *image.RGBA, r image.Rectangle, o verdict.Outcome, scale float32) {
	fill := c.fill(o)
	line := Blend(fill, c.Palette.Card, 0.62)
	period := max(int(6*scale), 4)
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			ink := fill
			if !c.Tens && hatched(o, x, r.Max.Y-1-y, period) {
				ink = line
			}
			img.SetRGBA(x, y, color.RGBA(ink))
		}
	}
}

// hatched says where an outcome's hatch leaves its ground: Admit is solid,
// Check lies in stripes, Refuse is crossed, Unknown is dotted.
func hatched(o verdict.Outcome, x, y, period int) bool {
	half := period / 2
	switch o {
	case verdict.Admit:
		return false
	case verdict.Check:
		return y%period >= half
	case verdict.Refuse:
		return (x+y)%period == 0 || (x-y+1024*period)%period == 0
	}
	return x%period < half || y%period < half
}

// fill is an outcome's colour, lighter where the page is dark.
func (c Chart) fill(o verdict.Outcome) color.NRGBA {
	if c.Tens {
		return c.Palette.Faint
	}
	ground := OutcomePaint(o).Ground
	if c.Palette == NightPalette {
		return Blend(ground, White, 0.3)
	}
	return ground
}
