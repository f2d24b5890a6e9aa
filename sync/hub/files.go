package hub

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"time"

	"postern/sync/enrol"
)

// Files never change under a name that carries a version or a hash.
const (
	immutable  = "public, max-age=31536000, immutable"
	revalidate = "no-cache"
)

// slowest is the lowest rate at which a client may fetch a large file, in bytes a second.
const slowest = 8 << 10

var (
	versionedName = regexp.MustCompile(`^[1-9][0-9]{0,18}\.[a-z]{1,32}\.json$`)
	targetName    = regexp.MustCompile(`^[0-9a-f]{64}\.[0-9A-Za-z._-]{1,128}$`)
)

// serveMetadata serves TUF metadata. N.role.json may be cached for ever,
// timestamp.json must be asked for each time.
func (h *Hub) serveMetadata(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("file")
	caching := immutable
	switch {
	case name == "timestamp.json":
		caching = revalidate
	case !versionedName.MatchString(name):
		return errNoRoute
	}
	return h.serveFile(w, r, file{"metadata/" + name, "application/json", caching})
}

// serveTarget serves a target by its hashed name, or the range of it that is
// asked for.
func (h *Hub) serveTarget(w http.ResponseWriter, r *http.Request) error {
	name := r.PathValue("path")
	if !fs.ValidPath(name) || !targetName.MatchString(path.Base(name)) {
		return errNoRoute
	}
	return h.serveFile(w, r, file{"targets/" + name, "application/octet-stream", immutable})
}

// file is a published file and how it is served.
type file struct{ name, contentType, caching string }

func (h *Hub) serveFile(w http.ResponseWriter, r *http.Request, f file) error {
	opened, err := h.Files.Open(f.name)
	if err != nil {
		return fmt.Errorf("open %s: %w", f.name, err)
	}
	defer opened.Close()
	info, err := opened.Stat()
	if err != nil {
		return fmt.Errorf("open %s: %w", f.name, err)
	}
	content, ok := opened.(io.ReadSeeker)
	if !ok || !info.Mode().IsRegular() {
		return fmt.Errorf("open %s: %w", f.name, fs.ErrNotExist)
	}
	header := w.Header()
	header.Set("Content-Type", f.contentType)
	header.Set("Cache-Control", f.caching)
	if f.caching == immutable {
		header.Set("ETag", `"`+path.Base(f.name)+`"`)
	} else {
		tag, err := hashOf(content)
		if err != nil {
			return fmt.Errorf("read %s: %w", f.name, err)
		}
		header.Set("ETag", tag)
	}
	allowTime(w, time.Minute+time.Duration(info.Size()/slowest)*time.Second)
	// No modification time is sent, since copying the files has changed it.
	http.ServeContent(w, r, path.Base(f.name), time.Time{}, content)
	return nil
}

// hashOf is an ETag from the content of a small file. It rewinds the file.
func hashOf(content io.ReadSeeker) (string, error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return "", err
	}
	_, err := content.Seek(0, io.SeekStart)
	return `"` + hex.EncodeToString(hash.Sum(nil)[:16]) + `"`, err
}

// allowTime moves the server's write deadline for one response. A server without
// deadlines, as in tests, has none to move.
func allowTime(w http.ResponseWriter, d time.Duration) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(d))
}

// serveEnvelope serves the newest envelope of a gate: the one of its enrolment,
// or the published gates/<gate>.envelope once that has a higher version.
func (h *Hub) serveEnvelope(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("gate")
	if !validGate(id) {
		return ErrNoGate
	}
	g, err := h.Store.Gate(r.Context(), id)
	if err != nil && !errors.Is(err, ErrNoGate) {
		return err
	}
	newest, version := newestEnvelope(id, g.Envelope, h.publishedEnvelope(id))
	if newest == nil {
		return errNoEnvelope
	}
	header := w.Header()
	tag := fmt.Sprintf(`"%d"`, version)
	header.Set("ETag", tag)
	header.Set("Cache-Control", revalidate)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	writeCBOR(w, http.StatusOK, newest)
	return nil
}

// publishedEnvelope is nil where there is none, or none that can be read.
func (h *Hub) publishedEnvelope(gate string) []byte {
	f, err := h.Files.Open("gates/" + gate + ".envelope")
	if err != nil {
		return nil
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, enrol.MaxBytes+1))
	if err != nil || len(b) > enrol.MaxBytes {
		h.Log.Warn("envelope cannot be read", "gate", gate, "error", err)
		return nil
	}
	return b
}

// newestEnvelope is the one with the highest version that is for this gate.
func newestEnvelope(gate string, envelopes ...[]byte) (newest []byte, version uint64) {
	for _, b := range envelopes {
		if b == nil {
			continue
		}
		if id, v, err := enrol.EnvelopeVersion(b); err == nil && id == gate && v > version {
			newest, version = b, v
		}
	}
	return newest, version
}

// validGate reports whether id has the form of a gate's ID, so that it can go
// into a file name and a log.
func validGate(id string) bool { return enrol.ValidGate(id) }
