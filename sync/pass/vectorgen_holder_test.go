package pass_test

import (
	"crypto"
	"slices"
	"time"

	"postern/sync/internal/base45"
)

func presentationCases(g *generator) {
	key, holder, thief := rfcKey(), p256Key(g.t), p256Key(g.t)
	k := nativeKey(g.t, key.Public())
	bound := nativePayload()
	point, err := holder.PublicKey.Bytes()
	if err != nil {
		g.t.Fatal(err)
	}
	bound[8] = map[int]any{1: map[int]any{1: 2, -1: 1, -2: point[1:33], -3: point[33:]}}
	inner := g.sign1(key, map[int]any{1: -8, 4: k.ID}, g.deterministic(bound))
	paper := g.sign1(key, map[int]any{1: -8, 4: k.ID}, g.deterministic(nativePayload()))
	at := issuedAt.Add(90 * time.Minute)
	show := func(by crypto.Signer, alg int, claims map[int]any) string {
		return "PH1:" + base45.Encode(g.sign1(by, map[int]any{1: alg}, g.deterministic(claims)))
	}
	claims := map[int]any{6: at.Unix(), -70003: inner}
	expect := nativeExpectation(k)
	expect.Holder, expect.Presented = holderOf(g.t, holder), timePointer(at)
	good := show(holder, -7, claims)
	g.add("shown by its holder", good, expect, k)
	onPaper := nativeExpectation(k)
	onPaper.Holder = holderOf(g.t, holder)
	g.add("the same on paper", "PP1:"+base45.Encode(inner), onPaper, k)
	a := expect
	a.Presented = timePointer(at.Add(time.Second))
	g.add("a second later", show(holder, -7, map[int]any{6: at.Unix() + 1, -70003: inner}), a, k)
	g.keyCases(good, expect, k, thief.Public())
	g.bad("shown by a thief", show(thief, -7, claims), "forged", k)
	g.bad("a pass that is nobody's", show(holder, -7, map[int]any{6: at.Unix(), -70003: paper}), "malformed", k)
	g.bad("no time", show(holder, -7, map[int]any{-70003: inner}), "malformed", k)
	g.bad("no pass", show(holder, -7, map[int]any{6: at.Unix()}), "malformed", k)
	forged := slices.Clone(inner)
	forged[len(forged)-1] ^= 1
	g.bad("a forged pass in it", show(holder, -7, map[int]any{6: at.Unix(), -70003: forged}), "forged", k)
	g.bad("shown by the issuer's key", show(key, -8, claims), "forged", k)
	g.bad("a pass called a presentation", "PH1:"+base45.Encode(inner), "malformed", k)
	g.bad("a presentation called a pass", "PP1:"+good[4:], "malformed", k)
	g.tooLong("PH1:", k)
}
