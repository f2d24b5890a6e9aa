package enrol

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
)

// Prefix begins the text of an enrolment code.
const Prefix = "PE1:"

// maxCode is the longest text of a code, in bytes: with the longest hub and place.
const maxCode = 1200

// Why a text is no enrolment code. Match with errors.Is.
var (
	ErrCode        = errors.New("not an enrolment code")                // something else was pasted or scanned
	ErrDamagedCode = errors.New("damaged or incomplete enrolment code") // it begins like one
)

type codeWire struct {
	Hub    string `cbor:"1,keyasint"`
	Root   []byte `cbor:"2,keyasint"`
	Place  string `cbor:"3,keyasint"`
	Secret []byte `cbor:"4,keyasint"`
	Expiry int64  `cbor:"5,keyasint"`
}

// NewCode makes the code that enrols one gate at place with the hub at the
// base URL hub; root is the SHA-256 of the root metadata. The secret must come
// from crypto/rand and be used for no other code.
func NewCode(hub, place string, root [32]byte, secret [16]byte, expiry time.Time) (Code, error) {
	c := Code{Hub: strings.TrimRight(hub, "/"), Root: root, Place: strings.TrimSpace(place), Secret: secret, Expiry: fromUnix(expiry.Unix())}
	if err := c.check(); err != nil {
		return Code{}, fmt.Errorf("make enrolment code: %w", err)
	}
	return c, nil
}

// Expired reports whether c can no longer enrol at now. At Expiry itself it cannot.
func (c Code) Expired(now time.Time) bool { return !now.Before(c.Expiry) }

func (c Code) check() error {
	if err := checkHub(c.Hub); err != nil {
		return err
	}
	if c.Secret == [16]byte{} {
		return errors.New("the secret is empty")
	}
	if err := checkTime(c.Expiry); err != nil {
		return fmt.Errorf("expiry: %w", err)
	}
	return checkPlace(c.Place)
}

// checkHub refuses an address that is more than a base URL: a query or fragment
// would change every request that is made with it.
func checkHub(hub string) error {
	u, err := url.Parse(hub)
	switch {
	case len(hub) > MaxHub:
		return fmt.Errorf("the hub's address has %d bytes, at most %d fit", len(hub), MaxHub)
	case err != nil || u.Host == "" || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return fmt.Errorf("the hub's address %q is not of the form https://host or http://host:port", hub)
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.HasSuffix(hub, "#") || strings.HasSuffix(hub, "/"):
		return fmt.Errorf("the hub's address %q has more than scheme, host, port and path; leave the rest out", hub)
	}
	return nil
}

// Encode writes c as text, for a QR code or a message.
func (c Code) Encode() string {
	b, err := cose.Encoding.Marshal(codeWire{c.Hub, c.Root[:], c.Place, c.Secret[:], c.Expiry.Unix()})
	if err != nil {
		panic(err) // the wire form holds only texts, bytes and an integer
	}
	return Prefix + base45.Encode(b)
}

// ParseCode reads the text of a code; white space around it is ignored. It
// reads no clock: ask [Code.Expired].
func ParseCode(text string) (Code, error) {
	text = strings.TrimSpace(text)
	body, ok := strings.CutPrefix(text, Prefix)
	if !ok {
		return Code{}, fmt.Errorf("read enrolment code: %w: it does not begin with %s", ErrCode, Prefix)
	}
	if len(text) > maxCode {
		return Code{}, fmt.Errorf("read enrolment code: %w: it has %d characters, at most %d are read", ErrDamagedCode, len(text), maxCode)
	}
	c, err := decodeCode(body)
	if err != nil {
		return Code{}, fmt.Errorf("read enrolment code: %w: %v; scan or copy it again, whole", ErrDamagedCode, err)
	}
	return c, nil
}

func decodeCode(body string) (Code, error) {
	b, err := base45.Decode(body)
	if err != nil {
		return Code{}, err
	}
	w, err := exact[codeWire](b)
	if err != nil {
		return Code{}, err
	}
	if len(w.Root) != 32 || len(w.Secret) != 16 {
		return Code{}, errors.New("its root hash or secret has the wrong length")
	}
	c := Code{Hub: w.Hub, Root: [32]byte(w.Root), Place: w.Place, Secret: [16]byte(w.Secret), Expiry: fromUnix(w.Expiry)}
	return c, c.check()
}

func gateID(secret [16]byte) string {
	h := sha256.Sum256(append([]byte("postern/gate/1"), secret[:]...))
	return hex.EncodeToString(h[:8])
}
