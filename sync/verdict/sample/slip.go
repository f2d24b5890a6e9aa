package sample

import (
	"crypto/ed25519"
	"crypto/rand"
	"time"

	"postern/sync/pass"
)

// sealSlip is a temporary pass for a visitor, of a gate that the issuer lets sign them.
func (r *rehearsal) sealSlip() (string, error) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	delegation, err := pass.Delegation{
		ID: []byte("sample-1"), IssuedAt: r.at.Add(-time.Hour), Expires: r.at.Add(day), Key: public,
		Status: &pass.StatusRef{URI: "s:1", Index: 2},
		Scope:  pass.Scope{Gate: "0123456789abcdef", Place: "sample gate", Kinds: pass.SlipKinds, Life: 12 * time.Hour},
	}.Seal(r.signer)
	if err != nil {
		return "", err
	}
	gate, err := pass.NewDelegate(delegation, key, r.keys)
	if err != nil {
		return "", err
	}
	return gate.Seal(pass.Visitor, pass.Claims{
		ID: []byte("sample-1"), IssuedAt: r.at.Add(-time.Minute), Expires: r.at.Add(4 * time.Hour), Name: "王*明", BirthYear: r.at.Year() - 40,
	})
}
