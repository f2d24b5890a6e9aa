package snapshot

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// ErrSealed says that a file does not open: another key, another name, or bytes that changed.
var ErrSealed = errors.New("file does not open with this key and name")

// Status and foreign files are encrypted, so that a hub or CDN that carries
// them cannot follow a pass by its index:
//
//	PSE1, salt 16 bytes, then chunks of 64 KiB of plain text (the last shorter), each AES-256-GCM with its tag of 16 bytes
//	key    HKDF-SHA256(epoch key, salt, "postern/file/1:" + target name), 32 bytes
//	nonce  11 bytes big-endian count of the chunk from 0, then 1 in the last chunk, else 0
//
// This is the STREAM construction as age uses it. The last chunk may be empty
// only in an empty file.
const (
	magicSealed = "PSE1"
	saltSize    = 16
	chunkSize   = 64 << 10
	tagSize     = 16
)

// fileCipher is the AEAD of one file.
func fileCipher(key, salt []byte, name string) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("the epoch key has %d bytes, want 32", len(key))
	}
	own, err := hkdf.Key(sha256.New, key, salt, "postern/file/1:"+name, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(own)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// chunkNonce is the nonce of chunk i.
func chunkNonce(i int, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:], uint64(i))
	if last {
		n[11] = 1
	}
	return n
}

// SealFile encrypts plain for the target called name with an epoch key of 32
// bytes. random gives the salt; with crypto/rand no two files share a key.
func SealFile(plain []byte, name string, key []byte, random io.Reader) ([]byte, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return nil, fmt.Errorf("seal %s: %w", name, err)
	}
	aead, err := fileCipher(key, salt, name)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", name, err)
	}
	chunks := max(1, (len(plain)+chunkSize-1)/chunkSize)
	out := make([]byte, 0, len(magicSealed)+saltSize+len(plain)+chunks*tagSize)
	out = append(append(out, magicSealed...), salt...)
	for i := range chunks {
		n := min(chunkSize, len(plain))
		out = aead.Seal(out, chunkNonce(i, i == chunks-1), plain[:n], nil)
		plain = plain[n:]
	}
	return out, nil
}

// OpenFile decrypts what SealFile encrypted under the same name and key. It returns the whole text or an error.
func OpenFile(b []byte, name string, key []byte) ([]byte, error) {
	const head = len(magicSealed) + saltSize
	if len(b) < head+tagSize || string(b[:len(magicSealed)]) != magicSealed {
		return nil, fmt.Errorf("open %s: %w: it is no encrypted file, or cut short", name, ErrSealed)
	}
	aead, err := fileCipher(key, b[len(magicSealed):head], name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	rest := b[head:]
	plain := make([]byte, 0, len(rest))
	for i := 0; len(rest) > 0; i++ {
		n := min(chunkSize+tagSize, len(rest))
		last := n == len(rest)
		if last && n == tagSize && i > 0 {
			return nil, fmt.Errorf("open %s: %w: its last chunk is empty", name, ErrSealed)
		}
		if plain, err = aead.Open(plain, chunkNonce(i, last), rest[:n], nil); err != nil {
			return nil, fmt.Errorf("open %s: %w: chunk %d", name, ErrSealed, i)
		}
		rest = rest[n:]
	}
	return plain, nil
}
