package qr

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// figures makes what docs/scan.md shows, of the published pictures:
//
//	POSTERN_QR=DIR GOMAXPROCS=1 go test ./app/qr -run TestFigures -v -figures docs
//
// prints the tables and draws the chart into that folder (from the project's
// root). With POSTERN_RIVALS, the folder where compare.sh left its lines, the
// rivals stand beside.
var figures = flag.String("figures", "", "make the tables, and draw the chart into this `folder` of the project")

// shown is one picture of the manifest.
type shown struct {
	File, Set string
	Texts     []string
	Severity  *int
	gray      *image.Gray
}

func (p *shown) family() string { return strings.SplitN(p.Set, "-", 2)[0] }

// score is what a reader made of the pictures of a family.
type score struct {
	pictures, read int
	took           []time.Duration
}

func (s *score) rate() float64 { return 100 * float64(s.read) / float64(max(s.pictures, 1)) }

func (s *score) percentile(n int) float64 {
	if len(s.took) == 0 {
		return 0
	}
	slices.Sort(s.took)
	return s.took[min(len(s.took)*n/100, len(s.took)-1)].Seconds() * 1e3
}

// answer is what a reader says of one picture.
type answer struct {
	texts []string
	took  time.Duration
}

// reader answers for a picture.
type pictureReader func(p *shown) (answer, bool)

var families = []string{"zxing", "zxcpp", "jsqr", "dup", "boofcv", "misc", "neg", "syn", "all"}

func TestFigures(t *testing.T) {
	dir := os.Getenv("POSTERN_QR")
	if *figures == "" || dir == "" {
		t.Skip("-figures or POSTERN_QR is not set: nothing to measure")
	}
	all := manifest(t, dir)
	names, readers := rivals(t, os.Getenv("POSTERN_RIVALS"))
	names, readers = append(names, "Postern"), append(readers, ours(0, 5))
	var rates, times bytes.Buffer
	bySeverity := make([]map[string]*score, len(readers))
	for n, r := range readers {
		byFamily, severity := judge(all, r)
		bySeverity[n] = severity
		unread := of(byFamily, "unread")
		t.Logf("%s: %d pictures of which nothing is read, median %.2f, p99 %.1f ms", names[n], unread.pictures, unread.percentile(50), unread.percentile(99))
		row(&rates, names[n], byFamily, func(s *score) string { return fmt.Sprintf("%.1f", s.rate()) })
		row(&times, names[n], byFamily, func(s *score) string {
			return fmt.Sprintf("%.2f, %.1f", s.percentile(50), s.percentile(99))
		})
	}
	t.Logf("\nread, %%\n%s\nmedian, p99 in ms\n%s\nwithout a step\n%s", &rates, &times, ablation(all))
	path := filepath.Join("..", "..", *figures, "scan-severity.svg")
	if err := os.WriteFile(path, chart(names, bySeverity), 0o644); err != nil {
		t.Fatal(err)
	}
}

func manifest(t *testing.T, dir string) (all []*shown) {
	data, err := os.ReadFile(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		var p shown
		if err := json.Unmarshal(line, &p); err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(dir, p.File))
		if err != nil {
			t.Fatal(err)
		}
		p.gray, err = Load(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &p)
	}
	return all
}

// ours reads a picture without some steps, several times, and takes the
// fastest: others may be at work on the machine.
func ours(without step, runs int) pictureReader {
	r := NewReader()
	r.qr.without = without
	return func(p *shown) (a answer, ok bool) {
		for n := range runs {
			start := time.Now()
			codes := r.Read(p.gray)
			if took := time.Since(start); n == 0 || took < a.took {
				a.took = took
			}
			a.texts = a.texts[:0]
			for _, c := range codes {
				a.texts = append(a.texts, c.Text)
			}
		}
		return a, true
	}
}

// rivals answers from the lines that compare.sh wrote.
func rivals(t *testing.T, dir string) (names []string, readers []pictureReader) {
	for _, rival := range [][2]string{{"zxing-cpp 1.4", "zxing.jsonl"}, {"ZBar", "zbar.jsonl"}} {
		f, err := os.Open(filepath.Join(dir, rival[1]))
		if dir == "" || err != nil {
			t.Logf("no lines of %s: POSTERN_RIVALS is the folder with %s", rival[0], rival[1])
			continue
		}
		said := map[string]answer{}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var l struct {
				P  string
				T  []string
				NS int64
			}
			if json.Unmarshal(lines.Bytes(), &l) == nil {
				said[lastTwo(strings.TrimSuffix(l.P, ".pgm"))] = answer{l.T, time.Duration(l.NS)}
			}
		}
		f.Close()
		names = append(names, rival[0])
		readers = append(readers, func(p *shown) (answer, bool) {
			a, ok := said[lastTwo(p.File)]
			return a, ok
		})
	}
	return names, readers
}

func lastTwo(path string) string {
	return filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path))
}

// judge scores a reader by family and by severity. A picture is read when
// every text is right and there is one; without a code, when there is none.
func judge(all []*shown, read pictureReader) (byFamily, bySeverity map[string]*score) {
	byFamily, bySeverity = map[string]*score{}, map[string]*score{}
	for _, p := range all {
		a, ok := read(p)
		right := ok && len(a.texts) > 0 == (len(p.Texts) > 0)
		for _, text := range a.texts {
			right = right && slices.ContainsFunc(p.Texts, func(s string) bool { return printable(s) == printable(text) })
		}
		into := []*score{of(byFamily, p.family()), of(byFamily, "all")}
		if len(a.texts) == 0 {
			into = append(into, of(byFamily, "unread"))
		}
		if p.Severity != nil && len(p.Texts) > 0 {
			into = append(into, of(bySeverity, fmt.Sprint(*p.Severity)))
		}
		for _, s := range into {
			s.pictures++
			s.took = append(s.took, a.took)
			if right {
				s.read++
			}
		}
	}
	return byFamily, bySeverity
}

func of(scores map[string]*score, key string) *score {
	if scores[key] == nil {
		scores[key] = &score{}
	}
	return scores[key]
}

// printable folds what labels differ in: white space and encodings.
func printable(s string) string {
	plain := strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r
		}
		return -1
	}, s)
	if len(plain) < 3 {
		return s
	}
	return plain
}

// ablation reads everything with one step left out at a time.
func ablation(all []*shown) string {
	var out bytes.Buffer
	for _, a := range []struct {
		name    string
		without step
	}{
		{"everything", 0},
		{"without the pyramid", pyramidStep},
		{"without the mesh", meshStep},
		{"without the third finder imagined", rescueStep},
		{"without sharpening", sharpStep},
		{"without bent paper", bendStep},
		{"without the equaliser", equaliserStep},
		{"without erasures", erasureStep},
		{"without the free corner", stretchStep},
		{"without round finders", roundStep},
		{"without open finders", openStep},
		{"without the second look", againStep},
	} {
		byFamily, _ := judge(all, ours(a.without, 1))
		row(&out, a.name, byFamily, func(s *score) string { return fmt.Sprintf("%.1f", s.rate()) })
	}
	return out.String()
}

// row writes one line of a table; the first one writes its head.
func row(out *bytes.Buffer, name string, byFamily map[string]*score, cell func(*score) string) {
	if out.Len() == 0 {
		fmt.Fprintf(out, "| | %s |\n|%s\n", strings.Join(families, " | "), strings.Repeat("---|", len(families)+1))
	}
	fmt.Fprintf(out, "| %s", name)
	for _, f := range families {
		fmt.Fprintf(out, " | %s", cell(of(byFamily, f)))
	}
	fmt.Fprintln(out, " |")
}

// chart draws the read rate over severity of each reader.
func chart(names []string, bySeverity []map[string]*score) []byte {
	colours := map[string]string{"zxing-cpp 1.4": "#b45309", "ZBar": "#64748b", "Postern": "#15803d"}
	const left, low, wide, high, most = 70, 250, 440, 200, 4
	var b bytes.Buffer
	fmt.Fprintln(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 310" font-family="sans-serif" font-size="13">`)
	fmt.Fprintln(&b, "<title>Read rate of synthetic certificates over severity</title>")
	fmt.Fprintln(&b, `<rect width="640" height="310" fill="#fff"/>`)
	for percent := 0; percent <= 100; percent += 25 {
		y := low - high*percent/100
		fmt.Fprintf(&b, "<path d=\"M%d %dH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d %%</text>\n",
			left, y, left+wide, left-8, y+4, percent)
	}
	for severity := range most + 1 {
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"272\" text-anchor=\"middle\">%d</text>\n", left+severity*wide/most, severity)
	}
	fmt.Fprintln(&b, `<text x="290" y="296" text-anchor="middle">severity of distortion</text>`)
	for n, name := range names {
		var points []string
		for severity := range most + 1 {
			y := low - high*of(bySeverity[n], fmt.Sprint(severity)).rate()/100
			points = append(points, fmt.Sprintf("%d,%.1f", left+severity*wide/most, y))
		}
		colour := colours[name]
		fmt.Fprintf(&b, "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"3\" points=\"%s\"/>\n", colour, strings.Join(points, " "))
		for _, p := range points {
			x, y, _ := strings.Cut(p, ",")
			fmt.Fprintf(&b, "<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"%s\"/>\n", x, y, colour)
		}
		fmt.Fprintf(&b, "<path d=\"M525 %dh20\" stroke=\"%s\" stroke-width=\"3\"/><text x=\"550\" y=\"%d\">%s</text>\n",
			70+24*n, colour, 75+24*n, name)
	}
	fmt.Fprintln(&b, "</svg>")
	return b.Bytes()
}
