package pass_test

import (
	"encoding/hex"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/pass"
)

func identityCases(g *generator) {
	t, key, ec := g.t, rfcKey(), p256Key(g.t)
	header := map[any]any{1: -8, 4: foreignKID}
	k := identityKey(key.Public())
	expect := expectation{
		Format: pass.Claim169, Issuer: "https://identity.example.org", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID),
		ID: hex.EncodeToString([]byte("3918592438")), IssuedAt: timePointer(issuedAt), Expires: timePointer(issuedAt.AddDate(1, 0, 0)),
		Name: "J. M. S.", BirthYear: 1990, At: boundaries(issuedAt, issuedAt.AddDate(1, 0, 0), false),
		Document: map[string]any{"id": "3918592438", "fullName": "Jane Marie Smith", "dateOfBirth": "19900515", "gender": 2},
	}
	good := identity(t, key, header, identityClaims())
	g.add("EdDSA", good, expect, k)
	g.add("ES256", identity(t, ec, map[any]any{1: -7, 4: foreignKID}, identityClaims()), expect, identityKey(ec.Public()))
	g.add("no kid", identity(t, key, map[any]any{1: -8}, identityClaims()), expect, identityKey(ec.Public()), k)
	withdrawn, ended, wrong, foreigner := k, k, k, k
	withdrawn.Withdrawn, ended.To, wrong.Public, foreigner.Issuer = true, issuedAt, ec.Public(), "https://other.example.org"
	g.bad("withdrawn key", good, "withdrawn", withdrawn)
	g.bad("key that ended when it was issued", good, "key period", ended)
	g.bad("another key under the same kid", good, "forged", wrong)
	g.bad("key of another issuer", good, "no key", foreigner)
	message := coseOf(t, key, header, identityClaims())
	message[len(message)-1] ^= 1
	g.bad("last bit of the signature", base45.Encode(zlibOf(message)), "forged", k)
	text := identityClaims()
	text[169] = "x"
	g.bad("a claim that is no map", identity(t, key, header, text), "foreign", k)
	late := identityClaims()
	late[6] = "yesterday"
	g.bad("issued in words", identity(t, key, header, late), "malformed", k)
}

// identityEdges: names in parts, dates, places in a status list, and what is no identity.
func identityEdges(g *generator) {
	key := rfcKey()
	k := identityKey(key.Public())
	header := map[any]any{1: -8, 4: foreignKID}
	odalys := func() map[any]any {
		return map[any]any{1: "3190557124", 2: "1.2", 5: "Odalys", 6: "Wren", 7: "Brandt-Okoye", 8: "19930607", 13: "XX", 16: []byte{1, 2, 3}}
	}
	claims := func(pairs ...any) map[any]any {
		c := map[any]any{1: "https://identity.example.org", 4: issuedAt.AddDate(0, 1, 0).Unix(), 5: issuedAt.Add(time.Hour).Unix(), 6: issuedAt.Unix(), 169: odalys()}
		for i := 0; i < len(pairs); i += 2 {
			if c[pairs[i]] = pairs[i+1]; pairs[i+1] == nil {
				delete(c, pairs[i])
			}
		}
		return c
	}
	begins, ends := issuedAt.Add(time.Hour), issuedAt.AddDate(0, 1, 0)
	expect := expectation{
		Format: pass.Claim169, Issuer: "https://identity.example.org", IssuerName: "Invented State", KID: hex.EncodeToString(foreignKID),
		ID: hex.EncodeToString([]byte("3190557124")), IssuedAt: timePointer(issuedAt), NotBefore: timePointer(begins), Expires: timePointer(ends),
		Name: "O. W. B. O.", BirthYear: 1993, At: boundaries(begins, ends, false),
		Document: map[string]any{"id": "3190557124", "version": "1.2", "firstName": "Odalys", "middleName": "Wren", "lastName": "Brandt-Okoye", "dateOfBirth": "19930607", "nationality": "XX"},
	}
	good := identity(g.t, key, header, claims())
	g.add("a name in parts, valid an hour after its issue", good, expect, k)
	listed := expect
	listed.Status = &statusRef{"https://identity.example.org/status", 5}
	g.add("a place in a status list", identity(g.t, key, header, claims(65535, statusClaim(5, "https://identity.example.org/status"))), listed, k)
	hinted, renamed := expect, k
	renamed.ID, hinted.KID = []byte("another"), hex.EncodeToString([]byte("another"))
	g.add("a kid that the list does not have, all keys are tried", good, hinted, renamed)
	undated, over := expect, k
	over.From, over.To = issuedAt.Add(time.Minute), issuedAt.Add(time.Hour)
	undated.IssuedAt, undated.NotBefore, undated.Expires, undated.At = nil, timePointer(over.From), timePointer(over.To), boundaries(over.From, over.To, false)
	g.add("no dates, it begins and ends with its key", identity(g.t, key, header, claims(4, nil, 5, nil, 6, nil)), undated, over)

	stranger, tickets, begun := k, k, k
	stranger.ID, stranger.Public = []byte("stranger"), p256Key(g.t).Public()
	tickets.Format, begun.From = pass.Pretix, issuedAt.Add(time.Second)
	g.bad("nobody is trusted", good, "no key")
	g.bad("a stranger is trusted", good, "no key", stranger)
	g.bad("key of another format", good, "no key", tickets)
	g.bad("key from the second after", good, "key period", begun)
	whole := coseOf(g.t, key, header, claims())
	unsigned := sign1Message{key: key, alg: -8, payload: g.deterministic(claims()), signature: []byte{}}
	g.bad("no signature", base45.Encode(zlibOf(unsigned.bytes(g))), "forged", k)
	unsigned.protected = map[any]any{1: -8}
	g.bad("neither signature nor kid", base45.Encode(zlibOf(unsigned.bytes(g))), "no key", k)
	g.bad("says ES256, by an Ed25519 key", identity(g.t, key, map[any]any{1: -7, 4: foreignKID}, claims()), "forged", k)
	encrypted := g.deterministic([]any{g.deterministic(map[any]any{1: 3}), map[any]any{5: make([]byte, 12)}, make([]byte, 40)})
	g.bad("encrypted", base45.Encode(zlibOf(append([]byte{0xd0}, encrypted...))), "encrypted", k)
	g.bad("encrypted, no tag", base45.Encode(zlibOf(encrypted)), "encrypted", k)
	g.bad("a byte behind the compression", base45.Encode(append(zlibOf(whole), 0)), "malformed", k)
	g.bad("a bomb", base45.Encode(zlibOf(make([]byte, 1<<20))), "malformed", k)
	g.bad("not packed", base45.Encode(whole), "foreign", k)
	g.bad("no claim 169, signed", identity(g.t, key, header, claims(169, nil)), "foreign", k)
	g.bad("issued before 1970, signed", identity(g.t, key, header, claims(6, -86400)), "malformed", k)
	payload := g.deterministic(claims())
	twice := sign1Message{key: key, alg: -8, payload: append([]byte{payload[0] + 1, 4, 1}, payload[1:]...)}
	g.bad("a claim twice, signed", base45.Encode(zlibOf(twice.bytes(g))), "malformed", k)
}
