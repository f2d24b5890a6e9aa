package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"postern/app/qr"
	"postern/app/scan"
)

// pictures reads pictures, one at a time: a reader keeps buffers.
type pictures struct {
	mu     sync.Mutex
	reader *qr.Reader
}

func (p *pictures) read(r io.Reader) ([]qr.Code, error) {
	img, err := qr.Load(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reader == nil {
		p.reader = qr.NewReader()
	}
	return p.reader.Read(img), nil
}

func (u *UI) openPictures(files []fyne.URI) {
	then := u.behaviour().pictures
	if then == nil {
		then = u.takeCodes
	}
	u.readPictures(files, then)
}

// readPictures reads all codes in some pictures; a file that is no picture gets
// a sentence instead, and nobody is judged by it.
func (u *UI) readPictures(files []fyne.URI, then func([]qr.Code)) {
	switch tell := u.behaviour().tell; {
	case tell != nil:
		tell("check.reading")
	case u.backend != nil && (u.behaviour().about != nil || u.party.waits()) && !u.attends(): // somebody's answer stands
		u.sayAside("line.full")
		return
	default:
		u.show(&checkScreen{key: "check.reading"})
	}
	u.aside(func(context.Context) {
		var codes []qr.Code
		for _, uri := range files {
			found, err := u.readPicture(uri)
			if err != nil {
				u.do(func() {
					u.tell(pictureKey(err), "name", uri.Name())
				})
				return
			}
			codes = append(codes, found...)
		}
		u.do(func() { then(codes) })
	})
}

func (u *UI) readPicture(uri fyne.URI) ([]qr.Code, error) {
	if uri.Scheme() == "file" { // a pipe would be waited for without end
		if f, err := os.Stat(uri.Path()); err == nil && !f.Mode().IsRegular() {
			return nil, fmt.Errorf("open picture: %s is no file: %w", uri.Name(), qr.ErrPicture)
		}
	}
	f, err := storage.Reader(uri)
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	defer f.Close()
	return u.pictures.read(f)
}

func pictureKey(err error) string {
	switch {
	case errors.Is(err, qr.ErrTooBig):
		return "check.picture_big"
	case errors.Is(err, qr.ErrPicture):
		return "check.picture_bad"
	}
	return "check.picture_gone"
}

// takeCodes has the codes of a picture judged as one answer. Where somebody
// else's answer came to stand meanwhile, they wait as all others do.
func (u *UI) takeCodes(codes []qr.Code) {
	if len(codes) == 0 {
		u.submitUnreadable()
		return
	}
	var rs []scan.Reading
	for _, c := range codes {
		if r := u.reading(c); u.meant(r, nil) {
			rs = append(rs, r)
		}
	}
	u.attendTogether(rs)
}

// attendTogether has codes that were shown together judged as one answer, or holds them.
func (u *UI) attendTogether(rs []scan.Reading) {
	if len(rs) > 0 && u.backend != nil && u.attends() {
		u.submit(rs...)
		return
	}
	for _, r := range rs {
		u.attend(r)
	}
}

func (u *UI) reading(c qr.Code) scan.Reading {
	return scan.Reading{Text: c.Text, Format: c.Format, At: u.opt.Now(), Source: scan.File}
}
