// Package protobuf reads the wire format of Protocol Buffers, as far as a
// message of numbers and strings needs it.
//
// What a reader must know to be safe: it knows no schema. Callers say which
// field they want and must refuse the wrong type. Fields may be repeated; the
// last counts, as the format's specification says.
//
//	tag (number << 3 | type), varint
//	0 varint | 1 eight bytes | 2 length, bytes | 5 four bytes
package protobuf

import (
	"encoding/binary"
	"errors"
)

// Field is one field: either Number or Bytes is its value.
type Field struct {
	Varint bool   // type 0; otherwise Bytes
	Number uint64 // of a varint
	Bytes  []byte // of a string, bytes or message; also the raw bytes of a fixed number
}

// Parse reads a message into its fields by number.
func Parse(b []byte) (map[uint64]Field, error) {
	fields := map[uint64]Field{}
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		number, kind := tag>>3, tag&7
		if n <= 0 || number == 0 || number > 1<<29-1 {
			return nil, errors.New("read protobuf: a field has no number")
		}
		f, rest, err := field(kind, b[n:])
		if err != nil {
			return nil, err
		}
		fields[number], b = f, rest
	}
	return fields, nil
}

func field(kind uint64, b []byte) (Field, []byte, error) {
	size := uint64(0)
	switch kind {
	case 0:
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return Field{}, nil, errors.New("read protobuf: a number is cut short")
		}
		return Field{Varint: true, Number: v}, b[n:], nil
	case 1:
		size = 8
	case 2:
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return Field{}, nil, errors.New("read protobuf: a length is cut short")
		}
		size, b = v, b[n:]
	case 5:
		size = 4
	default:
		return Field{}, nil, errors.New("read protobuf: a field is of a type that is not in use")
	}
	if size > uint64(len(b)) {
		return Field{}, nil, errors.New("read protobuf: a field is cut short")
	}
	return Field{Bytes: b[:size:size]}, b[size:], nil
}
