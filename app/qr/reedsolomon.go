package qr

// Reed-Solomon codes of QR symbols: over GF(256) with the polynomial
// x^8+x^4+x^3+x^2+1, roots a^0, a^1 …, the first byte the highest coefficient
// (ISO/IEC 18004:2015, 7.5). A code of n check bytes corrects t wrong bytes and
// e bytes known to be doubtful where 2t+e <= n.

var gfExp, gfLog = func() (exp [512]byte, log [256]int) {
	x := 1
	for i := range 255 {
		exp[i], exp[i+255] = byte(x), byte(x)
		log[x] = i
		if x <<= 1; x > 255 {
			x ^= 0x11d
		}
	}
	return exp, log
}()

func gfMul(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return gfExp[gfLog[a]+gfLog[b]]
}

// gfDiv divides by b, which is not 0.
func gfDiv(a, b byte) byte {
	if a == 0 {
		return 0
	}
	return gfExp[gfLog[a]+255-gfLog[b]]
}

// maxChecks is the most check bytes that a block has (30), and some.
const maxChecks = 32

// polynomial has the constant term first.
type polynomial [maxChecks + 1]byte

// correctBlock repairs a block in place, given the places of doubtful bytes.
// It returns how many other bytes were wrong; ok is false, and the block as it
// was, when the block cannot be repaired.
func correctBlock(block []byte, checks int, doubtful []int) (wrong int, ok bool) {
	if checks > maxChecks || len(doubtful) > checks || len(block) > 255 {
		return 0, false
	}
	var syndromes polynomial
	clean := true
	for i := range checks {
		s := byte(0)
		for _, b := range block {
			if s != 0 {
				s = gfExp[gfLog[s]+i]
			}
			s ^= b
		}
		syndromes[i] = s
		clean = clean && s == 0
	}
	if clean {
		return 0, true
	}
	locator := locate(&syndromes, checks, len(block), doubtful)
	degree := 0
	for i, c := range locator[:checks+1] {
		if c != 0 {
			degree = i
		}
	}
	// Every root of the locator must be a place in the block.
	var at [maxChecks]int
	n := 0
	for i := range block {
		if locator.at(gfExp[(255-(len(block)-1-i))%255], degree) == 0 {
			if n == degree {
				return 0, false
			}
			at[n] = i
			n++
		}
	}
	if n != degree || n == 0 {
		return 0, false
	}
	repair(block, &syndromes, &locator, checks, at[:n])
	return max(n-len(doubtful), 0), true
}

// locate finds the polynomial whose roots are the inverses of the wrong places
// (Berlekamp and Massey), beginning with the doubtful ones.
func locate(syndromes *polynomial, checks, length int, doubtful []int) polynomial {
	locator := polynomial{1}
	for n, i := range doubtful {
		x := gfExp[length-1-i]
		for k := n + 1; k > 0; k-- {
			locator[k] ^= gfMul(x, locator[k-1])
		}
	}
	known := len(doubtful)
	before, length2 := locator, known
	for r := known + 1; r <= checks; r++ {
		d := byte(0)
		for i := range r {
			d ^= gfMul(locator[i], syndromes[r-1-i])
		}
		copy(before[1:], before[:checks])
		before[0] = 0
		if d == 0 {
			continue
		}
		next := locator
		for i := range checks + 1 {
			next[i] ^= gfMul(d, before[i])
		}
		if 2*length2 <= r+known-1 {
			length2 = r + known - length2
			for i := range checks + 1 {
				before[i] = gfDiv(locator[i], d)
			}
		}
		locator = next
	}
	return locator
}

// repair puts right the bytes at places (Forney).
func repair(block []byte, syndromes, locator *polynomial, checks int, places []int) {
	var omega polynomial
	for i := range checks {
		for j := range i + 1 {
			omega[i] ^= gfMul(syndromes[i-j], locator[j])
		}
	}
	var slope polynomial // the derivative: odd terms only, one place down
	for i := 1; i <= checks; i += 2 {
		slope[i-1] = locator[i]
	}
	for _, i := range places {
		power := len(block) - 1 - i
		inverse := gfExp[(255-power)%255]
		if d := slope.at(inverse, checks); d != 0 {
			block[i] ^= gfMul(gfExp[power], gfDiv(omega.at(inverse, checks-1), d))
		}
	}
}

// at evaluates a polynomial of a degree.
func (p *polynomial) at(x byte, degree int) (v byte) {
	if x == 0 {
		return p[0]
	}
	log := gfLog[x]
	for i := degree; i >= 0; i-- {
		if v != 0 {
			v = gfExp[gfLog[v]+log]
		}
		v ^= p[i]
	}
	return v
}
