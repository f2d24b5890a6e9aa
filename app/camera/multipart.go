package camera

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"strconv"
	"strings"
)

// What one part of a stream may cost besides its body.
const (
	mostLine    = 4 << 10 // bytes of a header line
	mostHeaders = 32
)

var (
	errNoBoundary = fmt.Errorf("%w: the stream does not say what stands between its pictures (boundary)", ErrFormat)
	errNoPart     = fmt.Errorf("%w: no picture begins where the stream says", ErrFormat)
	errHeaders    = fmt.Errorf("%w: a picture's headers are too long or damaged", ErrFormat)
	errLength     = fmt.Errorf("%w: a picture has no bytes, or too many", ErrFormat)
	errNotImage   = fmt.Errorf("%w: the stream holds something else than JPEGs", ErrFormat)
)

// parts reads the JPEGs of a multipart/x-mixed-replace stream (RFC 2046,
// section 5.1, and what cameras send instead):
//
//	--boundary CRLF
//	Content-Type: image/jpeg CRLF
//	Content-Length: 31415 CRLF     (may be missing)
//	CRLF
//	31415 bytes CRLF
//	--boundary CRLF …
//
// The dashes before the boundary may stand in its name, once more or not at
// all, and lines may end with LF alone. At most one line is kept in memory.
type parts struct {
	r        *bufio.Reader
	boundary []byte // without leading dashes
	at       bool   // a part's delimiter line has been read
	over     bool   // the closing delimiter has been read
}

// newParts reads parts from r, whose Content-Type says the boundary.
func newParts(r io.Reader, contentType string) (*parts, error) {
	_, params, err := mime.ParseMediaType(contentType)
	boundary := strings.TrimLeft(params["boundary"], "-")
	if err != nil || boundary == "" || len(boundary) > 200 {
		return nil, errNoBoundary
	}
	return &parts{r: bufio.NewReaderSize(r, mostLine), boundary: []byte(boundary)}, nil
}

// next reads the next part's body into buffer, which it makes larger where it
// must; it is at most [MaxFrame] bytes. After the last part it gives io.EOF.
func (p *parts) next(buffer []byte) ([]byte, error) {
	if err := p.seek(); err != nil {
		return buffer, err
	}
	p.at = false
	length, err := p.headers()
	switch {
	case err != nil:
		return buffer, err
	case length < 0:
		return p.untilDelimiter(buffer)
	case length == 0 || length > MaxFrame:
		return buffer, fmt.Errorf("%w: %d", errLength, length)
	}
	return p.exactly(buffer, length)
}

// seek passes over everything up to a delimiter line: the line end of the last
// body, a preamble, or what a wrong Content-Length left over.
func (p *parts) seek() error {
	fresh := true // at the start of a line
	for passed := 0; !p.at && !p.over; {
		line, err := p.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return ended(err)
		}
		if fresh && err == nil {
			p.delimits(line)
		}
		fresh = err == nil
		if passed += len(line); passed > MaxFrame {
			return errNoPart
		}
	}
	if p.over {
		return io.EOF
	}
	return nil
}

// headers reads a part's headers and gives its length, -1 where it is not said.
func (p *parts) headers() (length int, err error) {
	length = -1
	for range mostHeaders {
		line, err := p.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			return 0, errHeaders
		} else if err != nil {
			return 0, ended(err)
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return length, nil
		}
		name, value, found := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case !found:
			return 0, errHeaders
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil || length < 0 {
				return 0, errHeaders
			}
		case bytes.EqualFold(name, []byte("Content-Type")):
			if kind, _, _ := bytes.Cut(value, []byte(";")); !isJPEG(string(kind)) {
				return 0, errNotImage
			}
		}
	}
	return 0, errHeaders
}

// isJPEG reports whether a media type is what cameras call a JPEG.
func isJPEG(kind string) bool {
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "image/jpeg" || kind == "image/jpg"
}

// exactly reads a body of known length. The buffer grows with what has come,
// not with what is promised.
func (p *parts) exactly(buffer []byte, length int) ([]byte, error) {
	const step = 256 << 10
	buffer = buffer[:0]
	for len(buffer) < length {
		from := len(buffer)
		to := min(from+step, length)
		if to > cap(buffer) {
			buffer = append(make([]byte, 0, min(max(to, 2*cap(buffer)), length)), buffer...)
		}
		buffer = buffer[:to]
		if _, err := io.ReadFull(p.r, buffer[from:to]); err != nil {
			return buffer, ended(err)
		}
	}
	return buffer, nil
}

// untilDelimiter reads a body that ends where the next delimiter line begins.
func (p *parts) untilDelimiter(buffer []byte) ([]byte, error) {
	buffer = buffer[:0]
	fresh := true
	for {
		line, err := p.r.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return buffer, ended(err)
		}
		if fresh && err == nil && p.delimits(line) {
			buffer = bytes.TrimSuffix(bytes.TrimSuffix(buffer, []byte("\n")), []byte("\r"))
			if len(buffer) == 0 {
				return buffer, fmt.Errorf("%w: 0", errLength)
			}
			return buffer, nil
		}
		fresh = err == nil
		if len(buffer)+len(line) > MaxFrame {
			return buffer, fmt.Errorf("%w: more than %d MiB", errLength, MaxFrame>>20)
		}
		buffer = append(buffer, line...)
	}
}

// delimits reports whether a line is a delimiter, and notes which.
func (p *parts) delimits(line []byte) bool {
	line = bytes.TrimSpace(line)
	rest, ok := bytes.CutPrefix(bytes.TrimLeft(line, "-"), p.boundary)
	if !ok || line[0] != '-' {
		return false
	}
	p.at, p.over = len(rest) == 0, string(rest) == "--"
	return p.at || p.over
}

// ended is the error of a stream that stops where it may not.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
