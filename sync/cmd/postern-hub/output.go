package main

import (
	"fmt"
	"os"

	"github.com/skip2/go-qrcode"
)

// output is a file that a command writes whole or not at all. It is opened
// under another name before the command changes anything, so that a name that
// cannot be written is said in time, and takes its place when it is kept.
type output struct {
	*os.File
	name string
}

// openOutput makes the file under its other name; only its owner may read it.
func openOutput(name string) (*output, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, fmt.Errorf("write %s: it is a folder; name a file in it", name)
	}
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return &output{f, name}, nil
}

// end keeps the file where err is nil, durably and in place of the one before;
// else it leaves that as it was. It gives err, or its own error.
func (o *output) end(err error) error { return replaceFile(o.File, o.name, err) }

// drop removes the file where end was not called.
func (o *output) drop() {
	if o.Close() == nil { // an error says that end has closed it
		os.Remove(o.Name())
	}
}

// writableFolder makes a folder where there is none, and finds out whether files can be made in it.
func writableFolder(dir string, mode os.FileMode) error {
	if err := os.MkdirAll(dir, mode); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".postern-*")
	if err != nil {
		return fmt.Errorf("write into %s: %w", dir, err)
	}
	f.Close()
	return os.Remove(f.Name())
}

// drawQR is the picture of a text's code, as PNG.
func drawQR(text string) ([]byte, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("draw the code: %w", err)
	}
	return q.PNG(-pixelsPerModule)
}
