package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"postern/sync/authority"
	"postern/sync/client"
	"postern/sync/enrol"
	"postern/sync/hub"
	"postern/sync/hub/hubtest"
	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
	"postern/sync/pass"
	"postern/sync/snapshot"
)

// state COUNTRY PEM JWKS DID PASS makes a state: its certificate for tests,
// its key as a JWK set and in a DID document, and a pass that it signed.
func scriptState(ts *testscript.TestScript, _ bool, args []string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{Country: []string{args[0]}, CommonName: "DSC 7"},
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 12, 31, 23, 59, 59, 0, time.UTC),
		UnknownExtKeyUsage: []asn1.ObjectIdentifier{{1, 3, 6, 1, 4, 1, 1847, 2021, 1, 1}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	write := func(name, text string) { ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o600)) }
	write(args[1], string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	point, err := key.PublicKey.Bytes()
	ts.Check(err)
	jwk := fmt.Sprintf(`{"kty":"EC","crv":"P-256","x":"%s","y":"%s"`, base64.RawURLEncoding.EncodeToString(point[1:33]), base64.RawURLEncoding.EncodeToString(point[33:]))
	write(args[2], `{"keys":[`+jwk+`,"use":"sig","kid":"first"}]}`)
	write(args[3], `{"id":"did:web:state.example","verificationMethod":[{"id":"did:web:state.example#key-1","type":"JsonWebKey2020","publicKeyJwk":`+jwk+`}}]}`)
	kid := sha256.Sum256(der)
	write(args[4], statePass(ts, key, kid[:8]))
}

func statePass(ts *testscript.TestScript, key *ecdsa.PrivateKey, kid []byte) string {
	now, err := time.Parse(time.RFC3339, scriptTime)
	ts.Check(err)
	payload, err := cose.Encoding.Marshal(map[int]any{
		4: now.AddDate(0, 1, 0).Unix(), 6: now.Add(-time.Hour).Unix(), -260: map[int]any{1: map[string]any{
			"ver": "1.3.0", "dob": "1990-01-01", "nam": map[string]any{"fn": "Muster", "gn": "Erika"},
			"t": []any{map[string]any{"ci": "URN:UVCI:01:XS:1#2", "tg": "840539006", "tt": "LP6464-4", "tr": "260415000", "sc": "2026-11-21T20:00:00Z"}},
		}},
	})
	ts.Check(err)
	message, err := cose.Sign(key, kid, payload)
	ts.Check(err)
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, err = w.Write(message)
	ts.Check(err)
	ts.Check(w.Close())
	return "HC1:" + base45.Encode(packed.Bytes())
}

// gateopens AUTHORITY HUB PASS WANT serves the hub's folder, enrols a new gate,
// pulls, and opens the pass with the trust list that came.
func scriptGateOpens(ts *testscript.TestScript, _ bool, args []string) {
	got := openAtGate(ts, ts.MkAbs(args[0]), ts.MkAbs(args[1]), ts.ReadFile(args[2]))
	if !strings.Contains(got, args[3]) {
		ts.Fatalf("the gate says %q, want %q", got, args[3])
	}
}

func openAtGate(ts *testscript.TestScript, authorityDir, hubDir, text string) string {
	ctx := context.Background()
	now, err := time.Parse(time.RFC3339, scriptTime)
	ts.Check(err)
	clock := func() time.Time { return now }
	a, err := authority.Open(ctx, authorityDir, authority.Options{Now: clock, Passphrase: authority.Phrase("correct horse battery")})
	ts.Check(err)
	defer a.Close()
	key, err := hub.ReceiptKey(hubDir)
	ts.Check(err)
	h, err := hub.New(hub.Options{Store: new(hubtest.Memory), Files: os.DirFS(hubDir), Receipt: key, Countersign: a.Gates.Countersign, Now: clock})
	ts.Check(err)
	server := httptest.NewServer(h)
	defer server.Close()
	code, err := a.Gates.Add(ctx, authority.NewGate{Hub: server.URL, Place: "border", Policy: "residential", Direction: "both", Expiry: now.Add(time.Hour)})
	ts.Check(err)
	id, err := enrol.NewIdentity(code, rand.Reader)
	ts.Check(err)
	_, err = client.Enrol(ctx, server.Client(), code, id)
	ts.Check(err)
	store := &tablet{gate: id.Gate}
	_, err = (&client.Client{Identity: id, Store: store, HTTP: server.Client(), Now: clock}).Pull(ctx)
	ts.Check(err)
	trust, err := snapshot.ParseTrust(store.in.Trust)
	ts.Check(err)
	p, err := pass.Open(text, trust.Keyring())
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %s %s", p.Issuer, p.IssuerName, p.Format)
}

// kid LIST ISSUER FILE writes the first kid of an issuer in what trust list said.
func scriptKeyID(ts *testscript.TestScript, _ bool, args []string) {
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if fields := strings.Fields(line); fields[0] == args[1] {
			_, after, _ := strings.Cut(line, "0x")
			kid, _, _ := strings.Cut(after, " ")
			ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte("0x"+kid), 0o600))
			return
		}
	}
	ts.Fatalf("no issuer %s", args[1])
}
