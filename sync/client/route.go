package client

import (
	"cmp"
	"slices"
)

// shortest is the route of the fewest bytes from version from, or from
// nothing, to version to; nil where there is none. Every edge leads to a
// higher version, so each is looked at once, in the order of where they lead.
func shortest(edges []edge, from, to uint64) []edge {
	type best struct {
		bytes int64
		files int
		last  *edge
	}
	edges = slices.Clone(edges)
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.Version, b.Version), cmp.Compare(a.From, b.From)) })
	reached := map[uint64]best{0: {}, from: {}}
	for i := range edges {
		e := &edges[i]
		before, ok := reached[e.From]
		if !ok || e.Version <= from {
			continue
		}
		now, there := reached[e.Version]
		way := best{before.bytes + e.length, before.files + 1, e}
		if !there || way.bytes < now.bytes || way.bytes == now.bytes && way.files < now.files {
			reached[e.Version] = way
		}
	}
	var route []edge
	for at := reached[to].last; at != nil; at = reached[at.From].last {
		route = append(route, *at)
	}
	slices.Reverse(route)
	return route
}
