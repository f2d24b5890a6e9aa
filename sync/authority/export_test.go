package authority

import (
	"context"
	"time"

	"postern/sync/pass"
)

// SetStep lets a test end publishing and exporting after any step.
func (a *Authority) SetStep(f func(name string) error) { a.repository.step = f }

// SetLockWait sets how long publishing and exporting wait for another process.
func (a *Authority) SetLockWait(d time.Duration) { a.lock.wait = d }

// Grown is the size a list takes.
var Grown = grown

// EpochOf is the first day that entries of a time count from.
var EpochOf = epochOf

// EpochNumber numbers epoch keys.
var EpochNumber = epochNumber

// Care orders results by the care that they ask for.
var Care = care

// CareInLedger is Care as the ledger computes it.
func (a *Authority) CareInLedger(ctx context.Context, r pass.Result) (n int, err error) {
	err = a.ledger.QueryRowContext(ctx, "SELECT "+careOf("r")+" FROM (SELECT ? AS r)", r).Scan(&n)
	return n, err
}

// ColourOf is the colour that a pass shows of a status.
var ColourOf = colourOf
