package authority

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"database/sql"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/pass"
	"postern/sync/snapshot"
)

// offline signs what the keys sign that the passphrase wraps: the root once,
// and the targets role after every change to the trust list or a policy.
type offline struct {
	ledger *ledger
	keys   *keyFolder
	clock  *Clock
}

// change runs f, which changes what the targets role signs, and signs it anew
// in the same transaction. The key is loaded first, so that nobody waits for
// the ledger while a person types the passphrase.
func (o *offline) change(ctx context.Context, f func(tx *sql.Tx) error) error {
	if _, err := o.keys.signer(keyTargets); err != nil {
		return err
	}
	return o.ledger.change(ctx, func(tx *sql.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		return o.signTargets(ctx, tx)
	})
}

// firstTrust makes version 1 of the trust list, with the authority's own issuer.
func (o *offline) firstTrust(options Options) (*snapshot.Trust, error) {
	issuer, err := o.keys.signer(keyIssuer)
	if err != nil {
		return nil, err
	}
	kid, err := pass.KeyID(issuer.Public())
	if err != nil {
		return nil, err
	}
	tracing, err := o.keys.tracing()
	if err != nil {
		return nil, err
	}
	key := pass.Key{ID: kid, Public: issuer.Public(), From: o.clock.now().Truncate(24 * time.Hour)}
	return &snapshot.Trust{
		Version: 1, City: options.City, Receipt: options.ReceiptKey, Tracing: tracing.PublicKey(),
		Issuers: []snapshot.Issuer{{ID: options.Issuer, Name: options.issuerName(), Keys: []pass.Key{key}}},
	}, nil
}

// issuerName is the first name that is given: the issuer's, the city's, or that in its passes.
func (o Options) issuerName() string {
	return cmp.Or(o.IssuerName, o.City["zh"], o.City["en"], o.Issuer)
}

// signRoot makes root version 1: three root keys of which two sign, the
// targets key, and the online key for snapshot and timestamp.
func (o *offline) signRoot() ([]byte, error) {
	root := metadata.Root(o.clock.now().Add(rootLife))
	root.Signed.ConsistentSnapshot = true
	var signers []ed25519.PrivateKey
	for _, r := range []struct{ role, key string }{
		{metadata.ROOT, rootKeys[0]},
		{metadata.ROOT, rootKeys[1]},
		{metadata.ROOT, rootKeys[2]},
		{metadata.TARGETS, keyTargets},
		{metadata.SNAPSHOT, keyOnline},
		{metadata.TIMESTAMP, keyOnline},
	} {
		key, err := o.keys.signer(r.key)
		if err != nil {
			return nil, err
		}
		public, _, err := publicKey(key)
		if err != nil {
			return nil, err
		}
		if err := root.Signed.AddKey(public, r.role); err != nil {
			return nil, err
		}
		if r.role == metadata.ROOT {
			signers = append(signers, key)
		}
	}
	root.Signed.Roles[metadata.ROOT].Threshold = rootThreshold
	return sign(root, signers[:rootThreshold]...)
}

// signTargets signs the next version of the targets role: trust list, policies, delegations.
func (o *offline) signTargets(ctx context.Context, tx *sql.Tx) error {
	key, err := o.keys.signer(keyTargets)
	if err != nil {
		return err
	}
	before, err := newestRole(ctx, tx, metadata.TARGETS)
	if err != nil {
		return err
	}
	files, err := offlineTargets(ctx, tx)
	if err != nil {
		return err
	}
	targets := metadata.Targets(o.clock.now().Add(targetsLife))
	targets.Signed.Version = before.version + 1
	for _, f := range files {
		if targets.Signed.Targets[f.path], err = f.entry(); err != nil {
			return err
		}
	}
	if targets.Signed.Delegations, err = delegations(o.keys); err != nil {
		return err
	}
	body, err := sign(targets, key)
	if err != nil {
		return err
	}
	return putRole(ctx, tx, roleFile{metadata.TARGETS, targets.Signed.Version, body})
}

// delegations says what the online and envelope keys may sign. A pattern
// matches part by part, so lookup/<district>/<n> takes two stars.
func delegations(keys *keyFolder) (*metadata.Delegations, error) {
	d := &metadata.Delegations{Keys: make(map[string]*metadata.Key)}
	for _, r := range []struct {
		role, key string
		paths     []string
	}{
		{roleOnline, keyOnline, []string{"status/*", "foreign/*", "lookup/*/*"}},
		{roleEnvelope, keyEnvelope, []string{"gates/*"}},
	} {
		key, err := keys.signer(r.key)
		if err != nil {
			return nil, err
		}
		public, id, err := publicKey(key)
		if err != nil {
			return nil, err
		}
		d.Keys[id] = public
		d.Roles = append(d.Roles, metadata.DelegatedRole{Name: r.role, KeyIDs: []string{id}, Threshold: 1, Terminating: true, Paths: r.paths})
	}
	return d, nil
}

// offlineTargets gives the files that the targets role signs.
func offlineTargets(ctx context.Context, q querier) ([]target, error) {
	trust, err := setting(ctx, q, settingTrust)
	if err != nil {
		return nil, err
	}
	all := []target{newTarget(snapshot.TrustTarget, trust)}
	byName, err := policies(ctx, q)
	if err != nil {
		return nil, err
	}
	for name, body := range byName {
		all = append(all, newTarget(snapshot.PolicyTarget(name), body))
	}
	return all, nil
}
