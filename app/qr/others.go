package qr

import (
	"image"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/aztec"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
)

// otherPixels is the size beyond which pictures are halved before gozxing's
// readers see them: their time and memory grow with every pixel, and cards and
// tubes fill a picture.
const otherPixels = 2_000_000

// others reads the formats that are not QR, at most one code of each, with
// gozxing as it is.
func (r *Reader) others(img *image.Gray) (codes []Code) {
	if len(r.formats) == 1 && r.formats[QR] {
		return nil
	}
	return r.some(img, otherPixels, thorough, func(f Format) bool { return true })
}

// How hard gozxing's readers look: at some rows of bars, or at all rows, and
// columns too.
const (
	brief    = false
	thorough = true
)

// othersInTurn looks for other formats in one frame of many, so that QR codes
// do not wait for them: for bars in a few rows in every second turn, and for
// Aztec and Data Matrix, in a smaller picture, once in eight.
func (r *Reader) othersInTurn(img *image.Gray, turn int) []Code {
	if len(r.formats) == 1 && r.formats[QR] {
		return nil
	}
	switch turn % 8 {
	case 1:
		return r.some(img, squarePixels, brief, func(f Format) bool { return f == Aztec })
	case 5:
		return r.some(img, squarePixels, brief, func(f Format) bool { return f == DataMatrix })
	case 3, 7:
		return nil
	}
	return r.some(img, otherPixels, brief, Format.bars)
}

// squarePixels is otherPixels for Aztec and Data Matrix in live frames: each of
// their pixels is binarised, and a module is more than one of them.
const squarePixels = 250_000

func (f Format) bars() bool { return f == Code128 || f == EAN13 || f == EAN8 || f == Code39 }

// some reads the chosen formats in a picture that is halved until it has no
// more than so many pixels.
func (r *Reader) some(img *image.Gray, most int, hard bool, chosen func(Format) bool) (codes []Code) {
	scale := 1
	var source gozxing.LuminanceSource
	for _, f := range Formats() {
		if f == QR || !r.formats[f] || !chosen(f) {
			continue
		}
		if source == nil {
			for img.Rect.Dx()*img.Rect.Dy() > most && min(img.Rect.Dx(), img.Rect.Dy()) >= leastSide {
				img, scale = halved(img), scale*2
			}
			var err error
			if source, err = luminance(img); err != nil {
				return codes
			}
		}
		if c, ok := readOther(f, source, hard); ok {
			for i := range c.Corners {
				c.Corners[i] = c.Corners[i].Mul(scale)
			}
			codes = append(codes, c)
		}
	}
	return codes
}

// readOther reads one format. gozxing may panic on what it does not expect;
// then there is no code.
func readOther(f Format, source gozxing.LuminanceSource, hard bool) (c Code, ok bool) {
	defer func() {
		if recover() != nil {
			c, ok = Code{}, false
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
	if err != nil {
		return Code{}, false
	}
	hints := map[gozxing.DecodeHintType]interface{}{}
	if hard { // the key alone is what counts
		hints[gozxing.DecodeHintType_TRY_HARDER] = true
	}
	result, err := otherReader(f).Decode(bitmap, hints)
	if err != nil {
		return Code{}, false
	}
	c = Code{Text: result.GetText(), Raw: otherBytes(result), Format: f}
	points := result.GetResultPoints()
	for i := range c.Corners {
		if len(points) > 0 {
			p := points[min(i, len(points)-1)]
			c.Corners[i] = image.Pt(int(p.GetX()), int(p.GetY()))
		}
	}
	return c, true
}

func otherReader(f Format) gozxing.Reader {
	switch f {
	case Aztec:
		return aztec.NewAztecReader()
	case DataMatrix:
		return datamatrix.NewDataMatrixReader()
	case Code128:
		return oned.NewCode128Reader()
	case EAN13:
		return oned.NewEAN13Reader()
	case EAN8:
		return oned.NewEAN8Reader()
	default:
		return oned.NewCode39Reader()
	}
}

func otherBytes(result *gozxing.Result) []byte {
	segments, _ := result.GetResultMetadata()[gozxing.ResultMetadataType_BYTE_SEGMENTS].([][]byte)
	var all []byte
	for _, s := range segments {
		all = append(all, s...)
	}
	if len(all) == 0 {
		return []byte(result.GetText())
	}
	return all
}

// halved averages squares of four pixels.
func halved(img *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, img.Rect.Dx()/2, img.Rect.Dy()/2))
	halve(&plane{out.Pix, out.Rect.Dx(), out.Rect.Dy()}, &plane{img.Pix, img.Stride, img.Rect.Dy()})
	return out
}

// luminance lends a picture to gozxing without its slow way round image.Image.
func luminance(img *image.Gray) (gozxing.LuminanceSource, error) {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	pix := img.Pix
	if img.Stride != w {
		pix = make([]byte, 0, w*h)
		for y := range h {
			pix = append(pix, img.Pix[y*img.Stride:][:w]...)
		}
	}
	return gozxing.NewPlanarYUVLuminanceSource(pix, w, h, 0, 0, w, h, false)
}
