package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand"
	"strings"
	"time"

	"postern/app/qr"
	"postern/sync/pass"
	"postern/sync/verdict"
)

// exhibit is one code that the demo shows at the gate, and what must come of it.
type exhibit struct {
	file   string // name of its picture, without .png
	what   string
	text   string // empty: the picture holds no readable code
	reason verdict.Reason
}

// holders are the people whom the demo shows at the gate, with what they carry:
// their passes, all made for one holder key.
type holders struct {
	passes []string // by place in the city
	holder *ecdsa.PrivateKey
	now    time.Time
}

// exhibits is one code of every kind.
func (h holders) exhibits() ([]exhibit, error) {
	var failed error
	present := func(person int) string {
		text, err := pass.Present(h.passes[person], h.holder, h.now)
		if err != nil && failed == nil {
			failed = err
		}
		return text
	}
	stranger, err := h.strangersPass()
	if err != nil {
		return nil, err
	}
	list := []exhibit{
		{"good", "a good pass, shown by its holder", present(wellPerson), verdict.OK},
		{"suspended", "a suspended pass", present(suspendedPerson), verdict.SuspendedPass},
		{"expired", "an expired pass", present(expiredPerson), verdict.Expired},
		{"old-test", "a test too long ago", present(oldTestPerson), verdict.TestOld},
		{"paper", "a paper copy of a good pass", h.passes[paperPerson], verdict.PaperNotAccepted},
		{"barred", "a barred pass", present(barredPerson), verdict.Barred},
		{"revoked", "a revoked pass", present(revokedPerson), verdict.Revoked},
		{"forged", "a forged signature", tamper(h.passes[forgedPerson], 0.95), verdict.Forged},
		{"altered", "an altered payload", tamper(h.passes[alteredPerson], 0.40), verdict.Forged},
		{"stranger", "a pass of an unknown issuer key", stranger, verdict.NoKey},
		{"menu", "a restaurant's menu", "https://menu.example/table/12", verdict.Foreign},
		{"unreadable", "a picture without a readable code", "", verdict.Unreadable},
	}
	if failed != nil {
		return nil, fmt.Errorf("present pass: %w", failed)
	}
	return list, nil
}

// strangersPass is signed well, by a key that no trust list of this city has.
func (h holders) strangersPass() (string, error) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{0x5a}, ed25519.SeedSize))
	signer, err := pass.NewSigner("ELSEWHERE", key)
	if err != nil {
		return "", err
	}
	return pass.Seal(pass.Claims{
		ID: []byte("elsewher"), IssuedAt: h.now.Add(-time.Hour), Expires: h.now.AddDate(0, 1, 0), Name: "林*",
	}, signer)
}

// tamper changes one byte of a PP1: text, at the given part of its length, so
// that it is still well-formed base45: the lowest digit of a group of three
// moves by one, to whichever side does not carry.
func tamper(text string, part float64) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	const prefix = len("PP1:")
	group := int(part*float64(len(text)-prefix)) / 3
	b := []byte(text)
	i := prefix + group*3
	if d := strings.IndexByte(digits, b[i]); d > 0 {
		b[i] = digits[d-1]
	} else {
		b[i] = digits[d+1]
	}
	return string(b)
}

// picture draws the exhibit's code, or noise where it has none.
func (e exhibit) picture() ([]byte, error) {
	var out bytes.Buffer
	if e.text == "" {
		err := png.Encode(&out, noise(300))
		return out.Bytes(), err
	}
	err := qr.WritePNG(&out, e.text, 4)
	return out.Bytes(), err
}

// noise is a picture in which there is nothing to read.
func noise(size int) image.Image {
	rng := rand.New(rand.NewSource(7))
	img := image.NewGray(image.Rect(0, 0, size, size))
	for y := range size {
		for x := range size {
			img.SetGray(x, y, color.Gray{Y: uint8(rng.Intn(256))})
		}
	}
	return img
}
