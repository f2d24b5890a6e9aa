package enrol_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"postern/sync/enrol"
	"postern/sync/internal/base45"
)

var (
	now    = time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)
	secret = [16]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	signer = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	public = signer.Public().(ed25519.PublicKey)
)

func mustCode(t testing.TB) enrol.Code {
	t.Helper()
	c, err := enrol.NewCode("https://hub.example/", "南门 South gate", [32]byte{9}, secret, now.Add(48*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustIdentity(t testing.TB, seed byte) enrol.Identity {
	t.Helper()
	i, err := enrol.NewIdentity(mustCode(t), rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func envelope(gate string) enrol.Envelope {
	return enrol.Envelope{
		Gate: gate, Version: 3, Made: now, Place: "南门", Direction: "in", Policy: "residential",
		Epochs:  map[uint64][]byte{682: bytes.Repeat([]byte{1}, 32)},
		TagKeys: map[uint64][]byte{20779: bytes.Repeat([]byte{2}, 32), 20780: bytes.Repeat([]byte{3}, 32)},
		Pull:    10 * time.Minute, Suspended: true, Delegation: []byte("a delegation"),
		Places: map[string]string{"en": "South Gate", "zh-Hant": "南門"},
	}
}

func TestCodeRoundTrip(t *testing.T) {
	c := mustCode(t)
	if c.Hub != "https://hub.example" {
		t.Errorf("hub %q keeps its slash", c.Hub)
	}
	for _, text := range []string{c.Encode(), "  " + c.Encode() + "\r\n"} {
		got, err := enrol.ParseCode(text)
		if err != nil || got != c {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if !strings.HasPrefix(c.Encode(), "PE1:") || !enrol.ValidGate(c.GateID()) {
		t.Errorf("text %q, gate %q", c.Encode(), c.GateID())
	}
	if c.Expired(c.Expiry.Add(-time.Second)) || !c.Expired(c.Expiry) {
		t.Error("a code is good to the second before its expiry")
	}
}

func TestNewCodeRefuses(t *testing.T) {
	expiry := now.Add(time.Hour)
	for name, make := range map[string]func() (enrol.Code, error){
		"no scheme": func() (enrol.Code, error) { return enrol.NewCode("hub.example", "p", [32]byte{}, secret, expiry) },
		"file":      func() (enrol.Code, error) { return enrol.NewCode("file:///etc", "p", [32]byte{}, secret, expiry) },
		"user":      func() (enrol.Code, error) { return enrol.NewCode("http://a@b", "p", [32]byte{}, secret, expiry) },
		"query":     func() (enrol.Code, error) { return enrol.NewCode("http://b/?x=1", "p", [32]byte{}, secret, expiry) },
		"fragment":  func() (enrol.Code, error) { return enrol.NewCode("http://b#x", "p", [32]byte{}, secret, expiry) },
		"long hub": func() (enrol.Code, error) {
			return enrol.NewCode("http://"+strings.Repeat("b", enrol.MaxHub), "p", [32]byte{}, secret, expiry)
		},
		"no place": func() (enrol.Code, error) { return enrol.NewCode("http://b", " ", [32]byte{}, secret, expiry) },
		"control":  func() (enrol.Code, error) { return enrol.NewCode("http://b", "a\nb", [32]byte{}, secret, expiry) },
		"long place": func() (enrol.Code, error) {
			return enrol.NewCode("http://b", strings.Repeat("门", 41), [32]byte{}, secret, expiry)
		},
		"no secret": func() (enrol.Code, error) { return enrol.NewCode("http://b", "p", [32]byte{}, [16]byte{}, expiry) },
		"no expiry": func() (enrol.Code, error) { return enrol.NewCode("http://b", "p", [32]byte{}, secret, time.Time{}) },
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestParseCodeRefuses(t *testing.T) {
	whole := mustCode(t).Encode()
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"empty":       {"", enrol.ErrCode},
		"web address": {"https://example.org", enrol.ErrCode},
		"a pass":      {"PP1:ABC", enrol.ErrCode},
		"lower case":  {strings.ToLower(whole), enrol.ErrCode},
		"cut":         {whole[:len(whole)-4], enrol.ErrDamagedCode},
		"no body":     {"PE1:", enrol.ErrDamagedCode},
		"one letter":  {strings.Replace(whole, whole[40:41], "a", 1), enrol.ErrDamagedCode},
		"longer":      {whole + "00", enrol.ErrDamagedCode},
		"much longer": {whole + strings.Repeat("0", 2000), enrol.ErrDamagedCode},
		"empty map":   {enrol.Prefix + base45.Encode([]byte{0xa0}), enrol.ErrDamagedCode},
	} {
		if _, err := enrol.ParseCode(c.text); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestGateIDKeepsTheSecret(t *testing.T) {
	if id := mustCode(t).GateID(); strings.Contains(id, hex.EncodeToString(secret[:4])) || id != mustIdentity(t, 1).Gate {
		t.Errorf("gate %q", id)
	}
}

func TestIdentityRoundTrip(t *testing.T) {
	i := mustIdentity(t, 1)
	b, err := i.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := enrol.ParseIdentity(b)
	if err != nil || !reflect.DeepEqual(got, i) {
		t.Errorf("got %+v, %v", got, err)
	}
	for n := range b {
		if _, err := enrol.ParseIdentity(b[:n]); err == nil {
			t.Fatalf("accepted %d of %d bytes", n, len(b))
		}
	}
	if again := mustIdentity(t, 1); !bytes.Equal(again.Sign, i.Sign) {
		t.Error("the same random bytes make another key")
	}
	if other := mustIdentity(t, 2); bytes.Equal(other.Sign, i.Sign) {
		t.Error("other random bytes make the same key")
	}
}

func TestRequest(t *testing.T) {
	i := mustIdentity(t, 1)
	b, err := i.Request(secret)
	if err != nil {
		t.Fatal(err)
	}
	r, err := enrol.ParseRequest(b)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Authentic(secret) || r.Gate != i.Gate || !bytes.Equal(r.Sign, i.Sign.Public().(ed25519.PublicKey)) || !bytes.Equal(r.Box, i.Box.PublicKey().Bytes()) {
		t.Errorf("request %+v is not what the gate asked", r)
	}
	if r.Authentic([16]byte{1}) {
		t.Error("authentic under another secret")
	}
	if _, err := i.Request([16]byte{1}); err == nil {
		t.Error("made with another code's secret")
	}
	thief := mustIdentity(t, 2)
	swapped := r
	swapped.Box = thief.Box.PublicKey().Bytes()
	if swapped.Authentic(secret) {
		t.Error("a swapped box key is authentic")
	}
	for n := range b {
		if _, err := enrol.ParseRequest(b[:n]); err == nil {
			t.Fatalf("accepted %d of %d bytes", n, len(b))
		}
	}
}

func TestCertificate(t *testing.T) {
	i := mustIdentity(t, 1)
	want := enrol.Certificate{Gate: i.Gate, Sign: i.Sign.Public().(ed25519.PublicKey), Box: i.Box.PublicKey().Bytes(), Place: "南门", Time: now}
	b, err := enrol.SignCertificate(want, signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := enrol.OpenCertificate(b, public)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	other := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	if _, err := enrol.OpenCertificate(b, other); !errors.Is(err, enrol.ErrSignature) {
		t.Errorf("under another key: %v", err)
	}
	for n := range b {
		bad := bytes.Clone(b)
		bad[n] ^= 1
		if _, err := enrol.OpenCertificate(bad, public); err == nil {
			t.Fatalf("byte %d changed and accepted", n)
		}
	}
}

func TestEnvelope(t *testing.T) {
	i := mustIdentity(t, 1)
	want := envelope(i.Gate)
	b, err := enrol.SealEnvelope(want, i.Box.PublicKey().Bytes(), signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := enrol.OpenEnvelope(b, public, i)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	if gate, version, err := enrol.EnvelopeVersion(b); gate != i.Gate || version != 3 || err != nil {
		t.Errorf("a relay reads %q %d %v", gate, version, err)
	}
	if bytes.Contains(b, []byte("residential")) || bytes.Contains(b, want.Epochs[682]) {
		t.Error("a relay can read the envelope")
	}
	if _, err := enrol.OpenEnvelope(b, public, mustIdentity(t, 2)); !errors.Is(err, enrol.ErrBox) {
		t.Errorf("with another box key: %v", err)
	}
	stranger := i
	stranger.Gate = "0011223344556677"
	if _, err := enrol.OpenEnvelope(b, public, stranger); !errors.Is(err, enrol.ErrBox) {
		t.Errorf("at another gate: %v", err)
	}
	other := ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
	if _, err := enrol.OpenEnvelope(b, other, i); !errors.Is(err, enrol.ErrSignature) {
		t.Errorf("under another key: %v", err)
	}
	if _, err := enrol.OpenCertificate(b, public); err == nil {
		t.Error("an envelope opened as a certificate")
	}
}

func TestSealEnvelopeRefuses(t *testing.T) {
	i := mustIdentity(t, 1)
	for name, spoil := range map[string]func(*enrol.Envelope){
		"gate":      func(e *enrol.Envelope) { e.Gate = "gate" },
		"version":   func(e *enrol.Envelope) { e.Version = 0 },
		"direction": func(e *enrol.Envelope) { e.Direction = "up" },
		"policy":    func(e *enrol.Envelope) { e.Policy = "../x" },
		"place":     func(e *enrol.Envelope) { e.Place = "" },
		"pull":      func(e *enrol.Envelope) { e.Pull = time.Millisecond },
		"key":       func(e *enrol.Envelope) { e.TagKeys[1] = []byte{1} },
		"made":      func(e *enrol.Envelope) { e.Made = time.Time{} },
	} {
		e := envelope(i.Gate)
		spoil(&e)
		if _, err := enrol.SealEnvelope(e, i.Box.PublicKey().Bytes(), signer); err == nil {
			t.Errorf("%s: sealed", name)
		}
	}
}

func TestAnswer(t *testing.T) {
	b, err := enrol.EncodeAnswer([]byte("certificate"), []byte("envelope"))
	if err != nil {
		t.Fatal(err)
	}
	c, e, err := enrol.ParseAnswer(b)
	if err != nil || string(c) != "certificate" || string(e) != "envelope" {
		t.Errorf("got %q, %q, %v", c, e, err)
	}
	for _, bad := range [][]byte{nil, b[1:], append(bytes.Clone(b), 0), {0x82, 0x40, 0x40}} {
		if _, _, err := enrol.ParseAnswer(bad); err == nil {
			t.Errorf("accepted %x", bad)
		}
	}
}

// Whatever parses re-encodes to the same text.
func FuzzParseCode(f *testing.F) {
	f.Add(mustCode(f).Encode())
	f.Add("PE1:")
	f.Add("https://example.org")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := enrol.ParseCode(text)
		if err == nil && c.Encode() != strings.TrimSpace(text) {
			t.Errorf("%q reads as %+v, which writes %q", text, c, c.Encode())
		}
	})
}

// No bytes panic, and none that the authority did not sign open.
func FuzzOpen(f *testing.F) {
	i := mustIdentity(f, 1)
	request, _ := i.Request(secret)
	sealed, err := enrol.SealEnvelope(envelope(i.Gate), i.Box.PublicKey().Bytes(), signer)
	if err != nil {
		f.Fatal(err)
	}
	identity, _ := i.Marshal()
	f.Add(request)
	f.Add(sealed)
	f.Add(identity)
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := enrol.OpenEnvelope(b, public, i); err == nil && !reflect.DeepEqual(e, envelope(i.Gate)) {
			t.Errorf("opened %+v, which nobody sealed", e)
		}
		if c, err := enrol.OpenCertificate(b, public); err == nil {
			t.Errorf("opened %+v, which nobody signed", c)
		}
		if _, _, err := enrol.EnvelopeVersion(b); err == nil && len(b) > enrol.MaxBytes {
			t.Error("read beyond the bound")
		}
		if j, err := enrol.ParseIdentity(b); err == nil {
			if again, _ := j.Marshal(); !bytes.Equal(again, b) {
				t.Error("an identity has two forms")
			}
		}
		if r, err := enrol.ParseRequest(b); err == nil && r.Authentic([16]byte{99}) {
			t.Error("authentic without the secret")
		}
	})
}
