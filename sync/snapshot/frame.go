package snapshot

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"postern/sync/internal/cose"
)

// A file is its magic, its header and its planes, each preceded by its length:
//
//	magic   4 bytes: PSF1 the whole, PSD1 a delta, PSL1 other issuers' lists
//	length  4 bytes, big-endian, then that many bytes of deterministic CBOR: the header
//	length  4 bytes, big-endian, then that many bytes of zstd: a plane; and so on
//
// Nothing follows. zstd frames use a window of at most 1 MiB.
const (
	magicFull    = "PSF1"
	magicDelta   = "PSD1"
	magicForeign = "PSL1"

	maxHeader = 4 << 10
	window    = 1 << 20
)

var errCut = errors.New("it is cut short")

// fileWriter writes a file, section by section.
type fileWriter struct {
	buf bytes.Buffer
	z   *zstd.Encoder
}

func newWriter(magic string, header any) (*fileWriter, error) {
	b, err := cose.Encoding.Marshal(header)
	if err != nil {
		return nil, err
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithEncoderCRC(false),
		zstd.WithAllLitEntropyCompression(true)) // planes hardly repeat, but some byte values are much more frequent
	if err != nil {
		return nil, err
	}
	w := &fileWriter{z: z}
	w.buf.WriteString(magic)
	w.buf.Write(binary.BigEndian.AppendUint32(nil, uint32(len(b))))
	w.buf.Write(b)
	return w, nil
}

// plane compresses what fill writes and appends it as the next plane.
func (w *fileWriter) plane(fill func(io.Writer) error) error {
	at := w.buf.Len()
	w.buf.Write([]byte{0, 0, 0, 0})
	w.z.Reset(&w.buf)
	if err := errors.Join(fill(w.z), w.z.Close()); err != nil {
		return err
	}
	size := w.buf.Len() - at - 4
	if uint64(size) > 1<<32-1 {
		return fmt.Errorf("a plane has %d bytes; they are more than a file holds", size)
	}
	binary.BigEndian.PutUint32(w.buf.Bytes()[at:], uint32(size))
	return nil
}

// fileReader reads a file, section by section.
type fileReader struct {
	rest []byte
	z    *zstd.Decoder
}

// newReader checks magic and reads the header into v. The header must be the
// deterministic encoding of v, to the byte.
func newReader(b []byte, magic string, v any) (*fileReader, error) {
	rest, ok := bytes.CutPrefix(b, []byte(magic))
	if !ok {
		return nil, fmt.Errorf("it does not begin with %s", magic)
	}
	r := &fileReader{rest: rest}
	head, err := r.section()
	if err != nil {
		return nil, err
	}
	if most := headerLimit(magic); len(head) > most {
		return nil, fmt.Errorf("its header has %d bytes, at most %d are read", len(head), most)
	}
	if err := exact(head, v); err != nil {
		return nil, err
	}
	r.z, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
	return r, err
}

// headerLimit is the longest header in bytes. That of other issuers' lists may
// be longer, because it names many lists.
func headerLimit(magic string) int {
	if magic == magicForeign {
		return maxForeignHead
	}
	return maxHeader
}

func (r *fileReader) close() { r.z.Close() }

// section is the next length-prefixed part.
func (r *fileReader) section() ([]byte, error) {
	if len(r.rest) < 4 {
		return nil, errCut
	}
	n := uint64(binary.BigEndian.Uint32(r.rest))
	if n > uint64(len(r.rest)-4) {
		return nil, errCut
	}
	part := r.rest[4 : 4+n]
	r.rest = r.rest[4+n:]
	return part, nil
}

// plane decompresses the next plane for drain, which must read it to its end.
func (r *fileReader) plane(drain func(io.Reader) error) error {
	part, err := r.section()
	if err != nil {
		return err
	}
	if err := r.z.Reset(bytes.NewReader(part)); err != nil {
		return err
	}
	if err := drain(r.z); err != nil {
		return err
	}
	var one [1]byte
	if n, err := io.ReadFull(r.z, one[:]); n > 0 || !errors.Is(err, io.EOF) {
		return errors.New("a plane is longer than its header says, or damaged at its end")
	}
	return nil
}

// end is an error where something follows the last plane.
func (r *fileReader) end() error {
	if len(r.rest) > 0 {
		return fmt.Errorf("%d bytes follow its end", len(r.rest))
	}
	return nil
}

// exact decodes b into v, and refuses b if it is not the encoding of v to the byte.
func exact(b []byte, v any) error {
	if err := cose.Decoding.Unmarshal(b, v); err != nil {
		return err
	}
	again, err := cose.Encoding.Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, b) {
		return errors.New("it is not in its one deterministic form, or holds something unknown")
	}
	return nil
}
