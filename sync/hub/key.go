package hub

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ReceiptKeyFile is the name of the hub's own key in its folder: PKCS #8 in
// PEM, readable by its owner only. Gates believe the hub's receipts only if the
// public half is in the trust list.
const ReceiptKeyFile = "receipt.key"

const keyPEM = "PRIVATE KEY"

// ReceiptKey reads the key in the hub's folder dir; where there is none, it makes one.
func ReceiptKey(dir string) (ed25519.PrivateKey, error) {
	path := filepath.Join(dir, ReceiptKeyFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newReceiptKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read receipt key: %w", err)
	}
	block, _ := pem.Decode(b)
	if block == nil || block.Type != keyPEM {
		return nil, fmt.Errorf("read receipt key: %s holds no key in PEM; restore it from a backup", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read receipt key: %s: %w", path, err)
	}
	if key, ok := key.(ed25519.PrivateKey); ok {
		return key, nil
	}
	return nil, fmt.Errorf("read receipt key: %s is not an Ed25519 key", path)
}

func newReceiptKey(path string) (ed25519.PrivateKey, error) {
	key, err := writeReceiptKey(path)
	if err != nil {
		return nil, fmt.Errorf("make receipt key: %w", err)
	}
	return key, nil
}

// writeReceiptKey makes a key. It never replaces one, since gates may trust it already.
func writeReceiptKey(path string) (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	err = pem.Encode(f, &pem.Block{Type: keyPEM, Bytes: der})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return key, nil
}
