package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const maxPath = 32 // fragments of a var

// parser reads JSON tokens into nodes. It does not decode values first, because
// decoding would hide a repeated member.
type parser struct {
	d     *json.Decoder
	nodes int
	depth int
}

func parseExpr(b []byte) (*node, error) {
	switch {
	case len(b) > MaxExprBytes:
		return nil, wrong("%d bytes, at most %d are read", len(b), MaxExprBytes)
	case !utf8.Valid(b):
		return nil, wrong("it is not UTF-8")
	}
	p := &parser{d: json.NewDecoder(bytes.NewReader(b))}
	p.d.UseNumber()
	n, err := p.expr()
	if err != nil {
		return nil, err
	}
	if _, err := p.d.Token(); !errors.Is(err, io.EOF) {
		return nil, wrong("something stands after the expression")
	}
	return n, nil
}

func (p *parser) token() (json.Token, error) {
	t, err := p.d.Token()
	if err != nil {
		return nil, wrong("byte %d: not JSON: %v", p.d.InputOffset(), err)
	}
	return t, nil
}

// expr reads one expression. Arrays of literals become literals themselves.
func (p *parser) expr() (*node, error) {
	p.nodes++
	p.depth++
	defer func() { p.depth-- }()
	switch {
	case p.nodes > MaxExprNodes:
		return nil, wrong("more than %d expressions in one", MaxExprNodes)
	case p.depth > MaxExprDepth:
		return nil, wrong("nested more than %d deep", MaxExprDepth)
	}
	t, err := p.token()
	if err != nil {
		return nil, err
	}
	switch t := t.(type) {
	case string, bool:
		return &node{value: t}, nil
	case json.Number:
		n, ok := integer(t)
		if !ok {
			return nil, wrong("%.32s is not an integer that CertLogic knows", t.String())
		}
		return &node{value: float64(n)}, nil
	case json.Delim:
		if t == '[' {
			return p.array()
		}
		return p.operation()
	}
	return nil, wrong("null is not an expression")
}

func (p *parser) array() (*node, error) {
	args, err := p.operands()
	if err != nil {
		return nil, err
	}
	values := make([]any, len(args))
	for i, a := range args {
		if a.op != nil {
			return &node{op: &list, args: args}, nil
		}
		values[i] = a.value
	}
	return &node{value: values}, nil
}

// operands reads expressions up to the closing bracket, and reads that too.
func (p *parser) operands() ([]*node, error) {
	var args []*node
	for p.d.More() {
		a, err := p.expr()
		if err != nil {
			return nil, within(err, strconv.Itoa(len(args)))
		}
		args = append(args, a)
	}
	_, err := p.token()
	return args, err
}

// operation reads {"name": operands}; the opening brace has been read.
func (p *parser) operation() (*node, error) {
	t, err := p.token()
	if err != nil {
		return nil, err
	}
	name, ok := t.(string)
	if !ok {
		return nil, wrong("an operation has exactly one member, its operator; this has none")
	}
	op := operators[name]
	if op == nil {
		return nil, wrong("the operator %.40q is not one of CertLogic's", name)
	}
	n := &node{op: op, name: name}
	if err := p.operandsOf(n); err != nil {
		return nil, within(err, name)
	}
	if t, err = p.token(); err != nil {
		return nil, err
	}
	if t != json.Delim('}') {
		return nil, wrong("an operation has exactly one member, its operator; this has more")
	}
	return n, nil
}

// operandsOf reads n's operands, and checks their number and those that must be
// literals.
func (p *parser) operandsOf(n *node) (err error) {
	t, err := p.token()
	switch {
	case err != nil:
		return err
	case n.name == "var":
		return setPath(n, t)
	case t != json.Delim('['):
		return wrong("its operands must stand in an array")
	}
	if n.args, err = p.operands(); err != nil {
		return err
	}
	if got := len(n.args); got < n.op.min || got > n.op.max {
		return wrong("it has %d operands; it takes %s", got, count(n.op.min, n.op.max))
	}
	if n.op.check == nil {
		return nil
	}
	return n.op.check(n)
}

func count(low, high int) string {
	switch high {
	case low:
		return strconv.Itoa(low)
	case MaxExprNodes:
		return strconv.Itoa(low) + " or more"
	}
	return strconv.Itoa(low) + " to " + strconv.Itoa(high)
}

// setPath reads "a.b.0"; the empty path is the data itself.
func setPath(n *node, t json.Token) error {
	path, ok := t.(string)
	if !ok {
		return wrong("its operand must be a path, a string")
	}
	if path == "" {
		return nil
	}
	keys := strings.Split(path, ".")
	if len(keys) > maxPath {
		return wrong("a path of more than %d parts", maxPath)
	}
	for _, key := range keys {
		if key == "" {
			return wrong("the path %.80q has an empty part", path)
		}
		n.path = append(n.path, step{key, indexOf(key)})
	}
	return nil
}

func indexOf(key string) int {
	if len(key) > 9 || strings.Trim(key, "0123456789") != "" {
		return -1
	}
	i, err := strconv.Atoi(key)
	if err != nil {
		return -1
	}
	return i
}

// maxAmount bounds what plusTime adds: more than a thousand years of hours.
const maxAmount = 10_000_000

func checkPlusTime(n *node) error {
	amount, ok := integer(n.args[1].value)
	if !ok || amount < -maxAmount || amount > maxAmount {
		return within(wrong("the amount must be an integer, at most %d either way", maxAmount), "1")
	}
	n.amount = amount
	switch n.unit, _ = n.args[2].value.(string); n.unit {
	case "year", "month", "day", "hour":
		n.args = n.args[:1]
		return nil
	}
	return within(wrong("the unit must be year, month, day or hour"), "2")
}

func checkExtract(n *node) error {
	var ok bool
	if n.amount, ok = integer(n.args[1].value); !ok {
		return within(wrong("the index must be an integer"), "1")
	}
	n.args = n.args[:1]
	return nil
}
