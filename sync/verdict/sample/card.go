package sample

import (
	"bytes"
	"compress/zlib"
	"time"

	"postern/sync/internal/base45"
	"postern/sync/internal/cose"
)

// card is an EU certificate (EU DCC schema 1.3) with one entry of a kind, v, t or r.
func card(kind string, entry map[string]any) map[string]any {
	entry["tg"], entry["co"], entry["is"], entry["ci"] = "840539006", foreignIssuer, "Sample Health", "URN:UVCI:01:XF:SAMPLE#1"
	return map[string]any{
		"ver": "1.3.0", "dob": "1990-02-28", "nam": map[string]any{"fn": "Muster", "gn": "Erika", "fnt": "MUSTER", "gnt": "ERIKA"},
		kind: []any{entry},
	}
}

func vaccinated(at time.Time) map[string]any {
	return card("v", map[string]any{
		"vp": "1119349007", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2, "dt": at.UTC().Format(time.DateOnly),
	})
}

func testedAbroad(at time.Time) map[string]any {
	return card("t", map[string]any{"tt": "LP6464-4", "tr": "260415000", "sc": at.UTC().Format(time.RFC3339), "tc": "Sample Centre"})
}

func recovered(at time.Time) map[string]any {
	return card("r", map[string]any{
		"fr": at.UTC().Format(time.DateOnly), "df": at.AddDate(0, 0, 11).UTC().Format(time.DateOnly), "du": at.AddDate(0, 0, 180).UTC().Format(time.DateOnly),
	})
}

// sealCard signs a card as HC1: base45( zlib( COSE_Sign1 ( CWT ) ) ).
func (r *rehearsal) sealCard(card map[string]any) (string, error) {
	payload, err := cose.Encoding.Marshal(map[int]any{
		1: foreignIssuer, 4: r.at.AddDate(0, 6, 0).Unix(), 6: r.at.Add(-time.Hour).Unix(), -260: map[int]any{1: card},
	})
	if err != nil {
		return "", err
	}
	message, err := cose.Sign(r.foreign, foreignKeyID, payload)
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(message); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return "HC1:" + base45.Encode(packed.Bytes()), nil
}
