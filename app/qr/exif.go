package qr

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation finds the EXIF orientation (1 to 8, TIFF tag 0x0112) in a JPEG's
// APP1 segment or a PNG's eXIf chunk; 1, upright, when there is none or it
// makes no sense. A telephone held upright stores its pictures lying down and
// says so only here.
func orientation(data []byte) int {
	if tiff := jpegExif(data); tiff != nil {
		return tiffOrientation(tiff)
	}
	if tiff := pngExif(data); tiff != nil {
		return tiffOrientation(tiff)
	}
	return 1
}

func jpegExif(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("\xff\xd8")) {
		return nil
	}
	for at := 2; at+4 <= len(data) && data[at] == 0xff; {
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(data) { // scan data begins, or nonsense
			return nil
		}
		body := data[at+4 : at+2+size]
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && marker == 0xe1 {
			return tiff
		}
		at += 2 + size
	}
	return nil
}

func pngExif(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) {
		return nil
	}
	for at := 8; at+12 <= len(data); {
		size := int(binary.BigEndian.Uint32(data[at:]))
		if size > len(data)-at-12 {
			return nil
		}
		if string(data[at+4:at+8]) == "eXIf" {
			return data[at+8 : at+8+size]
		}
		at += 12 + size
	}
	return nil
}

func tiffOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	count := uint64(order.Uint16(tiff[at:]))
	for i := range count {
		entry := at + 2 + 12*i
		if entry+12 > uint64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if v := int(order.Uint16(tiff[entry+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// upright turns a picture by its EXIF orientation.
func upright(src *image.Gray, orientation int) *image.Gray {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewGray(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := stored(x, y, w, h, orientation)
			dst.Pix[y*dst.Stride+x] = src.Pix[sy*src.Stride+sx]
		}
	}
	return dst
}

// stored gives the place in a stored picture of w x h pixels of the upright
// picture's point x, y.
func stored(x, y, w, h, orientation int) (sx, sy int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
