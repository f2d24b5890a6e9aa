package gate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Why a supervisor could not act. Match with errors.Is.
var (
	ErrNoPIN    = errors.New("this gate has no supervisor's PIN; the authority sets one")
	ErrWrongPIN = errors.New("the PIN is wrong")
	ErrQuota    = errors.New("the policy allows no more overrides for now; the authority can be called, and a medical emergency is never counted")
)

// WaitError says that too many PINs were wrong.
type WaitError struct{ Left time.Duration }

func (e *WaitError) Error() string {
	return fmt.Sprintf("too many wrong PINs; wait %v", e.Left.Round(time.Second))
}

// After freeFails wrong PINs each further one waits twice as long as the one
// before, to lastWait: a day of guessing at six digits is then 300 of a million,
// and a visitor who types nonsense at a kiosk keeps the supervisor out for minutes.
const (
	freeFails = 3
	firstWait = 30 * time.Second
	lastWait  = 5 * time.Minute
)

func waitAfter(fails int) time.Duration {
	if fails < freeFails {
		return 0
	}
	return min(firstWait<<min(fails-freeFails, 10), lastWait)
}

// VerifyPIN asks whether this is the supervisor's PIN. An attempt is counted
// before it is looked at, durably, so that neither a crash nor a restart gives
// one away. The errors match ErrNoPIN, ErrWrongPIN, *WaitError, or are the
// store's. It takes a tenth of a second and more, and holds up no check.
func (g *Gate) VerifyPIN(ctx context.Context, pin string) error {
	g.pinTurn.Lock()
	defer g.pinTurn.Unlock()
	set := g.store.View().PIN
	if set == nil {
		return fmt.Errorf("verify PIN: %w", ErrNoPIN)
	}
	now := g.peek().reliable()
	if err := g.mayTry(ctx, now); err != nil {
		return fmt.Errorf("verify PIN: %w", err)
	}
	if err := g.duty.change(ctx, func(d *Duty) { d.Fails, d.Failed = d.Fails+1, now }); err != nil {
		return fmt.Errorf("verify PIN: %w", err)
	}
	if !set.Matches(pin) {
		return fmt.Errorf("verify PIN: %w", ErrWrongPIN)
	}
	return g.finishDuty(ctx, func(d *Duty) { d.Fails, d.Failed = 0, time.Time{} })
}

// mayTry holds the wait after wrong PINs. Trusted time may have gone back, by
// a restart or a snapshot that healed it: then the wait begins anew.
func (g *Gate) mayTry(ctx context.Context, now time.Time) error {
	d := g.duty.get(ctx)
	wait := waitAfter(d.Fails)
	gone := now.Sub(d.Failed)
	switch {
	case gone >= wait:
		return nil
	case gone < 0:
		gone = 0
		if err := g.duty.change(ctx, func(d *Duty) { d.Failed = now }); err != nil {
			return err
		}
		if wait == 0 {
			return nil
		}
	}
	return &WaitError{Left: wait - gone}
}

// Override lets the person of this verdict in on a supervisor's word. The
// policy says how many; the journal counts them, and keeps the count over a
// restart. The reason is a code of its own, such as "supervisor". It is
// durable when it returns nil; after an error nobody was let in, and the token
// still serves. The errors match ErrToken, ErrQuota, and those of VerifyPIN.
func (g *Gate) Override(ctx context.Context, t Token, pin, reason string) error {
	return g.override(ctx, override{token: t, reason: reason}, pin)
}

// OverrideWithoutCode is Override for somebody who showed nothing that could be
// judged: no token is asked for, and the entry names no pass. It takes as much
// of the quota.
func (g *Gate) OverrideWithoutCode(ctx context.Context, pin, reason string) error {
	return g.override(ctx, override{codeless: true, reason: reason}, pin)
}

// override is whom a supervisor lets in.
type override struct {
	token    Token
	codeless bool // there is no verdict, and no token
	reason   string
}

func (g *Gate) override(ctx context.Context, o override, pin string) error {
	if !isCode(o.reason) || isEmergency(o.reason) {
		return fmt.Errorf("override: %.70q is no code for it", o.reason)
	}
	if err := g.mayOverride(ctx, o); err != nil { // before a PIN is asked for in vain
		return fmt.Errorf("override: %w", err)
	}
	if err := g.VerifyPIN(ctx, pin); err != nil {
		return fmt.Errorf("override: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.mayOverrideLocked(ctx, o)
	if err == nil {
		err = g.letIn(ctx, o.token, o.reason, true)
	}
	if err != nil {
		return fmt.Errorf("override: %w", err)
	}
	return nil
}

func (g *Gate) mayOverride(ctx context.Context, o override) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mayOverrideLocked(ctx, o)
}

func (g *Gate) mayOverrideLocked(ctx context.Context, o override) error {
	if !o.codeless && g.pendings.find(o.token, g.mono()) == nil {
		return ErrToken
	}
	left, err := g.overridesLeft(ctx, g.peekLocked().reliable())
	if err == nil && left == 0 {
		err = ErrQuota
	}
	return err
}

// overridesLeft is how many people a supervisor may still let in; 0 where the policy has no rule.
func (g *Gate) overridesLeft(ctx context.Context, now time.Time) (int, error) {
	rule := g.store.View().Policy.Overrides
	if rule == nil {
		return 0, nil
	}
	n, err := g.store.Overrides(ctx, now.Add(-time.Duration(rule.Hours)*time.Hour))
	return max(rule.Quota-n, 0), err
}
