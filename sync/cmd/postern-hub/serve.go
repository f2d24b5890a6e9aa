package main

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"postern/sync/authority"
	"postern/sync/hub"
	"postern/sync/hub/hubdb"
)

// databaseFile is the hub's own file in its folder, beside the receipt key and
// what was published.
const databaseFile = "hub.db"

// Limits of a connection. Large files get more time by their size.
const (
	headerTime   = 5 * time.Second
	requestTime  = time.Minute
	idleTime     = 90 * time.Second
	shutdownTime = 10 * time.Second
	maxHeader    = 16 << 10
)

// serveFlags is the command line of serve.
type serveFlags struct {
	dir, authority, listen, cert, key string
	verbose                           bool
}

func (p *program) serveFlags(args []string) (f serveFlags, code int, done bool) {
	set := flag.NewFlagSet("postern-hub serve", flag.ContinueOnError)
	set.SetOutput(p.stderr)
	set.StringVar(&f.dir, "dir", "", "the hub's `folder`, to which publish writes; hub.db and receipt.key are there")
	set.StringVar(&f.authority, "authority", "", "the authority's `folder`, where it is on this machine: gates are then enrolled at once")
	set.StringVar(&f.listen, "listen", "127.0.0.1:8470", "`address` to listen on; port 0 takes a free one")
	set.StringVar(&f.cert, "tls-cert", "", "certificate `file`, PEM")
	set.StringVar(&f.key, "tls-key", "", "key `file` of the certificate, PEM")
	set.BoolVar(&f.verbose, "verbose", false, "log every request")
	switch err := set.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return f, exitOK, true
	case err != nil:
		return f, exitMisuse, true
	case set.NArg() > 0:
		fmt.Fprintf(p.stderr, "postern-hub: %q is left over on the command line\n", set.Arg(0))
		return f, exitMisuse, true
	case f.dir == "":
		fmt.Fprintln(p.stderr, "postern-hub: --dir is missing; keygen --hub makes such a folder")
		return f, exitMisuse, true
	case (f.cert == "") != (f.key == ""):
		fmt.Fprintln(p.stderr, "postern-hub: --tls-cert and --tls-key go together")
		return f, exitMisuse, true
	}
	return f, exitOK, false
}

// serve serves until ctx ends. Standard output gets one line, the address, once
// it is ready; the log goes to standard error, as JSON.
func (p *program) serve(ctx context.Context, args []string) int {
	f, code, done := p.serveFlags(args)
	if done {
		return code
	}
	level := slog.LevelInfo
	if f.verbose {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewJSONHandler(p.stderr, &slog.HandlerOptions{Level: level}))
	if err := p.serveHub(ctx, f, log); err != nil {
		return p.fail(err)
	}
	return exitOK
}

// check says what is wrong with the flags before the hub's database is opened or made.
func (f serveFlags) check() error {
	if info, err := os.Stat(f.dir); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is not a folder; keygen --hub makes one", f.dir)
	}
	if f.authority != "" && !authority.Exists(f.authority) {
		return fmt.Errorf("%w: %s; leave --authority out where it is on another machine", authority.ErrNone, f.authority)
	}
	if _, _, err := net.SplitHostPort(f.listen); err != nil {
		return fmt.Errorf("--listen %q: write it as 127.0.0.1:8470", f.listen)
	}
	return nil
}

func (p *program) serveHub(ctx context.Context, f serveFlags, log *slog.Logger) (err error) {
	if err := f.check(); err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	secure, err := f.tlsConfig()
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("serve: %w; another program may be listening there", err)
	}
	defer listener.Close() // listen closes it too, where it is reached
	receipt, err := hub.ReceiptKey(f.dir)
	if err != nil {
		return err
	}
	files, err := os.OpenRoot(f.dir)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	defer files.Close()
	db, err := hubdb.Open(filepath.Join(f.dir, databaseFile))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	countersign := folderCountersign(f.dir)
	if f.authority != "" {
		countersign = childCountersign(f.authority)
	}
	h, err := hub.New(hub.Options{
		Store: db, Files: files.FS(), Receipt: receipt, Countersign: countersign, Log: log, Now: p.now, Version: buildVersion(),
	})
	if err != nil {
		return err
	}
	warnAboutKey(h, receipt, log)
	return p.listen(ctx, listener, secure, h, log)
}

// warnAboutKey logs a warning where the trust list does not name the hub's
// receipt key. Gates then believe no receipt, and keep every entry.
func warnAboutKey(h *hub.Hub, receipt ed25519.PrivateKey, log *slog.Logger) {
	trust, err := h.PublishedTrust()
	if err != nil {
		log.Warn("no trust list is published here yet; gates can do nothing before", "error", err)
		return
	}
	for _, key := range trust.Receipt {
		if key.Equal(receipt.Public()) {
			return
		}
	}
	log.Warn("the published trust list does not name this hub's receipt key: no gate will believe its receipts; put " +
		hub.ReceiptKeyFile + " back from the backup")
}

// tlsConfig loads the certificate; nil where none is named.
func (f serveFlags) tlsConfig() (*tls.Config, error) {
	if f.cert == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("serve: read --tls-cert and --tls-key: %w", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// listen serves until ctx ends, then lets requests finish. secure is nil for plain HTTP.
func (p *program) listen(ctx context.Context, listener net.Listener, secure *tls.Config, h http.Handler, log *slog.Logger) error {
	if secure == nil && !loopback(listener.Addr()) {
		log.Warn("listening beyond this machine without TLS: who carries the packets sees which gates there are and how many people they check; "+
			"give --tls-cert and --tls-key, or put a proxy with TLS before it", "address", listener.Addr().String())
	}
	server := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: requestTime, WriteTimeout: requestTime,
		IdleTimeout: idleTime, TLSConfig: secure, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() {
		if secure != nil {
			ended <- server.ServeTLS(listener, "", "")
		} else {
			ended <- server.Serve(listener)
		}
	}()
	address := url.URL{Scheme: "http", Host: listener.Addr().String()}
	if secure != nil {
		address.Scheme = "https"
	}
	fmt.Fprintf(p.stdout, "serving on %s\n", address.String())
	log.Info("ready", "address", address.String())
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping")
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		log.Warn("some requests did not end in time", "error", err)
		server.Close()
	}
	<-ended
	return nil
}

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// buildVersion is what go build noted about this program.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(len(s.Value), 12)]
		}
	}
	return info.Main.Version
}
