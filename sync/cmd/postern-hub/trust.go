package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"postern/sync/authority"
	"postern/sync/pass"
	"postern/sync/snapshot"
)

// trust runs the command that its first argument names: what can be done with other issuers' keys.
func (p *program) trust(ctx context.Context, args []string) int {
	return p.dispatch(ctx, "trust", args,
		verb{"import", p.trustImport}, verb{"list", p.trustList}, verb{"withdraw", p.trustWithdraw}, verb{"remove", p.trustRemove})
}

// formats are those that an imported key may be bound to.
var formats = []pass.Format{pass.HCERT, pass.SHC, pass.Claim169, pass.Pretix, pass.NZCP, pass.VDSNC, pass.Native}

// anyFormat is the word for a key that is not bound.
const anyFormat = "any"

// origin is what the command line says about the keys of a file.
type origin struct{ issuer, name, format string }

func (p *program) trustImport(ctx context.Context, args []string) int {
	c := p.command("trust import")
	var o origin
	c.StringVar(&o.issuer, "issuer", "", "`ID` of the issuer, as its passes name it (default: a certificate's country, a DID document's id)")
	c.StringVar(&o.name, "name", "", "`name` of the issuer for people")
	c.StringVar(&o.format, "format", "", "the one `format` that the keys may sign, or any (default for certificates: hcert, for those of CAs: vdsnc)")
	files, code, done := c.parseMixed(p, args)
	if done {
		return code
	}
	if len(files) == 0 || !validFormat(o.format) {
		fmt.Fprintf(p.stderr, "postern-hub: trust import wants files, and a --format of %v or any\n", formats)
		return exitMisuse
	}
	var all []authority.ForeignKeys
	for _, name := range files {
		found, err := p.readForeign(name, o)
		if err != nil {
			return p.fail(fmt.Errorf("%s: %w", name, err))
		}
		all = append(all, found...)
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	added, known, err := a.Trust.Import(ctx, all)
	if err != nil {
		return p.fail(err)
	}
	fmt.Fprintf(p.stdout, "%d key IDs added, %d were there already; gates learn them after the next publish\n", added, known)
	return exitOK
}

func validFormat(s string) bool {
	return s == "" || s == anyFormat || slices.Contains(formats, pass.Format(s))
}

// maxTrustFile is in bytes, and more than pass.ReadTrust accepts.
const maxTrustFile = 2 << 20

// readForeign reads one file and sorts its keys by issuer.
func (p *program) readForeign(name string, o origin) ([]authority.ForeignKeys, error) {
	in, done, err := p.input(name)
	if err != nil {
		return nil, err
	}
	defer done()
	data, err := io.ReadAll(io.LimitReader(in, maxTrustFile))
	if err != nil {
		return nil, err
	}
	keys, err := pass.ReadTrust(data)
	if errors.Is(err, pass.ErrLeftOut) && len(keys) > 0 {
		fmt.Fprintf(p.stderr, "postern-hub: %s: %v\n", name, err)
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return o.sort(keys, didOf(data))
}

// sort gives each key its issuer and format.
func (o origin) sort(keys []pass.Key, did string) ([]authority.ForeignKeys, error) {
	var all []authority.ForeignKeys
	for _, k := range keys {
		issuer := o.issuerOf(k, did)
		if issuer == "" {
			return nil, errors.New("the file does not say whose keys they are; give --issuer")
		}
		switch {
		case o.format != "" && o.format != anyFormat:
			k.Format = pass.Format(o.format)
		case o.format == "" && k.Certificate == nil:
			return nil, errors.New("the file does not say what its keys sign; give --format")
		case o.format == "" && k.Certificate.IsCA:
			k.Format = pass.VDSNC
		case o.format == "":
			k.Format = pass.HCERT
		}
		at := slices.IndexFunc(all, func(f authority.ForeignKeys) bool { return f.Issuer == issuer })
		if at < 0 {
			at, all = len(all), append(all, authority.ForeignKeys{Issuer: issuer, Name: o.name})
		}
		all[at].Keys = append(all[at].Keys, k)
	}
	return all, nil
}

func (o origin) issuerOf(k pass.Key, did string) string {
	switch {
	case o.issuer != "":
		return o.issuer
	case k.Certificate != nil && len(k.Certificate.Subject.Country) > 0:
		return strings.ToUpper(k.Certificate.Subject.Country[0])
	}
	return did
}

// didOf is the id of a DID document, "" for other files.
func didOf(data []byte) string {
	var document struct {
		ID      string            `json:"id"`
		Methods []json.RawMessage `json:"verificationMethod"`
	}
	if json.Unmarshal(data, &document) != nil || document.Methods == nil {
		return ""
	}
	return document.ID
}

// trustList shows the trust list that the next publish carries.
func (p *program) trustList(ctx context.Context, args []string) int {
	c := p.command("trust list")
	if code, done := c.parse(p, args); done {
		return code
	}
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	t, err := a.Trust.Get(ctx)
	if err != nil {
		return p.fail(err)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ISSUER\tNAME\tKID\tKEY\tFORMAT\tUSES\tFROM\tTO\tSTATE")
	for _, i := range t.Issuers {
		for _, k := range i.Keys {
			fmt.Fprintln(w, p.trustLine(i, k))
		}
	}
	if err := w.Flush(); err != nil {
		return p.fail(err)
	}
	return exitOK
}

func (p *program) trustLine(i snapshot.Issuer, k pass.Key) string {
	format := string(k.Format)
	if format == "" {
		format = anyFormat
	}
	return strings.Join([]string{
		printable(i.ID), printable(i.Name), showKeyID(k.ID), keyWord(k), format, usesWord(k.Uses),
		dayOrOpen(k.From), dayOrOpen(k.To), p.keyState(k),
	}, "\t")
}

func (p *program) keyState(k pass.Key) string {
	switch now := p.now(); {
	case k.Withdrawn:
		return "withdrawn"
	case now.Before(k.From):
		return "not yet"
	case !k.To.IsZero() && !now.Before(k.To):
		return "over"
	}
	return "trusted"
}

// printable replaces control characters, so that a name in somebody else's file
// cannot move the terminal's cursor.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}

// showKeyID writes a kid as parseKeyID reads it: text as it is, bytes as 0x and hex.
func showKeyID(id []byte) string {
	for _, b := range id {
		if b <= ' ' || b > '~' {
			return "0x" + hex.EncodeToString(id)
		}
	}
	if s := string(id); !strings.HasPrefix(s, "0x") && len(id) > 4 { // a native kid is 4 bytes, whatever they look like
		return s
	}
	return "0x" + hex.EncodeToString(id)
}

func parseKeyID(s string) ([]byte, error) {
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return []byte(s), nil
	}
	id, err := hex.DecodeString(digits)
	if err != nil {
		return nil, fmt.Errorf("read --kid: %w", err)
	}
	return id, nil
}

func keyWord(k pass.Key) string {
	word := typeWord(k.Public)
	if k.Certificate != nil && k.Certificate.IsCA {
		return word + " CA"
	}
	return word
}

func typeWord(pub crypto.PublicKey) string {
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		return "Ed25519"
	case *ecdsa.PublicKey:
		return pub.Curve.Params().Name
	case *rsa.PublicKey:
		return "RSA-" + strconv.Itoa(pub.N.BitLen())
	}
	return "?"
}

func usesWord(u pass.Uses) string {
	if u == 0 {
		return "all"
	}
	var uses []string
	for _, of := range []struct {
		use  pass.Uses
		word string
	}{{pass.UseTest, "test"}, {pass.UseVaccination, "vaccination"}, {pass.UseRecovery, "recovery"}} {
		if u&of.use != 0 {
			uses = append(uses, of.word)
		}
	}
	return strings.Join(uses, ",")
}

func dayOrOpen(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.DateOnly)
}

func (p *program) trustWithdraw(ctx context.Context, args []string) int {
	c := p.command("trust withdraw")
	issuer := c.String("issuer", "", "`ID` of the issuer, as trust list shows it")
	kid := c.String("kid", "", "the key's `ID`, as trust list shows it; all others of the same key go with it")
	if code, done := c.parse(p, args, "issuer", "kid"); done {
		return code
	}
	id, err := parseKeyID(*kid)
	if err != nil {
		return p.fail(err)
	}
	return p.changeTrust(ctx, c, func(a *authority.Authority) error { return a.Trust.WithdrawKey(ctx, *issuer, id) })
}

func (p *program) trustRemove(ctx context.Context, args []string) int {
	c := p.command("trust remove")
	issuer := c.String("issuer", "", "`ID` of the issuer, as trust list shows it")
	if code, done := c.parse(p, args, "issuer"); done {
		return code
	}
	return p.changeTrust(ctx, c, func(a *authority.Authority) error { return a.Trust.RemoveIssuer(ctx, *issuer) })
}

func (p *program) changeTrust(ctx context.Context, c *command, change func(*authority.Authority) error) int {
	a, err := c.open(ctx, p)
	if err != nil {
		return p.fail(err)
	}
	defer a.Close()
	if err := change(a); err != nil {
		return p.fail(err)
	}
	fmt.Fprintln(p.stdout, "gates learn it after the next publish")
	return exitOK
}
