package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

const (
	maxTarget  = 512 << 20
	smallFile  = 64 << 10 // bytes; a smaller file is not kept when it came in part
	partSuffix = ".part"
)

// expected is one target that signed metadata describes.
type expected struct {
	path   string // below the hub's address
	hash   [sha256.Size]byte
	length int64
}

// expectedOf is the description of a target in verified metadata.
func expectedOf(name string, t *metadata.TargetFiles) (expected, error) {
	hash := t.Hashes["sha256"]
	if len(hash) != sha256.Size || t.Length < 1 || t.Length > maxTarget {
		return expected{}, fmt.Errorf("get %s: %w: the metadata gives no SHA-256, or a length that is none", name, ErrNotVerified)
	}
	file := hex.EncodeToString(hash) + "." + path.Base(name)
	return expected{path: "/v1/targets/" + path.Join(path.Dir(name), file), hash: [sha256.Size]byte(hash), length: t.Length}, nil
}

func (w expected) matches(b []byte) bool {
	return int64(len(b)) == w.length && sha256.Sum256(b) == w.hash
}

// target fetches a file and verifies its hash. If the connection breaks, the part
// that came stays in Dir for the next pull.
func (c *Client) target(ctx context.Context, w expected, progress func(int64)) ([]byte, error) {
	if c.Dir == "" || w.length <= smallFile {
		return c.wholeTarget(ctx, w, progress)
	}
	for {
		resumed, err := c.fillPart(ctx, w, progress)
		if errors.Is(err, ErrStorage) {
			_ = os.Remove(c.part(w)) // the room that is left is needed for entries
		}
		if err != nil {
			return nil, err
		}
		b, err := os.ReadFile(c.part(w))
		if err != nil {
			return nil, storage(err)
		}
		if w.matches(b) {
			return b, nil
		}
		if err := os.Remove(c.part(w)); err != nil {
			return nil, storage(err)
		}
		if !resumed {
			return nil, wrongHash(w)
		}
		// The part from an earlier pull may have been damaged on disk, so fetch all of it once.
	}
}

func wrongHash(w expected) error {
	return fmt.Errorf("get %s: %w", path.Base(w.path), ErrNotVerified)
}

func (c *Client) wholeTarget(ctx context.Context, w expected, progress func(int64)) ([]byte, error) {
	var b bytes.Buffer
	if err := c.stream(ctx, w, 0, &b, progress); err != nil {
		return nil, err
	}
	if !w.matches(b.Bytes()) {
		return nil, wrongHash(w)
	}
	return b.Bytes(), nil
}

func (c *Client) part(w expected) string {
	return filepath.Join(c.Dir, hex.EncodeToString(w.hash[:])+partSuffix)
}

// fillPart fetches the rest of the file in Dir. resumed is true where an earlier
// pull had left a part of it.
func (c *Client) fillPart(ctx context.Context, w expected, progress func(int64)) (resumed bool, err error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return false, storage(err)
	}
	f, err := os.OpenFile(c.part(w), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, storage(err)
	}
	defer f.Close()
	have, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return false, storage(err)
	}
	if have >= w.length {
		progress(w.length)
		return true, nil
	}
	out := &partFile{File: f}
	err = c.stream(ctx, w, have, out, progress)
	return have > 0 && !out.restarted, err
}

// partFile is a file that can be begun again. Its errors are ErrStorage, so that
// they are not taken for the network's.
type partFile struct {
	*os.File
	restarted bool
}

func (f *partFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, storage(err)
}

func (f *partFile) restart() error {
	f.restarted = true
	if err := f.Truncate(0); err != nil {
		return storage(err)
	}
	_, err := f.Seek(0, io.SeekStart)
	return storage(err)
}

// stream writes the target from byte have on to out. If the hub ignores the range
// and sends all of it, out is begun again.
func (c *Client) stream(ctx context.Context, w expected, have int64, out io.Writer, progress func(int64)) error {
	r := request{method: http.MethodGet, path: w.path}
	if have > 0 {
		r.header = map[string]string{"Range": fmt.Sprintf("bytes=%d-", have)}
	}
	response, end, err := c.open(ctx, r)
	if err != nil {
		return err
	}
	defer end()
	switch {
	case response.StatusCode == http.StatusPartialContent && have > 0 && rangeStart(response) == have:
	case response.StatusCode == http.StatusOK:
		if have > 0 {
			have = 0
			if err := out.(*partFile).restart(); err != nil {
				return err
			}
		}
	default:
		return c.noTarget(response, w)
	}
	counted := &counter{r: response.Body, n: have, report: progress}
	// One byte more than expected is read, so that a file that is too long is noticed.
	n, err := io.Copy(out, io.LimitReader(counted, w.length-have+1))
	switch {
	case errors.Is(err, ErrStorage):
		return err
	case err != nil:
		return unreachable(ctx, err)
	case have+n < w.length:
		return fmt.Errorf("%w: the connection broke off after %d of %d bytes", ErrUnreachable, have+n, w.length)
	}
	return nil
}

// noTarget is the error of a reply without the target in it.
func (c *Client) noTarget(response *http.Response, w expected) error {
	b, err := io.ReadAll(io.LimitReader(response.Body, maxProblem))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if response.StatusCode == http.StatusRequestedRangeNotSatisfiable || response.StatusCode == http.StatusPartialContent {
		// The part here is not of the file there. The next pull fetches all of it.
		return errors.Join(wrongHash(w), storage(os.Remove(c.part(w))))
	}
	return missing(problemOf(&reply{code: response.StatusCode, header: response.Header, body: b}))
}

// rangeStart reads "bytes 100-199/200"; -1 where it is something else.
func rangeStart(response *http.Response) int64 {
	unit, span, _ := strings.Cut(response.Header.Get("Content-Range"), " ")
	first, _, _ := strings.Cut(span, "-")
	n, err := strconv.ParseInt(first, 10, 64)
	if unit != "bytes" || err != nil {
		return -1
	}
	return n
}

// counter reports how many bytes of a file have come.
type counter struct {
	r      io.Reader
	n      int64
	report func(int64)
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	c.report(c.n)
	return n, err
}

// dropParts deletes files that came in part. After a pull none of them is needed.
func (c *Client) dropParts() {
	if c.Dir == "" {
		return
	}
	parts, err := filepath.Glob(filepath.Join(c.Dir, "*"+partSuffix))
	if err != nil {
		return // the folder's name has characters of a pattern; the files only take space
	}
	for _, p := range parts {
		_ = os.Remove(p)
	}
}
