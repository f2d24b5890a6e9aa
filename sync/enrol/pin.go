package enrol

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Bounds of a PIN's cost. An envelope that asks for more is refused before any
// memory is taken: a tablet has little, and the guard is waiting.
const (
	MaxPINMemory  = 64 << 10 // KiB
	MaxPINTime    = 8
	MaxPINThreads = 4

	minPINMemory = 8 << 10
	pinBytes     = 16 // of the salt
	pinSum       = 32 // of the hash
)

// A PIN has 6 to 32 digits.
const (
	MinPIN = 6
	MaxPIN = 32
)

// Cost of a new PIN: RFC 9106, section 4, the second recommended option.
const (
	pinTime    = 3
	pinMemory  = 64 << 10
	pinThreads = 4
)

// PIN is what a gate knows of its supervisor's PIN: argon2id (RFC 9106) with
// its cost. Whoever has it can try all PINs of six digits in a day or two, so it
// travels sealed and never leaves the gate's folder. On the wire:
//
//	{1: passes, 2: KiB, 3: threads, 4: salt, 16 bytes, 5: hash, 32 bytes}
type PIN struct {
	Time    uint32 `cbor:"1,keyasint"`
	Memory  uint32 `cbor:"2,keyasint"` // KiB
	Threads uint8  `cbor:"3,keyasint"`
	Salt    []byte `cbor:"4,keyasint"`
	Sum     []byte `cbor:"5,keyasint"`
}

// ErrPIN says what a PIN must be.
var ErrPIN = fmt.Errorf("a PIN has %d to %d digits, not all the same", MinPIN, MaxPIN)

// NewPIN hashes a supervisor's PIN with a salt from random.
func NewPIN(digits string, random io.Reader) (*PIN, error) {
	if err := checkDigits(digits); err != nil {
		return nil, err
	}
	p := &PIN{Time: pinTime, Memory: pinMemory, Threads: pinThreads, Salt: make([]byte, pinBytes)}
	if _, err := io.ReadFull(random, p.Salt); err != nil {
		return nil, fmt.Errorf("new PIN: %w", err)
	}
	p.Sum = p.sum(digits)
	return p, nil
}

// Matches reports whether these are the digits. It takes a tenth of a second
// and Memory KiB; a PIN whose cost lies beyond the bounds matches nothing.
func (p *PIN) Matches(digits string) bool {
	if p == nil || p.check() != nil || checkDigits(digits) != nil {
		return false
	}
	return subtle.ConstantTimeCompare(p.Sum, p.sum(digits)) == 1
}

func (p *PIN) sum(digits string) []byte {
	return argon2.IDKey([]byte(digits), p.Salt, p.Time, p.Memory, p.Threads, pinSum)
}

func (p *PIN) check() error {
	switch {
	case p == nil:
		return nil
	case p.Time < 1 || p.Time > MaxPINTime || p.Memory < minPINMemory || p.Memory > MaxPINMemory || p.Threads < 1 || p.Threads > MaxPINThreads:
		return fmt.Errorf("the PIN costs %d passes over %d KiB with %d threads; 1 to %d, %d to %d and 1 to %d are possible",
			p.Time, p.Memory, p.Threads, MaxPINTime, minPINMemory, MaxPINMemory, MaxPINThreads)
	case len(p.Salt) != pinBytes || len(p.Sum) != pinSum:
		return errors.New("the PIN's salt has 16 bytes and its hash 32")
	}
	return nil
}

func checkDigits(s string) error {
	if len(s) < MinPIN || len(s) > MaxPIN || strings.Trim(s, "0123456789") != "" || strings.Trim(s, s[:1]) == "" {
		return ErrPIN
	}
	return nil
}
