package authority

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/theupdateframework/go-tuf/v2/metadata"
)

// ErrOtherCity says that a folder holds what another authority published.
var ErrOtherCity = errors.New("the folder holds what another authority published")

// Export copies what was published to dir, a hub's folder or a stick:
// metadata/, targets/ and gates/. Until the last step, which renames
// timestamp.json, dir serves the version that it held before. Other files in
// dir stay.
func (p *Publisher) Export(ctx context.Context, dir string) error {
	if err := p.CheckExport(ctx, dir); err != nil {
		return err
	}
	if err := p.lock.hold(ctx, func() error { return p.repository.copyTo(ctx, dir) }); err != nil {
		return fmt.Errorf("export to %s: %w", dir, err)
	}
	return nil
}

// CheckExport refuses a folder that serves another authority's gates
// ([ErrOtherCity]). It writes nothing; whoever publishes for that folder calls
// it first.
func (p *Publisher) CheckExport(ctx context.Context, dir string) error {
	theirs, err := os.ReadFile(filepath.Join(dir, "metadata", "1.root.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("export to %s: %w", dir, err)
	}
	ours, err := roles(ctx, p.ledger, metadata.ROOT)
	if err != nil {
		return fmt.Errorf("export to %s: %w", dir, err)
	}
	if len(ours) == 0 || !bytes.Equal(ours[0].body, theirs) {
		return fmt.Errorf("export to %s: %w; choose another folder, or move that one away", dir, ErrOtherCity)
	}
	return nil
}

// copyTo copies what dir lacks, the timestamp last. Then it removes from the
// three folders what the repository no longer has.
func (r *repository) copyTo(ctx context.Context, dir string) error {
	stamp, err := os.ReadFile(r.path(timestampFile))
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("nothing was published yet; publish first")
	}
	if err != nil {
		return err
	}
	there := make(map[string]bool)
	for _, part := range []string{"targets", "metadata", "gates"} {
		if err := r.copyPart(ctx, dir, part, there); err != nil {
			return err
		}
	}
	if err := r.step("export " + timestampFile); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, filepath.FromSlash(timestampFile)), stamp, 0o644); err != nil {
		return err
	}
	for _, part := range []string{"targets", "metadata", "gates"} {
		keep := func(name string) bool { return there[filepath.Join(part, name)] }
		if err := removeUnless(filepath.Join(dir, part), keep); err != nil {
			return err
		}
	}
	return nil
}

// copyPart copies the files of one folder that dir lacks, and adds the names of
// all of them to there.
func (r *repository) copyPart(ctx context.Context, dir, part string, there map[string]bool) error {
	root := r.path(part)
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		name, err := filepath.Rel(r.dir, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(dir, name), 0o755)
		}
		if strings.HasPrefix(d.Name(), ".") {
			return nil // half-written when a publish crashed
		}
		there[name] = true
		if name == filepath.FromSlash(timestampFile) {
			return nil // copyTo copies it last
		}
		return r.copyFile(path, filepath.Join(dir, name), part == "gates")
	})
}

// copyFile copies one file, unless it is there already. A file that changes under
// its name, as an envelope does, is copied always.
func (r *repository) copyFile(from, to string, changes bool) error {
	source, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info, err := os.Stat(to); err == nil && !changes && info.Size() == source.Size() {
		return nil
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := r.step("export " + to); err != nil {
		return err
	}
	return writeFile(to, b, 0o644)
}
