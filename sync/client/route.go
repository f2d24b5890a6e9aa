package client

import (
	"cmp"
	"slices"

	"github.com/theupdateframework/go-tuf/v2/metadata"

	"postern/sync/snapshot"
)

// edge is a status file: a delta from one version to another, or a whole version.
type edge struct {
	snapshot.Custom
	expected
	name string
}

// edgesOf reads the status targets, and finds the newest version that they give.
// It ignores targets with other names, which a later program may have added, and
// those whose name and custom field disagree.
func edgesOf(targets map[string]*metadata.TargetFiles) (edges []edge, newest snapshot.Custom) {
	for name, t := range targets {
		if t.Custom == nil {
			continue
		}
		custom, err := snapshot.ParseCustom(*t.Custom)
		if err != nil || name != statusName(custom) {
			continue
		}
		w, err := expectedOf(name, t)
		if err != nil {
			continue
		}
		edges = append(edges, edge{custom, w, name})
		if custom.Version > newest.Version {
			newest = custom
		}
	}
	return edges, newest
}

func statusName(c snapshot.Custom) string {
	if c.From == 0 {
		return snapshot.FullTarget(c.Version)
	}
	return snapshot.DeltaTarget(c.From, c.Version)
}

// shortest is the route of the fewest bytes from version from, or from 0 for
// nothing, to version to; nil where there is none. Every edge leads to a higher
// version, so one pass in the order of those versions is enough.
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
