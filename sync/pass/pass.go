// Package pass opens and seals passes.
//
// A [*Pass] whose Genuine method is true came from [Open], and Open returns one
// only after it verified the signature of a trusted issuer over exactly its
// bytes. That does not make the pass valid: expiry, status and policy are judged
// in package verdict.
//
// Our own passes are in open.go, claims.go and slip.go, and are read more
// strictly than others. Each format of other issuers has its own file. How their
// signers are found is in credential.go.
//
// Open does no I/O and reads no clock. It never returns both a pass and an
// error.
package pass

import (
	"crypto/ecdsa"
	"errors"
	"time"
)

// MaxText is the longest presentation that Open reads, in bytes (8 KiB).
const MaxText = 8 << 10

// Format names the credential format that a presentation was recognised as.
type Format string

const (
	Native        Format = "native"   // PP1: or PH1:
	TemporarySlip Format = "slip"     // PT1:, signed by a gate
	HCERT         Format = "hcert"    // HC1:, EU DCC and WHO
	SHC           Format = "shc"      // shc:/, SMART Health Cards
	Claim169      Format = "claim169" // MOSIP QR code
	Pretix        Format = "pretix"   // sig1 tickets
	NZCP          Format = "nzcp"     // NZCP:/1/, New Zealand COVID Pass
	VDSNC         Format = "vdsnc"    // ICAO visible digital seal for non-constrained environments
)

// Why a presentation did not open. Match with errors.Is; the wrapped text says more.
var (
	ErrForeign   = errors.New("not a pass")                                  // a web address, a menu, a payment code
	ErrTooLong   = errors.New("longer than a pass can be")                   // over MaxText
	ErrMalformed = errors.New("damaged or incomplete pass")                  // our prefix, but not our bytes
	ErrNoKey     = errors.New("issuer key is not in the trust list")         // cannot tell; never "forged"
	ErrWithdrawn = errors.New("issuer key was withdrawn")                    // whatever date the pass has
	ErrKeyPeriod = errors.New("issuer key was not valid when it was signed") // genuine signature, outside the key's period
	ErrForged    = errors.New("signature does not match")                    // the issuer's key is known and did not sign this

	ErrKeyUse       = errors.New("issuer key may not sign this kind of pass")   // genuine signature, wrong key usage; or more than a delegation allows
	ErrNeedsNetwork = errors.New("only a link to a pass; it needs a network")   // shlink:/
	ErrEncrypted    = errors.New("pass is encrypted")                           // to a key that gates do not have
	ErrPart         = errors.New("one of several codes of a pass; scan others") // see Parts
)

// Claims are the claims of a native pass, and those of a foreign pass that have
// the same meaning. Times are UTC, in whole seconds in native passes.
type Claims struct {
	Issuer    string    // CWT 1, iss; of foreign passes the name in the trust list, else that in the pass
	ID        []byte    // CWT 7, cti: 8 random bytes, the pseudonym; of foreign passes the format's identifier, else SHA-256 of what is signed
	IssuedAt  time.Time // CWT 6, iat
	Expires   time.Time // CWT 4, exp: the first instant at which the pass is no longer valid
	NotBefore time.Time // CWT 5, nbf; zero where absent
	Status    *StatusRef
	Confirm   *ecdsa.PublicKey // CWT 8, cnf: the holder's P-256 key; nil where absent

	Name      string // masked, such as 张* or J. D.
	Latin     string // of foreign passes: masked, the name in Latin letters where the pass has it in both
	Colour    Colour // when it was issued; where they differ, the status list counts
	BirthYear int    // 0 where absent
	Tests     []Test
	Doses     *Doses
}

// StatusRef says where a pass stands in a status list (IETF Token Status List, section 6).
type StatusRef struct {
	URI   string // s:7 is the authority's list 7
	Index uint64 // counts through the whole list
}

// Colour is the authority's classification when the pass was issued.
type Colour uint8

// Colour codes, as in PROTOCOL.md.
const (
	ColourNone Colour = iota
	Green
	Amber
	Red
)

// Kind is the kind of a test.
type Kind uint8

// Kinds of test, as in PROTOCOL.md.
const (
	KindNone    Kind = iota
	NucleicAcid           // 核酸
	Antigen               // 抗原
	OtherKind   Kind = 63 // codes that this version has no word for
)

// String is the kind's word; "other" for kinds that this version has no word for.
func (k Kind) String() string {
	switch k {
	case NucleicAcid:
		return "nucleic"
	case Antigen:
		return "antigen"
	}
	return "other"
}

// Result is the result of a test.
type Result uint8

// Results, as in PROTOCOL.md.
const (
	Negative Result = iota
	Positive
	Inconclusive
)

// String is the result's word; what is neither negative nor positive is inconclusive.
func (r Result) String() string {
	switch r {
	case Negative:
		return "negative"
	case Positive:
		return "positive"
	}
	return "inconclusive"
}

// Test is one test with its result; At has the precision of a minute.
type Test struct {
	Kind   Kind
	Result Result
	At     time.Time
}

// Doses counts vaccinations; Day is the day of the last, midnight UTC.
type Doses struct {
	Count int
	Day   time.Time
}

// Pass is a credential whose signature verified. There is no other kind.
type Pass struct {
	Claims
	Format     Format
	IssuerName string    // as the trust list names the issuer
	KeyID      []byte    // kid of the key that verified it
	Presented  time.Time // signed by the holder's key at this time; zero for paper and screenshots
	Slip       *Slip     // who signed it for the issuer, where it is a slip; else nil

	// Document is a foreign credential's content for policy rules, in the types
	// of encoding/json: nil, bool, float64, string, []any and map[string]any;
	// bytes in CBOR are []byte. Each format's opener says which part it is. It is
	// nil for native passes. Nobody may change it.
	Document any

	// LastSecond says that the pass is still valid at Expires itself.
	LastSecond bool

	signature []byte
	certified Uses // what the key may certify of it; 0 is all
	genuine   bool
}

// Expired reports whether now is past the pass's validity. RFC 8392 section
// 3.1.4 ends it at Expires; formats with LastSecond end it after Expires. A
// pass without Expires does not expire.
func (p *Pass) Expired(now time.Time) bool {
	if p.Expires.IsZero() {
		return false
	}
	return now.After(p.Expires) || now.Equal(p.Expires) && !p.LastSecond
}

// Begins is the first instant at which the pass is valid: the later of IssuedAt
// and NotBefore. It is zero for a pass that has neither.
func (p *Pass) Begins() time.Time {
	if p.NotBefore.After(p.IssuedAt) {
		return p.NotBefore
	}
	return p.IssuedAt
}

// Signature is the signature that verified, for revocation lists that name
// passes by it; nil for native passes.
func (p *Pass) Signature() []byte { return append([]byte(nil), p.signature...) }

// Genuine reports whether Open made p. The zero Pass is not genuine.
func (p *Pass) Genuine() bool { return p != nil && p.genuine }

// Identity tells passes apart, to find one that is shown again: issuer and
// identifier, each length-prefixed. Text and signature are no part of it, since
// one pass can have many texts.
func (p *Pass) Identity() []byte {
	return append(lengthPrefixed(nil, []byte(p.Issuer)), lengthPrefixed(nil, p.ID)...)
}
