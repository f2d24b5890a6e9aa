package qr_test

import (
	"image"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"postern/app/qr"
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
		l, still := qr.NewLive(), qr.NewReader()
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
			l, turns := qr.NewLive(), 1+int(seed%6) // frames until the other is shown
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

// scratched is a frame in which scratches cross two finders, a little to the
// side of where the code was: no line shows 1:1:3:1:1 there.
func scratched(img *image.Gray, module, dx, dy int) *image.Gray {
	out := image.NewGray(img.Rect)
	for i := range out.Pix {
		out.Pix[i] = 255
	}
	w, side := img.Rect.Dx(), img.Rect.Dx()/module-8
	for y := range w - dy {
		copy(out.Pix[(y+dy)*w+dx:(y+dy+1)*w], img.Pix[y*w:])
	}
	for _, at := range [2][2]int{{side - 4, 3}, {3, side - 4}} {
		x0, y0 := (at[0]+4)*module+dx, (at[1]+4)*module+dy
		for along := -5 * module; along < 6*module; along++ {
			for across := range module {
				out.Pix[(y0+across)*w+x0+along] = 255
				out.Pix[(y0+along)*w+x0+across] = 255
			}
		}
	}
	return out
}

// A code that was located once goes on adding up where its finders are lost.
func TestLiveFollowsWhatItLocated(t *testing.T) {
	const module, share = 4, 0.2
	code := drawn(t, pass, module)
	read := 0
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, 9))
		l, blind := qr.NewLive(), qr.NewLive() // blind never sees the finders
		l.Frame(wounded(code, module, share, random), noon)
		for n := 1; n < 15; n++ {
			img := scratched(wounded(code, module, share, random), module, n%3, n%2)
			at := noon.Add(time.Duration(n) * frame)
			if len(blind.Frame(img, at).Fresh) > 0 {
				t.Fatalf("seed %d: it reads without being located", seed)
			}
			if s := l.Frame(img, at); len(s.Fresh) > 0 {
				if s.Fresh[0].Text != pass {
					t.Errorf("seed %d: read %q", seed, s.Fresh[0].Text)
				}
				read++
				break
			}
		}
	}
	if read < 6 {
		t.Errorf("%d of 8 were read", read)
	}
}
