// Package sample rehearses a policy on passes of all kinds. They are signed by
// keys that are made for one rehearsal and forgotten after it; no gate trusts
// them.
package sample

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"fmt"
	"time"

	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/status"
	"postern/sync/verdict"
)

// Answer is what a policy makes of one sample.
type Answer struct {
	Sample  string // what was shown
	Verdict verdict.Verdict
	Unmet   []policy.Finding // every rule that is not met, not only the first
}

// Rehearse judges all samples at a time.
func Rehearse(p *policy.Policy, at time.Time) ([]Answer, error) {
	r, err := newRehearsal(p, at)
	if err != nil {
		return nil, fmt.Errorf("rehearse policy: %w", err)
	}
	var all []Answer
	for _, k := range kinds {
		a, err := r.answer(k)
		if err != nil {
			return nil, fmt.Errorf("rehearse policy: sample %q: %w", k.name, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// One judges one presentation that somebody has, by these keys, as a gate with
// fresh data would where the status is good and no test is known.
func One(p *policy.Policy, at time.Time, text string, keys *pass.Keyring) Answer {
	shown := verdict.Open(text, keys)
	view := verdict.View{Policy: *p, Snapshot: verdict.Snapshot{Version: 1, Made: at, Epoch: at}}
	if shown.Pass.Genuine() && shown.Pass.Format != pass.Native {
		view.Foreign = &status.Finding{Listed: true}
	}
	return answerTo(text, shown, view, at)
}

func answerTo(name string, shown verdict.Presentation, view verdict.View, at time.Time) Answer {
	a := Answer{Sample: name, Verdict: verdict.Judge(shown, view, verdict.Clock{Now: at})}
	if v := a.Verdict; v.Pass != nil {
		document := policy.DocumentOf(v.Pass, v.Test, at)
		a.Unmet = view.Policy.Ask(policy.Data(document, at, view.Policy.ValueSets), at)
	}
	return a
}

// rehearsal is what one run of Rehearse signs and judges with: an issuer, a
// holder and a foreign state, whose keys nobody has afterwards.
type rehearsal struct {
	policy  *policy.Policy
	at      time.Time
	signer  *pass.Signer
	holder  *ecdsa.PrivateKey
	foreign *ecdsa.PrivateKey
	keys    *pass.Keyring
	tested  pass.Kind // the kind of the sample tests, one that the policy counts
}

// Issuers of samples, where the policy names none. No country has these codes.
const (
	ownIssuer     = "XA"
	foreignIssuer = "XF"
)

var foreignKeyID = []byte("sample")

func newRehearsal(p *policy.Policy, at time.Time) (*rehearsal, error) {
	r := &rehearsal{policy: p, at: at.Truncate(time.Minute), tested: pass.NucleicAcid}
	if p.Test != nil && !p.Test.Accepts(r.tested) {
		r.tested = p.Test.Kinds[0]
	}
	own, other := ownIssuer, foreignIssuer
	if n := len(p.Issuers); n > 0 {
		own, other = p.Issuers[0], p.Issuers[n-1]
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if r.signer, err = pass.NewSigner(own, key); err != nil {
		return nil, err
	}
	if r.holder, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	if r.foreign, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	r.keys = pass.NewKeyring([]pass.Key{
		{Issuer: own, IssuerName: own, ID: r.signer.KeyID(), Public: key.Public()},
		{Issuer: other, IssuerName: other, ID: foreignKeyID, Public: r.foreign.Public(), Format: pass.HCERT},
	})
	return r, nil
}

// answer makes the sample and judges it.
func (r *rehearsal) answer(k kind) (Answer, error) {
	w := &situation{
		claims: pass.Claims{
			Issuer: r.signer.Issuer(), ID: []byte("sample-1"), Name: "王*明", Colour: pass.Green, BirthYear: r.at.Year() - 40,
			IssuedAt: r.at.AddDate(0, 0, -30), Expires: r.at.AddDate(0, 6, 0), Confirm: &r.holder.PublicKey,
			Status: &pass.StatusRef{URI: "s:1", Index: 1}, Doses: &pass.Doses{Count: 3, Day: r.at.AddDate(0, 0, -100).Truncate(24 * time.Hour)},
		},
		live: r.at.Add(-10 * time.Second), made: r.at.Add(-5 * time.Minute),
		test: &pass.Test{Kind: r.tested, At: r.at.Add(-5 * time.Hour)}, foreign: status.Finding{Listed: true},
	}
	k.bend(w, r.at)
	text, err := r.text(w)
	if err != nil {
		return Answer{}, err
	}
	view := verdict.View{Policy: *r.policy, Seen: w.seen}
	if !w.made.IsZero() {
		view.Snapshot = verdict.Snapshot{Version: 1, Made: w.made, Epoch: r.at.AddDate(0, -2, 0).Truncate(24 * time.Hour)}
		known := w.test
		if w.card != nil {
			known = nil // a snapshot knows the tests of its own passes alone
		}
		view.Status, _ = status.NewEntry(w.status, known, view.Snapshot.Epoch)
	}
	if w.card != nil {
		view.Foreign = &w.foreign
	}
	keys := r.keys
	if w.unknown {
		keys = nil
	}
	return answerTo(k.name, verdict.Open(text, keys), view, r.at), nil
}

func (r *rehearsal) text(w *situation) (string, error) {
	if w.card != nil {
		return r.sealCard(w.card)
	}
	if w.slip {
		return r.sealSlip()
	}
	if w.text != "" {
		return w.text, nil
	}
	text, err := pass.Seal(w.claims, r.signer)
	if err != nil || w.live.IsZero() {
		return text, err
	}
	return pass.Present(text, r.holder, w.live)
}
