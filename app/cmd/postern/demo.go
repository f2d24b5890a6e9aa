package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"postern/app/gate"
	"postern/app/qr"
	"postern/app/scan"
	"postern/app/station"
	"postern/sync/authority"
	"postern/sync/hub"
	"postern/sync/journal"
	"postern/sync/verdict"
)

// demo shows the whole way in one run: a city, a gate, the hub cut, every
// outcome, the hub back, and the proof that nothing was lost.
func (p *program) demo(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(p.stderr)
	o := demoOptions{}
	flags.IntVar(&o.people, "people", 500, "how many `holders` the city has")
	flags.StringVar(&o.dir, "dir", "", "`folder` to keep the city in; by default a temporary one that goes")
	flags.StringVar(&o.app, "app", "", "start this `program` (the guard's app) enrolled to the demo's hub, instead of checking here")
	flags.StringVar(&o.tour, "tour", "", "with --app: let it show every screen, with pictures into this `folder`, and end")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || o.people < firstOther || o.people > 1_000_000 || (o.tour != "" && o.app == "") {
		if err == nil {
			fmt.Fprintf(p.stderr, "demo takes no arguments, %d to 1000000 people, and --tour only with --app\n", firstOther)
		}
		return exitMisuse
	}
	if err := p.runDemo(ctx, o); err != nil {
		fmt.Fprintf(p.stderr, "postern demo: %v\n", err)
		return exitFailed
	}
	return exitOK
}

type demoOptions struct {
	people    int
	dir       string
	app, tour string
}

func (p *program) runDemo(ctx context.Context, o demoOptions) (err error) {
	if o.dir == "" {
		if o.dir, err = os.MkdirTemp("", "postern-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	}
	w, err := newWorld(ctx, o.dir, o.people, p.now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	fmt.Fprintf(p.stdout, "A city of %d holders, snapshot version %d, hub at %s\n", o.people, w.version, w.hub.url())
	if o.app != "" {
		return p.showApp(ctx, w, o)
	}
	return p.showGate(ctx, w)
}

// world is the demo's city: authority, hub, passes.
type world struct {
	dir     string
	hub     *demoHub
	city    *authority.Authority
	holders holders
	version uint64
	code    string // a gate's enrolment code
	now     func() time.Time
}

// newWorld makes the city and starts its hub.
func newWorld(ctx context.Context, dir string, people int, now func() time.Time) (*world, error) {
	w := &world{dir: dir, now: now}
	var err error
	if w.hub, err = newDemoHub(filepath.Join(dir, "hub"), now); err != nil {
		return nil, err
	}
	// A month ago the city gave out its passes; some of them have expired since.
	issuing := now().AddDate(0, -1, 0)
	w.city, err = authority.Create(ctx, filepath.Join(dir, "authority"), authority.Options{
		City: map[string]string{"zh": "示例市", "en": "Example City"}, Issuer: "EX",
		ReceiptKey: []ed25519.PublicKey{w.hub.receipt.Public().(ed25519.PublicKey)},
		Passphrase: authority.Phrase("a demo keeps no secrets"), WorkFactor: 10,
		Now: func() time.Time { return issuing },
	})
	if err != nil {
		return nil, err
	}
	w.hub.city = w.city
	if err := w.populate(ctx, people); err != nil {
		return nil, errors.Join(err, w.city.Close())
	}
	if err := w.open(ctx); err != nil {
		return nil, errors.Join(err, w.city.Close())
	}
	return w, nil
}

// populate brings the people in, issues their passes as of the past, and then takes the laboratory's results of today.
func (w *world) populate(ctx context.Context, people int) error {
	c := newDemoCity(people, w.now(), 1)
	if _, err := w.city.Roster.Import(ctx, strings.NewReader(c.roster())); err != nil {
		return err
	}
	holder, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	w.holders = holders{holder: holder}
	var numbers []string
	holders := map[string]*ecdsa.PublicKey{}
	for _, r := range c.residents[:firstOther] {
		numbers = append(numbers, r.number)
		holders[r.number] = &holder.PublicKey
	}
	issued, err := w.city.Roster.Issue(ctx, numbers, authority.IssueOptions{Holders: holders})
	if err != nil {
		return err
	}
	for _, i := range issued {
		w.holders.passes = append(w.holders.passes, i.Text)
	}
	w.city.Now = w.now
	_, err = w.city.Roster.ImportResults(ctx, strings.NewReader(c.results()))
	return err
}

// demoPIN is the supervisor's at the demo's gate.
const demoPIN = "314159"

// demoPolicy asks for the holder's own code and a test of the last 48 hours, and
// lets a supervisor let five in.
const demoPolicy = `{"v": 1, "name": "demo", "title": {"zh": "示例", "en": "Demo"},
 "paper": false, "test": {"hours": 48, "kinds": [1]},
 "fresh": {"ageing_after": 1440, "stale_after": 10080, "stale": "check", "blind": "unknown"},
 "clock": {"ahead_days": 30}, "overrides": {"quota": 5, "hours": 24}}`

// open publishes, starts the hub and prints a gate's code.
func (w *world) open(ctx context.Context) error {
	err := w.city.Policies.Set(ctx, []byte(demoPolicy))
	if err != nil {
		return err
	}
	if w.version, err = w.city.Publish(ctx); err != nil {
		return err
	}
	if err := w.city.Export(ctx, w.hub.files()); err != nil {
		return err
	}
	if err := w.hub.start(ctx); err != nil {
		return err
	}
	code, err := w.city.Gates.Add(ctx, authority.NewGate{
		Hub: w.hub.url(), Place: "东门", Policy: "demo", Direction: "both", PIN: demoPIN, Expiry: w.now().Add(time.Hour),
	})
	if err != nil {
		return errors.Join(err, w.hub.stop())
	}
	w.code = code.Encode()
	return nil
}

func (w *world) close() error { return errors.Join(w.hub.stop(), w.city.Close()) }

// showGate is the demo without a screen.
func (p *program) showGate(ctx context.Context, w *world) (err error) {
	s, err := p.openStation(ctx, "demo", filepath.Join(w.dir, "gate"), w.code)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(ctx)) }()
	if _, err := s.Pull(ctx); err != nil {
		return err
	}
	view := s.View()
	fmt.Fprintf(p.stdout, "Gate %s (%s) is enrolled and has snapshot %d\n", view.Gate, view.Place, view.Snapshot.Version)
	if err := w.hub.stop(); err != nil {
		return err
	}
	if _, err := s.Pull(ctx); err == nil {
		return errors.New("the hub still answers after it was stopped")
	}
	fmt.Fprint(p.stdout, "The hub is stopped. From here there is no network.\n\n")
	if err := p.checkAll(ctx, w, s.Gate); err != nil {
		return err
	}
	if err := w.hub.start(ctx); err != nil {
		return err
	}
	sent, err := s.Push(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "\nThe hub is back; %d entries were sent.\n", sent)
	same, err := w.compare(ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "The hub holds %d entries, each equal to what the gate recorded, by hash and in order.\n", same)
	return nil
}

// checkAll draws every exhibit, reads the picture back and checks what it says.
func (p *program) checkAll(ctx context.Context, w *world, g *gate.Gate) error {
	w.holders.now = w.now()
	exhibits, err := w.holders.exhibits()
	if err != nil {
		return err
	}
	if err := drawAll(exhibits, filepath.Join(w.dir, "codes")); err != nil {
		return err
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "shown\toutcome\treason\thelp\tread ms\tcheck ms\t\n")
	wrong := 0
	reader := qr.NewReader()
	for _, e := range exhibits {
		v, took, err := checkPicture(ctx, g, reader, filepath.Join(w.dir, "codes", e.file+".png"))
		if err != nil {
			return err
		}
		mark := ""
		if v.Reason != e.reason || v.Outcome != e.reason.Outcome() {
			wrong++
			mark = "WRONG, should be " + string(e.reason)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%.1f\t%.1f\t%s\n", e.what, v.Outcome, v.Reason, v.Help(), ms(took[0]), ms(took[1]), mark)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d verdicts are not what they should be", wrong, len(exhibits))
	}
	return nil
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// drawAll writes the exhibits' pictures.
func drawAll(exhibits []exhibit, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, e := range exhibits {
		b, err := e.picture()
		if err != nil {
			return fmt.Errorf("draw %s: %w", e.file, err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.file+".png"), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// checkPicture reads a picture and checks its first code; took is the time to read and the time to check.
func checkPicture(ctx context.Context, g *gate.Gate, r *qr.Reader, path string) (v verdict.Verdict, took [2]time.Duration, err error) {
	codes, reading, err := qr.ReadFile(ctx, path, r)
	if err != nil {
		return v, took, err
	}
	begin := time.Now()
	if len(codes) == 0 {
		v = g.CheckUnreadable(ctx)
	} else {
		v = g.Check(ctx, scan.Reading{Text: codes[0].Text, Format: codes[0].Format, At: begin, Source: scan.File})
	}
	return v, [2]time.Duration{reading, time.Since(begin)}, nil
}

// compare proves that the hub's entries of this gate are the gate's own, byte for byte, and counts them.
func (w *world) compare(ctx context.Context, s *station.Station) (int, error) {
	const most = 100_000
	recorded, err := s.Gate.Recent(ctx, most)
	if err != nil {
		return 0, err
	}
	id, _, err := s.Identity(ctx)
	if err != nil {
		return 0, err
	}
	var held []journal.Entry
	for b, err := range w.hub.store.Batches(ctx, hub.Query{Gate: id.Gate}) {
		if err != nil {
			return 0, err
		}
		opened, err := journal.OpenBatch(b.Body, id.Sign.Public().(ed25519.PublicKey))
		if err != nil {
			return 0, fmt.Errorf("open what the hub holds: %w", err)
		}
		held = append(held, opened.Entries...)
	}
	if len(held) != len(recorded) {
		return 0, fmt.Errorf("the hub holds %d entries and the gate recorded %d", len(held), len(recorded))
	}
	for i := range held {
		mine := recorded[len(recorded)-1-i]
		if held[i].Hash() != mine.Hash() || !bytes.Equal(held[i].Ref, mine.Ref) {
			return 0, fmt.Errorf("entry %d at the hub is not the one that the gate recorded", mine.Seq)
		}
	}
	return len(held), nil
}
