package authority

// SetStep lets a test end publishing and exporting after any step.
func (a *Authority) SetStep(f func(name string) error) { a.repository.step = f }

// Grown is the size a list takes.
var Grown = grown

// EpochOf is the first day that entries of a time count from.
var EpochOf = epochOf

// EpochNumber numbers epoch keys.
var EpochNumber = epochNumber
