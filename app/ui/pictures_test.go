package ui_test

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"
	"github.com/skip2/go-qrcode"

	"postern/app/qr"
	"postern/app/ui"
	"postern/app/ui/kit"
)

func TestPaste(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	fyne.CurrentApp().Clipboard().SetContent("")
	d.tap("tool.paste")
	d.says(t, d.words(t, "en", "check.none"))
	fyne.CurrentApp().Clipboard().SetContent(strings.Repeat("A", qr.MaxText+1))
	d.tap("tool.paste")
	d.says(t, d.words(t, "en", "check.too_long"))
	fyne.CurrentApp().Clipboard().SetContent("  PP1:ok\n")
	d.tap("tool.paste")
	d.says(t, "Admit", "王*明")
}

func TestTyping(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.tap("tool.type")
	d.tap("typing.check")
	d.says(t, d.words(t, "en", "typing.empty"))
	d.tap("typing.back")
	d.says(t, d.words(t, "en", "check.invite"))

	c := d.window.Canvas() // a person at the keys, with nothing focused: the text is not lost
	for _, r := range "PP1:revoked" {
		d.now = d.now.Add(200 * time.Millisecond)
		c.OnTypedRune()(r)
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.says(t, d.words(t, "en", "typing.title"), "PP1:revoked")
	d.tap("typing.check")
	d.says(t, "Refuse", "R-REV")

	d.tap("verdict.next")
	d.tap("tool.type")
	for _, r := range "PP1:barred" {
		d.now = d.now.Add(200 * time.Millisecond)
		c.OnTypedRune()(r)
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyReturn})
	d.says(t, "Refuse", "R-BAR")
	if c.Focused() != nil {
		t.Error("something keeps the focus after the verdict")
	}
}

func TestPictures(t *testing.T) {
	folder := t.TempDir()
	write := func(name string, img image.Image) fyne.URI {
		path := filepath.Join(folder, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, img); err != nil {
			t.Fatal(err)
		}
		return storage.NewFileURI(path)
	}
	code := func(text string) image.Image {
		q, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		return q.Image(300)
	}
	blank := image.NewGray(image.Rect(0, 0, 200, 200))
	for i := range blank.Pix {
		blank.Pix[i] = 0xf0
	}
	blank.Set(10, 10, color.Gray{})
	text := filepath.Join(folder, "letter.txt")
	if err := os.WriteFile(text, []byte("no picture"), 0o600); err != nil {
		t.Fatal(err)
	}

	d := newDesk(t, "en", tablet).attach()
	drop := func(files ...fyne.URI) { ui.Drop(d.UI, files) }
	drop(write("blank.png", blank))
	d.says(t, "Cannot tell", "U-READ")
	drop(write("meanwhile.png", code("PP1:ok"))) // somebody's answer stands
	d.says(t, "Cannot tell", d.words(t, "en", "line.full"))
	d.Next()
	drop(storage.NewFileURI(text))
	d.says(t, d.words(t, "en", "check.picture_bad", "name", "letter.txt"))
	drop(storage.NewFileURI(folder))
	d.says(t, d.words(t, "en", "check.picture_bad", "name", filepath.Base(folder)))
	drop(storage.NewFileURI(filepath.Join(folder, "gone.png")))
	d.says(t, d.words(t, "en", "check.picture_gone", "name", "gone.png"))

	drop(write("a.png", code("PP1:ok")), write("b.png", code("PP1:forged")), write("c.png", code("PP1:expired")))
	d.says(t, "Refuse", "Admit", d.words(t, "en", "family.title", "n", "3"))
	if n := len(d.gate.lines); n != 4 {
		t.Errorf("%d checks of a blank picture and three codes", n)
	}
}

// album puts pictures into the user's folders: of each text a code, an hour older than the one before.
func (d *desk) album(t testing.TB, folder string, names ...string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(d.home, folder), 0o700); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		q, err := qrcode.New("PP1:"+name, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(d.home, folder, name+".png")
		if err := q.WriteFile(300, path); err != nil {
			t.Fatal(err)
		}
		at := noon.Add(-time.Duration(i+1) * time.Hour)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
}

// tile taps a picture by the line under it.
func (d *desk) tile(t *testing.T, line string) {
	t.Helper()
	for _, r := range kit.Targets(ui.Shown(d.UI)) {
		if tile, ok := r.Target.(*kit.Tile); ok && words(tile) == squeeze(line) {
			tile.Tapped(nil)
			return
		}
	}
	t.Fatalf("there is no picture %s; the screen says %s", line, d.shown())
}

// A picture is picked by touch: the recent ones of all places first, then those of a folder.
func TestPickAPicture(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.album(t, "Pictures", "ok", "revoked")
	d.album(t, "Downloads", "barred")
	d.album(t, "Pictures/trip/day", "expired")
	d.tap("tool.picture")
	d.says(t, d.words(t, "en", "picture.title"), d.words(t, "en", "picture.recent"), "1 h ago", "2 h ago")
	d.tile(t, "2 h ago")
	d.says(t, "Refuse", "R-REV")
	d.tap("verdict.next")

	d.tap("tool.picture")
	d.tap("picture.pictures")
	d.says(t, filepath.Join(d.home, "Pictures"), "ok.png", "revoked.png")
	d.saysNot(t, "barred.png")
	d.tapWord("trip")
	d.says(t, d.words(t, "en", "picture.none"))
	d.tapWord("day")
	d.tap("picture.up")
	d.tap("picture.up")
	d.tap("picture.up")
	d.says(t, d.words(t, "en", "picture.recent"))
	d.tap("picture.downloads")
	d.tile(t, "barred.png")
	d.says(t, "Refuse", "R-BAR")

	d.tap("verdict.next")
	d.tap("tool.picture")
	d.tap("typing.back")
	d.says(t, d.words(t, "en", "check.invite"))
}

// A folder with many pictures shows them a page at a time; one that is gone says so.
func TestPickAmongMany(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprint("n", i))
	}
	d.album(t, "Downloads/many", names...)
	d.tap("tool.picture")
	d.tap("picture.downloads")
	d.tapWord("many")
	d.says(t, "n23.png")
	d.saysNot(t, "n24.png")
	d.tap("picture.more")
	d.says(t, "n0.png", "n29.png")
	d.tap("picture.up")
	if err := os.RemoveAll(filepath.Join(d.home, "Downloads", "many")); err != nil {
		t.Fatal(err)
	}
	d.tapWord("many")
	d.says(t, d.words(t, "en", "picture.unreadable"))
}

// Nothing looks for pictures after their screen has gone.
func TestPickingEnds(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.album(t, "Pictures", "ok")
	d.busy = true
	d.tap("tool.picture")
	d.says(t, d.words(t, "en", "picture.looking"))
	d.tap("typing.back")
	d.busy = false
	for _, job := range d.jobs {
		job()
	}
	d.says(t, d.words(t, "en", "check.invite"))
	if len(d.jobs) != 1 {
		t.Errorf("%d jobs were begun", len(d.jobs))
	}
}

// A scan that comes while a picture is chosen is shown, not hidden behind the choice.
func TestScanWhileChoosing(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.tap("tool.picture")
	d.says(t, d.words(t, "en", "picture.none"))
	d.scanCode("PP1:forged")
	d.says(t, "Refuse")
	d.saysNot(t, d.words(t, "en", "picture.none"))
}
