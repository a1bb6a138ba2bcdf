package devenv

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/redkit-dev/redkit/internal/process"
)

func (n nativeEngine) copyData(_ context.Context, name, path, to string) error {
	from := filepath.Join(n.dir(name), "data", path)
	return filepath.WalkDir(from, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(filepath.Dir(from), file)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		in, err := os.Open(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file that is gone
		}
		if err != nil {
			return err
		}
		defer in.Close()
		return fill(filepath.Join(to, rel), in)
	})
}

// fill writes a new file of mode 0600.
func fill(path string, from io.Reader) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, from)
	return errors.Join(err, out.Close())
}

func (n nativeEngine) replaceData(ctx context.Context, i Instance, from string) error {
	d, err := process.ReadPID(pidPath(n.e.set.Dir, BackendNative, i.Name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil {
		if err := d.Stop(ctx, stopGrace); err != nil {
			return fmt.Errorf("stop the %s: %w", i.Name, err)
		}
	}
	if err := n.discard(ctx, []string{i.Name}); err != nil {
		return err
	}
	data := filepath.Join(n.dir(i.Name), "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	return os.CopyFS(data, os.DirFS(from))
}

func (x composeEngine) copyData(ctx context.Context, name, path, to string) error {
	d, id, err := x.containerOf(ctx, name)
	if err != nil {
		return err
	}
	return d.copyOut(ctx, id, "/data/"+path, to)
}

// copyOut copies a file or directory of a container, running or not, into a
// directory of this machine.
func (d *dockerAPI) copyOut(ctx context.Context, id, path, to string) error {
	body, err := d.stream(ctx, http.MethodGet, "/containers/"+id+"/archive", url.Values{"path": {path}}, nil)
	if err != nil {
		return fmt.Errorf("read %s of the container: %w", path, err)
	}
	defer body.Close()
	root, err := os.OpenRoot(to) // no name in the archive leads out of it
	if err != nil {
		return err
	}
	defer root.Close()
	for archive := tar.NewReader(body); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch h.Typeflag {
		case tar.TypeDir:
			err = root.MkdirAll(strings.TrimSuffix(h.Name, "/"), 0o700)
		case tar.TypeReg:
			var out *os.File
			if out, err = root.OpenFile(h.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err == nil {
				_, err = io.Copy(out, archive)
				err = errors.Join(err, out.Close())
			}
		}
		if err != nil {
			return err
		}
	}
}

// containerOf finds the container of a service, running or not.
func (x composeEngine) containerOf(ctx context.Context, name string) (*dockerAPI, string, error) {
	d, list, err := x.containers(ctx)
	if err != nil {
		return nil, "", err
	}
	for _, c := range list {
		if c.Labels[serviceLabel] == name {
			return d, c.ID, nil
		}
	}
	return nil, "", x.e.failNotRunning("there is no container of the " + name)
}

// replaceData makes the container and its volume anew, and puts the files
// there before it starts.
func (x composeEngine) replaceData(ctx context.Context, i Instance, from string) error {
	if !i.Keep {
		return &Failure{
			Code: "unsupported", Exit: ExitUnsupported, Err: errors.ErrUnsupported,
			Message: fmt.Sprintf("the %s keeps its data in the memory of its container: they go when it stops", i.Name),
			Fixes:   []string{"give it a volume: REDKIT_CACHE_PERSISTENCE=rdb or REDKIT_BROKER_VOLUME=on, then " + x.e.run("up", "-recreate")},
		}
	}
	d, list, err := x.containers(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Labels[serviceLabel] == i.Name {
			if err := removeContainers(ctx, d, []string{c.ID}, stopGrace); err != nil {
				return err
			}
		}
	}
	if err := x.discard(ctx, []string{i.Name}); err != nil {
		return err
	}
	if err := x.composeUp(ctx, d, []Instance{i}, "--no-start"); err != nil {
		return err
	}
	_, id, err := x.containerOf(ctx, i.Name)
	if err != nil {
		return err
	}
	return d.put(ctx, id, "/data", from)
}

// put copies the files of a directory into one of a container that does not run.
func (d *dockerAPI) put(ctx context.Context, id, path, from string) error {
	in, out := io.Pipe()
	written := make(chan error, 1)
	go func() { // ends when in is read to its end, or closed
		archive := tar.NewWriter(out)
		err := writeTar(archive, from)
		err = errors.Join(err, archive.Close())
		out.CloseWithError(err)
		written <- err
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, d.base+"/containers/"+id+"/archive?"+url.Values{"path": {path}}.Encode(), in)
	if err == nil {
		req.Header.Set("Content-Type", "application/x-tar")
		var res *http.Response
		if res, err = d.http.Do(req); err == nil {
			defer res.Body.Close()
			if res.StatusCode >= 400 {
				text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<12))
				err = &dockerError{res.StatusCode, strings.TrimSpace(string(text))}
			}
		}
	}
	in.Close()
	if wrote := <-written; err == nil && wrote != nil {
		err = wrote
	}
	if err != nil {
		return fmt.Errorf("write %s of the container: %w", path, err)
	}
	return nil
}

// writeTar writes files that anyone may change: the server's user in the
// container is another, and only it sees them there.
func writeTar(archive *tar.Writer, from string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == from {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		stat, err := entry.Info()
		if err != nil {
			return err
		}
		h, err := tar.FileInfoHeader(stat, "")
		if err != nil {
			return err
		}
		h.Name, h.Uid, h.Gid, h.Uname, h.Gname = filepath.ToSlash(name), 999, 999, "", "" // redis in the official images
		if h.Mode = 0o666; entry.IsDir() {
			h.Mode = 0o777
		}
		if err := archive.WriteHeader(h); err != nil || entry.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		_, err = io.Copy(archive, file)
		return err
	})
}
