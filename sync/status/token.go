package status

import (
	"errors"
	"fmt"
	"math"
	"time"

	"postern/sync/internal/cose"
	"postern/sync/pass"
)

// Token is a foreign issuer's status list with what its signature covers. Only
// OpenToken makes one.
type Token struct {
	Issuer   string        // whose key verified it, as the trust list says; "" of an explicit trust file
	URI      string        // sub: the uri by which passes refer to it
	IssuedAt time.Time     // iat
	Expires  time.Time     // exp, at which it ends; zero where absent
	Life     time.Duration // ttl: after it the issuer wants a newer token to be fetched; 0 where absent
	List     *TokenList
}

// Errors of OpenToken; match with errors.Is.
var (
	ErrToken   = errors.New("not a status list token")
	ErrNoToken = errors.New("no trusted key signed this status list token")
)

const tokenType = "application/statuslist+cwt"

// OpenToken verifies a status list token in CWT format (IETF Token Status
// List, section 5.2) against the keys that its kid names.
//
//	COSE_Sign1 {alg, 16: "application/statuslist+cwt"} {4: kid}
//	  {2: sub, 6: iat, ? 4: exp, ? 65534: ttl, 65533: {"bits": 1|2|4|8, "lst": zlib}}
//
// The caller must use the list only for passes of its Issuer that name its URI.
func OpenToken(b []byte, keys *pass.Keyring) (*Token, error) {
	m, err := cose.ParseForeign(b)
	if err != nil {
		return nil, fmt.Errorf("open status list: %w: %v", ErrToken, err)
	}
	if m.Type != tokenType {
		return nil, fmt.Errorf("open status list: %w: its type is %q", ErrToken, m.Type)
	}
	claims, err := cose.Value(m.Payload)
	if err != nil {
		return nil, fmt.Errorf("open status list: %w: %v", ErrToken, err)
	}
	t, err := readToken(claims)
	if err != nil {
		return nil, fmt.Errorf("open status list: %w: %v", ErrToken, err)
	}
	k := signer(m, t, keys)
	if k == nil {
		return nil, fmt.Errorf("open status list %q: %w: key %x", t.URI, ErrNoToken, m.KeyID)
	}
	t.Issuer = k.Issuer
	if t.List, err = listOf(claims); err != nil {
		return nil, err
	}
	return t, nil
}

// signer is the key that signed the token. It is nil where a withdrawn key
// signed it, even if the same key is in the trust list a second time.
func signer(m *cose.Foreign, t *Token, keys *pass.Keyring) (found *pass.Key) {
	for _, k := range keys.Find(m.KeyID) {
		switch {
		case !m.Verify(k.Public):
		case k.Withdrawn:
			return nil
		case found == nil && inPeriod(k, t.IssuedAt):
			found = &k
		}
	}
	return found
}

func inPeriod(k pass.Key, at time.Time) bool {
	return (k.From.IsZero() || !at.Before(k.From)) && (k.To.IsZero() || at.Before(k.To))
}

// readToken reads all claims but the list. OpenToken inflates that only after
// the signature is verified.
func readToken(v any) (*Token, error) {
	claims, _ := v.(map[string]any)
	t := &Token{}
	var ok bool
	if t.URI, ok = claims["2"].(string); !ok || t.URI == "" {
		return nil, errors.New("it has no sub")
	}
	if t.IssuedAt, ok = date(claims["6"]); !ok {
		return nil, errors.New("it has no iat")
	}
	if exp, there := claims["4"]; there {
		if t.Expires, ok = date(exp); !ok {
			return nil, errors.New("exp is no date")
		}
	}
	if ttl, there := claims["65534"]; there {
		seconds, ok := ttl.(float64)
		if !ok || seconds <= 0 || seconds > 1e9 {
			return nil, errors.New("ttl is no number of seconds")
		}
		t.Life = time.Duration(math.Ceil(seconds)) * time.Second
	}
	return t, nil
}

func date(v any) (time.Time, bool) {
	const last = 253402300799 // the end of the year 9999
	seconds, ok := v.(float64)
	if !ok || seconds <= 0 || seconds > last {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).UTC(), true
}

func listOf(v any) (*TokenList, error) {
	claims, _ := v.(map[string]any)
	list, _ := claims["65533"].(map[string]any)
	bits, ok := list["bits"].(float64)
	compressed, is := list["lst"].([]byte)
	if !ok || !is || bits != math.Trunc(bits) || math.Abs(bits) > 8 {
		return nil, fmt.Errorf("open status list: %w: it has no bits and lst", ErrToken)
	}
	l, err := InflateTokenList(int(bits), compressed)
	if err != nil {
		return nil, fmt.Errorf("open status list: %w: %v", ErrToken, err)
	}
	return l, nil
}
