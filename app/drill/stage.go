package drill

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"postern/app/store/memory"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/snapshot"
	"postern/sync/status"
	"postern/sync/verdict"
)

const (
	issuer = "PRACTICE"
	list   = "s:1"
)

// scene is how a card is made: from a pass with a status and a test, or from a text.
type scene struct {
	name   string
	index  uint64 // of the pass; scenes with the same one show the same code
	status status.Value
	tested time.Duration // ago; 0: no test
	change func(now time.Time, c *pass.Claims)
	text   func(sealed string) string
	want   Action
	reason verdict.Reason
}

// scenes are the cards in their order.
func scenes(idMatch bool) []scene {
	good, reason := LetIn, verdict.OK
	if idMatch {
		good, reason = Matched, verdict.IDMatch
	}
	all := []scene{
		{name: "good", index: 0, tested: 20 * time.Hour, want: good, reason: reason},
		{name: "passed_back", index: 0, tested: 20 * time.Hour, want: SentOn, reason: verdict.SeenBefore},
		{name: "test_old", index: 1, tested: 60 * time.Hour, want: SentOn, reason: verdict.TestOld},
		{name: "expired", index: 2, tested: 20 * time.Hour, change: ended, want: SentOn, reason: verdict.Expired},
		{name: "suspended", index: 3, tested: 20 * time.Hour, status: status.Suspended, want: SentOn, reason: verdict.SuspendedPass},
		{name: "barred", index: 4, tested: 20 * time.Hour, status: status.Barred, want: SentOn, reason: verdict.Barred},
		{name: "forged", index: 5, tested: 20 * time.Hour, text: forge, want: SentOn, reason: verdict.Forged},
		{name: "menu", text: func(string) string { return "https://example.com/menu" }, want: SentOn, reason: verdict.Foreign},
		{name: "birth", index: 6, tested: 52 * time.Hour, want: Emergency, reason: verdict.TestOld},
	}
	if idMatch {
		all = append(all, scene{name: "other_face", index: 7, tested: 20 * time.Hour, want: Mismatched, reason: verdict.IDMatch})
	}
	return all
}

func ended(now time.Time, c *pass.Claims) { c.Expires = now.Add(-time.Hour) }

// forge changes a character in the middle, where the claims stand.
func forge(sealed string) string {
	b := []byte(sealed)
	i := len(b) / 2
	if b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return string(b)
}

// stage fills a store with a city of its own and gives the cards.
func stage(ctx context.Context, store *memory.Store, now time.Time, idMatch bool, random io.Reader) ([]Card, error) {
	public, key, err := ed25519.GenerateKey(random)
	if err != nil {
		return nil, err
	}
	signer, err := pass.NewSigner(issuer, key)
	if err != nil {
		return nil, err
	}
	all := scenes(idMatch)
	content, err := contentOf(all, now)
	if err != nil {
		return nil, err
	}
	if err := install(ctx, store, now, idMatch, pass.Key{ID: signer.KeyID(), Public: public}, content, random); err != nil {
		return nil, err
	}
	var cards []Card
	sealed := map[uint64]string{}
	for _, s := range all {
		text, err := s.seal(signer, now, sealed, random)
		if err != nil {
			return nil, fmt.Errorf("card %s: %w", s.name, err)
		}
		cards = append(cards, Card{Scene: s.name, Text: text, Want: s.want, Reason: s.reason})
	}
	return cards, nil
}

// seal gives the text of a scene's code; the first to have an index makes its pass.
func (s scene) seal(signer *pass.Signer, now time.Time, sealed map[uint64]string, random io.Reader) (string, error) {
	if _, ok := sealed[s.index]; !ok {
		c := pass.Claims{
			Issuer: issuer, ID: make([]byte, 8), IssuedAt: now.AddDate(0, -1, 0), Expires: now.AddDate(1, 0, 0),
			Status: &pass.StatusRef{URI: list, Index: s.index}, Name: "练*", BirthYear: now.Year() - 30,
		}
		if _, err := io.ReadFull(random, c.ID); err != nil {
			return "", err
		}
		if s.change != nil {
			s.change(now, &c)
		}
		text, err := pass.Seal(c, signer)
		if err != nil {
			return "", err
		}
		sealed[s.index] = text
	}
	if s.text != nil {
		return s.text(sealed[s.index]), nil
	}
	return sealed[s.index], nil
}

func contentOf(all []scene, now time.Time) (*snapshot.Content, error) {
	c := &snapshot.Content{
		Version: 1, Made: now.Add(-time.Minute), Epoch: now.AddDate(0, 0, -30).Truncate(time.Minute),
		Lists: []snapshot.List{{URI: list, Entries: make([]status.Entry, len(all))}},
	}
	for _, s := range all {
		if s.tested == 0 {
			continue
		}
		test := pass.Test{Kind: pass.NucleicAcid, Result: pass.Negative, At: now.Add(-s.tested)}
		e, ok := status.NewEntry(s.status, &test, c.Epoch)
		if !ok {
			return nil, errors.New("a test does not fit into its entry")
		}
		c.Lists[0].Entries[s.index] = e
	}
	return c, nil
}

// rules are the practice place's: one of everything that a guard meets.
func rules(idMatch bool) policy.Policy {
	p := policy.Default()
	p.Name, p.Title = "practice", map[string]string{"zh": "演练", "en": "Practice"}
	p.Test = &policy.TestRule{Hours: 48, Kinds: []pass.Kind{pass.NucleicAcid}}
	p.Reentry, p.IDMatch = 5, idMatch
	p.Overrides = &policy.OverrideRule{Quota: 3, Hours: 12}
	return p
}

func install(ctx context.Context, store *memory.Store, now time.Time, idMatch bool, key pass.Key, content *snapshot.Content, random io.Reader) error {
	var secret [16]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return err
	}
	code, err := enrol.NewCode("http://practice.invalid", "Practice", [32]byte{}, secret, now.Add(time.Hour))
	if err != nil {
		return err
	}
	id, err := enrol.NewIdentity(code, random)
	if err != nil {
		return err
	}
	if err := store.SaveIdentity(ctx, id); err != nil {
		return err
	}
	trust, err := snapshot.EncodeTrust(&snapshot.Trust{
		Version: 1, City: map[string]string{"zh": "演练", "en": "Practice"},
		Issuers: []snapshot.Issuer{{ID: issuer, Name: "Practice", Keys: []pass.Key{key}}},
		Receipt: []ed25519.PublicKey{id.Sign.Public().(ed25519.PublicKey)},
	})
	if err != nil {
		return err
	}
	asks, err := json.Marshal(rules(idMatch))
	if err != nil {
		return err
	}
	pin, err := enrol.NewPIN(PIN, random)
	if err != nil {
		return err
	}
	return store.Install(ctx, client.Update{
		Trust: trust, Policy: asks, Content: content, Digest: content.Digest(), Pulled: now,
		Envelope: []byte("practice"), // nobody opens it again
		Opened: &enrol.Envelope{
			Gate: id.Gate, Version: 1, Made: now.Add(-time.Minute), Place: "Practice", Direction: "in", Policy: "practice", Pull: time.Hour, PIN: pin,
		},
	})
}
