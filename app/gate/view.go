package gate

import (
	"crypto/ecdh"
	"fmt"
	"time"

	"postern/sync/enrol"
	"postern/sync/pass"
	"postern/sync/policy"
	"postern/sync/snapshot"
	"postern/sync/verdict"
)

// View is what a gate goes by. The zero View is a gate that is not enrolled.
type View struct {
	Enrolled  bool
	Gate      string
	Place     string
	Places    map[string]string // the place's names by language, beside Place
	Direction string
	Hub       string
	City      map[string]string
	Keys      *pass.Keyring // nil: no trust list yet
	Trust     *snapshot.Trust
	Policy    policy.Policy
	Snapshot  verdict.Snapshot
	TagKeys   map[uint64][]byte // by day, Unix/86400
	PIN       *enrol.PIN        // the supervisor's; nil: there is none
	Pulled    time.Time         // when a pull last succeeded; for people only
	Suspended bool
	Problems  []Problem // what is wrong with the gate itself, for the screen
	Stranded  int       // entries that can never be sent; see RecordsStranded
	Wiped     *Wiped    // the authority took the gate back that was here; nil: it did not

	delegate *pass.Delegate // nil: the gate signs no slips
}

// Problem is a fault of the gate, never of a person.
type Problem string

// Problems.
const (
	JournalSetAside  Problem = "journal_set_aside"  // the journal file was damaged or lost; what is left of it is kept, a new chain began
	DatabaseSetAside Problem = "database_set_aside" // the gate's database was damaged; enrol again
	SnapshotDamaged  Problem = "snapshot_damaged"   // the snapshot file was damaged; pull again
	DiskNearlyFull   Problem = "disk_nearly_full"   // the reserve is in use
	ReadOnly         Problem = "read_only"          // the folder cannot be written
	RelayFailed      Problem = "relay_failed"       // the barrier did not open by itself; see Gate.Relayed
	RecordsStranded  Problem = "records_stranded"   // entries of a gate whose key is lost stay in the journal, unsent
)

// Parts are what a View is made of: what a store keeps, each as it was
// verified. Nil parts are not there yet.
type Parts struct {
	Identity enrol.Identity // Gate "" is not enrolled
	Trust    []byte         // target trust/list
	Policy   []byte         // target policy/<name>
	Envelope *enrol.Envelope
	Snapshot verdict.Snapshot
	Pulled   time.Time
	WasWiped *Wiped // the gate that was here before, where the authority wiped it; nil: none was
}

// Wiped says where a device was a gate, until the authority had it forget
// everything. It is all that is kept of that gate, for whoever finds the device;
// the gate's name is not.
type Wiped struct {
	Place string            `json:"place,omitempty"`
	City  map[string]string `json:"city,omitempty"` // by language, of the authority that gave the order
	At    time.Time         `json:"at"`             // when the authority gave the order, by its clock
}

// NewView puts a View together. It fails where a part cannot be read; a store
// refuses such a part and keeps what it had.
func NewView(p Parts) (*View, error) {
	v := &View{Policy: policy.Default()}
	if p.Identity.Gate == "" || p.Wiped() {
		v.Wiped = p.Wipe()
		return v, nil
	}
	v.Enrolled = true
	v.Gate, v.Place, v.Hub = p.Identity.Gate, p.Identity.Place, p.Identity.Hub
	v.Snapshot, v.Pulled = p.Snapshot, p.Pulled
	if p.Trust != nil {
		t, err := snapshot.ParseTrust(p.Trust)
		if err != nil {
			return nil, fmt.Errorf("read installed trust list: %w", err)
		}
		v.Trust, v.City, v.Keys = t, t.City, t.Keyring()
	}
	if p.Policy != nil {
		rules, err := policy.Parse(p.Policy)
		if err != nil {
			return nil, fmt.Errorf("read installed policy: %w", err)
		}
		v.Policy = *rules
	}
	if e := p.Envelope; e != nil {
		v.Place, v.Places, v.Direction = e.Place, e.Places, e.Direction
		v.TagKeys, v.Suspended, v.PIN = e.TagKeys, e.Suspended, e.PIN
		v.delegate = delegateOf(p, v.Keys)
	}
	return v, nil
}

// Wiped reports whether the authority took the gate back.
func (p Parts) Wiped() bool { return p.Envelope != nil && p.Envelope.Wipe }

// Wipe is what is said of the gate that the authority took back; nil where it took none.
func (p Parts) Wipe() *Wiped {
	if !p.Wiped() {
		return p.WasWiped
	}
	w := &Wiped{Place: p.Identity.Place, At: p.Envelope.Made.UTC()}
	if p.Envelope.Place != "" {
		w.Place = p.Envelope.Place
	}
	if t, err := snapshot.ParseTrust(p.Trust); err == nil {
		w.City = t.City
	}
	return w
}

// With gives a copy of v with its problems replaced, and how many entries are stranded.
func (v *View) With(problems []Problem, stranded int) *View {
	c := *v
	c.Problems, c.Stranded = problems, stranded
	return &c
}

// owns reports whether a pass, or the delegation of a slip, is of the
// authority's own issuer, the first of the trust list: two cities may give a
// list the same name. Without a trust list, such passes are taken for its own.
func (v *View) owns(p *pass.Pass) bool {
	ours := p.Format == pass.Native || p.Slip != nil
	if !ours || v.Trust == nil || len(v.Trust.Issuers) == 0 {
		return ours
	}
	return p.Issuer == v.Trust.Issuers[0].ID
}

func (v *View) tracing() *ecdh.PublicKey {
	if v.Trust == nil {
		return nil
	}
	return v.Trust.Tracing
}
