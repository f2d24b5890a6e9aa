package authority

import (
	"context"
	"encoding/binary"
	"fmt"

	"postern/sync/journal"
)

// Trace names the person behind a journal entry's sealed reference: the
// pass's identity, and the number in the roster where the pass is this
// authority's ("" otherwise). It needs the passphrase. It keeps no record of
// its use; the caller does.
func (r *Roster) Trace(ctx context.Context, gate string, seq uint64, ref []byte) (number string, identity []byte, err error) {
	key, err := r.keys.tracing()
	if err != nil {
		return "", nil, fmt.Errorf("trace entry: %w", err)
	}
	if identity, err = journal.OpenRef(key, gate, seq, ref); err != nil {
		return "", nil, fmt.Errorf("trace entry: %w", err)
	}
	issuer, cti, ok := parseIdentity(identity)
	own, err := setting(ctx, r.ledger, settingIssuer)
	if err != nil || !ok || issuer != string(own) {
		return "", identity, err
	}
	err = r.ledger.QueryRowContext(ctx, "SELECT number FROM person WHERE cti = ?", cti).Scan(&number)
	return number, identity, ignoreNoRows(err)
}

// parseIdentity parts what pass.Pass.Identity joined.
func parseIdentity(b []byte) (issuer string, cti []byte, ok bool) {
	var parts [2][]byte
	for i := range parts {
		if len(b) < 4 {
			return "", nil, false
		}
		n := uint64(binary.BigEndian.Uint32(b))
		if n > uint64(len(b)-4) {
			return "", nil, false
		}
		parts[i], b = b[4:4+n], b[4+n:]
	}
	return string(parts[0]), parts[1], len(b) == 0
}
