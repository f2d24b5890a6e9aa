package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Bounds on an expression. Published rules need far less: the longest of the
// EU's has about a hundred nodes, nested ten deep.
const (
	MaxExprBytes = 64 << 10
	MaxExprDepth = 64
	MaxExprNodes = 4096
	MaxSteps     = 1 << 17 // of one Eval; a rule takes some tens
)

// ErrTooMuchWork is in the error of an Eval that was stopped at MaxSteps.
var ErrTooMuchWork = errors.New("it takes too much work")

// Expr is a CertLogic expression, read once into a tree (CertLogic
// specification 1.3.2, ehn-dcc-development/eu-dcc-business-rules,
// certlogic/specification):
//
//	expression = string | integer | true | false | [ expression… ] | { operator: [ operand… ] } | {"var": "path"}
//	operators  = if and ! === in + < > <= >= after before not-after not-before plusTime reduce extractFromUVCI dccDateOfBirth
//
// An Expr does not change and may be evaluated by many goroutines. The zero
// Expr gives an error when it is evaluated.
type Expr struct {
	root *node
	text json.RawMessage
}

// ExprError says where in an expression something is wrong, as a JSON pointer
// (RFC 6901; empty for the whole), and what.
type ExprError struct {
	At  string
	Why string
	err error
}

func (e *ExprError) Error() string {
	if e.At == "" {
		return e.Why
	}
	return "at " + e.At + ": " + e.Why
}

// Unwrap returns ErrTooMuchWork where that was the cause, else nil.
func (e *ExprError) Unwrap() error { return e.err }

// within puts steps before the pointer of an error, as it is handed to the
// value around the one that failed.
func within(err error, steps ...string) error {
	var e *ExprError
	if !errors.As(err, &e) {
		return err
	}
	for i := len(steps) - 1; i >= 0; i-- {
		e.At = "/" + steps[i] + e.At
	}
	return e
}

func wrong(format string, args ...any) error {
	return &ExprError{Why: fmt.Sprintf(format, args...)}
}

// ParseExpr reads an expression. Unknown operators, a wrong number
// of operands, null, fractions, repeated members and trailing data are errors.
func ParseExpr(b []byte) (Expr, error) {
	root, err := parseExpr(b)
	if err != nil {
		return Expr{}, fmt.Errorf("parse logic: %w", err)
	}
	var text bytes.Buffer
	if err := json.Compact(&text, b); err != nil {
		return Expr{}, fmt.Errorf("parse logic: %w", err)
	}
	return Expr{root: root, text: text.Bytes()}, nil
}

// MarshalJSON gives the text that e was read from, without white space.
func (e Expr) MarshalJSON() ([]byte, error) {
	if e.root == nil {
		return nil, errors.New("there is no expression")
	}
	return e.text, nil
}

// UnmarshalJSON is ParseExpr.
func (e *Expr) UnmarshalJSON(b []byte) (err error) {
	*e, err = ParseExpr(b)
	return err
}

// Eval gives the value of e for data, which has the types that encoding/json
// decodes to: nil, bool, float64 (also json.Number, int, int64 and uint64),
// string, []any and map[string]any; another type is an error when the expression
// reads it. Numbers that are calculated are float64, date-times are time.Time in
// UTC, to the millisecond.
//
// The value may share memory with e and data, and the caller must not change it.
// Eval never panics, and MaxSteps bounds its work. The caller must take an error
// as "cannot tell", never as true or false.
func (e Expr) Eval(data any) (any, error) {
	if e.root == nil {
		return nil, errors.New("evaluate logic: there is no expression")
	}
	r := run{data: data}
	v, err := r.eval(e.root)
	if err != nil {
		return nil, fmt.Errorf("evaluate logic: %w", err)
	}
	return v, nil
}

// node is one compiled expression: a literal, or an operator with its operands.
type node struct {
	op     *operator // nil: a literal
	name   string    // of the operator, for errors
	value  any       // the literal
	args   []*node
	path   []step // var
	amount int64  // plusTime, extractFromUVCI
	unit   string // plusTime
}

// step is one fragment of a path. index is the number that key is, or -1 where
// it is none.
type step struct {
	key   string
	index int
}

// operator is a row of the table of operators. It takes min to max operands.
// check, where it is not nil, checks those operands that must be literals.
type operator struct {
	min, max int
	eval     func(*run, *node) (any, error)
	check    func(*node) error
}

// run is one evaluation.
type run struct {
	data  any
	steps int
}

// charge counts n steps of work, and is an error beyond MaxSteps.
func (r *run) charge(n int) error {
	if r.steps += n; r.steps > MaxSteps {
		return &ExprError{Why: ErrTooMuchWork.Error(), err: ErrTooMuchWork}
	}
	return nil
}

func (r *run) eval(n *node) (any, error) {
	if err := r.charge(1); err != nil {
		return nil, err
	}
	if n.op == nil {
		return n.value, nil
	}
	v, err := n.op.eval(r, n)
	if err != nil && n.name != "" {
		return nil, within(err, n.name)
	}
	return v, err
}

// arg evaluates n's operand i.
func (r *run) arg(n *node, i int) (any, error) {
	v, err := r.eval(n.args[i])
	if err != nil {
		return nil, within(err, strconv.Itoa(i))
	}
	return v, nil
}

// truth reports whether v counts as true or as false. Fractions and date-times
// count as neither and are an error. The specification is narrower here than
// JsonLogic, so that all platforms agree.
func truth(v any) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		return v != "", nil
	case []any:
		return len(v) > 0, nil
	case map[string]any:
		return len(v) > 0, nil
	}
	if n, ok := integer(v); ok {
		return n != 0, nil
	}
	return false, wrong("%s is neither true nor false", kindOf(v))
}

// maxInteger is the largest number below which a float64 holds every integer.
const maxInteger = 1<<53 - 1

// integer is v as a whole number; false where v is none, or is too large for
// JSON to carry exactly.
func integer(v any) (int64, bool) {
	var n int64
	switch v := v.(type) {
	case float64:
		if v != float64(int64(v)) {
			return 0, false
		}
		n = int64(v)
	case int:
		n = int64(v)
	case int64:
		n = v
	case uint64:
		if v > maxInteger {
			return 0, false
		}
		n = int64(v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return 0, false
		}
		return integer(f)
	default:
		return 0, false
	}
	return n, -maxInteger <= n && n <= maxInteger
}

// kindOf names a value's kind for an error; it never shows the value, which is somebody's data.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a truth value"
	case string:
		return "a string"
	case []any:
		return "an array"
	case map[string]any:
		return "an object"
	case time.Time:
		return "a date-time"
	}
	if _, ok := integer(v); ok {
		return "an integer"
	}
	return "a value of another kind"
}
