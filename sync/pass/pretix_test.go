package pass_test

import (
	"encoding/base64"
	"errors"
	"reflect"
	"testing"
	"time"

	"postern/sync/pass"
)

func TestPretix(t *testing.T) {
	from, until := issuedAt, issuedAt.Add(time.Hour)
	text := pretix(rfcKey(), ticketPayload(uint64(from.Unix()), uint64(until.Unix())))
	event := foreignKey(rfcKey().Public())
	event.Issuer = "invented-fair"
	p, err := pass.Open(text, ring(foreignKey(p256Key(t).Public()), event))
	if err != nil {
		t.Fatal(err)
	}
	want := pass.Claims{Issuer: "invented-fair", ID: []byte("seed"), NotBefore: from, Expires: until}
	document := map[string]any{"seed": "seed", "item": 300., "validFromUnixTime": float64(from.Unix()), "validUntilUnixTime": float64(until.Unix())}
	if p.Format != pass.Pretix || !reflect.DeepEqual(p.Claims, want) || !reflect.DeepEqual(p.Document, any(document)) {
		t.Errorf("opens as %+v", p)
	}
	if p.Expired(until) || !p.Expired(until.Add(time.Second)) || !p.Begins().Equal(from) {
		t.Error("its last second is not its last")
	}
	if p, err = pass.Open(pretix(rfcKey(), ticketPayload(0, 0)), ring(event)); err != nil || p.Expired(issuedAt) || !p.Begins().IsZero() {
		t.Errorf("without a window: %+v, %v", p, err)
	}
}

func TestPretixThatDoesNotOpen(t *testing.T) {
	text := pretix(rfcKey(), ticketPayload(0, 0))
	good := ring(foreignKey(rfcKey().Public()))
	withdrawn := foreignKey(rfcKey().Public())
	withdrawn.Withdrawn = true
	raw := func() []byte {
		b, err := base64.StdEncoding.DecodeString(flip(text))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	changed := func(i int, v byte) string {
		b := raw()
		b[i] = v
		return reversed(b)
	}
	for name, c := range map[string]struct {
		text string
		keys *pass.Keyring
		want error
	}{
		"no key":                  {text, ring(), pass.ErrNoKey},
		"another event's":         {text, ring(foreignKey(p256Key(t).Public())), pass.ErrNoKey},
		"altered":                 {changed(6, 'x'), good, pass.ErrNoKey},
		"withdrawn":               {text, ring(withdrawn), pass.ErrWithdrawn},
		"version 2":               {changed(0, 2), good, pass.ErrForeign},
		"length of payload":       {changed(2, 8), good, pass.ErrForeign},
		"length high byte":        {changed(1, 1), good, pass.ErrForeign},
		"length of signature":     {changed(4, 63), good, pass.ErrForeign},
		"trailing":                {reversed(append(raw(), 0)), good, pass.ErrForeign},
		"cut":                     {reversed(raw()[:4]), good, pass.ErrForeign},
		"not reversed":            {flip(text), good, pass.ErrForeign},
		"random secret":           {"kfndgffgyw4tdgcacx6bb3bgemq69cxj", good, pass.ErrForeign},
		"no seed":                 {pretix(rfcKey(), []byte{2 << 3, 1}), good, pass.ErrMalformed},
		"seed a number":           {pretix(rfcKey(), []byte{1 << 3, 1}), good, pass.ErrMalformed},
		"seed of eight bytes":     {pretix(rfcKey(), append([]byte{1<<3 | 1}, "seedseed"...)), good, pass.ErrMalformed},
		"item a string":           {pretix(rfcKey(), append(ticketPayload(0, 0), 2<<3|2, 1, 'x')), good, pass.ErrMalformed},
		"item negative":           {pretix(rfcKey(), append(ticketPayload(0, 0), 2<<3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)), good, pass.ErrMalformed},
		"valid until far off":     {pretix(rfcKey(), ticketPayload(0, 1<<50)), good, pass.ErrMalformed},
		"no protobuf":             {pretix(rfcKey(), []byte{7}), good, pass.ErrMalformed},
		"no protobuf, no key":     {pretix(rfcKey(), []byte{7}), ring(), pass.ErrNoKey},
		"a key of another format": {text, ring(pass.Key{ID: foreignKID, Public: rfcKey().Public(), Format: pass.Claim169}), pass.ErrNoKey},
	} {
		if p, err := pass.Open(c.text, c.keys); p != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: gave %+v, %v, want %v", name, p, err, c.want)
		}
	}
}

// flip turns a text around.
func flip(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
