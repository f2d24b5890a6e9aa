package snapshot

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"postern/sync/internal/cose"
	"postern/sync/pass"
)

// Limits of a trust list.
const (
	MaxTrust   = 1 << 20 // bytes
	maxIssuers = 10000
	maxKeys    = 1000 // of one issuer
	maxName    = 200  // bytes of a name or issuer
)

// trustWire is the trust list on the wire, deterministic CBOR:
//
//	{1: version, 2: {language: city}, 3: [issuer…], 4: [receipt key, 32 bytes…], 5: tracing key, 32 bytes, absent where there is none}
//	issuer  {1: iss, 2: name, 3: [key…]}
//	key     {1: kid, 2: type, 3: public key, 4: from, 5: to (Unix seconds; 0 is open), 6: withdrawn,
//	         7: the one format that it may sign, 8: uses, 9: certificate, DER}; 7 to 9 are absent where there is none
//	type    1 Ed25519, raw; 2 P-256, uncompressed point; 3 RSA, PKIX; 4 P-384 or P-521, PKIX, with its certificate only
//	uses    a sum of 1 tests, 2 vaccinations, 4 recoveries
type trustWire struct {
	Version uint64            `cbor:"1,keyasint"`
	City    map[string]string `cbor:"2,keyasint"`
	Issuers []issuerWire      `cbor:"3,keyasint"`
	Receipt [][]byte          `cbor:"4,keyasint"`
	Tracing []byte            `cbor:"5,keyasint,omitempty"`
}

type issuerWire struct {
	ID   string    `cbor:"1,keyasint"`
	Name string    `cbor:"2,keyasint"`
	Keys []keyWire `cbor:"3,keyasint"`
}

type keyWire struct {
	ID        []byte `cbor:"1,keyasint"`
	Type      int    `cbor:"2,keyasint"`
	Public    []byte `cbor:"3,keyasint"`
	From      int64  `cbor:"4,keyasint"`
	To        int64  `cbor:"5,keyasint"`
	Withdrawn bool   `cbor:"6,keyasint"`

	Format      string `cbor:"7,keyasint,omitempty"`
	Uses        uint8  `cbor:"8,keyasint,omitempty"`
	Certificate []byte `cbor:"9,keyasint,omitempty"`
}

// Types of key on the wire.
const (
	typeEd25519 = 1
	typeP256    = 2
	typeRSA     = 3
	typeLarge   = 4
)

const (
	maxKeyID       = 256 // bytes
	maxFormat      = 32
	maxCertificate = 16 << 10
	allUses        = pass.UseTest | pass.UseVaccination | pass.UseRecovery
)

// Keyring holds the keys of all issuers. A key opens passes of its own issuer only.
func (t *Trust) Keyring() *pass.Keyring {
	var keys []pass.Key
	for _, i := range t.Issuers {
		for _, k := range i.Keys {
			k.Issuer, k.IssuerName = i.ID, i.Name
			keys = append(keys, k)
		}
	}
	return pass.NewKeyring(keys)
}

// EncodeTrust writes t. A key's Issuer is empty or its issuer's ID.
func EncodeTrust(t *Trust) ([]byte, error) {
	w := trustWire{Version: t.Version, City: t.City, Issuers: []issuerWire{}, Receipt: [][]byte{}}
	if w.City == nil {
		w.City = map[string]string{}
	}
	for _, i := range t.Issuers {
		iw := issuerWire{ID: i.ID, Name: i.Name, Keys: []keyWire{}}
		for _, k := range i.Keys {
			kw, err := wireKey(k, i.ID)
			if err != nil {
				return nil, fmt.Errorf("encode trust list: issuer %s: %w", i.ID, err)
			}
			iw.Keys = append(iw.Keys, kw)
		}
		w.Issuers = append(w.Issuers, iw)
	}
	for _, k := range t.Receipt {
		w.Receipt = append(w.Receipt, k)
	}
	if t.Tracing != nil {
		w.Tracing = t.Tracing.Bytes()
	}
	b, err := cose.Encoding.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encode trust list: %w", err)
	}
	if _, err := ParseTrust(b); err != nil { // a list that gates could not read must not be signed
		return nil, fmt.Errorf("encode trust list: %w", err)
	}
	return b, nil
}

// ParseTrust reads a trust list. Anything that it does not know is an error: a
// key or a withdrawal must not be dropped silently.
func ParseTrust(b []byte) (*Trust, error) {
	if len(b) > MaxTrust {
		return nil, fmt.Errorf("read trust list: it has %d bytes, at most %d are read", len(b), MaxTrust)
	}
	var w trustWire
	if err := exact(b, &w); err != nil {
		return nil, fmt.Errorf("read trust list: %w", err)
	}
	t, err := w.trust()
	if err != nil {
		return nil, fmt.Errorf("read trust list: %w", err)
	}
	return t, nil
}

func (w trustWire) trust() (*Trust, error) {
	if w.Version == 0 || w.City == nil || w.Issuers == nil || w.Receipt == nil || len(w.Issuers) > maxIssuers {
		return nil, errors.New("it has no version, lacks a member or has too many issuers")
	}
	t := &Trust{Version: w.Version, City: w.City}
	for language, name := range w.City {
		if len(language) == 0 || len(language) > 16 || !validName(name) {
			return nil, fmt.Errorf("city %q in %q is empty or too long", name, language)
		}
	}
	seen := make(map[string]bool, len(w.Issuers))
	for _, iw := range w.Issuers {
		i, err := iw.issuer()
		if err != nil {
			return nil, fmt.Errorf("issuer %q: %w", iw.ID, err)
		}
		if seen[i.ID] {
			return nil, fmt.Errorf("issuer %q is there twice", i.ID)
		}
		seen[i.ID] = true
		t.Issuers = append(t.Issuers, i)
	}
	for _, k := range w.Receipt {
		if len(k) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("a receipt key has %d bytes, want %d", len(k), ed25519.PublicKeySize)
		}
		t.Receipt = append(t.Receipt, k)
	}
	if w.Tracing != nil {
		key, err := ecdh.X25519().NewPublicKey(w.Tracing)
		if err != nil {
			return nil, fmt.Errorf("tracing key: %w", err)
		}
		t.Tracing = key
	}
	return t, nil
}

func validName(s string) bool { return s != "" && len(s) <= maxName && utf8.ValidString(s) }

func (w issuerWire) issuer() (Issuer, error) {
	if !validName(w.ID) || !validName(w.Name) || w.Keys == nil || len(w.Keys) > maxKeys {
		return Issuer{}, errors.New("its ID or name is empty or too long, or it has too many keys")
	}
	i := Issuer{ID: w.ID, Name: w.Name}
	for _, kw := range w.Keys {
		k, err := kw.key()
		if err != nil {
			return Issuer{}, err
		}
		k.Issuer, k.IssuerName = i.ID, i.Name
		i.Keys = append(i.Keys, k)
	}
	return i, nil
}

func (w keyWire) key() (pass.Key, error) {
	if len(w.ID) == 0 || len(w.ID) > maxKeyID {
		return pass.Key{}, fmt.Errorf("a key ID has %d bytes, want 1 to %d", len(w.ID), maxKeyID)
	}
	if w.From < 0 || w.From > maxUnix || w.To < 0 || w.To > maxUnix || w.To != 0 && w.To <= w.From {
		return pass.Key{}, fmt.Errorf("key %x: its period makes no sense", w.ID)
	}
	public, err := parsePublic(w.Type, w.Public)
	if err != nil {
		return pass.Key{}, fmt.Errorf("key %x: %w", w.ID, err)
	}
	k := pass.Key{
		ID: w.ID, Public: public, From: unixOrZero(w.From), To: unixOrZero(w.To), Withdrawn: w.Withdrawn,
		Format: pass.Format(w.Format), Uses: pass.Uses(w.Uses),
	}
	if err := w.limits(&k); err != nil {
		return pass.Key{}, fmt.Errorf("key %x: %w", w.ID, err)
	}
	return k, nil
}

// limits checks and sets what a foreign key may be used for: format, uses and
// certificate.
func (w keyWire) limits(k *pass.Key) (err error) {
	switch {
	case len(w.Format) > maxFormat || !utf8.ValidString(w.Format):
		return errors.New("its format is too long")
	case k.Uses&^allUses != 0:
		return errors.New("it has a use that is not known")
	case len(w.Certificate) > maxCertificate:
		return fmt.Errorf("its certificate has %d bytes, at most %d are read", len(w.Certificate), maxCertificate)
	case len(w.Certificate) == 0 && w.Type == typeLarge:
		return errors.New("a key on its curve comes with a certificate only")
	case len(w.Certificate) == 0:
		return nil
	}
	if k.Certificate, err = x509.ParseCertificate(w.Certificate); err != nil {
		return fmt.Errorf("its certificate: %w", err)
	}
	if of, ok := k.Certificate.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); !ok || !of.Equal(k.Public) {
		return errors.New("its certificate is of another key")
	}
	return nil
}

func unixOrZero(s int64) time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}

func parsePublic(kind int, b []byte) (crypto.PublicKey, error) {
	switch kind {
	case typeEd25519:
		if len(b) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("an Ed25519 key has %d bytes, want %d", len(b), ed25519.PublicKeySize)
		}
		return ed25519.PublicKey(b), nil
	case typeP256:
		return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), b)
	case typeRSA:
		key, err := x509.ParsePKIXPublicKey(b)
		if err != nil {
			return nil, err
		}
		if k, ok := key.(*rsa.PublicKey); ok && k.N.BitLen() >= 2048 && k.N.BitLen() <= 8192 {
			return k, nil
		}
		return nil, errors.New("it is not an RSA key of 2048 to 8192 bits")
	}
	if kind == typeLarge {
		return parseLarge(b)
	}
	return nil, fmt.Errorf("type %d of key is not known", kind)
}

func parseLarge(b []byte) (crypto.PublicKey, error) {
	key, err := x509.ParsePKIXPublicKey(b)
	if err != nil {
		return nil, err
	}
	k, ok := key.(*ecdsa.PublicKey)
	if !ok || k.Curve != elliptic.P384() && k.Curve != elliptic.P521() {
		return nil, errors.New("it is not an ECDSA key on P-384 or P-521")
	}
	if again, err := x509.MarshalPKIXPublicKey(k); err != nil || !bytes.Equal(again, b) {
		return nil, errors.New("it is not written in the one form that goes")
	}
	return k, nil
}

func wireKey(k pass.Key, issuer string) (keyWire, error) {
	if k.Issuer != "" && k.Issuer != issuer {
		return keyWire{}, fmt.Errorf("key %x belongs to issuer %s", k.ID, k.Issuer)
	}
	w := keyWire{ID: k.ID, Withdrawn: k.Withdrawn, Format: string(k.Format), Uses: uint8(k.Uses)}
	if k.Certificate != nil {
		w.Certificate = k.Certificate.Raw
	}
	if !k.From.IsZero() {
		w.From = k.From.Unix()
	}
	if !k.To.IsZero() {
		w.To = k.To.Unix()
	}
	var err error
	switch public := k.Public.(type) {
	case ed25519.PublicKey:
		w.Type, w.Public = typeEd25519, public
	case *ecdsa.PublicKey:
		if public.Curve == elliptic.P384() || public.Curve == elliptic.P521() {
			w.Type = typeLarge
			w.Public, err = x509.MarshalPKIXPublicKey(public)
			break
		}
		w.Type = typeP256
		w.Public, err = public.Bytes()
	case *rsa.PublicKey:
		w.Type = typeRSA
		w.Public, err = x509.MarshalPKIXPublicKey(public)
	default:
		err = fmt.Errorf("key %x is of no known type", k.ID)
	}
	return w, err
}
