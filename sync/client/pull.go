package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"postern/sync/enrol"
	"postern/sync/policy"
	"postern/sync/snapshot"
)

const (
	maxEnvelope = enrol.MaxBytes
	maxTrust    = snapshot.MaxTrust
)

// Result is what a pull found and did.
type Result struct {
	Snapshot uint64        // version that the gate has now; 0 is none
	Made     time.Time     // of that snapshot
	New      bool          // this pull installed it
	Files    int           // status files that were fetched
	Bytes    int64         // of those files
	Pull     time.Duration // from the end of this pull to the next, by the envelope
}

// Pull brings the gate to the newest version that the hub serves. It fetches and
// verifies metadata, envelope, trust list, policy, statuses and other issuers'
// lists, in that order, and then installs them all together. If anything fails,
// nothing is changed.
func (c *Client) Pull(ctx context.Context) (Result, error) {
	r, err := c.pull(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("pull: %w", err)
	}
	return r, nil
}

func (c *Client) pull(ctx context.Context) (Result, error) {
	in, err := c.Store.Installed(ctx)
	if err != nil {
		return Result{}, storage(err)
	}
	r, err := c.newest(ctx, in)
	if err != nil {
		return Result{}, err
	}
	p := &pulling{refresh: r, update: Update{Metadata: r.changedFiles(), Versions: r.newVersions()}}
	for _, step := range []func(context.Context) error{p.envelope, p.trust, p.policy, p.status, p.foreign} {
		if err := step(ctx); err != nil {
			return Result{}, err
		}
	}
	p.update.Pulled = c.now()
	if err := c.Store.Install(ctx, p.update); err != nil {
		return Result{}, storage(err)
	}
	c.dropParts()
	p.result.Pull = p.opened.Pull
	return p.result, nil
}

// pulling is the state of a pull whose metadata has been verified.
type pulling struct {
	*refresh
	update Update
	opened enrol.Envelope
	result Result
}

// envelope takes the newest envelope: the hub's, or the installed one where the
// hub has none or an older one. An envelope that the hub serves and that does
// not verify is an error.
func (p *pulling) envelope(ctx context.Context) error {
	keys := p.envelopeKeys()
	if len(keys) == 0 {
		return fmt.Errorf("%w: the metadata names no key for envelopes", ErrNotVerified)
	}
	open := func(b []byte) (e enrol.Envelope, err error) {
		for _, key := range keys {
			if e, err = enrol.OpenEnvelope(b, key, p.c.Identity); err == nil {
				return e, nil
			}
		}
		return e, err
	}
	installed := false
	if p.in.Envelope != nil {
		// An installed one whose key was withdrawn since does not count.
		if e, err := open(p.in.Envelope); err == nil {
			p.opened, installed = e, true
		}
	}
	b, err := p.fetchEnvelope(ctx, installed)
	if err != nil || b == nil {
		return err
	}
	e, err := open(b)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotVerified, err)
	}
	if !installed || e.Version > p.opened.Version {
		p.opened, p.update.Envelope, p.update.Opened = e, b, &e
	}
	return nil
}

// fetchEnvelope is nil where the hub has no envelope but the installed one.
func (p *pulling) fetchEnvelope(ctx context.Context, installed bool) ([]byte, error) {
	r := request{method: http.MethodGet, path: p.c.gatePath("envelope"), limit: maxEnvelope}
	if installed {
		r.header = map[string]string{"If-None-Match": fmt.Sprintf(`"%d"`, p.opened.Version)}
	}
	reply, err := p.c.call(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case reply.code == http.StatusOK:
		return reply.body, nil
	case installed && (reply.code == http.StatusNotModified || reply.code == http.StatusNotFound):
		return nil, nil
	case reply.code == http.StatusNotFound:
		return nil, ErrWaiting
	}
	return nil, problemOf(reply)
}

// gatePath is the path of one of this gate's routes.
func (c *Client) gatePath(what string) string { return "/v1/gates/" + c.Identity.Gate + "/" + what }

func (p *pulling) trust(ctx context.Context) error {
	b, err := p.offlineFile(ctx, snapshot.TrustTarget, maxTrust, p.in.Trust)
	if err != nil || b == nil {
		return err
	}
	if _, err := snapshot.ParseTrust(b); err != nil {
		return fmt.Errorf("%w: %w", ErrTooNew, err)
	}
	p.update.Trust = b
	return nil
}

func (p *pulling) policy(ctx context.Context) error {
	b, err := p.offlineFile(ctx, snapshot.PolicyTarget(p.opened.Policy), policy.MaxBytes, p.in.Policy)
	if err != nil || b == nil {
		return err
	}
	if _, err := policy.Parse(b); err != nil {
		return fmt.Errorf("%w: %w", ErrTooNew, err)
	}
	p.update.Policy = b
	return nil
}

// offlineFile fetches a target of the offline role; nil where it is the installed one.
func (p *pulling) offlineFile(ctx context.Context, name string, limit int64, installed []byte) ([]byte, error) {
	t := p.offline(name)
	if t == nil {
		return nil, fmt.Errorf("%w: the metadata has no %s", ErrNotVerified, name)
	}
	w, err := expectedOf(name, t)
	if err != nil {
		return nil, err
	}
	if w.length > limit {
		return nil, fmt.Errorf("%w: %s has %d bytes, at most %d are read", ErrTooNew, name, w.length, limit)
	}
	if installed != nil && w.matches(installed) {
		return nil, nil
	}
	return p.c.target(ctx, w, func(int64) {})
}

// status fetches the newest snapshot by the route of the fewest bytes. If a delta
// cannot be applied, it fetches the whole snapshot.
func (p *pulling) status(ctx context.Context) error {
	p.result.Snapshot, p.result.Made = p.in.Snapshot, p.in.Made
	edges, newest := edgesOf(p.statuses())
	switch {
	case newest.Version < p.in.Snapshot:
		return fmt.Errorf("%w: the newest snapshot is %d, the gate has %d", ErrOld, newest.Version, p.in.Snapshot)
	case newest.Version == 0:
		return nil // nothing was published yet
	case newest.Version == p.in.Snapshot && newest.Digest == p.in.Digest:
		return nil
	}
	from := p.in.Snapshot
	if newest.Version == from {
		from = 0 // the installed content has this number and another digest, so it must be replaced whole
	}
	content, err := p.follow(ctx, shortest(edges, from, newest.Version), from)
	if err != nil && from > 0 && !transient(err) {
		p.c.log().Warn("delta did not fit, taking the whole snapshot", "error", err)
		content, err = p.follow(ctx, shortest(edges, 0, newest.Version), 0)
	}
	if err != nil {
		return err
	}
	p.update.Content, p.update.Digest = content, newest.Digest
	p.result.Snapshot, p.result.Made, p.result.New = content.Version, content.Made, true
	return nil
}

// follow fetches and applies the files of a route. from is the installed version,
// or 0 to begin with a whole file.
func (p *pulling) follow(ctx context.Context, route []edge, from uint64) (content *snapshot.Content, err error) {
	if len(route) == 0 {
		return nil, fmt.Errorf("%w: no file leads to the newest snapshot", ErrNotVerified)
	}
	if route[0].From > 0 {
		if content, err = p.c.Store.Content(ctx); err != nil {
			return nil, storage(err)
		}
		if content == nil || content.Version != from || content.Digest() != p.in.Digest {
			return nil, errors.New("the installed snapshot is not what it was")
		}
	}
	var done, total int64
	for _, e := range route {
		total += e.length
	}
	for _, e := range route {
		b, err := p.c.target(ctx, e.expected, func(n int64) { p.c.report(done+n, total) })
		if err != nil {
			return nil, err
		}
		done += e.length
		p.result.Files++
		p.result.Bytes += e.length
		if content, err = p.apply(content, e, b); err != nil {
			return nil, err
		}
	}
	return content, nil
}

func (c *Client) report(done, total int64) {
	if c.progress != nil {
		c.progress(done, total)
	}
}

// apply opens one status file and makes the next content with it. That content
// must have the digest, version and time that were signed.
func (p *pulling) apply(content *snapshot.Content, e edge, b []byte) (*snapshot.Content, error) {
	key := p.opened.Epochs[e.Key]
	if key == nil {
		return nil, fmt.Errorf("%w: key %d for %s", ErrNoEpochKey, e.Key, e.name)
	}
	plain, err := snapshot.OpenFile(b, e.name, key)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotVerified, err)
	}
	if e.From > 0 {
		content, err = snapshot.ApplyDelta(content, plain)
	} else {
		content, err = snapshot.DecodeFull(plain, e.Entries)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTooNew, err)
	}
	if content.Digest() != e.Digest || content.Version != e.Version || !content.Made.Equal(e.Made) {
		return nil, fmt.Errorf("%w: %s does not lead to what was signed", ErrNotVerified, e.name)
	}
	return content, nil
}
