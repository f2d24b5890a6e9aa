package client_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"postern/sync/client"
)

func TestShortest(t *testing.T) {
	whole := []client.Leg{{0, 8, 1000}, {0, 9, 1000}}
	steps := []client.Leg{{5, 6, 10}, {6, 7, 10}, {7, 8, 10}, {8, 9, 10}}
	for name, test := range map[string]struct {
		legs     []client.Leg
		from, to uint64
		want     string
	}{
		"from nothing":           {append(whole, steps...), 0, 9, "[{0 9 1000}]"},
		"one step":               {append(whole, steps...), 8, 9, "[{8 9 10}]"},
		"all steps":              {append(whole, steps...), 5, 9, "[{5 6 10} {6 7 10} {7 8 10} {8 9 10}]"},
		"too far behind":         {append(whole, steps...), 3, 9, "[{0 9 1000}]"},
		"a large delta":          {append(whole, client.Leg{4, 9, 2000}), 4, 9, "[{0 9 1000}]"},
		"a shortcut":             {append(steps, client.Leg{5, 9, 35}), 5, 9, "[{5 9 35}]"},
		"a longer shortcut":      {append(steps, client.Leg{5, 9, 45}), 5, 9, "[{5 6 10} {6 7 10} {7 8 10} {8 9 10}]"},
		"the same, fewer files":  {append(steps, client.Leg{5, 9, 40}), 5, 9, "[{5 9 40}]"},
		"a whole and a delta":    {[]client.Leg{{0, 8, 1000}, {8, 9, 10}}, 0, 9, "[{0 8 1000} {8 9 10}]"},
		"whole at a detour":      {[]client.Leg{{0, 8, 20}, {8, 9, 10}, {5, 9, 100}}, 5, 9, "[{0 8 20} {8 9 10}]"},
		"no way":                 {steps, 4, 9, "[]"},
		"nothing there":          {nil, 0, 9, "[]"},
		"a whole of older times": {[]client.Leg{{0, 3, 1}, {3, 9, 1}}, 5, 9, "[]"},
	} {
		if got := fmt.Sprint(client.Shortest(test.legs, test.from, test.to)); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestShortestRandom compares with trying every way.
func TestShortestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		var legs []client.Leg
		for range r.IntN(12) {
			from := r.Uint64N(6)
			legs = append(legs, client.Leg{From: from, To: from + 1 + r.Uint64N(6-from), Length: 1 + r.Int64N(50)})
		}
		from := r.Uint64N(6)
		var all func(at uint64) int64
		all = func(at uint64) int64 {
			if at == 6 {
				return 0
			}
			best := int64(-1)
			for _, l := range legs {
				if l.From == at && l.To > from {
					if rest := all(l.To); rest >= 0 && (best < 0 || l.Length+rest < best) {
						best = l.Length + rest
					}
				}
			}
			return best
		}
		want := all(from)
		if fresh := all(0); want < 0 || fresh >= 0 && fresh < want {
			want = fresh
		}
		var got int64
		route := client.Shortest(legs, from, 6)
		for _, l := range route {
			got += l.Length
		}
		if route == nil {
			got = -1
		}
		if got != want {
			t.Fatalf("from %d over %v: %v of %d bytes, want %d", from, legs, route, got, want)
		}
	}
}
