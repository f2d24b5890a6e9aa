package authority

import (
	"context"
	"crypto/ed25519"
	"io"
	"time"

	"postern/sync/enrol"
	"postern/sync/pass"
)

// defaultPull is how often a gate asks for news.
const defaultPull = 10 * time.Minute

// envelopes seals what the authority tells each gate.
type envelopes struct {
	keys   *keyFolder
	clock  *Clock
	random io.Reader
}

// sealer gives the function that seals envelopes, with the keys that all gates get.
func (e *envelopes) sealer(ctx context.Context, q querier, key ed25519.PrivateKey) (func(Gate) ([]byte, error), error) {
	epochs, err := secrets(ctx, q, secretEpoch)
	if err != nil {
		return nil, err
	}
	tags, err := secrets(ctx, q, secretTag)
	if err != nil {
		return nil, err
	}
	delegation, err := e.delegator(ctx, q)
	if err != nil {
		return nil, err
	}
	made := e.clock.now()
	return func(g Gate) ([]byte, error) {
		d, err := delegation(g)
		if err != nil {
			return nil, err
		}
		return enrol.SealEnvelope(enrol.Envelope{
			Gate: g.ID, Version: g.Version, Made: made, Place: g.Place, Direction: g.Direction, Policy: g.Policy,
			Epochs: epochs, TagKeys: tags, Pull: defaultPull, Suspended: g.Suspended, Wipe: g.Wipe,
			Delegation: d, PIN: g.pin, Places: g.Places,
		}, g.box, key)
	}, nil
}

// delegator gives the function that makes a gate's delegation, which is nil
// for gates that may not sign slips. The issuer's key is loaded for those only
// that may.
func (e *envelopes) delegator(ctx context.Context, q querier) (func(Gate) ([]byte, error), error) {
	all, err := permissions(ctx, q)
	if err != nil || len(all) == 0 {
		return func(Gate) ([]byte, error) { return nil, nil }, err
	}
	signer, err := passSigner(ctx, q, e.keys)
	if err != nil {
		return nil, err
	}
	made := e.clock.now()
	return func(g Gate) ([]byte, error) {
		p, ok := all[g.ID]
		if !ok {
			return nil, nil
		}
		d := pass.Delegation{
			ID: make([]byte, 8), IssuedAt: made, Expires: made.Add(pass.MaxDelegation), Key: g.sign,
			Status: &pass.StatusRef{URI: listURI, Index: p.index},
			Scope:  pass.Scope{Gate: g.ID, Place: g.Place, Kinds: pass.SlipKinds, Life: p.life, Policies: p.policies},
		}
		if _, err := io.ReadFull(e.random, d.ID); err != nil {
			return nil, err
		}
		return d.Seal(signer)
	}, nil
}
