package ui

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"postern/app/ui/kit"
	"postern/sync/client"
	"postern/sync/wording"
)

// fetching is how far a pull is: a bar, how much, and how long still.
func (s *syncScreen) fetching(u *UI, p *kit.Page) []fyne.CanvasObject {
	done := u.hub.status.Progress
	items := []fyne.CanvasObject{
		p.Say(u.say("sync.fetching", "percent", strconv.Itoa(percent(done))), 26).Bold(),
		kit.NewPane(fyne.NewSize(1, 10), func(size fyne.Size) fyne.CanvasObject {
			rail, bar := canvas.NewRectangle(p.Palette.Line), canvas.NewRectangle(p.Palette.Act)
			rail.CornerRadius, bar.CornerRadius = 5, 5
			w := size.Width * float32(percent(done)) / 100
			return kit.Fixed(size, kit.Place(rail, 0, 0, size.Width, 10), kit.Place(bar, 0, 0, max(w, 10), 10))
		}),
		p.Quiet(u.say("sync.amount", "done", Size(done.Done), "total", Size(done.Total)), 22),
	}
	if left, ok := u.hub.pull.left(done, u.opt.Now()); ok {
		items = append(items, p.Quiet(u.say("sync.left", "span", u.catalogue().Span(left)), 22))
	}
	return items
}

// pull is where the pull that goes on was first seen, to tell how long it still takes.
type pull struct {
	at   time.Time
	from client.Progress
}

// follow notes the beginning of a pull.
func (p *pull) follow(now client.Progress, at time.Time) {
	if now.Total != p.from.Total || now.Done < p.from.Done {
		*p = pull{at, now}
	}
}

// surely is how long a pull must run before its pace means anything.
const surely = 2 * time.Second

// left is how long it takes still, at the pace so far; false while nobody can say.
func (p pull) left(now client.Progress, at time.Time) (time.Duration, bool) {
	took, came := at.Sub(p.at), now.Done-p.from.Done
	if p.from.Total != now.Total || took < surely || came <= 0 {
		return 0, false
	}
	return time.Duration(float64(took) * float64(now.Total-now.Done) / float64(came)), true
}

// Size tells a number of bytes, in units of 1000.
func Size(n int64) string {
	switch {
	case n < 1000:
		return wording.Whole(strconv.FormatInt(max(n, 0), 10) + " B")
	case n < 1000*1000:
		return wording.Whole(strconv.FormatInt((n+500)/1000, 10) + " kB")
	}
	return wording.Whole(strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB")
}
