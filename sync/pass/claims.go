package pass

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"

	"postern/sync/internal/cose"
)

// Bounds of what a native pass says.
const (
	maxIssuer  = 64 // bytes
	maxName    = 64 // bytes
	maxURI     = 64 // bytes
	maxTests   = 8
	maxDoses   = 99
	maxIndex   = 1<<40 - 1    // far above any list, and safe to convert
	idSize     = 8            // bytes
	maxSeconds = 253402300799 // the end of the year 9999
	maxMinute  = maxSeconds / 60
	maxDay     = maxSeconds / 86400
	minYear    = 1850 // of birth; 0 stands for none
	maxYear    = 2200
)

// decode reads deterministic CBOR.
func decode(b []byte, into any) error {
	if err := cose.Deterministic(b); err != nil {
		return err
	}
	return cose.Decoding.Unmarshal(b, into)
}

// parseClaims reads a payload. It verifies nothing.
func parseClaims(payload []byte) (*Claims, error) {
	var w wireClaims
	if err := decode(payload, &w); err != nil {
		return nil, err
	}
	if err := w.check(); err != nil {
		return nil, err
	}
	c := &Claims{
		Issuer:   w.Issuer,
		ID:       []byte(w.ID),
		IssuedAt: seconds(w.IssuedAt),
		Expires:  seconds(w.Expires),
	}
	if w.NotBefore != 0 {
		c.NotBefore = seconds(w.NotBefore)
	}
	var err error
	if c.Status, err = w.Status.reference(); err != nil {
		return nil, err
	}
	if c.Confirm, err = w.Confirm.publicKey(); err != nil {
		return nil, err
	}
	if err := w.Health.into(c); err != nil {
		return nil, err
	}
	return c, nil
}

// check is the error of claims of RFC 8392 that are missing or out of range.
func (w *wireClaims) check() error {
	if w.Scope != nil {
		return errors.New("it has a scope, so it is a delegation and no pass")
	}
	if err := checkText("issuer", w.Issuer, maxIssuer); err != nil {
		return err
	}
	if len(w.ID) != idSize {
		return fmt.Errorf("identifier has %d bytes, want %d", len(w.ID), idSize)
	}
	if w.IssuedAt == 0 || w.IssuedAt > maxSeconds {
		return errors.New("time of issue is missing or out of range")
	}
	if w.Expires == 0 || w.Expires > maxSeconds {
		return errors.New("time of expiry is missing or out of range")
	}
	if w.NotBefore > maxSeconds {
		return errors.New("start of validity is out of range")
	}
	return nil
}

// reference is the place in a status list, nil where the pass has none.
func (w *wireStatus) reference() (*StatusRef, error) {
	if w == nil {
		return nil, nil
	}
	if w.List == nil {
		return nil, errors.New("claim 65535 has no status_list")
	}
	if err := checkText("status list", w.List.URI, maxURI); err != nil {
		return nil, err
	}
	if w.List.Index > maxIndex {
		return nil, errors.New("index in the status list is out of range")
	}
	return &StatusRef{URI: w.List.URI, Index: w.List.Index}, nil
}

// into checks the health claims and sets them in c.
func (w *wireHealth) into(c *Claims) error {
	if w == nil {
		return nil
	}
	if w.Name != "" {
		if err := checkText("name", w.Name, maxName); err != nil {
			return err
		}
	}
	if w.Colour > Red {
		return fmt.Errorf("colour %d has no meaning", w.Colour)
	}
	if w.BirthYear != 0 && (w.BirthYear < minYear || w.BirthYear > maxYear) {
		return fmt.Errorf("birth year %d is out of range", w.BirthYear)
	}
	c.Name, c.Colour, c.BirthYear = w.Name, w.Colour, int(w.BirthYear)
	if w.Doses != nil {
		if w.Doses.Count > maxDoses || w.Doses.Day > maxDay {
			return errors.New("doses are out of range")
		}
		c.Doses = &Doses{Count: int(w.Doses.Count), Day: seconds(w.Doses.Day * 86400)}
	}
	return w.testsInto(c)
}

func (w *wireHealth) testsInto(c *Claims) error {
	if len(w.Tests) > maxTests {
		return fmt.Errorf("it has %d tests, at most %d are allowed", len(w.Tests), maxTests)
	}
	if len(w.Tests) > 0 {
		c.Tests = make([]Test, len(w.Tests))
	}
	for i, t := range w.Tests {
		if t.Kind == KindNone || t.Kind > OtherKind {
			return fmt.Errorf("test kind %d has no meaning", t.Kind)
		}
		if t.Kind > Antigen {
			t.Kind = OtherKind
		}
		if t.Result > Inconclusive {
			return fmt.Errorf("test result %d has no meaning", t.Result)
		}
		if t.Minute == 0 || t.Minute > maxMinute {
			return errors.New("time of a test is out of range")
		}
		c.Tests[i] = Test{Kind: t.Kind, Result: t.Result, At: seconds(t.Minute * 60)}
	}
	return nil
}

// publicKey is the holder's key, nil where there is none.
func (w *wireConfirm) publicKey() (*ecdsa.PublicKey, error) {
	if w == nil {
		return nil, nil
	}
	const kindEC2, curveP256, size = 2, 1, 32
	k := w.Key
	if k == nil || k.Type != kindEC2 || k.Curve != curveP256 || len(k.X) != size || len(k.Y) != size {
		return nil, errors.New("the holder's key is not a P-256 key with both coordinates")
	}
	point := make([]byte, 0, 1+2*size)
	point = append(append(append(point, 4), k.X...), k.Y...)
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, errors.New("the holder's key is not a point of P-256")
	}
	return pub, nil
}

// checkText is an error unless s is 1 to most bytes of UTF-8 without line ends,
// other control characters and changes of writing direction. Those could
// rearrange the text of a screen or a log.
func checkText(what, s string, most int) error {
	if s == "" || len(s) > most {
		return fmt.Errorf("%s has %d bytes, want 1 to %d", what, len(s), most)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not UTF-8", what)
	}
	for _, r := range s {
		if unicode.IsControl(r) || r > unicode.MaxLatin1 && unicode.In(r, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return fmt.Errorf("%s holds a control character", what)
		}
	}
	return nil
}

func seconds(n uint64) time.Time { return time.Unix(int64(n), 0).UTC() }

// encodeClaims writes a payload. It does not check the claims. Times before 1970
// become numbers that parseClaims refuses, and the caller calls that next.
func encodeClaims(c *Claims) ([]byte, error) {
	w := wireClaims{
		Issuer:   c.Issuer,
		ID:       cbor.ByteString(c.ID),
		IssuedAt: uint64(c.IssuedAt.Unix()),
		Expires:  uint64(c.Expires.Unix()),
		Health:   healthOf(c),
	}
	if !c.NotBefore.IsZero() {
		w.NotBefore = uint64(c.NotBefore.Unix())
	}
	if c.Status != nil {
		w.Status = &wireStatus{&wireStatusList{Index: c.Status.Index, URI: c.Status.URI}}
	}
	if c.Confirm != nil {
		point, err := pointOf(c.Confirm)
		if err != nil {
			return nil, fmt.Errorf("the holder's key: %w", err)
		}
		w.Confirm = &wireConfirm{&wireKey{Type: 2, Curve: 1, X: cbor.ByteString(point[1:33]), Y: cbor.ByteString(point[33:])}}
	}
	return cose.Encoding.Marshal(w)
}

// healthOf are the health claims of c, nil where it has none.
func healthOf(c *Claims) *wireHealth {
	w := wireHealth{Name: c.Name, Colour: c.Colour, BirthYear: uint64(c.BirthYear)}
	for _, t := range c.Tests {
		w.Tests = append(w.Tests, wireTest{Kind: t.Kind, Result: t.Result, Minute: uint64(t.At.Unix() / 60)})
	}
	if c.Doses != nil {
		w.Doses = &wireDoses{Count: uint64(c.Doses.Count), Day: uint64(c.Doses.Day.Unix() / 86400)}
	}
	if w.Name == "" && w.Colour == ColourNone && w.BirthYear == 0 && w.Tests == nil && w.Doses == nil {
		return nil
	}
	return &w
}
