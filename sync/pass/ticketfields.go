package pass

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// ticketField is one field of a message of Protocol Buffers: number where it is
// a varint, else bytes, which are also those of a fixed number.
type ticketField struct {
	varint bool
	number uint64
	bytes  []byte
}

// ticketFields reads a message into its fields by number. Fields may be
// repeated: the last counts, as the format's specification says. It knows no
// schema, so that callers refuse the wrong type. Groups, which pretix does not
// use, are refused.
func ticketFields(b []byte) (map[protowire.Number]ticketField, error) {
	fields := map[protowire.Number]ticketField{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil, fmt.Errorf("read protobuf: %w", protowire.ParseError(n))
		}
		b = b[n:]
		if kind == protowire.StartGroupType || kind == protowire.EndGroupType {
			return nil, errors.New("read protobuf: a field is of a type that is not in use")
		}
		size := protowire.ConsumeFieldValue(number, kind, b)
		if size < 0 {
			return nil, fmt.Errorf("read protobuf: %w", protowire.ParseError(size))
		}
		f := ticketField{bytes: b[:size:size]}
		switch kind {
		case protowire.VarintType:
			f.varint, f.bytes = true, nil
			f.number, _ = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, _ = protowire.ConsumeBytes(b)
		}
		fields[number], b = f, b[size:]
	}
	return fields, nil
}
