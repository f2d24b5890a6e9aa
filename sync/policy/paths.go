package policy

import (
	"slices"
	"strings"
)

// Paths lists the paths that e reads in its data, sorted, each once. What the
// lambda of a reduce reads in its own data (current, accumulator) is left out.
func (e Expr) Paths() []string {
	var paths []string
	if e.root != nil {
		paths = e.root.paths(nil, 0)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// paths appends the paths that n reads. lambdas is how many lambdas of reduce
// are around n.
func (n *node) paths(all []string, lambdas int) []string {
	if n.name == "var" {
		return append(all, n.outerPath(lambdas)...)
	}
	for i, a := range n.args {
		inner := lambdas
		if n.name == "reduce" && i == 1 {
			inner++
		}
		all = a.paths(all, inner)
	}
	return all
}

// outerPath is n's path in the outermost data. It is empty where n reads a
// lambda's own data.
func (n *node) outerPath(lambdas int) []string {
	keys := make([]string, 0, len(n.path))
	for i, s := range n.path {
		if i >= lambdas {
			keys = append(keys, s.key)
		} else if s.key != "data" {
			return nil
		}
	}
	if len(n.path) < lambdas {
		return nil
	}
	return []string{strings.Join(keys, ".")}
}
