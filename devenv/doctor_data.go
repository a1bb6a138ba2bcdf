package devenv

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

// data tells whether the servers that do not run can read what they have kept,
// before an up finds out: a server refuses files of a newer one, and one before
// Redis 7 passes over multi-part append-only files without a word.
func (x *examination) data() {
	if x.backend != BackendNative {
		x.skip("data", "the data of the backend %s are read by its servers alone", x.backend)
		return
	}
	for _, p := range x.patients {
		if p.info != nil || p.Group != "" || !p.Keep {
			continue // it has read them, or keeps none
		}
		if err := x.dataOf(p.Name); err != nil {
			x.failure(LevelFail, "data", err)
			return
		}
	}
	x.ok("data", "the servers can read the data they have kept")
}

// dataOf is a *Failure when the server of this machine cannot read the files
// of an instance; what cannot be told is no failure.
func (x *examination) dataOf(name string) error {
	n := nativeEngine{x.env}
	binary, err := n.binary()
	if err != nil {
		return nil // the check of the backend says so
	}
	out, err := exec.Command(binary, "--version").Output()
	if err != nil {
		return nil
	}
	_, rest, _ := strings.Cut(string(out), "v=")
	version, _, _ := strings.Cut(rest, " ")
	files, _ := filepath.Glob(filepath.Join(n.data(name), "appendonlydir", "*.base.rdb"))
	if len(files) > 0 && (info{"redis_version": version}).beforeMultipart() {
		return x.env.failTooOld(name, version)
	}
	own := rdbHeader{Magic: "REDIS", Version: rdbVersion(version, strings.Contains(string(out), "alkey"))}
	if len(files) == 0 {
		files = []string{filepath.Join(n.data(name), "dump.rdb")}
	}
	for _, path := range files {
		h, err := readHeader(path)
		if err != nil || own.Version == 0 || h.readable(own) {
			continue
		}
		f := &Failure{Detail: fmt.Sprintf("Can't handle RDB format version %d", h.Version)}
		f = x.env.explainData(name, f)
		f.Message += fmt.Sprintf(": %s reads up to %d", version, own.Version)
		return f
	}
	return nil
}

// rdbVersion is the format that a server writes, the newest it reads; 0 when
// the version is not known here.
func rdbVersion(version string, valkey bool) int {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	switch {
	case valkey && (major == "7" || major == "8"):
		return 11
	case valkey:
		return 0
	case major == "6":
		return 9
	case major == "7" && minor == "0":
		return 10
	case major == "7" && minor == "2":
		return 11
	case major == "7" && minor == "4", major == "8" && minor == "0":
		return 12
	}
	return 0
}
