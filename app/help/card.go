package help

import (
	"fmt"
	"image"
	"image/color"
	"slices"
	"strconv"
	"time"

	"postern/app/look"
	"postern/sync/verdict"
	"postern/sync/wording"
)

var (
	ink   = look.RGB(0x14181c)
	faint = look.RGB(0x4f5a66)
)

// steps are the next steps in the order of their numbers on the card.
var steps = []verdict.Step{
	verdict.TryAgain, verdict.AnotherCode, verdict.LookUp, verdict.Register, verdict.Supervisor, verdict.Emergency,
}

// say holds the texts that only the card has, by language.
var say = map[string]struct{ title, use string }{
	"zh":      {"帮助代码", "屏幕下方有一个代码，打电话时报它即可。“→”后面的号码是可以做的事，见下，排在前面的先试。急病、孕产、避险：先放行，再记录。C-T 后面的数字是本处要求的小时数。"},
	"zh-Hant": {"幫助代碼", "螢幕下方有一個代碼，打電話時報它即可。「→」後面的號碼是可以做的事，見下，排在前面的先試。急病、孕產、避難：先放行，再記錄。C-T 後面的數字是本處要求的小時數。"},
	"en":      {"Help codes", "Each screen shows a code: say it on the telephone. After → stand the numbers of what you can do, the best first. Illness, childbirth, danger: let through first, record after. The number in C-T is the hours asked here."},
}

// Lengths on the card, in millimetres.
const (
	margin   = 10.0
	gap      = 6.0 // between the two columns
	column   = (210 - 2*margin - gap) / 2
	codeWide = 16.0
	bottom   = 297 - margin
)

// smallest is the smallest size of letters that is still printed, in points.
const smallest = 5.4

// Card draws the card for one or two languages. It fails where not every code
// fits in letters of a readable size.
func Card(languages ...string) (*image.RGBA, error) {
	if len(languages) < 1 || len(languages) > 2 {
		return nil, fmt.Errorf("draw help card: %d languages, choose one or two", len(languages))
	}
	codes, err := Codes(languages...)
	if err != nil {
		return nil, fmt.Errorf("draw help card: %w", err)
	}
	p, err := newPage(languages)
	if err != nil {
		return nil, fmt.Errorf("draw help card: %w", err)
	}
	top, err := p.head(languages)
	if err != nil {
		return nil, fmt.Errorf("draw help card: %w", err)
	}
	rows, err := p.layout(codes, top)
	if err != nil {
		return nil, fmt.Errorf("draw help card: %w", err)
	}
	for _, r := range rows {
		p.draw(r)
	}
	return p.img, nil
}

// layout takes the largest letters in which every code fits below top.
func (p *page) layout(codes []Code, top float64) ([]row, error) {
	for points := 9.0; points >= smallest; points -= 0.1 {
		if rows := p.rows(codes, points); place(rows, top) {
			return rows, nil
		}
	}
	return nil, fmt.Errorf("%d codes do not fit on a page", len(codes))
}

// head draws title, use and the four outcomes, and gives where the codes begin.
func (p *page) head(languages []string) (float64, error) {
	y, x := margin+7, margin
	for i, language := range languages {
		size := faceKey{20 - 6*float64(i), true}
		p.text(say[language].title, x, y, size, ink)
		x += p.width(say[language].title, size) + 5
	}
	p.text("Postern", 210-margin-p.width("Postern", faceKey{14, true}), y, faceKey{14, true}, faint)
	y += 2
	for _, language := range languages {
		for _, l := range p.lines(say[language].use, 210-2*margin, faceKey{8, false}) {
			y += 4
			p.text(l, margin, y, faceKey{8, false}, faint)
		}
	}
	y += 3
	wide := (210 - 2*margin - 3*3) / 4
	for i, o := range order {
		if err := p.outcome(o, languages, margin+float64(i)*(wide+3), y, wide); err != nil {
			return 0, err
		}
	}
	return p.legend(languages, y+24)
}

// legend draws the next steps with their numbers, which stand behind the codes
// in place of words, and gives where it ends.
func (p *page) legend(languages []string, y float64) (float64, error) {
	const points, leading = 8.0, 3.9
	x, wide := margin, (210-2*margin)/2
	for n, s := range steps {
		text := strconv.Itoa(n + 1)
		for i, language := range languages {
			c, err := wording.New(language, time.Local)
			if err != nil {
				return 0, err
			}
			if i > 0 {
				text += " ·"
			}
			text += " " + c.Say("step."+string(s))
		}
		p.text(text, x+float64(n%2)*wide, y+leading*float64(n/2+1), faceKey{points, true}, ink)
	}
	return y + leading*float64((len(steps)+1)/2) + 3, nil
}

func (p *page) outcome(o verdict.Outcome, languages []string, x, y, wide float64) error {
	l, name := look.Outcome(o), look.Name(o)
	p.fill(x, y, wide, 20, l.Ground)
	at := y + 6.5
	for i, language := range languages {
		c, err := wording.New(language, time.Local)
		if err != nil {
			return err
		}
		size := faceKey{13 - 3*float64(i), true}
		p.text(c.Say("outcome."+name), x+16, at, size, l.Ink)
		if side := c.Say("side." + name); side != "" {
			p.text(side, x+16, at+3, faceKey{6, false}, l.Ink)
		}
		at += 8.5
	}
	return p.shape(name, x+2, y+4, 12, l.Ink)
}

// row is a code with its lines, and where it stands.
type row struct {
	code   Code
	points float64
	lines  []string
	first  int // how many of the lines are in the first language
	x, y   float64
}

func (r row) height() float64 { return float64(len(r.lines))*r.leading() + 1.4 }

// leading is from one base line to the next.
func (r row) leading() float64 { return r.points * 1.24 * 25.4 / 72 }

func (p *page) rows(codes []Code, points float64) []row {
	var all []row
	for _, c := range codes {
		r := row{code: c, points: points}
		for i, t := range c.Texts {
			s := t.Sentence
			if i == 0 {
				s += numbers(c.Reason.Steps())
			}
			r.lines = append(r.lines, p.lines(s, column-codeWide, faceKey{points, i == 0})...)
			if i == 0 {
				r.first = len(r.lines)
			}
		}
		all = append(all, r)
	}
	return all
}

// numbers are the next steps of a code by their numbers in the legend. The last
// step is always the emergency, which is not repeated: the top of the card
// explains it.
func numbers(of []verdict.Step) string {
	if len(of) == 0 {
		return ""
	}
	text := " →"
	for _, s := range of[:len(of)-1] {
		text += "\u00a0" + strconv.Itoa(slices.Index(steps, s)+1)
	}
	return text
}

// place puts rows into two columns below top, and says whether they fit.
func place(rows []row, top float64) bool {
	x, y := margin, top
	for i := range rows {
		if y+rows[i].height() > bottom {
			if x > margin {
				return false
			}
			x, y = margin+column+gap, top
		}
		rows[i].x, rows[i].y = x, y
		y += rows[i].height()
	}
	return true
}

func (p *page) draw(r row) {
	l := look.Outcome(r.code.Outcome)
	p.fill(r.x, r.y, codeWide-2, r.height()-0.8, l.Ground)
	size := faceKey{8, true}
	p.text(r.code.Help, r.x+(codeWide-2-p.width(r.code.Help, size))/2, r.y+(r.height()-0.8)/2+1, size, l.Ink)
	for i, line := range r.lines {
		c, bold := color.Color(ink), true
		if i >= r.first {
			c, bold = faint, false
		}
		p.text(line, r.x+codeWide, r.y+float64(i+1)*r.leading()-0.5, faceKey{r.points, bold}, c)
	}
}
