package devenv

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// data tells whether the servers that do not run can read what they have kept,
// before an up finds out: a server refuses files of a newer one, and one before
// Redis 7 passes over multi-part append-only files without a word.
func (x *examination) data(ctx context.Context) {
	var place interface {
		kept(ctx context.Context, name string) (kept, error)
		mendAOF(ctx context.Context, name, keep string) error
	}
	switch x.backend {
	case BackendNative:
		place = nativeEngine{x.env}
	case BackendCompose:
		place = composeEngine{x.env}
	default:
		x.skip("data", "the data of the backend %s are read by its servers alone", x.backend)
		return
	}
	for _, p := range x.patients {
		if p.info != nil || p.Group != "" || !p.Keep {
			continue // it has read them, or keeps none
		}
		k, err := place.kept(ctx, p.Name)
		if err != nil {
			x.skip("data", "what the %s has kept cannot be looked at: %v", p.Name, err)
			return
		}
		unknown, err := k.judge(x.env, p.Name)
		if err != nil {
			if AsFailure(err).Code == "aof_corrupt" {
				keep := x.env.damagedDir(p.Name)
				x.canMend("data", fmt.Sprintf("cut the append-only file of the %s off where the damage begins; what it was is in %s", p.Name, keep), func(ctx context.Context) error {
					return place.mendAOF(ctx, p.Name, keep)
				})
			}
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
	aof       aofCheck // of append-only files
}

// serverVersion reads what --version prints.
func (k *kept) serverVersion(text string) {
	_, rest, _ := strings.Cut(text, "v=")
	k.version, _, _ = strings.Cut(rest, " ")
	k.valkey = strings.Contains(text, "alkey")
}

// kept looks at the files of an instance of this machine.
func (n nativeEngine) kept(ctx context.Context, name string) (k kept, err error) {
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
	ctx, cancel := context.WithTimeout(ctx, perMend)
	defer cancel()
	k.aof, err = n.checkAOF(ctx, binary, name, false)
	return k, err
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
	return k.judgeAOF(e, name)
}

// judgeAOF is judge for what the files hold.
func (k kept) judgeAOF(e *Env, name string) (unknown string, err error) {
	if k.aof == "" {
		return "", nil
	}
	if slices.ContainsFunc(k.files, func(h rdbHeader) bool { return h.Magic == "VALKEY" }) {
		// valkey-check-aof 9.1 takes the base that Valkey 9 writes for damaged commands.
		return fmt.Sprintf("the append-only file of the %s is not checked: the program for it does not know the format of Valkey 9", name), nil
	}
	valid, ok := k.aof.valid()
	switch {
	case !ok:
		return fmt.Sprintf("the append-only file of the %s could not be checked: %s", name, k.aof.summary()), nil
	case !valid && !k.aof.cutOff():
		f := e.failCorruptAOF(name, k.aof.summary())
		f.Message += ": " + f.Detail
		return "", f
	}
	return "", nil
}
