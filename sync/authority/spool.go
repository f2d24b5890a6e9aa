package authority

import (
	"context"
	"io"
	"os"

	"postern/sync/sheet"
)

// seekable is r itself where it can be read twice, else a copy in the
// authority's folder; done removes that.
func (a *folder) seekable(ctx context.Context, r io.Reader) (rs io.ReadSeeker, done func(), err error) {
	if rs, ok := r.(io.ReadSeeker); ok {
		if _, err := rs.Seek(0, io.SeekCurrent); err == nil { // a pipe is an *os.File too
			return rs, func() {}, nil
		}
	}
	f, err := os.CreateTemp(a.dir, ".import-*.csv")
	if err != nil {
		return nil, nil, err
	}
	done = func() { f.Close(); os.Remove(f.Name()) }
	if _, err := io.Copy(f, io.LimitReader(untilDone{ctx, r}, sheet.MaxBytes+1)); err != nil {
		done()
		return nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}

// untilDone ends reading when its context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(b []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(b)
}
