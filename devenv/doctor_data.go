package devenv

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// data tells whether the servers that do not run can read what they have kept,
// before an up finds out: a server refuses files of a newer one, and one before
// Redis 7 passes over multi-part append-only files without a word.
func (x *examination) data(ctx context.Context) {
	var keptBy func(string) (kept, error)
	switch x.backend {
	case BackendNative:
		keptBy = nativeEngine{x.env}.kept
	case BackendCompose:
		keptBy = func(name string) (kept, error) { return composeEngine{x.env}.kept(ctx, name) }
	default:
		x.skip("data", "the data of the backend %s are read by its servers alone", x.backend)
		return
	}
	for _, p := range x.patients {
		if p.info != nil || p.Group != "" || !p.Keep {
			continue // it has read them, or keeps none
		}
		k, err := keptBy(p.Name)
		if err != nil {
			x.skip("data", "what the %s has kept cannot be looked at: %v", p.Name, err)
			return
		}
		unknown, err := k.judge(x.env, p.Name)
		if err != nil {
			x.failure(LevelFail, "data", err)
			return
		}
		if unknown != "" {
			x.skip("data", "%s", unknown)
			return
		}
	}
	x.ok("data", "the servers can read the data they have kept")
}

// kept is what a server that does not run has on disk, and which server would
// read it.
type kept struct {
	version   string // "": not known, and nothing is judged
	valkey    bool
	multipart bool // there are append-only files in parts
	files     []rdbHeader
}

// serverVersion reads what --version prints.
func (k *kept) serverVersion(text string) {
	_, rest, _ := strings.Cut(text, "v=")
	k.version, _, _ = strings.Cut(rest, " ")
	k.valkey = strings.Contains(text, "alkey")
}

// kept looks at the files of an instance of this machine.
func (n nativeEngine) kept(name string) (k kept, err error) {
	binary, err := n.binary()
	if err != nil {
		return k, nil // the check of the backend says so
	}
	out, err := exec.Command(binary, "--version").Output()
	if err != nil {
		return k, nil
	}
	k.serverVersion(string(out))
	files, _ := filepath.Glob(filepath.Join(n.data(name), multipartDir, "*.base.rdb"))
	if k.multipart = len(files) > 0; !k.multipart {
		files = []string{filepath.Join(n.data(name), rdbFile)}
	}
	for _, path := range files {
		if h, err := readHeader(path); err == nil {
			k.files = append(k.files, h)
		}
	}
	return k, nil
}

// judge is a *Failure when the server cannot read the files, or a sentence when
// nobody here knows whether it can.
func (k kept) judge(e *Env, name string) (unknown string, err error) {
	if k.multipart && (info{"redis_version": k.version}).beforeMultipart() {
		return "", e.failTooOld(name, k.version)
	}
	product := "redis"
	if k.valkey {
		product = "valkey"
	}
	own := ownFormat(k.version, k.valkey)
	for _, h := range k.files {
		switch {
		case h.Writer == product+" "+k.version: // its own
		case own.Version == 0:
			return fmt.Sprintf("whether server %s reads the data of the %s, RDB format %d of %s, is not known here", firstNonEmpty(k.version, "of an unknown version"), name, h.Version, firstNonEmpty(h.Writer, "an unknown server")), nil
		case !h.readable(own):
			f := e.failTooNew(name, h)
			f.Message += fmt.Sprintf(": %s reads up to %d", k.version, own.Version)
			return "", f
		}
	}
	return "", nil
}
