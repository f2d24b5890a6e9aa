package qr

import "slices"

// join makes codes of symbols: one for each symbol, and one for each
// structured append (ISO/IEC 18004:2015, clause 8) of which every part is in
// the picture and the parity agrees. Parts of an incomplete one come out as
// they are, with Part and Parts set.
func join(all []found) []Code {
	if len(all) == 0 {
		return nil
	}
	var codes []Code
	done := map[group]bool{}
	for _, f := range all {
		if f.parts < 2 {
			codes = append(codes, code(f))
			continue
		}
		g := group{f.parts, f.parity}
		if done[g] {
			continue
		}
		parts := g.members(all)
		if whole, ok := g.join(parts); ok {
			done[g] = true
			codes = append(codes, whole)
			continue
		}
		c := code(f)
		c.Part, c.Parts = f.part, f.parts
		codes = append(codes, c)
	}
	return codes
}

func code(f found) Code {
	return Code{Text: f.text(), Raw: f.raw(), Format: QR, Corners: f.corners}
}

// group is what the parts of one message have in common.
type group struct {
	parts  int
	parity byte
}

// members gives the first symbol of each part, in order; nil when one lacks.
func (g group) members(all []found) []found {
	var parts []found
	for n := 1; n <= g.parts; n++ {
		i := slices.IndexFunc(all, func(f found) bool {
			return f.parts == g.parts && f.parity == g.parity && f.part == n
		})
		if i < 0 {
			return nil
		}
		parts = append(parts, all[i])
	}
	return parts
}

// join concatenates parts before they are text, so that a character torn
// between two symbols is whole again.
func (g group) join(parts []found) (Code, bool) {
	if len(parts) != g.parts {
		return Code{}, false
	}
	first := parts[0]
	var whole payload
	for _, f := range parts {
		for _, p := range f.pieces {
			whole.add(p.eci, slices.Clone(p.data))
		}
	}
	first.payload = whole
	c := code(first)
	var parity byte
	for _, b := range c.Raw {
		parity ^= b
	}
	return c, parity == g.parity
}
