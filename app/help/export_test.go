package help

import "image"

// Placed is a row of the card as it is laid out, in dots.
type Placed struct {
	Code   Code
	Points float64
	Box    image.Rectangle
	Widest int // of its lines, from the left edge of the box
}

// Layout is what Card draws, each code repeated times over.
func Layout(times int, languages ...string) ([]Placed, error) {
	codes, err := Codes(languages...)
	if err != nil {
		return nil, err
	}
	p, err := newPage(languages)
	if err != nil {
		return nil, err
	}
	top, err := p.head(languages)
	if err != nil {
		return nil, err
	}
	var all []Code
	for range times {
		all = append(all, codes...)
	}
	rows, err := p.layout(all, top)
	var out []Placed
	for _, r := range rows {
		placed := Placed{Code: r.code, Points: r.points, Box: image.Rect(int(r.x*dot), int(r.y*dot), int((r.x+column)*dot), int((r.y+r.height())*dot))}
		for i, l := range r.lines {
			placed.Widest = max(placed.Widest, int((codeWide+p.width(l, faceKey{r.points, i < r.first}))*dot))
		}
		out = append(out, placed)
	}
	return out, err
}
