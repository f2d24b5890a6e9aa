package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"postern/sync/authority"
	"postern/sync/hub"
	"postern/sync/hub/hubdb"
)

// demoHub is the hub of the demo city, in this process, on loopback. It can be
// stopped and started again on the same address, with what it holds on disk.
type demoHub struct {
	dir     string
	receipt ed25519.PrivateKey
	city    *authority.Authority
	now     func() time.Time

	addr   string // host:port once it has started
	store  *hubdb.DB
	server *http.Server
	done   chan error
}

func newDemoHub(dir string, now func() time.Time) (*demoHub, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o755); err != nil {
		return nil, err
	}
	return &demoHub{dir: dir, receipt: key, now: now, addr: "127.0.0.1:0"}, nil
}

func (h *demoHub) files() string { return filepath.Join(h.dir, "files") }

func (h *demoHub) url() string { return "http://" + h.addr }

// start serves on the address of the first start.
func (h *demoHub) start(ctx context.Context) error {
	var err error
	if h.store, err = hubdb.Open(filepath.Join(h.dir, "hub.db")); err != nil {
		return err
	}
	handler, err := hub.New(hub.Options{
		Store: h.store, Files: os.DirFS(h.files()), Receipt: h.receipt, Now: h.now,
		Countersign: h.city.Gates.Countersign,
	})
	if err != nil {
		return errors.Join(err, h.store.Close())
	}
	listener, err := net.Listen("tcp", h.addr)
	if err != nil {
		return errors.Join(fmt.Errorf("start hub: %w", err), h.store.Close())
	}
	h.addr = listener.Addr().String()
	h.server = &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	h.done = make(chan error, 1)
	go func(s *http.Server, done chan error) { done <- s.Serve(listener) }(h.server, h.done)
	return nil
}

// stop cuts every connection and closes the store, as pulling the plug would.
func (h *demoHub) stop() error {
	if h.server == nil {
		return nil
	}
	err := h.server.Close()
	if served := <-h.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	h.server = nil
	return errors.Join(err, h.store.Close())
}
