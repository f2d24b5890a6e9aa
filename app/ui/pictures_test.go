package ui_test

import (
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
	drop(storage.NewFileURI(text))
	d.says(t, d.words(t, "en", "check.picture_bad", "name", "letter.txt"))
	drop(storage.NewFileURI(folder))
	d.says(t, d.words(t, "en", "check.picture_bad", "name", filepath.Base(folder)))
	drop(storage.NewFileURI(filepath.Join(folder, "gone.png")))
	d.says(t, d.words(t, "en", "check.picture_gone", "name", "gone.png"))

	drop(write("a.png", code("PP1:ok")), write("b.png", code("PP1:forged")), write("c.png", code("PP1:expired")))
	d.says(t, "Admit", d.words(t, "en", "verdict.next_of", "n", "2"))
	d.wait()
	d.says(t, "Refuse")
	d.tapWord(d.words(t, "en", "verdict.next_of", "n", "1"))
	d.says(t, "Check", d.words(t, "en", "verdict.next"))
}

// A scan that comes while a picture is chosen is shown, not hidden behind the choice.
func TestScanWhileChoosing(t *testing.T) {
	d := newDesk(t, "en", tablet).attach()
	d.tap("tool.picture")
	if d.window.Canvas().Overlays().Top() == nil {
		t.Fatal("no file dialog opened")
	}
	d.window.Canvas().Unfocus()
	d.scanCode("PP1:forged")
	d.says(t, "Refuse")
	if d.window.Canvas().Overlays().Top() != nil {
		t.Error("the file dialog still covers the verdict")
	}
}
