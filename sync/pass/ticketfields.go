package pass

import (
	"errors"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// ticketField is one field of a message of Protocol Buffers.
type ticketField struct {
	kind   protowire.Type
	number uint64 // of a varint
	bytes  []byte // of all other kinds; of a fixed number as it is written
}

// ticketFields reads a message without its schema, so that the caller must check
// each field's kind. Of a field that is repeated the last counts, as the
// specification says. A message that is cut short is refused, and so are groups,
// which are out of use.
func ticketFields(b []byte) (map[protowire.Number]ticketField, error) {
	fields := map[protowire.Number]ticketField{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 || !number.IsValid() { // ConsumeTag lets numbers beyond 2^29-1 through
			return nil, errors.New("read protobuf: a field has no number")
		}
		b = b[n:]
		f := ticketField{kind: kind}
		switch kind {
		case protowire.VarintType:
			f.number, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		case protowire.Fixed32Type, protowire.Fixed64Type:
			n = protowire.ConsumeFieldValue(number, kind, b)
			f.bytes = b[:max(n, 0)]
		default:
			return nil, errors.New("read protobuf: a field is of a type that is not in use")
		}
		if n < 0 {
			return nil, fmt.Errorf("read protobuf: %w", protowire.ParseError(n))
		}
		fields[number], b = f, b[n:]
	}
	return fields, nil
}
