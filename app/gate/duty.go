package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postern/sync/journal"
)

// Duty is what a gate keeps of the people at work on it, over restarts.
type Duty struct {
	Shift  Shift       `json:"shift"`
	Way    journal.Way `json:"way,omitempty"`   // chosen where the envelope allows both
	Fails  int         `json:"fails,omitempty"` // wrong PINs since the last right one
	Failed time.Time   `json:"failed,omitzero"` // trusted time of the last
	Papers Papers      `json:"papers,omitzero"` // given today
	Before Totals      `json:"before,omitzero"` // counted in the quarter hour in which the shift began, before it did
}

// Role is what somebody on duty may do.
type Role string

// Roles. An inspector looks at counts in ranges of ten and checks nobody.
const (
	Guard      Role = "guard"
	Supervisor Role = "supervisor"
	Inspector  Role = "inspector"
)

// Shift is somebody on duty; the zero Shift is nobody.
type Shift struct {
	Name  string    `json:"name,omitempty"` // a number, a name, the text of a badge
	Role  Role      `json:"role,omitempty"`
	Since time.Time `json:"since,omitzero"`
}

// MaxOperator bounds the name of somebody on duty, in characters.
const MaxOperator = 32

// Reasons of entries of kind journal.Shift.
const (
	ShiftBegins = "begin"
	ShiftEnds   = "end"    // also of who is followed by somebody else
	WayIn       = "way_in" // whoever is on duty turned the gate
	WayOut      = "way_out"
)

// BeginShift puts somebody on duty, and ends the shift of whoever was: entries
// name them from now on. A supervisor gives the PIN; others need none. It is
// durable when it returns nil. Since is filled in.
func (g *Gate) BeginShift(ctx context.Context, s Shift, pin string) error {
	s.Name = strings.TrimSpace(s.Name)
	if err := s.Check(); err != nil {
		return fmt.Errorf("begin shift: %w", err)
	}
	if s.Role == Supervisor {
		if err := g.VerifyPIN(ctx, pin); err != nil {
			return fmt.Errorf("begin shift: %w", err)
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.endShiftLocked(ctx)
	if err == nil {
		err = g.beginShiftLocked(ctx, s)
	}
	if err != nil {
		return fmt.Errorf("begin shift: %w", err)
	}
	return nil
}

func (g *Gate) beginShiftLocked(ctx context.Context, s Shift) error {
	at, err := g.recordShift(ctx, s.Name, ShiftBegins)
	if err != nil {
		return err
	}
	before, err := g.totals(ctx, at, at)
	if err != nil {
		return err
	}
	s.Since = at
	return g.finishDuty(ctx, func(d *Duty) { d.Shift, d.Before = s, before })
}

func (g *Gate) endShiftLocked(ctx context.Context) error {
	name := g.duty.get(ctx).Shift.Name
	if name == "" {
		return nil
	}
	if _, err := g.recordShift(ctx, name, ShiftEnds); err != nil {
		return err
	}
	return g.finishDuty(ctx, func(d *Duty) { d.Shift, d.Before = Shift{}, Totals{} })
}

// ShiftReport says what a shift did, from Shift.Since to Until.
type ShiftReport struct {
	Shift
	Until time.Time
	Totals
}

// HandOver ends the shift of whoever is on duty and says what it did; the zero
// ShiftReport where nobody is. After an error the shift goes on.
func (g *Gate) HandOver(ctx context.Context) (ShiftReport, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, err := g.shiftReportLocked(ctx)
	if err == nil {
		err = g.endShiftLocked(ctx)
	}
	if err != nil {
		return ShiftReport{}, fmt.Errorf("hand over: %w", err)
	}
	return r, nil
}

// ShiftReport says what the shift did so far; the zero ShiftReport where nobody is on duty.
func (g *Gate) ShiftReport(ctx context.Context) (ShiftReport, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r, err := g.shiftReportLocked(ctx)
	if err != nil {
		return ShiftReport{}, fmt.Errorf("report shift: %w", err)
	}
	return r, nil
}

// shiftReportLocked counts by whole quarter hours, and takes away what the first
// of them held before the shift. The caller holds g.mu, so that nothing is
// recorded meanwhile.
func (g *Gate) shiftReportLocked(ctx context.Context) (ShiftReport, error) {
	d := g.duty.get(ctx)
	if d.Shift.Name == "" {
		return ShiftReport{}, nil
	}
	r := ShiftReport{Shift: d.Shift, Until: g.peekLocked().Now}
	all, err := g.totals(ctx, r.Since, r.Until)
	r.Totals = all.without(d.Before)
	return r, err
}

func (g *Gate) recordShift(ctx context.Context, name, reason string) (time.Time, error) {
	now, err := g.readClock(ctx, g.mono())
	if err != nil {
		return time.Time{}, err
	}
	e := g.entry(ctx, journal.Shift, g.store.View(), now)
	e.Operator, e.Reason = name, reason
	_, err = g.append(ctx, Draft{Entry: e, Trusted: now.Trusted})
	return e.Time, err
}

// finishDuty changes what is kept after its entry was recorded, though the caller goes away.
func (g *Gate) finishDuty(ctx context.Context, f func(*Duty)) error {
	return g.duty.change(context.WithoutCancel(ctx), f)
}

// Check says what is wrong with a shift that is to begin.
func (s Shift) Check() error {
	switch {
	case s.Role != Guard && s.Role != Supervisor && s.Role != Inspector:
		return fmt.Errorf("%q is no role", s.Role)
	case s.Name == "":
		return errors.New("it has no name; give a number, a name or a badge")
	case !utf8.ValidString(s.Name) || strings.ContainsFunc(s.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("the name holds characters that cannot be printed")
	case utf8.RuneCountInString(s.Name) > MaxOperator || len(s.Name) > journal.MaxNameLength:
		return fmt.Errorf("the name is too long; %d characters fit, about 20 Chinese ones", MaxOperator)
	}
	return nil
}

// SetWay chooses in or out at a gate whose envelope says both. It is recorded,
// since a pass that is shown again after the gate was turned counts as coming
// back, not as seen before.
func (g *Gate) SetWay(ctx context.Context, w journal.Way) error {
	if w != journal.In && w != journal.Out {
		return errors.New("choose direction: it is in or out")
	}
	if d := g.store.View().Direction; d != "both" {
		return fmt.Errorf("choose direction: the authority decided it for this gate: %q", d)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	reason := WayIn
	if w == journal.Out {
		reason = WayOut
	}
	_, err := g.recordShift(ctx, g.duty.get(ctx).Shift.Name, reason)
	if err == nil {
		err = g.finishDuty(ctx, func(d *Duty) { d.Way = w })
	}
	if err != nil {
		return fmt.Errorf("choose direction: %w", err)
	}
	return nil
}

// wayOf is the way of people at this gate: the envelope's, or where that says
// both the one that was chosen, at first in.
func (g *Gate) wayOf(ctx context.Context, v *View) journal.Way {
	switch v.Direction {
	case "in":
		return journal.In
	case "out":
		return journal.Out
	case "both":
		if g.duty.get(ctx).Way == journal.Out {
			return journal.Out
		}
		return journal.In
	}
	return journal.NoWay
}

// ResetHeadcount sets the number of people inside to zero, on the supervisor's
// PIN. A gate that has none asks for none. The errors are those of VerifyPIN, or
// the store's; it is durable when it returns nil.
func (g *Gate) ResetHeadcount(ctx context.Context, pin string) error {
	if err := g.VerifyPIN(ctx, pin); err != nil && !errors.Is(err, ErrNoPIN) {
		return fmt.Errorf("reset headcount: %w", err)
	}
	return g.record(ctx, journal.Headcount, "reset")
}
