package devenv

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

var rdbTooNew = lazy.Regexp(`Can't handle RDB format version (\d+)`)

// explainDeath recognises by its last words why a server has ended.
func (e *Env) explainDeath(name string, f *Failure) *Failure {
	for _, what := range []string{"private key", "certificate", "CA certificate(s)"} {
		if strings.Contains(f.Detail, "Failed to load "+what) {
			f.Code, f.Exit = "tls_key_unreadable", ExitAuth
			f.Message = fmt.Sprintf("the %s cannot read its %s in %s", name, what, e.set.CertsDir())
			f.Fixes = []string{
				"make readable ones: " + e.run("certs"),
				"in a container its user is another one: chmod 755 " + e.set.CertsDir() + "; chmod 644 " + e.set.certFile("redis.key"),
			}
			return f
		}
	}
	return e.explainData(name, f)
}

// explainData recognises a server that could not read its data by its last
// words, and says whose data they are.
func (e *Env) explainData(name string, f *Failure) *Failure {
	switch m := rdbTooNew().FindStringSubmatch(f.Detail); {
	case m != nil:
		format, _ := strconv.Atoi(m[1]) // the pattern takes only digits
		newer := e.failTooNew(name, rdbHeader{Magic: "REDIS", Version: format})
		newer.Detail, newer.Err = f.Detail, f.Err
		return newer
	case strings.Contains(f.Detail, "Bad file format reading the append only file"):
		damaged := e.failCorruptAOF(name, f.Detail)
		damaged.Err = f.Err
		return damaged
	}
	return f
}

// failTooNew is about data in a format that the server does not know.
func (e *Env) failTooNew(name string, h rdbHeader) *Failure {
	writer := "a newer server"
	if h.Writer != "" {
		writer += ", " + h.Writer
	}
	return &Failure{
		Code: "data_too_new", Exit: ExitData,
		Message: fmt.Sprintf("the data of the %s were written by %s (RDB format %d) than the one that should read them", name, writer, h.Version),
		Fixes: []string{
			"run a newer server: REDKIT_IMAGE=" + h.imageFor() + " or REDKIT_REDIS_SERVER=/path/to/it",
			"take them along: run the newer one, " + e.run("snapshot") + ", then this one, and " + e.run("seed", "-set=latest", "-fixtures="+filepath.Join(e.set.Dir, "snapshots")),
			"delete them: " + e.run("reset", "-service="+name, "-yes"),
		},
	}
}

// failTooOld refuses a server that would ignore its data without a word: one
// before Redis 7 starts empty beside the multi-part append-only files of 7.
func (e *Env) failTooOld(name, version string) *Failure {
	return &Failure{
		Code: "data_too_old_engine", Exit: ExitData,
		Message: fmt.Sprintf("the data of the %s are in multi-part append-only files, which Redis has since 7.0: server %s would start empty and ignore them", name, version),
		Fixes: []string{
			"run a newer server: REDKIT_IMAGE=redis:7.4 or REDKIT_REDIS_SERVER=/path/to/it",
			"delete them: " + e.run("reset", "-service="+name, "-yes"),
		},
	}
}

// beforeMultipart reports whether a server is older than Redis 7.
func (f info) beforeMultipart() bool {
	major, _, _ := strings.Cut(f["redis_version"], ".")
	n, err := strconv.Atoi(major)
	return err == nil && n < 7
}
