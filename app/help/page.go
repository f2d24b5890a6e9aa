package help

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"postern/app/look"
)

// DPI is dots per inch; the page is A4 upright, 2480 by 3508 dots.
const DPI = 300

const dot = DPI / 25.4 // dots a millimetre

// page is an A4 page; places and lengths are in millimetres, sizes of letters in points.
type page struct {
	img           *image.RGBA
	regular, bold *opentype.Font
	faces         map[faceKey]font.Face
}

type faceKey struct {
	points float64
	bold   bool
}

// newPage is an empty page, to be written on in some languages. It has one font:
// a page in both kinds of Chinese is drawn as Taiwan writes.
func newPage(languages []string) (*page, error) {
	language := languages[0]
	if slices.Contains(languages, "zh-Hant") {
		language = "zh-Hant"
	}
	regular, err := readFont(language, false)
	if err != nil {
		return nil, err
	}
	bold, err := readFont(language, true)
	if err != nil {
		return nil, err
	}
	p := &page{image.NewRGBA(image.Rect(0, 0, 2480, 3508)), regular, bold, map[faceKey]font.Face{}}
	p.fill(0, 0, 210, 297, color.White)
	return p, nil
}

func readFont(language string, bold bool) (*opentype.Font, error) {
	file, err := look.Font(language, bold)
	if err != nil {
		return nil, err
	}
	f, err := opentype.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	return f, nil
}

func (p *page) face(k faceKey) font.Face {
	if f, ok := p.faces[k]; ok {
		return f
	}
	of := p.regular
	if k.bold {
		of = p.bold
	}
	f, _ := opentype.NewFace(of, &opentype.FaceOptions{Size: k.points, DPI: DPI}) // it never fails
	p.faces[k] = f
	return f
}

func (p *page) fill(x, y, w, h float64, c color.Color) {
	r := image.Rect(int(x*dot), int(y*dot), int((x+w)*dot), int((y+h)*dot))
	draw.Draw(p.img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

// text writes one line whose base line is at y.
func (p *page) text(s string, x, y float64, k faceKey, ink color.Color) {
	d := font.Drawer{Dst: p.img, Src: image.NewUniform(ink), Face: p.face(k), Dot: fixed.P(int(x*dot), int(y*dot))}
	d.DrawString(s)
}

func (p *page) width(s string, k faceKey) float64 {
	return float64(font.MeasureString(p.face(k), s)) / 64 / dot
}

// shape draws assets/shapes/name.svg, square.
func (p *page) shape(name string, x, y, side float64, ink color.NRGBA) error {
	img, err := look.Drawing("shapes/"+name, ink, int(side*dot))
	if err != nil {
		return err
	}
	draw.Draw(p.img, img.Rect.Add(image.Pt(int(x*dot), int(y*dot))), img, image.Point{}, draw.Over)
	return nil
}

// lines breaks s to a width.
func (p *page) lines(s string, width float64, k faceKey) []string {
	return look.Lines(s, float32(width), func(s string) float32 { return float32(p.width(s, k)) })
}
