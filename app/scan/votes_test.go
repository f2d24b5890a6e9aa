package scan_test

import (
	"image"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postern/app/scan"
)

// wounded is a code of which some modules, others in each frame, have a random
// colour; finders and timing patterns are whole.
func wounded(code *image.Gray, module int, share float64, random *rand.Rand) *image.Gray {
	img := image.NewGray(code.Rect)
	copy(img.Pix, code.Pix)
	side := code.Rect.Dx()/module - 8
	for y := range side {
		for x := range side {
			if x < 9 && y < 9 || x < 9 && y >= side-9 || x >= side-9 && y < 9 || x == 6 || y == 6 || random.Float64() >= share {
				continue
			}
			shade := byte(30 + 200*random.IntN(2))
			for j := range module {
				row := ((y+4)*module + j) * img.Stride
				for i := range module {
					img.Pix[row+(x+4)*module+i] = shade
				}
			}
		}
	}
	return img
}

func TestLiveAddsFramesUp(t *testing.T) {
	const module, share = 4, 0.22
	code := drawn(t, pass, module)
	alone, together := 0, 0
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 7))
		l, still := scan.NewLive(), scan.NewReader()
		located := false
		for n := range 20 {
			img := wounded(code, module, share, random)
			alone += len(still.Read(img))
			s := l.Frame(img, noon.Add(time.Duration(n)*frame))
			for _, o := range s.View {
				located = located || !o.Read
			}
			if len(s.Fresh) == 0 {
				continue
			}
			if s.Fresh[0].Text != pass {
				t.Errorf("seed %d: read %q", seed, s.Fresh[0].Text)
			}
			if !located {
				t.Errorf("seed %d: it was not in view before it read", seed)
			}
			together++
			break
		}
	}
	if alone > 0 || together < 10 {
		t.Errorf("%d frames read alone, %d of 10 codes over frames: want 0 and all", alone, together)
	}
}

func TestLiveNeverMixesCodes(t *testing.T) {
	const module = 4
	texts := [2]string{pass, strings.Map(func(r rune) rune { // as long, and of the same letters
		if r >= 'a' && r < 'z' {
			return r + 1
		}
		return r
	}, pass)}
	near := [2]string{pass, pass[:len(pass)-1] + "~"} // all but one letter the same
	read := 0
	for name, pair := range map[string][2]string{"others": texts, "neighbours": near} {
		codes := [2]*image.Gray{drawn(t, pair[0], module), drawn(t, pair[1], module)}
		if codes[0].Rect != codes[1].Rect {
			t.Fatalf("%s: sizes %v and %v", name, codes[0].Rect, codes[1].Rect)
		}
		for seed := range uint64(10) {
			random := rand.New(rand.NewPCG(seed, 8))
			l, turns := scan.NewLive(), 1+int(seed%6) // frames until the other is shown
			for n := range 24 {
				img := wounded(codes[n/turns%2], module, 0.14+0.01*float64(seed), random)
				for _, c := range l.Frame(img, noon.Add(time.Duration(n)*frame)).Fresh {
					if read++; c.Text != pair[0] && c.Text != pair[1] {
						t.Errorf("%s, seed %d: read a third text %q", name, seed, c.Text)
					}
				}
			}
		}
	}
	if read == 0 {
		t.Error("nothing was read at all")
	}
	t.Logf("%d readings", read)
}
