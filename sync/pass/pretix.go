package pass

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// ticket is the two parts of a signed ticket.
type ticket struct {
	payload, signature []byte
}

// recognisePretix decodes a ticket of pretix' signature scheme 1: base64, written
// backwards, of
//
//	01 | length of payload | length of signature | payload | signature
//	     two bytes, big-endian, each
//
// with nothing after it and an Ed25519 signature. Other tickets of pretix are
// random text that only the event's server knows.
func recognisePretix(text string) (*ticket, bool) {
	if strings.ContainsAny(text, "\r\n") { // the decoder would step over them
		return nil, false
	}
	reversed := []byte(text)
	slices.Reverse(reversed)
	b, err := base64.StdEncoding.Strict().DecodeString(string(reversed))
	const head = 5
	if err != nil || len(b) < head || b[0] != 1 {
		return nil, false
	}
	payload := int(binary.BigEndian.Uint16(b[1:]))
	signature := int(binary.BigEndian.Uint16(b[3:]))
	if signature != ed25519.SignatureSize || len(b) != head+payload+signature {
		return nil, false
	}
	return &ticket{payload: b[head : head+payload], signature: b[head+payload:]}, true
}

// openPretix opens a ticket. Its payload is a message of Protocol Buffers:
//
//	string seed = 1; int64 item = 2; int64 variation = 3; int64 subevent = 4;
//	int64 validFromUnixTime = 5; int64 validUntilUnixTime = 6;
//
// A ticket names neither issuer nor key. Every trusted Ed25519 key is tried, and
// Pass.Issuer is that of the key that fits. If none fits the error is ErrNoKey,
// since the ticket may be of another event. The seed is the identifier. The
// ticket is still valid in its last second. Document has those of the six members
// that are there, with these names.
func openPretix(t *ticket, keys *Keyring) (*Pass, error) {
	c := &credential{
		pass:     Pass{Format: Pretix, LastSecond: true, signature: t.signature},
		nameless: true,
		signed:   t.payload,
		verify: func(pub crypto.PublicKey) bool {
			key, ok := pub.(ed25519.PublicKey)
			return ok && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, t.payload, t.signature)
		},
	}
	candidates := keys.all(Pretix)
	if err := c.readTicket(t.payload); err != nil {
		return nil, c.unreadable(candidates, err)
	}
	return c.open(candidates)
}

func (c *credential) readTicket(payload []byte) error {
	fields, err := ticketFields(payload)
	if err != nil {
		return err
	}
	seed := fields[1]
	if seed.kind != protowire.BytesType || len(seed.bytes) == 0 || !utf8.Valid(seed.bytes) {
		return errors.New("the ticket has no seed")
	}
	document := map[string]any{"seed": string(seed.bytes)}
	for number, name := range map[protowire.Number]string{2: "item", 3: "variation", 4: "subevent", 5: "validFromUnixTime", 6: "validUntilUnixTime"} {
		f, ok := fields[number]
		if !ok {
			continue
		}
		if f.kind != protowire.VarintType || f.number > math.MaxInt64 {
			return fmt.Errorf("%s of the ticket is not a number in range", name)
		}
		document[name] = float64(f.number)
	}
	c.pass.ID, c.pass.Document = seed.bytes, document
	if c.pass.NotBefore, err = unixTime(fields[5].number); err != nil {
		return err
	}
	c.pass.Expires, err = unixTime(fields[6].number)
	return err
}

// unixTime is n seconds since 1970; the zero time for 0, which stands for "not set".
func unixTime(n uint64) (time.Time, error) {
	if n == 0 {
		return time.Time{}, nil
	}
	if n > maxSeconds {
		return time.Time{}, errors.New("a time of the ticket is out of range")
	}
	return seconds(n), nil
}
