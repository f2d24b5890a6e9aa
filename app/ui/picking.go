package ui

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"postern/app/album"
	"postern/app/qr"
	"postern/app/ui/kit"
)

// pickScreen has a picture of a code picked by touch: the recent ones of the
// usual places, or those of a folder. Another folder is another screen.
type pickScreen struct {
	folder string          // whose pictures show; empty: the recent ones of all places
	then   func([]qr.Code) // gets the codes of the picture that is picked
	from   screen          // where Back leads
	gone   chan struct{}   // closed when another screen takes its place
	close  func()          // closes it, once

	places []album.Place
	inner  []string        // the folders in the folder
	all    []album.Picture // the newest first
	shown  int             // how many of them show
	key    string          // a sentence in place of pictures
	thumbs map[string]image.Image
	tiles  map[string]*kit.Tile // those that show, by path
}

// What a screen of pictures may cost.
const (
	mostRecent = 240 // pictures that are found
	pagePicked = 24  // that show, until more are asked for
	thumbSide  = 320 // pixels
)

// choosePicture asks for a picture and gives its codes to then; see readPictures.
func (u *UI) choosePicture(then func([]qr.Code)) { u.pick("", u.screen, then) }

// pick shows the pictures of a folder, or the recent ones, and begins to look for them.
func (u *UI) pick(folder string, from screen, then func([]qr.Code)) {
	s := &pickScreen{
		folder: folder, then: then, from: from, gone: make(chan struct{}), key: "picture.looking",
		thumbs: map[string]image.Image{}, tiles: map[string]*kit.Tile{},
	}
	s.close = sync.OnceFunc(func() { close(s.gone) })
	u.show(s)
	u.aside(func(ctx context.Context) { s.look(ctx, u) })
}

func (s *pickScreen) behave(u *UI) behaviour {
	b := u.page("check")
	b.codes, b.leave = judged, s.close
	return b
}

// look finds the pictures, off Fyne's thread, and then makes the first thumbs.
func (s *pickScreen) look(ctx context.Context, u *UI) {
	ctx, stop := s.while(ctx)
	defer stop()
	places := u.opt.Album.Places()
	var inner []string
	var all []album.Picture
	var err error
	if s.folder == "" {
		all, err = album.Recent(ctx, places, mostRecent)
	} else {
		inner, all, err = album.List(ctx, s.folder)
	}
	if ctx.Err() != nil {
		return
	}
	u.do(func() {
		s.places, s.inner, s.all, s.key = places, inner, all, ""
		if err != nil {
			s.key = "picture.unreadable"
		} else if len(all) == 0 {
			s.key = "picture.none"
		}
		s.more(u)
	})
}

// while gives a context that ends when another screen takes the place of s.
func (s *pickScreen) while(ctx context.Context) (context.Context, func()) {
	ctx, stop := context.WithCancel(ctx)
	go func() {
		select {
		case <-s.gone:
			stop()
		case <-ctx.Done():
		}
	}()
	return ctx, stop
}

// more shows another page of pictures and has their thumbs made.
func (s *pickScreen) more(u *UI) {
	next := s.all[s.shown:min(s.shown+pagePicked, len(s.all))]
	s.shown += len(next)
	if u.screen != s {
		return
	}
	u.root.Refresh()
	u.aside(func(ctx context.Context) {
		ctx, stop := s.while(ctx)
		defer stop()
		for _, p := range next {
			if ctx.Err() != nil {
				return
			}
			if img := thumb(p.Path); img != nil {
				u.do(func() { s.show(p.Path, img) })
			}
		}
	})
}

// thumb is a small picture of a file; nil, where the file is none: its tile then stays
// empty, and whoever picks it is told why.
func thumb(path string) image.Image {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	img, err := qr.Thumb(f, thumbSide)
	if err != nil {
		return nil
	}
	return img
}

func (s *pickScreen) show(path string, img image.Image) {
	s.thumbs[path] = img
	if t := s.tiles[path]; t != nil {
		t.Fill(img)
	}
}

func (s *pickScreen) body(u *UI, size fyne.Size) fyne.CanvasObject {
	p := u.newPageTo(size, u.say("picture.title"), "", func() { u.show(s.from) })
	w := p.Width()
	p.Add(kit.NewTiles(w, kit.Letters(p.Grid.Of(220)), 12, s.ways(u, p)...))
	if s.folder != "" {
		p.Add(p.Quiet(s.folder, 22))
	}
	if s.key != "" {
		p.Add(p.Say(u.say(s.key), 26).Bold())
	}
	clear(s.tiles)
	var tiles []fyne.CanvasObject
	for _, picture := range s.all[:s.shown] {
		tiles = append(tiles, s.tile(u, p, picture))
	}
	p.Add(kit.NewTiles(w, max(p.Grid.Of(230), 132), 12, tiles...))
	if s.shown < len(s.all) {
		p.Add(p.Outlined(u.say("picture.more"), func() { s.more(u) }))
	}
	foot := kit.NewRow(12, p.Outlined(u.say("typing.back"), func() { u.show(s.from) }))
	if s.folder != "" {
		foot.Add(p.Outlined(u.say("picture.up"), func() { s.up(u) }))
	}
	p.AtFoot(foot)
	return p.Layout()
}

// ways are the buttons for the recent pictures and the places or, in a folder, for the folders in it.
func (s *pickScreen) ways(u *UI, p *kit.Page) (buttons []fyne.CanvasObject) {
	to := func(text, folder string) {
		buttons = append(buttons, choice(p, text, folder == s.folder, func() { u.pick(folder, s.from, s.then) }))
	}
	if s.folder != "" {
		for _, folder := range s.inner {
			to(filepath.Base(folder), folder)
		}
		return buttons
	}
	to(u.say("picture.recent"), "")
	for _, place := range s.places {
		text := u.say("picture." + string(place.Kind))
		if place.Kind == album.Drive {
			text = u.say("picture.drive", "name", filepath.Base(place.Path))
		}
		to(text, place.Path)
	}
	return buttons
}

// up leads to the folder above, and from a place to all of them.
func (s *pickScreen) up(u *UI) {
	above := filepath.Dir(s.folder)
	if slices.ContainsFunc(s.places, func(p album.Place) bool { return p.Path == s.folder }) {
		above = ""
	}
	u.pick(above, s.from, s.then)
}

func (s *pickScreen) tile(u *UI, p *kit.Page, picture album.Picture) fyne.CanvasObject {
	line := picture.Name()
	if s.folder == "" { // how old it is tells the recent ones from each other
		line = u.catalogue().Ago(picture.At, u.opt.Now())
	}
	t := kit.NewTile(p.Palette, line, func() {
		u.readPictures([]fyne.URI{storage.NewFileURI(picture.Path)}, s.then)
	})
	if img := s.thumbs[picture.Path]; img != nil {
		t.Fill(img)
	}
	s.tiles[picture.Path] = t
	return t
}
