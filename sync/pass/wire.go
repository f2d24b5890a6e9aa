package pass

import "github.com/fxamacker/cbor/v2"

// wireClaims is the payload: a CWT (RFC 8392) in deterministic CBOR.
//
//	{
//	  1: iss                  text, 1 to 64 bytes
//	  4: exp                  seconds since 1970, integer
//	  5: nbf                  same; optional
//	  6: iat                  same
//	  7: cti                  8 bytes
//	  8: {1: COSE_Key}        optional: the holder's key (RFC 8747 section 3.2)
//	  65535: {"status_list": {"idx": uint, "uri": text}}            optional
//	  -70001: {                                                     optional
//	    1: masked name        text, 1 to 64 bytes; optional, as are all below
//	    2: colour             1 green, 2 amber, 3 red
//	    3: [[kind, result, minute] …]    at most 8
//	    4: [doses, day of the last]
//	    5: birth year
//	  }
//	}
//
// Claims with other numbers or names, and other members of these maps, are
// ignored, as RFC 8392 section 3 requires, but they must be deterministic CBOR.
// The exception is claim 9 (scope): it marks the delegation of a gate, which is
// no pass though an issuer signs it too.
type wireClaims struct {
	Issuer    string          `cbor:"1,keyasint"`
	Expires   uint64          `cbor:"4,keyasint"`
	NotBefore uint64          `cbor:"5,keyasint,omitempty"`
	IssuedAt  uint64          `cbor:"6,keyasint"`
	ID        cbor.ByteString `cbor:"7,keyasint"`
	Confirm   *wireConfirm    `cbor:"8,keyasint,omitempty"`
	Scope     cbor.RawMessage `cbor:"9,keyasint,omitempty"`
	Status    *wireStatus     `cbor:"65535,keyasint,omitempty"`
	Health    *wireHealth     `cbor:"-70001,keyasint,omitempty"`
}

type wireStatus struct {
	List *wireStatusList `cbor:"status_list"`
}

type wireStatusList struct {
	Index uint64 `cbor:"idx"`
	URI   string `cbor:"uri"`
}

type wireHealth struct {
	Name      string     `cbor:"1,keyasint,omitempty"`
	Colour    Colour     `cbor:"2,keyasint,omitempty"`
	Tests     []wireTest `cbor:"3,keyasint,omitempty"`
	Doses     *wireDoses `cbor:"4,keyasint,omitempty"`
	BirthYear uint64     `cbor:"5,keyasint,omitempty"`
}

type wireTest struct {
	_      struct{} `cbor:",toarray"`
	Kind   Kind
	Result Result
	Minute uint64
}

type wireDoses struct {
	_     struct{} `cbor:",toarray"`
	Count uint64
	Day   uint64
}

// wireConfirm holds a COSE_Key (RFC 9053 section 7.1.1) on P-256, both
// coordinates in full: a compressed point would be 48 characters shorter in the
// code and cost every check a square root.
type wireConfirm struct {
	Key *wireKey `cbor:"1,keyasint"`
}

type wireKey struct {
	Type  int             `cbor:"1,keyasint"`  // 2, EC2
	Curve int             `cbor:"-1,keyasint"` // 1, P-256
	X     cbor.ByteString `cbor:"-2,keyasint"`
	Y     cbor.ByteString `cbor:"-3,keyasint"`
}
