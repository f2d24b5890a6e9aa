package camera

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
)

// JPEG markers (ITU-T T.81, table B.1).
const (
	markSOF0 = 0xc0 // baseline
	markSOF1 = 0xc1 // extended sequential
	markSOF2 = 0xc2 // progressive
	markDHT  = 0xc4
	markSOI  = 0xd8
	markEOI  = 0xd9
	markSOS  = 0xda
)

var (
	errNoJPEG      = errors.New("it is no JPEG")
	errHead        = errors.New("its head is damaged")
	errProgressive = errors.New("it is a progressive JPEG, which live cameras do not send")
	errSize        = errors.New("it has no pixels, or too many")
	errColours     = errors.New("its colours are not a camera's")
)

// picture unpacks one JPEG of a live camera. Everything is measured first: a
// frame of few bytes cannot become a huge picture, and progressive JPEGs, which
// can be made to cost thousands of passes over all pixels, are refused.
//
// Cameras that send AVI1 motion JPEG leave the Huffman tables out, because they
// are always the same; they are put in.
func picture(data []byte) (gray *image.Gray, color image.Image, err error) {
	head, err := survey(data)
	if err != nil {
		return nil, nil, fmt.Errorf("unpack frame: %w", err)
	}
	var from io.Reader = bytes.NewReader(data)
	if !head.tables {
		from = io.MultiReader(bytes.NewReader(data[:head.scan]), bytes.NewReader(huffmanTables), bytes.NewReader(data[head.scan:]))
	}
	img, err := jpeg.Decode(from)
	if err != nil {
		return nil, nil, fmt.Errorf("unpack frame: %w", err)
	}
	switch m := img.(type) {
	case *image.Gray:
		return m, m, nil
	case *image.YCbCr: // its luma is the gray picture
		return &image.Gray{Pix: m.Y, Stride: m.YStride, Rect: m.Rect}, m, nil
	}
	return nil, nil, fmt.Errorf("unpack frame: %w", errColours)
}

// head is what a JPEG says before its first scan.
type head struct {
	w, h   int
	tables bool // it has Huffman tables
	scan   int  // where the first SOS begins
}

// survey reads a JPEG up to its first scan.
func survey(data []byte) (head, error) {
	var found head
	if len(data) < 4 || data[0] != 0xff || data[1] != markSOI {
		return head{}, errNoJPEG
	}
	for at := 2; at+4 <= len(data); {
		if data[at] != 0xff {
			return head{}, errHead
		}
		marker, size := data[at+1], int(binary.BigEndian.Uint16(data[at+2:]))
		switch {
		case marker == 0xff: // padding
			at++
			continue
		case marker == markSOS:
			found.scan = at
			return found, found.check()
		case size < 2 || at+2+size > len(data):
			return head{}, errHead
		case marker == markSOF2:
			return head{}, errProgressive
		case marker == markSOF0 || marker == markSOF1:
			if size < 8 || found.h != 0 {
				return head{}, errHead
			}
			found.h = int(binary.BigEndian.Uint16(data[at+5:]))
			found.w = int(binary.BigEndian.Uint16(data[at+7:]))
		case marker == markDHT:
			found.tables = true
		}
		at += 2 + size
	}
	return head{}, errHead
}

func (h head) check() error {
	if h.w < 1 || h.h < 1 || h.w > MaxPixels/h.h {
		return errSize
	}
	return nil
}
