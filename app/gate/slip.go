package gate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/verdict"
)

// Why a gate signs no slip.
var (
	ErrNoSlips  = errors.New("the authority does not let this gate sign slips, or not now; pull news first")
	ErrSlipTime = errors.New("the clock of this device cannot be trusted; set it right or pull news first")
)

// SlipRequest says which slip is wanted.
type SlipRequest struct {
	Kind      pass.SlipKind
	Name      string        // is masked; empty: none
	BirthYear int           // 0: none
	Life      time.Duration // whole seconds; 0: as long as the delegation allows
}

// Slip makes a temporary pass, with no network: PT1: text that other gates
// judge offline. It is given only after its entry is durable.
func (g *Gate) Slip(ctx context.Context, r SlipRequest) (text string, p *pass.Pass, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, err := g.readClock(ctx, g.mono())
	if err != nil {
		return "", nil, fmt.Errorf("make slip: %w", err)
	}
	view := g.store.View()
	if text, p, err = view.slip(r, now); err == nil {
		err = g.recordSlip(ctx, view, p, now)
	}
	if err != nil {
		return "", nil, fmt.Errorf("make slip: %w", err)
	}
	return text, p, nil
}

// slip signs a slip, and opens it as other gates will.
func (v *View) slip(r SlipRequest, now moment) (string, *pass.Pass, error) {
	switch {
	case v.delegate == nil || v.Suspended || !now.Now.Before(v.delegate.Expires):
		return "", nil, ErrNoSlips
	case !now.Believed:
		return "", nil, ErrSlipTime
	case r.Life == 0:
		r.Life = v.delegate.Life
	}
	c := pass.Claims{ID: make([]byte, 8), IssuedAt: now.Now.Truncate(time.Second), Name: r.Name, BirthYear: r.BirthYear}
	if begins := v.delegate.IssuedAt; begins.After(c.IssuedAt) && begins.Sub(c.IssuedAt) <= tolerance {
		c.IssuedAt = begins // by the authority's clock, of which this one is a little short
	}
	c.Expires = c.IssuedAt.Add(r.Life)
	if _, err := rand.Read(c.ID); err != nil {
		return "", nil, err
	}
	text, err := v.delegate.Seal(r.Kind, c)
	if err != nil {
		return "", nil, err
	}
	p, err := pass.Open(text, v.Keys)
	return text, p, err
}

// recordSlip appends the entry of a slip: its kind, and whose it is only under the tracing key.
func (g *Gate) recordSlip(ctx context.Context, view *View, p *pass.Pass, now moment) error {
	d := Draft{Entry: g.entry(ctx, journal.Slip, view, now), Trusted: now.Trusted}
	d.Entry.Reason = p.Slip.Kind.String()
	d.Entry.Tag = facts{view: view, presentation: verdict.Presentation{Pass: p}}.tag(now.Now)
	if to := view.tracing(); to != nil {
		d.Seal = func(seq uint64) ([]byte, error) { return journal.SealRef(to, view.Gate, seq, p.Identity()) }
	}
	_, err := g.append(ctx, d)
	return err
}

// Slips says how long a slip of this gate may last, and until when it may sign
// any; zero where it may not.
func (v *View) Slips() (life time.Duration, until time.Time) {
	if v.delegate == nil || v.Suspended {
		return 0, time.Time{}
	}
	return v.delegate.Life, v.delegate.Expires
}

// delegateOf is nil where the envelope holds no delegation that is worth
// anything: the gate goes on without slips.
func delegateOf(p Parts, keys *pass.Keyring) *pass.Delegate {
	if p.Envelope == nil || p.Envelope.Delegation == nil || len(p.Identity.Sign) == 0 {
		return nil
	}
	d, err := pass.NewDelegate(p.Envelope.Delegation, p.Identity.Sign, keys)
	if err != nil || d.Gate != p.Identity.Gate {
		return nil
	}
	return d
}
