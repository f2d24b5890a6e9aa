package policy

import (
	"encoding/json"
	"strings"
	"time"
)

// operators is the table of all operators of CertLogic. Only the parser reads it.
var operators = map[string]*operator{
	"var":             {eval: evalVar},
	"if":              {min: 3, max: 3, eval: evalIf},
	"and":             {min: 2, max: MaxExprNodes, eval: evalAnd},
	"!":               {min: 1, max: 1, eval: evalNot},
	"===":             {min: 2, max: 2, eval: evalEqual},
	"in":              {min: 2, max: 2, eval: evalIn},
	"+":               {min: 2, max: 2, eval: evalPlus},
	"<":               ordered(integer, func(a, b int64) bool { return a < b }),
	">":               ordered(integer, func(a, b int64) bool { return a > b }),
	"<=":              ordered(integer, func(a, b int64) bool { return a <= b }),
	">=":              ordered(integer, func(a, b int64) bool { return a >= b }),
	"before":          ordered(millis, func(a, b int64) bool { return a < b }),
	"after":           ordered(millis, func(a, b int64) bool { return a > b }),
	"not-after":       ordered(millis, func(a, b int64) bool { return a <= b }),
	"not-before":      ordered(millis, func(a, b int64) bool { return a >= b }),
	"plusTime":        {min: 3, max: 3, eval: evalPlusTime, check: checkPlusTime},
	"reduce":          {min: 3, max: 3, eval: evalReduce},
	"extractFromUVCI": {min: 2, max: 2, eval: evalExtract, check: checkExtract},
	"dccDateOfBirth":  {min: 1, max: 1, eval: evalBirth},
}

// list is the operator of an array with elements that must be evaluated.
var list = operator{eval: evalList}

func evalList(r *run, n *node) (any, error) {
	values := make([]any, len(n.args))
	for i := range n.args {
		v, err := r.arg(n, i)
		if err != nil {
			return nil, err
		}
		values[i] = v
	}
	return values, nil
}

// evalVar follows the path. Where nothing is there, the value is null.
func evalVar(r *run, n *node) (any, error) {
	v, ok := r.data, true
	for _, s := range n.path {
		if v, ok = child(v, s); !ok {
			return nil, wrong("before %.40q stands %s", s.key, kindOf(v))
		}
	}
	return v, nil
}

// child is the member or element s of v, null where v has none. ok is false
// where v has a type that JSON does not decode to, so that we cannot look.
func child(v any, s step) (inner any, ok bool) {
	switch v := v.(type) {
	case map[string]any:
		return v[s.key], true
	case []any:
		if 0 <= s.index && s.index < len(v) {
			return v[s.index], true
		}
		return nil, true
	case nil, bool, string, float64, json.Number, int, int64, uint64:
		return nil, true
	}
	return v, false
}

func (r *run) condition(n *node, i int) (any, bool, error) {
	v, err := r.arg(n, i)
	if err != nil {
		return nil, false, err
	}
	yes, err := truth(v)
	return v, yes, err
}

func evalIf(r *run, n *node) (any, error) {
	_, yes, err := r.condition(n, 0)
	switch {
	case err != nil:
		return nil, err
	case yes:
		return r.arg(n, 1)
	}
	return r.arg(n, 2)
}

// evalAnd gives the first operand that counts as false, else the last operand.
// It evaluates no operand after the first that counts as false.
func evalAnd(r *run, n *node) (last any, err error) {
	yes := true
	for i := 0; yes && i < len(n.args); i++ {
		if last, yes, err = r.condition(n, i); err != nil {
			return nil, err
		}
	}
	return last, nil
}

func evalNot(r *run, n *node) (any, error) {
	_, yes, err := r.condition(n, 0)
	return !yes, err
}

func (r *run) pair(n *node) (left, right any, err error) {
	if left, err = r.arg(n, 0); err == nil {
		right, err = r.arg(n, 1)
	}
	return left, right, err
}

func evalEqual(r *run, n *node) (any, error) {
	left, right, err := r.pair(n)
	if err != nil {
		return nil, err
	}
	return r.equal(left, right, 0)
}

// evalIn reports whether the second operand, an array, has the first in it. If
// the second operand is null this is an error, since "not in the list" must not
// be true because the list is missing.
func evalIn(r *run, n *node) (any, error) {
	left, right, err := r.pair(n)
	if err != nil {
		return nil, err
	}
	all, ok := right.([]any)
	if !ok {
		return nil, wrong("it looks in an array, not in %s", kindOf(right))
	}
	for _, v := range all {
		if same, err := r.equal(left, v, 0); same || err != nil {
			return same, err
		}
	}
	return false, nil
}

// equal compares without conversion. The specification defines it for strings
// and integers only. Everything else is compared by value.
func (r *run) equal(a, b any, depth int) (bool, error) {
	if err := r.charge(1); err != nil {
		return false, err
	}
	if depth > MaxExprDepth {
		return false, wrong("it compares values nested more than %d deep", MaxExprDepth)
	}
	switch a := a.(type) {
	case nil, bool:
		return a == b, nil
	case string:
		other, ok := b.(string)
		return ok && len(a) == len(other) && a == other, r.charge(len(a) / 256)
	case time.Time:
		other, ok := b.(time.Time)
		return ok && a.Equal(other), nil
	case []any:
		if other, ok := b.([]any); ok {
			return r.equalArrays(a, other, depth+1)
		}
		return false, nil
	case map[string]any:
		if other, ok := b.(map[string]any); ok {
			return r.equalObjects(a, other, depth+1)
		}
		return false, nil
	}
	x, ok := integer(a)
	if !ok {
		return false, wrong("%s cannot be compared", kindOf(a))
	}
	y, ok := integer(b)
	return ok && x == y, nil
}

func (r *run) equalArrays(a, b []any, depth int) (same bool, err error) {
	same = len(a) == len(b)
	for i := 0; same && err == nil && i < len(a); i++ {
		same, err = r.equal(a[i], b[i], depth)
	}
	return same, err
}

func (r *run) equalObjects(a, b map[string]any, depth int) (bool, error) {
	if len(a) != len(b) {
		return false, nil
	}
	for k, v := range a {
		other, ok := b[k]
		if !ok {
			return false, nil
		}
		if same, err := r.equal(v, other, depth); !same || err != nil {
			return false, err
		}
	}
	return true, nil
}

func evalPlus(r *run, n *node) (any, error) {
	left, right, err := r.pair(n)
	if err != nil {
		return nil, err
	}
	a, okA := integer(left)
	b, okB := integer(right)
	sum := float64(a + b)
	if _, ok := integer(sum); !okA || !okB || !ok {
		return nil, wrong("it adds two integers, not %s and %s, or the sum is too large", kindOf(left), kindOf(right))
	}
	return sum, nil
}

// millis is v as milliseconds since 1970; false where v is no date-time.
func millis(v any) (int64, bool) {
	t, ok := v.(time.Time)
	return t.UnixMilli(), ok
}

// ordered is an operator that is true when holds is true of every two
// neighbouring operands. Every operand is evaluated and must be a number, even
// where the first two already decide.
func ordered(number func(any) (int64, bool), holds func(a, b int64) bool) *operator {
	return &operator{min: 2, max: 3, eval: func(r *run, n *node) (any, error) {
		all, before := true, int64(0)
		for i := range n.args {
			v, err := r.arg(n, i)
			if err != nil {
				return nil, err
			}
			now, ok := number(v)
			if !ok {
				return nil, wrong("operand %d is %s, which it cannot compare", i, kindOf(v))
			}
			all = all && (i == 0 || holds(before, now))
			before = now
		}
		return all, nil
	}}
}

// evalReduce folds a list from the left. Null counts as an empty list, because
// credentials leave out lists that are empty. The lambda's data has current and
// accumulator, as the specification names them, and the data around it.
func evalReduce(r *run, n *node) (any, error) {
	operand, err := r.arg(n, 0)
	if err != nil {
		return nil, err
	}
	items, ok := operand.([]any)
	if !ok && operand != nil {
		return nil, wrong("it goes through an array, not %s", kindOf(operand))
	}
	accumulator, err := r.arg(n, 2)
	if err != nil {
		return nil, err
	}
	outside := r.data
	defer func() { r.data = outside }()
	for _, current := range items {
		r.data = map[string]any{"current": current, "accumulator": accumulator, "data": outside}
		if accumulator, err = r.arg(n, 1); err != nil {
			return nil, err
		}
	}
	return accumulator, nil
}

const uvciPrefix = "URN:UVCI:"

// evalExtract gives a fragment of a certificate's identifier, or null where
// there is none of that index.
func evalExtract(r *run, n *node) (any, error) {
	operand, err := r.arg(n, 0)
	if err != nil || operand == nil {
		return nil, err
	}
	text, ok := operand.(string)
	if !ok {
		return nil, wrong("it takes a string apart, not %s", kindOf(operand))
	}
	if err := r.charge(len(text) / 64); err != nil || n.amount < 0 {
		return nil, err
	}
	text = strings.TrimPrefix(text, uvciPrefix)
	for i := n.amount; ; i-- {
		end := strings.IndexAny(text, "/#:")
		switch {
		case i == 0 && end < 0:
			return text, nil
		case i == 0:
			return text[:end], nil
		case end < 0:
			return nil, nil
		}
		text = text[end+1:]
	}
}
