package kit

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Tile is a picture that can be picked, with a line under it.
type Tile struct {
	widget.BaseWidget
	palette Palette
	line    string
	picture image.Image // nil until it is there
	do      func()
	hovered bool
	ringed  bool
	face    *Pane
}

// NewTile makes a tile without its picture, which may come later; see [Tile.Fill].
func NewTile(p Palette, line string, do func()) *Tile {
	t := &Tile{palette: p, line: line, do: do}
	t.face = NewPane(fyne.NewSquareSize(leastTarget), t.build)
	t.ExtendBaseWidget(t)
	return t
}

// Fill gives the tile its picture.
func (t *Tile) Fill(picture image.Image) {
	t.picture = picture
	t.face.Refresh()
}

// Says is the line under the picture.
func (t *Tile) Says() string { return t.line }

func (t *Tile) Tapped(*fyne.PointEvent) { t.do() }

// Ring draws a line inside the edge.
func (t *Tile) Ring(on bool) {
	if t.ringed != on {
		t.ringed = on
		t.face.Refresh()
	}
}

func (t *Tile) MouseIn(*desktop.MouseEvent)    { t.hovered = true; t.face.Refresh() }
func (t *Tile) MouseMoved(*desktop.MouseEvent) {}
func (t *Tile) MouseOut()                      { t.hovered = false; t.face.Refresh() }

func (t *Tile) MinSize() fyne.Size { return fyne.NewSquareSize(leastTarget) }

const (
	tilePad     = 8
	tileLetters = 15
)

// HeightFor is how high the tile is at a width: the picture is square.
func (t *Tile) HeightFor(width float32) float32 {
	return width + Letters(tileLetters)*lineHeight
}

func (t *Tile) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.face) }

func (t *Tile) build(size fyne.Size) fyne.CanvasObject {
	p := t.palette
	ground := canvas.NewRectangle(p.Card)
	ground.StrokeColor, ground.StrokeWidth = p.Line, theme.Size(sizeLine)
	if t.hovered {
		ground.FillColor = Blend(p.Card, p.Ink, 0.12)
	}
	inside(ground, size)
	w, foot := size.Width-2*tilePad, Letters(tileLetters)*lineHeight
	high := size.Height - foot - 2*tilePad
	objects := []fyne.CanvasObject{ground}
	if t.picture != nil {
		img := canvas.NewImageFromImage(t.picture)
		img.FillMode, img.ScaleMode = canvas.ImageFillContain, canvas.ImageScaleFastest
		objects = append(objects, Place(img, tilePad, tilePad, w, high))
	} else {
		side := min(w, high) * 0.3
		objects = append(objects, Place(Drawing("icons/picture", p.Line, side), (size.Width-side)/2, tilePad+(high-side)/2, side, side))
	}
	word := Text(Shorten(t.line, tileLetters, w), tileLetters, p.Ink, false)
	word.Alignment = fyne.TextAlignCenter
	objects = append(objects, Place(word, tilePad, size.Height-foot-tilePad/2, w, foot))
	if t.ringed {
		objects = append(objects, RingIn(size, corner, p.Ink))
	}
	return Fixed(size, objects...)
}

// NewTiles puts items beside each other, in rows of as many as have room at least as wide as least.
func NewTiles(width, least, gap float32, items ...fyne.CanvasObject) *Stack {
	n := max(int((width+gap)/(least+gap)), 1)
	grid := NewStack(gap)
	for len(items) > 0 {
		row := NewRow(gap, items[:min(n, len(items))]...)
		items = items[min(n, len(items)):]
		for len(row.Items) < n {
			row.Add(Gap(1))
		}
		grid.Add(row)
	}
	return grid
}
