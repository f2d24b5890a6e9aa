package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"postern/sync/authority"
	"postern/sync/hub"
)

// keygen makes a new city: the authority's keys, the hub's receipt key, and a
// first snapshot that nobody is in, so that gates can be enrolled at once.
func (p *program) keygen(ctx context.Context, args []string) int {
	c := p.command("keygen")
	hubDir := c.String("hub", "", "the hub's `folder`")
	zh := c.String("city-zh", "", "the city's `name` in Chinese")
	en := c.String("city-en", "", "the city's `name` in English")
	issuer := c.String("issuer", "", "`ID` of the issuer, in every pass; short, such as CN-610100")
	name := c.String("issuer-name", "", "`name` of the issuer for people (default: the city's)")
	work := c.Int("work-factor", 0, "logarithm of what guessing the passphrase costs (default 18)")
	if code, done := c.parse(p, args, "hub", "issuer"); done {
		return code
	}
	o, err := c.options(p, true)
	if err != nil {
		return p.fail(err)
	}
	o.Issuer, o.IssuerName, o.WorkFactor = *issuer, *name, *work
	o.City = map[string]string{}
	for language, city := range map[string]string{"zh": *zh, "en": *en} {
		if city != "" {
			o.City[language] = city
		}
	}
	if err := makeCity(ctx, c.dir, *hubDir, o); err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.stdout, "authority in %s: back it up, and keep its passphrase elsewhere\nhub in %s\n", c.dir, *hubDir)
	return exitOK
}

func makeCity(ctx context.Context, dir, hubDir string, o authority.Options) error {
	root := filepath.Join(hubDir, "metadata", "1.root.json")
	if _, err := os.Stat(root); err == nil && !authority.Exists(dir) {
		return fmt.Errorf("%s: %w; choose another folder, or move that one away", hubDir, authority.ErrOtherCity)
	}
	o.Passphrase = sync.OnceValues(o.Passphrase) // Create asks for it too
	if err := authority.CheckNew(dir, o); err != nil {
		return err
	}
	if err := writableFolder(hubDir, 0o755); err != nil {
		return fmt.Errorf("make hub folder: %w", err)
	}
	receipt, err := hub.ReceiptKey(hubDir)
	if err != nil {
		return err
	}
	o.ReceiptKey = []ed25519.PublicKey{receipt.Public().(ed25519.PublicKey)}
	a, err := authority.Create(ctx, dir, o)
	if err != nil {
		return err
	}
	defer a.Close()
	if _, err := a.Publish(ctx); err != nil {
		return err
	}
	return a.Export(ctx, hubDir)
}
