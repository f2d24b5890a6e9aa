package main

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// drop drags a file from another program onto the app's window and lets go. The
// test is that other program, by the XDND protocol (version 5), since no tool
// that types and clicks can drag from outside.
func (d *display) drop(file string) {
	d.t.Helper()
	x, err := xgb.NewConnDisplay(d.name)
	if err != nil {
		d.t.Fatal(err)
	}
	defer x.Close()
	s := &dragged{d: d, x: x, target: d.window(), uri: (&url.URL{Scheme: "file", Path: file}).String() + "\r\n"}
	s.open()
	kind := s.atom("text/uri-list")
	s.send("XdndEnter", 5<<24, uint32(kind))
	s.send("XdndPosition", 0, 260<<16|300, xproto.TimeCurrentTime, uint32(s.atom("XdndActionCopy")))
	s.await("XdndStatus")
	s.send("XdndDrop", 0, xproto.TimeCurrentTime)
	s.await("XdndFinished")
}

// window is the app's window.
func (d *display) window() xproto.Window {
	d.t.Helper()
	out, err := d.command("xdotool", "search", "--onlyvisible", "--name", "Postern").Output()
	if err != nil {
		d.t.Fatalf("xdotool: %v", err)
	}
	id, err := strconv.ParseUint(strings.Fields(string(out))[0], 10, 32)
	if err != nil {
		d.t.Fatal(err)
	}
	return xproto.Window(id)
}

// dragged is a file on its way from a program's window to the app's.
type dragged struct {
	d            *display
	x            *xgb.Conn
	from, target xproto.Window
	uri          string
}

// open makes the window that is dragged from, and offers the file.
func (s *dragged) open() {
	s.d.t.Helper()
	id, err := xproto.NewWindowId(s.x)
	if err != nil {
		s.d.t.Fatal(err)
	}
	s.from = id
	root := xproto.Setup(s.x).DefaultScreen(s.x).Root
	s.check(xproto.CreateWindowChecked(s.x, 0, id, root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil))
	s.check(xproto.SetSelectionOwnerChecked(s.x, id, s.atom("XdndSelection"), xproto.TimeCurrentTime))
}

func (s *dragged) check(c interface{ Check() error }) {
	s.d.t.Helper()
	if err := c.Check(); err != nil {
		s.d.t.Fatal(err)
	}
}

func (s *dragged) atom(name string) xproto.Atom {
	s.d.t.Helper()
	a, err := xproto.InternAtom(s.x, false, uint16(len(name)), name).Reply()
	if err != nil {
		s.d.t.Fatal(err)
	}
	return a.Atom
}

// send tells the app's window a step of the drag; every message begins with who drags.
func (s *dragged) send(kind string, data ...uint32) {
	s.d.t.Helper()
	words := make([]uint32, 5)
	words[0] = uint32(s.from)
	copy(words[1:], data)
	e := xproto.ClientMessageEvent{
		Format: 32, Window: s.target, Type: s.atom(kind), Data: xproto.ClientMessageDataUnionData32New(words),
	}
	s.check(xproto.SendEventChecked(s.x, false, s.target, 0, string(e.Bytes())))
}

// await waits for the app's word, and hands the file's name over when it asks.
func (s *dragged) await(kind string) {
	s.d.t.Helper()
	want := s.atom(kind)
	late := time.AfterFunc(30*time.Second, s.x.Close)
	defer late.Stop()
	for {
		e, err := s.x.WaitForEvent()
		if e == nil && err == nil {
			s.d.keep("window-failed")
			s.d.t.Fatalf("no %s came from the window\n%s", kind, s.d.log.String())
		}
		switch e := e.(type) {
		case xproto.SelectionRequestEvent:
			s.hand(e)
		case xproto.ClientMessageEvent:
			if e.Type == want {
				return
			}
		}
	}
}

func (s *dragged) hand(e xproto.SelectionRequestEvent) {
	s.d.t.Helper()
	s.check(xproto.ChangePropertyChecked(s.x, xproto.PropModeReplace, e.Requestor, e.Property, e.Target, 8,
		uint32(len(s.uri)), []byte(s.uri)))
	answer := xproto.SelectionNotifyEvent{
		Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property,
	}
	s.check(xproto.SendEventChecked(s.x, false, e.Requestor, 0, string(answer.Bytes())))
}
