package sheet

import (
	"context"
	"io"
	"os"
)

// seekable gives r itself where it can be read twice, else a copy of it in
// dir. The caller calls done, which removes the copy.
func seekable(ctx context.Context, r io.Reader, dir string) (rs io.ReadSeeker, done func(), err error) {
	if rs, ok := r.(io.ReadSeeker); ok {
		if _, err := rs.Seek(0, io.SeekCurrent); err == nil { // a pipe is an *os.File too
			return rs, func() {}, nil
		}
	}
	f, err := os.CreateTemp(dir, ".import-*.csv")
	if err != nil {
		return nil, nil, err
	}
	done = func() { f.Close(); os.Remove(f.Name()) }
	if _, err := io.Copy(f, io.LimitReader(untilDone{ctx, r}, maxSize+1)); err != nil {
		done()
		return nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		done()
		return nil, nil, err
	}
	return f, done, nil
}

// untilDone reads r until ctx ends. It lives no longer than one call of Open.
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
