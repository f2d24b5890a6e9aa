package gate

import (
	"context"
	"time"

	"postern/sync/journal"
	"postern/sync/pass"
	"postern/sync/status"
	"postern/sync/verdict"
)

// Store is what a gate needs of its database. Append is durable when it
// returns nil; the others are safe beside an install.
type Store interface {
	Reader
	// Append numbers the entry, seals its reference, chains it and makes it
	// durable; it returns the entry as it was written. After an error nothing
	// that was asked for may be taken as recorded.
	Append(ctx context.Context, d Draft) (journal.Entry, error)
	// Recent gives the newest entries first, at most limit.
	Recent(ctx context.Context, limit int) ([]journal.Entry, error)
	// Trail gives what belongs to an entry; see [Trail]. An entry that is not
	// there any more gives a trail without it.
	Trail(ctx context.Context, e journal.Entry) (Trail, error)
	// Unsent counts entries past the last receipt.
	Unsent(ctx context.Context) (int, error)
	// Seen says when a pass with this tag was last admitted here, by a check or
	// a confirmation, since the given time, and which way it went; zero: not.
	// It goes by trusted time, and by the entry's own where it has none.
	Seen(ctx context.Context, tag journal.Tag, since time.Time) (time.Time, journal.Way, error)
	// Trusted is the trusted time stored with the last entry or the time of
	// what was verified last (snapshot, envelope), whichever is later.
	Trusted() time.Time
	Books
}

// Books are what a store keeps beside its entries. All of it outlives a restart
// and entries that are forgotten; a damaged or lost journal takes its counts along.
type Books interface {
	// Tally gives the counts of [from, to), which lie on quarter hours.
	Tally(ctx context.Context, from, to time.Time) (Tally, error)
	// Overrides says how many counted drafts there were after a trusted time.
	Overrides(ctx context.Context, since time.Time) (int, error)
	// Duty gives what SaveDuty kept; the zero Duty where there is none.
	Duty(ctx context.Context) (Duty, error)
	// Traffic gives what AddTraffic added up for a month.
	Traffic(ctx context.Context, month string) (Traffic, error)
	AddTraffic(ctx context.Context, month string, t Traffic) error
	// SaveDuty is durable when it returns nil.
	SaveDuty(ctx context.Context, d Duty) error
}

// Reader is what judging alone needs. View, Status and Foreign change together
// when a snapshot is installed; a caller that needs them of one version reads
// View again after the others and begins anew where it differs.
type Reader interface {
	// View is what the gate currently goes by; never nil, immutable, replaced whole.
	View() *View
	// Status reads one entry of the installed snapshot; status.ErrNoEntry where no list reaches it.
	Status(uri string, index uint64) (status.Entry, error)
	// Foreign looks a pass of another issuer up in that issuer's lists; see status.Find.
	Foreign(p *pass.Pass) (status.Finding, error)
}

// EntryID tells the entries of all chains of this gate apart; the zero EntryID is none.
type EntryID struct {
	Seq  uint64
	Prev journal.Hash
}

func idOf(e journal.Entry) EntryID { return EntryID{e.Seq, e.Prev} }

// Trail is what a store keeps of a verdict and of what people did after it. It
// stands beside the entries, is never sent, and is forgotten with them.
type Trail struct {
	Entry  journal.Entry   // the check: that which was asked for, or the one after which it was done
	Detail verdict.Detail  // the numbers of its reason, without Words
	Done   []journal.Entry // after it, oldest first, at most MaxDone
}

// MaxDone bounds what a Trail lists: one person needs a confirm, a registration and an override.
const MaxDone = 16

// Draft is an entry on its way into the journal.
type Draft struct {
	Entry   journal.Entry                    // all but Seq, Ref, RefHash and Prev, which Append fills
	Trusted time.Time                        // trusted time at this entry, kept beside it; zero: none
	Counted bool                             // it is an override that the quota counts
	After   EntryID                          // of the check after which it was done; zero: none. Stays here, as Detail does
	Detail  verdict.Detail                   // the numbers of its reason; its Words are not kept
	Seal    func(seq uint64) ([]byte, error) // makes the sealed reference; nil: there is none
}
