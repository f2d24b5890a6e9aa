package authority

import (
	"context"
	"database/sql"
	"encoding/json"

	"postern/sync/enrol"
)

// placeSchema holds the names of places by language. Ledgers of before have none.
const placeSchema = `
CREATE TABLE IF NOT EXISTS place (
	gate     TEXT NOT NULL REFERENCES gate (id),
	language TEXT NOT NULL,
	name     TEXT NOT NULL,
	PRIMARY KEY (gate, language)
) STRICT, WITHOUT ROWID;
`

// namePlace keeps the names of a gate's place by language.
func namePlace(ctx context.Context, tx *sql.Tx, gate string, names map[string]string) error {
	if err := enrol.CheckPlaces(names); err != nil {
		return err
	}
	for language, name := range names {
		if _, err := tx.ExecContext(ctx, "INSERT INTO place (gate, language, name) VALUES (?, ?, ?)", gate, language, name); err != nil {
			return err
		}
	}
	return nil
}

// namesOf reads names from JSON as the ledger gives them; nil where there are none.
func namesOf(text []byte) (names map[string]string, err error) {
	if err := json.Unmarshal(text, &names); err != nil || len(names) == 0 {
		return nil, err
	}
	return names, nil
}
