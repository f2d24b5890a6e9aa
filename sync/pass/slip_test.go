package pass_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
)

// gateKey is the secret key of RFC 8032 section 7.1, test 2: public, so never trusted by anything real.
func gateKey() ed25519.PrivateKey {
	seed, err := hex.DecodeString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
	if err != nil {
		panic(err)
	}
	return ed25519.NewKeyFromSeed(seed)
}

// delegated is a delegation of two days to gateKey, for slips of twelve hours.
func delegated() pass.Delegation {
	return pass.Delegation{
		Issuer: issuer, ID: []byte("delegate"), IssuedAt: issuedAt, Expires: issuedAt.Add(48 * time.Hour),
		Key: gateKey().Public().(ed25519.PublicKey), Status: &pass.StatusRef{URI: "s:1", Index: 4711},
		Scope: pass.Scope{
			Gate: "36465d89063ab451", Place: "East Gate", Kinds: []pass.SlipKind{pass.Visitor, pass.Replacement},
			Life: 12 * time.Hour, Policies: []string{"residential", "office"},
		},
	}
}

func slipClaims() pass.Claims {
	return pass.Claims{
		ID: []byte("slip0001"), IssuedAt: issuedAt.Add(time.Hour), Expires: issuedAt.Add(13 * time.Hour), Name: "张*", BirthYear: 1990,
	}
}

func sealDelegation(t testing.TB, d pass.Delegation) []byte {
	t.Helper()
	b, err := d.Seal(signer(t, rfcKey()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func delegate(t testing.TB, d pass.Delegation) *pass.Delegate {
	t.Helper()
	g, err := pass.NewDelegate(sealDelegation(t, d), gateKey(), trusted(t, rfcKey().Public()))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func sealSlip(t testing.TB) string {
	t.Helper()
	text, err := delegate(t, delegated()).Seal(pass.Visitor, slipClaims())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSlip(t *testing.T) {
	p, err := pass.Open(sealSlip(t), trusted(t, rfcKey().Public()))
	if err != nil {
		t.Fatal(err)
	}
	want := slipClaims()
	want.Issuer, want.Status = issuer, delegated().Status
	want.ID = append([]byte{0x36, 0x46, 0x5d, 0x89, 0x06, 0x3a, 0xb4, 0x51}, "slip0001"...)
	if !equalClaims(p.Claims, want) || !p.Genuine() || p.Format != pass.TemporarySlip || p.IssuerName != "Invented City" {
		t.Errorf("the slip says %+v, want %+v", p, want)
	}
	s := p.Slip
	if s == nil || s.Kind != pass.Visitor || s.Gate != "36465d89063ab451" || s.Place != "East Gate" {
		t.Fatalf("it was made by %+v", s)
	}
	if !s.CountsAt("office") || s.CountsAt("hospital") {
		t.Error("it counts at other places than its delegation says")
	}
	if anywhere := (pass.Slip{}); !anywhere.CountsAt("hospital") {
		t.Error("a slip whose delegation names no places counts nowhere")
	}
}

// The fixed sample opens to what it says, and its parts sealed again give its text to the byte.
func TestSlipVector(t *testing.T) {
	data, err := os.ReadFile("testdata/slip-vector.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct{ Text, Issuer, Gate, Delegation string }
	if err := json.Unmarshal(data, &vector); err != nil {
		t.Fatal(err)
	}
	if text := sealSlip(t); text != vector.Text {
		t.Errorf("sealed as\n%s\nwant\n%s", text, vector.Text)
	}
	if d := hex.EncodeToString(sealDelegation(t, delegated())); d != vector.Delegation {
		t.Errorf("delegation sealed as\n%s\nwant\n%s", d, vector.Delegation)
	}
	public, err := hex.DecodeString(vector.Issuer)
	if err != nil {
		t.Fatal(err)
	}
	p, err := pass.Open(vector.Text, trusted(t, ed25519.PublicKey(public)))
	if err != nil || p.Slip == nil || p.Slip.Gate != vector.Gate {
		t.Errorf("opens as %+v, %v", p, err)
	}
}

// What the delegation does not allow is refused where it is sealed and, by a
// gate that seals it all the same, where it is opened.
func TestSlipBeyondDelegation(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	for _, tc := range []struct {
		name string
		kind pass.SlipKind
		bend func(*pass.Claims)
		want error
	}{
		{"as long as allowed", pass.Replacement, func(*pass.Claims) {}, nil},
		{"a second longer", pass.Visitor, func(c *pass.Claims) { c.Expires = c.Expires.Add(time.Second) }, pass.ErrKeyUse},
		{"another kind", pass.Medical, func(*pass.Claims) {}, pass.ErrKeyUse},
		{"a kind without a word", 40, func(*pass.Claims) {}, pass.ErrKeyUse},
		{"the second the delegation begins", pass.Visitor, func(c *pass.Claims) { c.IssuedAt = issuedAt; c.Expires = issuedAt.Add(time.Hour) }, nil},
		{"the second before", pass.Visitor, func(c *pass.Claims) { c.IssuedAt = issuedAt.Add(-time.Second); c.Expires = issuedAt.Add(time.Hour) }, pass.ErrKeyPeriod},
		{"the last second of the delegation", pass.Visitor, func(c *pass.Claims) {
			c.IssuedAt = issuedAt.Add(48*time.Hour - time.Second)
			c.Expires = c.IssuedAt.Add(12 * time.Hour)
		}, nil},
		{"the second it ends", pass.Visitor, func(c *pass.Claims) {
			c.IssuedAt = issuedAt.Add(48 * time.Hour)
			c.Expires = c.IssuedAt.Add(time.Hour)
		}, pass.ErrKeyPeriod},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := slipClaims()
			tc.bend(&c)
			if _, err := delegate(t, delegated()).Seal(tc.kind, c); !errors.Is(err, tc.want) {
				t.Errorf("sealed with %v, want %v", err, tc.want)
			}
			text := rawSlip(t, map[any]any{
				4: c.Expires.Unix(), 6: c.IssuedAt.Unix(), 7: c.ID, -70004: int(tc.kind), -70005: sealDelegation(t, delegated()),
			})
			if _, err := pass.Open(text, keys); !errors.Is(err, tc.want) {
				t.Errorf("opened with %v, want %v", err, tc.want)
			}
		})
	}
}

// rawSlip signs any payload with the gate's key.
func rawSlip(t testing.TB, payload any) string {
	t.Helper()
	return slipOf(t, encode(t, payload))
}

func slipOf(t testing.TB, payload []byte) string {
	t.Helper()
	b, err := cose.Sign(gateKey(), nil, payload)
	if err != nil {
		t.Fatal(err)
	}
	return "PT1:" + base45.Encode(b)
}

// rawDelegation signs any payload with the issuer's key, under a slip that would fit.
func rawDelegation(t testing.TB, payload any) string {
	t.Helper()
	b, err := cose.Sign(rfcKey(), signer(t, rfcKey()).KeyID(), encode(t, payload))
	if err != nil {
		t.Fatal(err)
	}
	return rawSlip(t, slipMap(b))
}

func slipMap(delegation []byte) map[any]any {
	c := slipClaims()
	return map[any]any{4: c.Expires.Unix(), 6: c.IssuedAt.Unix(), 7: c.ID, -70004: 1, -70005: delegation}
}

func scopeMap() map[any]any {
	return map[any]any{1: []byte("12345678"), 2: "East Gate", 3: []int{1}, 4: 43200}
}

func delegationMap(t testing.TB, scope any) map[any]any {
	return map[any]any{
		1: issuer, 4: issuedAt.Add(48 * time.Hour).Unix(), 6: issuedAt.Unix(), 7: []byte("delegate"),
		8: map[any]any{1: map[any]any{1: 1, -1: 6, -2: []byte(gateKey().Public().(ed25519.PublicKey))}}, 9: encode(t, scope),
	}
}

func with(m map[any]any, k, v any) map[any]any {
	if v == nil {
		delete(m, k)
	} else {
		m[k] = v
	}
	return m
}

func TestSlipForm(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	good := sealDelegation(t, delegated())
	if _, err := pass.Open(rawSlip(t, slipMap(good)), keys); err != nil {
		t.Fatal("what the others are bent from:", err)
	}
	if _, err := pass.Open(rawDelegation(t, delegationMap(t, scopeMap())), keys); err != nil {
		t.Fatal("what the others are bent from:", err)
	}
	for name, m := range map[string]map[any]any{
		"no delegation":       with(slipMap(good), -70005, nil),
		"unknown member":      with(slipMap(good), 99, 1),
		"a status of its own": with(slipMap(good), 65535, map[string]any{"status_list": map[string]any{"idx": 1, "uri": "s:1"}}),
		"a holder's key":      with(slipMap(good), 8, map[any]any{}),
		"a delegation's key":  with(slipMap(good), 9, []byte{0xa0}),
		"no kind":             with(slipMap(good), -70004, 0),
		"kind 64":             with(slipMap(good), -70004, 64),
		"long identifier":     with(slipMap(good), 7, []byte("123456789")),
		"ends as it begins":   with(slipMap(good), 4, slipClaims().IssuedAt.Unix()),
		"no end":              with(slipMap(good), 4, nil),
		"empty health":        with(slipMap(good), -70001, map[any]any{}),
		"a colour":            with(slipMap(good), -70001, map[any]any{2: 1}),
		"a test":              with(slipMap(good), -70001, map[any]any{3: [][]int{{1, 0, 29000000}}}),
		"doses":               with(slipMap(good), -70001, map[any]any{4: []int{1, 20000}}),
	} {
		t.Run(name, func(t *testing.T) { wantError(t, rawSlip(t, m), keys, pass.ErrMalformed) })
	}
	for name, m := range map[string]map[any]any{
		"no scope":            with(delegationMap(t, scopeMap()), 9, nil),
		"scope in the open":   with(delegationMap(t, scopeMap()), 9, scopeMap()),
		"unknown member":      with(delegationMap(t, scopeMap()), 99, 1),
		"two days and 1 s":    with(delegationMap(t, scopeMap()), 4, issuedAt.Add(48*time.Hour+time.Second).Unix()),
		"ends as it begins":   with(delegationMap(t, scopeMap()), 4, issuedAt.Unix()),
		"P-256 key":           with(delegationMap(t, scopeMap()), 8, map[any]any{1: map[any]any{1: 2, -1: 1, -2: make([]byte, 32)}}),
		"short key":           with(delegationMap(t, scopeMap()), 8, map[any]any{1: map[any]any{1: 1, -1: 6, -2: make([]byte, 31)}}),
		"short gate":          delegationMap(t, with(scopeMap(), 1, []byte("1234567"))),
		"no place":            delegationMap(t, with(scopeMap(), 2, nil)),
		"no kinds":            delegationMap(t, with(scopeMap(), 3, []int{})),
		"kinds out of order":  delegationMap(t, with(scopeMap(), 3, []int{2, 1})),
		"a kind twice":        delegationMap(t, with(scopeMap(), 3, []int{1, 1})),
		"kind 64":             delegationMap(t, with(scopeMap(), 3, []int{64})),
		"nine kinds":          delegationMap(t, with(scopeMap(), 3, []int{1, 2, 3, 4, 5, 6, 7, 8, 9})),
		"slips of two days+":  delegationMap(t, with(scopeMap(), 4, 172801)),
		"slips of 59 seconds": delegationMap(t, with(scopeMap(), 4, 59)),
		"empty policies":      delegationMap(t, with(scopeMap(), 5, []string{})),
		"17 policies":         delegationMap(t, with(scopeMap(), 5, strings.Split("abcdefghijklmnopq", ""))),
		"unknown in scope":    delegationMap(t, with(scopeMap(), 6, 1)),
	} {
		t.Run("delegation: "+name, func(t *testing.T) { wantError(t, rawDelegation(t, m), keys, pass.ErrMalformed) })
	}
}

// A chain is an issuer, a gate and a slip; nothing else hangs together.
func TestSlipChain(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	good := sealDelegation(t, delegated())
	kid := signer(t, gateKey()).KeyID()
	sign := func(key ed25519.PrivateKey, kid, payload []byte) []byte {
		b, err := cose.Sign(key, kid, payload)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	onward := sign(gateKey(), kid, encode(t, delegationMap(t, scopeMap())))
	issuersWord := sign(gateKey(), signer(t, rfcKey()).KeyID(), encode(t, delegationMap(t, scopeMap())))
	aPass, err := base45.Decode(strings.TrimPrefix(seal(t, leastClaims(), rfcKey()), "PP1:"))
	if err != nil {
		t.Fatal(err)
	}
	text := func(b []byte) string { return base45.Encode(b) }
	for _, tc := range []struct {
		name, text string
		want       error
	}{
		{"a gate delegates onward", rawSlip(t, slipMap(onward)), pass.ErrNoKey},
		{"a gate delegates in the issuer's name", rawSlip(t, slipMap(issuersWord)), pass.ErrForged},
		{"a pass for a delegation", rawSlip(t, slipMap(aPass)), pass.ErrMalformed},
		{"another gate's key signs", "PT1:" + text(sign(rfcKey(), nil, encode(t, slipMap(good)))), pass.ErrForged},
		{"the slip names a key", "PT1:" + text(sign(gateKey(), kid, encode(t, slipMap(good)))), pass.ErrMalformed},
		{"a delegation as a pass", "PP1:" + text(good), pass.ErrMalformed},
		{"a delegation as a slip", "PT1:" + text(good), pass.ErrMalformed},
		{"a pass as a slip", "PT1:" + text(aPass), pass.ErrMalformed},
		{"a slip as a pass", "PP1:" + strings.TrimPrefix(rawSlip(t, slipMap(good)), "PT1:"), pass.ErrMalformed},
		{"a slip as a presentation", "PH1:" + strings.TrimPrefix(rawSlip(t, slipMap(good)), "PT1:"), pass.ErrMalformed},
	} {
		t.Run(tc.name, func(t *testing.T) { wantError(t, tc.text, keys, tc.want) })
	}
}

// The issuer's key answers for the slip as it would for a pass.
func TestSlipIssuerKey(t *testing.T) {
	text := sealSlip(t)
	for _, tc := range []struct {
		name string
		bend func(*pass.Key)
		want error
	}{
		{"withdrawn", func(k *pass.Key) { k.Withdrawn = true }, pass.ErrWithdrawn},
		{"not yet valid when it delegated", func(k *pass.Key) { k.From = issuedAt.Add(time.Second) }, pass.ErrKeyPeriod},
		{"over when it delegated", func(k *pass.Key) { k.To = issuedAt }, pass.ErrKeyPeriod},
		{"another issuer's", func(k *pass.Key) { k.Issuer = "Q" }, pass.ErrNoKey},
		{"unknown", func(k *pass.Key) { k.ID = []byte("none") }, pass.ErrNoKey},
		{"for a foreign format", func(k *pass.Key) { k.Format = pass.HCERT }, pass.ErrNoKey},
		{"another key with its kid", func(k *pass.Key) { k.Public = gateKey().Public() }, pass.ErrForged},
	} {
		t.Run(tc.name, func(t *testing.T) {
			k := nativeKey(t, rfcKey().Public())
			tc.bend(&k)
			wantError(t, text, pass.NewKeyring([]pass.Key{k}), tc.want)
		})
	}
}

func TestDelegate(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	if _, err := pass.NewDelegate(sealDelegation(t, delegated()), rfcKey(), keys); err == nil {
		t.Error("a delegation serves a gate that it is not for")
	}
	if _, err := pass.NewDelegate(sealDelegation(t, delegated()), gateKey(), nil); !errors.Is(err, pass.ErrNoKey) {
		t.Errorf("a delegation of an unknown issuer: %v", err)
	}
	for name, bend := range map[string]func(*pass.Claims){
		"test":   func(c *pass.Claims) { c.Tests = []pass.Test{{Kind: 1, At: issuedAt}} },
		"colour": func(c *pass.Claims) { c.Colour = pass.Green },
		"status": func(c *pass.Claims) { c.Status = &pass.StatusRef{URI: "s:1"} },
		"issuer": func(c *pass.Claims) { c.Issuer = "Q" },
		"key":    func(c *pass.Claims) { c.Confirm = &p256Key(t).PublicKey },
	} {
		c := slipClaims()
		bend(&c)
		if _, err := delegate(t, delegated()).Seal(pass.Visitor, c); err == nil {
			t.Errorf("a slip with a %s was sealed", name)
		}
	}
	bad := delegated()
	bad.Expires = bad.Expires.Add(time.Second)
	if _, err := bad.Seal(signer(t, rfcKey())); err == nil {
		t.Error("a delegation of more than two days was sealed")
	}
}

// No byte of a slip, its delegation and both signatures can be altered.
func TestSlipEveryByte(t *testing.T) {
	keys := trusted(t, rfcKey().Public())
	b, err := base45.Decode(strings.TrimPrefix(sealSlip(t), "PT1:"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		for _, flip := range []byte{0x01, 0x20, 0x80, 0xff} {
			altered := bytes.Clone(b)
			altered[i] ^= flip
			if p, err := pass.Open("PT1:"+base45.Encode(altered), keys); err == nil {
				t.Fatalf("byte %d altered by %#x opens as %+v", i, flip, p)
			}
		}
	}
}

// Whatever the gate's and the issuer's keys sign, a slip that opens is in its one form.
func FuzzSlip(f *testing.F) {
	good := sealDelegation(f, delegated())
	f.Add(encode(f, slipMap(good)), encode(f, delegationMap(f, scopeMap())), true)
	f.Add(encode(f, slipMap(good)), encode(f, scopeMap()), false)
	f.Add(encode(f, with(slipMap(good), -70001, map[any]any{1: "张*", 5: 1990})), []byte{}, true)
	keys := trusted(f, rfcKey().Public())
	f.Fuzz(func(t *testing.T, slip, other []byte, whole bool) {
		if len(slip)+len(other) > 4<<10 {
			return
		}
		text := slipOf(t, slip)
		if !whole {
			text = rawDelegation(t, with(delegationMap(t, scopeMap()), 9, other))
		}
		p, err := pass.Open(text, keys)
		if err != nil {
			if p != nil {
				t.Fatal("both a pass and an error")
			}
			return
		}
		d := p.Slip
		if d == nil || p.Expires.Sub(p.IssuedAt) > d.Life || p.Confirm != nil || p.Tests != nil || p.Format != pass.TemporarySlip {
			t.Fatalf("opened beyond a delegation: %+v", p)
		}
		body := strings.TrimPrefix(text, "PT1:")
		if b, err := base45.Decode(body); err != nil || cose.Deterministic(b) != nil || base45.Encode(b) != body {
			t.Fatalf("%s has another form", text)
		}
	})
}
