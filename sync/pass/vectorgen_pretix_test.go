package pass_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"

	"postern/sync/pass"
)

func pretixCases(g *generator) {
	key, other := rfcKey(), ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32))
	k := foreignKey(key.Public())
	k.Issuer, k.Format = "event-2026", pass.Pretix
	from, until := issuedAt, issuedAt.Add(8*time.Hour)
	expect := expectation{
		Format: pass.Pretix, Issuer: "event-2026", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte("seed")),
		NotBefore: timePointer(from), Expires: timePointer(until), LastSecond: true,
		Document: map[string]any{"seed": "seed", "item": 300, "validFromUnixTime": from.Unix(), "validUntilUnixTime": until.Unix()},
		At:       boundaries(from, until, true),
	}
	payload := ticketPayload(uint64(from.Unix()), uint64(until.Unix()))
	good := pretix(key, payload)
	g.add("a ticket for a day", good, expect, k)
	always := expect
	always.NotBefore, always.Expires, always.At = nil, nil, nil
	always.Document = map[string]any{"seed": "seed", "item": 300}
	g.add("a ticket without times", pretix(key, ticketPayload(0, 0)), always, k)
	bounded := k
	bounded.From, bounded.To = issuedAt.Add(time.Hour), issuedAt.Add(2*time.Hour)
	within := expect
	within.NotBefore, within.Expires = timePointer(bounded.From), timePointer(bounded.To)
	within.At = boundaries(bounded.From, bounded.To, true)
	g.add("within its key's period", good, within, bounded)
	withdrawn, wrong := k, k
	withdrawn.Withdrawn, wrong.Public = true, other.Public()
	g.bad("withdrawn key", good, "withdrawn", withdrawn)
	g.bad("another event's key", good, "no key", wrong)
	g.bad("nobody is trusted", good, "no key")
	g.bad("signed by a stranger", pretix(other, payload), "no key", k)
	g.bad("no seed", pretix(key, payload[6:]), "malformed", k)
	g.bad("seed twice, the last one empty", pretix(key, append(slices.Clone(payload), 1<<3|2, 0)), "malformed", k)
	g.bad("a field cut short", pretix(key, payload[:len(payload)-1]), "malformed", k)
	g.bad("random text", "w2n8pq4x7d", "foreign", k)
	g.bad("a letter at the end", good+"A", "foreign", k)
}

// pretixEdges: numbers, two keys, and lengths that do not fit.
func pretixEdges(g *generator) {
	key := rfcKey()
	k := foreignKey(key.Public())
	k.Issuer = "event-2026"
	from, until := issuedAt, issuedAt.Add(8*time.Hour)
	payload := ticketPayload(uint64(from.Unix()), uint64(until.Unix()))
	all := binary.AppendUvarint(append(slices.Clone(payload), 3<<3, 7, 4<<3), 1<<33)
	good := pretix(key, all)
	expect := expectation{
		Format: pass.Pretix, Issuer: "event-2026", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID), ID: hex.EncodeToString([]byte("seed")),
		NotBefore: timePointer(from), Expires: timePointer(until), LastSecond: true, At: boundaries(from, until, true),
		Document: map[string]any{"seed": "seed", "item": 300, "variation": 7, "subevent": 1 << 33, "validFromUnixTime": from.Unix(), "validUntilUnixTime": until.Unix()},
	}
	other, certificates := k, k
	other.ID, other.Public, other.Issuer = []byte("another."), p256Key(g.t).Public(), "another-event"
	certificates.Format = pass.HCERT
	g.add("all that a ticket says, the second key fits", good, expect, other, k)
	short, long := k, k
	short.To, long.To = from.Add(time.Hour), until.Add(time.Hour)
	g.add("two periods of one key, the longer counts", good, expect, short, long)
	withdrawn := k
	withdrawn.Withdrawn = true
	g.bad("withdrawn, and there once more", good, "withdrawn", k, withdrawn)
	g.bad("key of another format", good, "no key", certificates)
	b := slices.Concat([]byte{1, 0, byte(len(all)), 0, 64}, all, make([]byte, 64))
	g.bad("a signature of zeros", reversed(b), "no key", k)
	g.bad("a byte behind the signature", reversed(append(slices.Clone(b), 0)), "foreign", k)
	g.bad("version 2", reversed(append([]byte{2}, b[1:]...)), "foreign", k)
	g.bad("lengths with the small end first", reversed(slices.Concat([]byte{1, byte(len(all)), 0, 64, 0}, b[5:])), "foreign", k)
	g.bad("base64 forwards", base64.StdEncoding.EncodeToString(b), "foreign", k)
	g.bad("a line end within", good[:40]+"\n"+good[40:], "foreign", k)
	signed := func(name string, payload []byte) { g.bad(name+", signed", pretix(key, payload), "malformed", k) }
	signed("a seed that is not UTF-8", []byte{1<<3 | 2, 2, 0xff, 0xfe})
	signed("a seed that is a number", []byte{1 << 3, 5})
	signed("an item that is text", append(slices.Clone(payload), 2<<3|2, 1, 'x'))
	signed("a number over 63 bits", binary.AppendUvarint(append(slices.Clone(payload), 2<<3), 1<<63))
	signed("the end in the year 10000", ticketPayload(0, 253402300800))
}
