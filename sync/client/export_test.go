package client

import (
	"net/http"

	"postern/sync/snapshot"
)

// Leg is a status file for tests of the route: from, to and length.
type Leg struct {
	From, To uint64
	Length   int64
}

// Shortest is the route over legs.
func Shortest(legs []Leg, from, to uint64) (route []Leg) {
	var edges []edge
	for _, l := range legs {
		edges = append(edges, edge{Custom: snapshot.Custom{From: l.From, Version: l.To}, expected: expected{length: l.Length}})
	}
	for _, e := range shortest(edges, from, to) {
		route = append(route, Leg{e.From, e.Version, e.length})
	}
	return route
}

// ProblemOf is the error that a reply with this status code means.
func ProblemOf(code int, contentType string) error {
	return problemOf(&reply{code: code, header: http.Header{"Content-Type": {contentType}}})
}
