package authority

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
)

// Names of the keys, as files keys/<name>.key: PKCS #8 in PEM, the wrapped
// ones inside an armored age file.
const (
	keyTargets  = "targets"  // trust list and policies
	keyTracing  = "tracing"  // opens the references in journals
	keyOnline   = "online"   // timestamp, snapshot, statuses
	keyEnvelope = "envelope" // envelopes and gate certificates
	keyIssuer   = "issuer"   // passes
)

// rootKeys are the root role's three keys. Two of them sign a root.
var rootKeys = []string{"root1", "root2", "root3"}

const rootThreshold = 2

// wrapped says which keys the passphrase wraps: those that are not needed for
// publishing. With the tracing key one can name everybody in every journal.
var wrapped = map[string]bool{"root1": true, "root2": true, "root3": true, keyTargets: true, keyTracing: true}

const (
	pemType            = "PRIVATE KEY"
	defaultWorkFactor  = 18 // about a second
	maxWorkFactor      = 22
	minPassphraseRunes = 8
)

// keyFolder makes and loads the keys of one authority.
type keyFolder struct {
	dir        string
	passphrase Passphrase
	workFactor int
	random     io.Reader
	phrase     string                       // "" until it was asked for
	held       map[string]crypto.PrivateKey // those loaded, since unwrapping takes a second
}

func newKeyFolder(dir string, o Options) *keyFolder {
	return &keyFolder{
		dir: filepath.Join(dir, "keys"), passphrase: o.Passphrase, workFactor: o.WorkFactor, random: o.Rand,
		held: make(map[string]crypto.PrivateKey),
	}
}

// makingFile is in the folder while an authority is being created.
const makingFile = ".making"

// create makes every key. It replaces keys that a crashed creation left, since
// nobody has anything that they signed. It never replaces others.
func (f *keyFolder) create() error {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(f.dir, makingFile), nil, 0o600); err != nil {
		return err
	}
	for _, name := range append([]string{keyTargets, keyTracing, keyOnline, keyEnvelope, keyIssuer}, rootKeys...) {
		if err := f.make(name); err != nil {
			return fmt.Errorf("make key %s: %w", name, err)
		}
	}
	return nil
}

// check refuses a passphrase that is too short, and a folder that holds keys
// already, unless a crashed creation left them. It writes nothing.
func (f *keyFolder) check() error {
	there, err := filepath.Glob(filepath.Join(f.dir, "*.key"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(f.dir, makingFile)); err != nil && len(there) > 0 {
		return fmt.Errorf("%w: there are keys in %s and no ledger; restore the ledger from the backup, or choose another folder", ErrExists, f.dir)
	}
	phrase, err := f.ask()
	if err != nil {
		return err
	}
	if len([]rune(phrase)) < minPassphraseRunes {
		return fmt.Errorf("the passphrase has fewer than %d characters; choose a longer one", minPassphraseRunes)
	}
	return nil
}

// made ends the creation: from now on the keys are never replaced.
func (f *keyFolder) made() error { return os.Remove(filepath.Join(f.dir, makingFile)) }

// make makes one key and writes its file.
func (f *keyFolder) make(name string) error {
	seed := make([]byte, 32)
	if _, err := io.ReadFull(f.random, seed); err != nil {
		return err
	}
	var key any = ed25519.NewKeyFromSeed(seed)
	if name == keyTracing {
		var err error
		if key, err = ecdh.X25519().NewPrivateKey(seed); err != nil {
			return err
		}
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	b := pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der})
	if wrapped[name] {
		if b, err = f.wrap(b); err != nil {
			return err
		}
	}
	f.held[name] = key
	return writeFile(f.path(name), b, 0o600)
}

func (f *keyFolder) path(name string) string { return filepath.Join(f.dir, name+".key") }

// signer loads an Ed25519 key.
func (f *keyFolder) signer(name string) (ed25519.PrivateKey, error) {
	key, err := f.load(name)
	if err != nil {
		return nil, err
	}
	k, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("load key %s: it is not an Ed25519 key", name)
	}
	return k, nil
}

// tracing loads the X25519 key that opens references.
func (f *keyFolder) tracing() (*ecdh.PrivateKey, error) {
	key, err := f.load(keyTracing)
	if err != nil {
		return nil, err
	}
	k, ok := key.(*ecdh.PrivateKey)
	if !ok || k.Curve() != ecdh.X25519() {
		return nil, fmt.Errorf("load key %s: it is not an X25519 key", keyTracing)
	}
	return k, nil
}

// load gives a key, from memory where it was loaded before.
func (f *keyFolder) load(name string) (crypto.PrivateKey, error) {
	if key, ok := f.held[name]; ok {
		return key, nil
	}
	key, err := f.read(name)
	if err == nil {
		f.held[name] = key
	}
	return key, err
}

// read reads a key file.
func (f *keyFolder) read(name string) (crypto.PrivateKey, error) {
	b, err := os.ReadFile(f.path(name))
	if err != nil {
		return nil, fmt.Errorf("load key %s: %w", name, err)
	}
	if wrapped[name] {
		if b, err = f.unwrap(b); err != nil {
			return nil, fmt.Errorf("load key %s: %w", name, err)
		}
	}
	block, rest := pem.Decode(b)
	if block == nil || block.Type != pemType || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("load key %s: the file is damaged; restore it from the backup", name)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("load key %s: %w", name, err)
	}
	return key, nil
}

// ask gives the passphrase. It asks for it the first time, and after a wrong one.
func (f *keyFolder) ask() (string, error) {
	if f.phrase != "" {
		return f.phrase, nil
	}
	if f.passphrase == nil {
		return "", errors.New("this needs the passphrase, and there is nobody to ask for it")
	}
	phrase, err := f.passphrase()
	if err != nil {
		return "", err
	}
	if f.phrase = strings.TrimRight(phrase, "\r\n"); f.phrase == "" {
		return "", errors.New("the passphrase is empty")
	}
	return f.phrase, nil
}

// wrap encrypts a key file to the passphrase.
func (f *keyFolder) wrap(plain []byte) ([]byte, error) {
	phrase, err := f.ask()
	if err != nil {
		return nil, err
	}
	to, err := age.NewScryptRecipient(phrase)
	if err != nil {
		return nil, err
	}
	to.SetWorkFactor(defaultWorkFactor)
	if f.workFactor > 0 {
		to.SetWorkFactor(f.workFactor)
	}
	var buf bytes.Buffer
	text := armor.NewWriter(&buf)
	w, err := age.Encrypt(text, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := errors.Join(w.Close(), text.Close()); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// unwrap opens what wrap encrypted.
func (f *keyFolder) unwrap(b []byte) ([]byte, error) {
	phrase, err := f.ask()
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(phrase)
	if err != nil {
		return nil, err
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(b)), id)
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		f.phrase = ""
		return nil, fmt.Errorf("%w; try again", ErrPassphrase)
	}
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, 1<<16))
}
