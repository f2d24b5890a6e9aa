package qr

import (
	"context"
	"fmt"
	"image"
	"os"
	"time"
)

// MaxCodes bounds how many codes one picture may yield; [Reader.More] says
// when there were more.
const MaxCodes = 160

// Reader finds codes in gray pictures. It keeps buffers between pictures and
// no other state: the same picture gives the same answer. It is not safe for
// use by several goroutines; give each its own.
type Reader struct {
	formats map[Format]bool
	qr      front
	more    bool
}

// NewReader makes a reader of some formats; of QR codes when none is named.
func NewReader(formats ...Format) *Reader {
	if len(formats) == 0 {
		formats = []Format{QR}
	}
	r := &Reader{formats: map[Format]bool{}}
	for _, f := range formats {
		r.formats[f] = true
	}
	return r
}

// Read gives all codes in a picture, each once, in the order in which they
// were found; none when there is none. At most [MaxCodes] are given. It never panics, and its work is
// bounded by the size of the picture. Codes of no text and of more than
// [MaxText] bytes are dropped.
func (r *Reader) Read(img *image.Gray) (codes []Code) {
	r.more = false
	if img == nil || !whole(img) {
		return nil
	}
	// What is shown to a gate must not end it. The reader keeps nothing from
	// one picture to the next that a half-done picture could spoil.
	defer func() {
		if recover() != nil {
			codes = nil
		}
	}()
	if r.formats[QR] {
		codes = join(r.qr.read(img))
	}
	if codes = append(codes, r.others(img)...); len(codes) == 0 {
		return nil
	}
	codes, r.more = distinct(codes)
	r.more = r.more || r.qr.seeker.cut
	return codes
}

// More reports whether the last picture showed codes and more of them, or of
// their finders, than a reader takes, so that some were not returned.
func (r *Reader) More() bool { return r.more }

// whole reports whether a picture has all the pixels that it says.
func whole(img *image.Gray) bool {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	return w > 0 && h > 0 && img.Stride >= w && w <= MaxPixels/h && len(img.Pix) >= (h-1)*img.Stride+w
}

// distinct drops what cannot be a reading and what was already found: the same
// text of the same format. More are those beyond [MaxCodes].
func distinct(codes []Code) (out []Code, more bool) {
	type key struct {
		format Format
		text   string
	}
	seen := map[key]bool{}
	out = codes[:0]
	for _, c := range codes {
		k := key{c.Format, c.Text}
		if c.Text == "" || len(c.Text) > MaxText || seen[k] {
			continue
		}
		if len(out) == MaxCodes {
			return out, true
		}
		seen[k] = true
		out = append(out, c)
	}
	return out, false
}

// ReadFile loads a picture and reads it; the time is that of locating and
// decoding alone.
func ReadFile(ctx context.Context, path string, r *Reader) ([]Code, time.Duration, error) {
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, fmt.Errorf("read picture: %w", err)
	}
	defer f.Close()
	img, err := Load(f)
	if err != nil {
		return nil, 0, err
	}
	start := time.Now()
	codes := r.Read(img)
	return codes, time.Since(start), nil
}
