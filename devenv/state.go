package devenv

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

const stateSchema = "redkit/state/v1"

// A state is what the last successful up wrote down. It is a hint: whether a
// server runs and is ours is told by its process (id and start time) or its
// container (labels), and by the run id it answers with.
type state struct {
	Schema    string            `json:"schema"`
	Backend   Backend           `json:"backend"`
	Reason    string            `json:"reason"`
	Project   string            `json:"project"`
	StartedAt time.Time         `json:"started_at"`
	Flags     map[string]string `json:"flags,omitempty"` // given to up: later commands mean the same environment
	Settings  map[string]string `json:"settings"`        // that shaped the servers; secrets as hashes
	Servers   []server          `json:"servers"`
	// Companions are what shows the servers, in profile monitoring; Addr is
	// the address of their page.
	Companions []server `json:"companions,omitempty"`
}

// A server is one running or recorded server.
type server struct {
	Name      string         `json:"name"`
	Addr      string         `json:"addr"`
	RunID     string         `json:"run_id,omitempty"`
	Daemon    process.Daemon `json:"daemon,omitzero"`     // native and embedded
	Container string         `json:"container,omitempty"` // compose
	Status    string         `json:"-"`                   // "running", or why not
	inside    string         // compose: the container's own address
}

func (s server) running() bool { return s.Status == statusRunning }

const statusRunning = "running"

func statePath(dir string) string { return filepath.Join(dir, "state.json") }

// readState returns nil when nothing is recorded, and also when the file
// cannot be understood: it is only a hint.
func readState(dir string) *state {
	text, err := os.ReadFile(statePath(dir))
	if err != nil {
		return nil
	}
	var s state
	if json.Unmarshal(text, &s) != nil || s.Schema != stateSchema {
		return nil
	}
	return &s
}

func (s *state) write(dir string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(statePath(dir), append(text, '\n'))
}

// writeFile replaces a file of mode 0600 in one step: a reader, or a process
// killed half-way, never leaves half a file.
func writeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		os.Remove(temp.Name())
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func removeState(dir string) error {
	if err := os.Remove(statePath(dir)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// backendOf is the backend that is recorded, else the one the settings name.
func (e *Env) backendOf(st *state) Backend {
	if st != nil {
		return st.Backend
	}
	return e.set.Backend
}

// RecordedFlags returns the flags that were given to the up which started the
// environment recorded in dir, by their variables ("REDKIT_PROFILE"). A
// command that names none of them means that environment. It returns nil when
// nothing is recorded.
func RecordedFlags(dir string) map[string]string {
	if s := readState(dir); s != nil {
		return s.Flags
	}
	return nil
}

// fingerprint holds the settings that shape the servers of a backend, so that
// a later up can tell what has changed. Secrets appear as hashes.
func (e *Env) fingerprint(backend Backend) map[string]string {
	s := e.set
	if backend == BackendExternal {
		prints := map[string]string{}
		for _, i := range e.instances(backend) {
			prints["the URL of the "+i.Name] = hash(NewSecret(i.URL.Reveal()))
		}
		return prints
	}
	prints := map[string]string{
		"REDKIT_PROFILE": s.ProfileName(), "REDKIT_BIND": s.Bind, "REDKIT_PASSWORD": hash(s.Password),
	}
	for _, setting := range s.portSettings() {
		prints[setting.variable] = formatPorts(setting.ports)
	}
	if backend == BackendEmbedded {
		return prints
	}
	if s.ServerTLS {
		prints["REDKIT_TLS_CLIENTS"] = s.TLSClients
	}
	if s.ServerACL {
		prints["the users of profile acl"] = hash(NewSecret(s.ACL("")))
	}
	prints["REDKIT_BROKER_MAXMEMORY"] = s.BrokerMaxMemory.String()
	prints["REDKIT_BROKER_APPENDFSYNC"] = s.BrokerAppendFsync
	prints["REDKIT_BROKER_VOLUME"] = strconv.FormatBool(s.BrokerVolume)
	if s.Profile == ProfileSplit || s.Profile == ProfileCluster {
		prints["REDKIT_CACHE_MAXMEMORY"] = s.CacheMaxMemory.String()
		prints["REDKIT_CACHE_POLICY"] = s.CachePolicy
		prints["REDKIT_CACHE_PERSISTENCE"] = string(s.CachePersistence)
	}
	if backend == BackendCompose {
		prints["REDKIT_IMAGE"] = s.Image
		if s.Monitoring {
			prints["REDKIT_PROMETHEUS_IMAGE"], prints["REDKIT_GRAFANA_IMAGE"] = s.PrometheusImage, s.GrafanaImage
		}
	}
	return prints
}

func hash(s Secret) string {
	if s.IsZero() {
		return ""
	}
	sum := sha256.Sum256([]byte(s.Reveal()))
	return fmt.Sprintf("sha256:%x", sum[:8])
}

// changes tells in words how now differs from before.
func changes(before, now map[string]string) []string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(now)) {
		old, known := before[key]
		switch {
		case !known || old == now[key]:
		case strings.HasPrefix(now[key], "sha256:"), strings.HasPrefix(old, "sha256:"):
			list = append(list, key+" is another one")
		default:
			list = append(list, fmt.Sprintf("%s was %q and is %q now", key, old, now[key]))
		}
	}
	return list
}
