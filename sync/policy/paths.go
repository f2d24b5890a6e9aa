package policy

import (
	"slices"
	"strings"
)

// Paths lists what e looks at in its data, sorted, each path once: a path that
// no credential has is a slip of the pen. What reduce's lambda takes from its
// own data (current, accumulator) is left out.
func (e Expr) Paths() []string {
	var paths []string
	if e.root != nil {
		paths = e.root.paths(nil, 0)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// paths appends what n looks at; lambdas is how many of reduce's it stands in.
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

// outerPath is n's path in the outermost data, or none where it does not lead there.
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
