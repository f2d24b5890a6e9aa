package client

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of Pull, Push and Enrol. Match with errors.Is; the wrapped text says more.
var (
	ErrUnreachable = errors.New("the hub cannot be reached")
	ErrBusy        = errors.New("the hub is busy")
	ErrGarbage     = errors.New("what answers is not a hub")                           // a login page, another server
	ErrWrongCity   = errors.New("the hub serves another city")                         // its root is not the one that was pinned
	ErrNotVerified = errors.New("a signature or hash does not match")                  //
	ErrOld         = errors.New("what the hub serves is older than what the gate has") // a rollback, or a hub restored from a backup
	ErrRefused     = errors.New("the hub refused")                                     //
	ErrWaiting     = errors.New("the authority has not confirmed this gate yet")       //
	ErrNoEpochKey  = errors.New("the gate has no key for the newest snapshot")         // its envelope is too old
	ErrTooNew      = errors.New("what the hub serves needs a newer program")           // it is verified, but cannot be read
	ErrFork        = errors.New("the hub holds another history of this gate")          // somebody wrote under this gate's key
	ErrBehind      = errors.New("the hub has lost entries that it gave receipts for")  // the gate still has them
	ErrStorage     = errors.New("the gate's own storage failed")
)

// Code names a problem for people. Screens have a sentence for each. A code never
// changes its meaning.
type Code string

// codes has the code of every error above. CodeOf takes the first that matches,
// so the more specific ones are first.
var codes = []struct {
	err  error
	code Code
}{
	{ErrStorage, "storage"},
	{ErrWrongCity, "wrong_city"},
	{ErrFork, "fork"},
	{ErrBehind, "hub_behind"},
	{ErrOld, "older"},
	{ErrNotVerified, "not_verified"},
	{ErrNoEpochKey, "no_epoch_key"},
	{ErrTooNew, "too_new"},
	{ErrWaiting, "waiting"},
	{ErrRefused, "refused"},
	{ErrBusy, "busy"},
	{ErrGarbage, "not_a_hub"},
	{ErrUnreachable, "unreachable"},
	{context.Canceled, "stopped"},
}

// CodeOf is the code of err: "" for nil, "internal" for what has no other.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "internal"
}

// Codes lists every code that CodeOf can give but "".
func Codes() []Code {
	all := []Code{"internal"}
	for _, c := range codes {
		all = append(all, c.code)
	}
	return all
}

// BusyError is an ErrBusy of a hub that sent Retry-After.
type BusyError struct{ After time.Duration }

func (e *BusyError) Error() string {
	return fmt.Sprintf("%v, and asks to come again in %v", ErrBusy, e.After)
}

// Is makes a BusyError an ErrBusy.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

// transient reports whether the same call may succeed later, because err is about
// the network, the hub's load, the gate's storage or the caller's context.
func transient(err error) bool {
	return errors.Is(err, ErrUnreachable) || errors.Is(err, ErrBusy) || errors.Is(err, ErrStorage) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func storage(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrStorage, err)
}
