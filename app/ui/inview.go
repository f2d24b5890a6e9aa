package ui

import (
	"maps"
	"slices"
	"time"

	"postern/app/qr"
	"postern/app/scan"
)

// takeView takes the codes that a frame showed: what was read together is
// answered together. A code that is seen and not read yet holds the others up
// for a moment, so that no green shows before a red beside it.
func (u *UI) takeView(l *cameraView, s qr.Sight) {
	now := u.opt.Now()
	if slices.ContainsFunc(s.Read, func(c qr.Code) bool { return u.stands(c.Text) }) {
		l.beside = now
	}
	fresh := l.fresh(u, s.Read, now)
	l.forgetUnseen(now)
	pending := slices.ContainsFunc(s.View, func(o qr.Outline) bool { return !o.Read })
	u.noteUnread(l, pending && len(s.Read) == 0, now)
	switch {
	case len(fresh) == 0:
	case !l.beside.IsZero() && now.Sub(l.beside) <= gatherFor && u.joins():
		u.join(fresh...)
	case len(l.gathered) > 0 || u.backend != nil && u.attends():
		l.gathered = append(l.gathered, fresh...)
		if len(l.gathered) == len(fresh) && pending {
			began := l.gatherings
			u.after(gatherFor, func() {
				if l.gatherings == began { // else these have been judged, and others are gathered
					u.flush(l)
				}
			})
		}
	default:
		for _, r := range fresh {
			u.attend(r)
		}
	}
	if !pending {
		u.flush(l)
	}
}

// joins reports whether a further code of the same view belongs to the answer that stands, or is asked for.
func (u *UI) joins() bool {
	return u.line.asking || u.party != nil && u.behaviour().face
}

// flush has what was gathered judged as one answer.
func (u *UI) flush(l *cameraView) {
	rs := l.gathered
	l.gatherings++
	if l.gathered = nil; u.camera == l {
		u.attendTogether(rs)
	}
}

// fresh are the readings of codes that nobody has seen to yet. A code that was
// not taken is tried again once somebody can be.
func (l *cameraView) fresh(u *UI, codes []qr.Code, now time.Time) (all []scan.Reading) {
	for _, c := range codes {
		if _, ok := l.dealt[c.Text]; ok {
			l.dealt[c.Text] = now
			continue
		}
		if _, ok := l.refused[c.Text]; ok {
			if l.refused[c.Text] = now; u.line.waiting != nil || u.line.asking || u.joins() && u.party.full() {
				continue
			}
			delete(l.refused, c.Text)
		}
		l.dealt[c.Text] = now
		if r := (scan.Reading{Text: c.Text, Format: c.Format, At: now, Source: scan.Camera}); u.meant(r, nil) {
			all = append(all, r)
		}
	}
	return all
}

func (l *cameraView) forgetUnseen(now time.Time) {
	gone := func(_ string, seen time.Time) bool { return now.Sub(seen).Abs() > goneAfter }
	maps.DeleteFunc(l.dealt, gone)
	maps.DeleteFunc(l.refused, gone)
}

// forget has a code read anew, should it still be in view.
func (l *cameraView) forget(text string) {
	if l != nil {
		delete(l.dealt, text)
	}
}

// refuse keeps a code that was not taken from being refused with every frame.
func (l *cameraView) refuse(text string, now time.Time) {
	if l != nil {
		delete(l.dealt, text)
		l.refused[text] = now
	}
}

func (l *cameraView) forgetAll() {
	if l != nil {
		clear(l.dealt)
		clear(l.refused)
		l.gathered = nil
	}
}

// noteUnread notes since when a code is seen and not read. An Admit that stands
// goes then, so that the hint is seen and not the green of the person before.
func (u *UI) noteUnread(l *cameraView, seen bool, now time.Time) {
	before := l.unreadable(now)
	switch {
	case !seen:
		l.unread = time.Time{}
	case l.unread.IsZero():
		l.unread = now
	}
	if after := l.unreadable(now); after != before {
		u.lineShown()
	}
	if s := u.behaviour().about; l.unreadable(now) && s != nil && u.behaviour().brief && u.stood() >= leastStay && l.unread.After(s.at) {
		u.next()
	}
}

// unreadable reports whether a code is seen and cannot be read.
func (l *cameraView) unreadable(now time.Time) bool {
	return l != nil && !l.unread.IsZero() && now.Sub(l.unread) >= unreadFor
}
