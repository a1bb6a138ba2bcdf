package devenv

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// A CaseFile is what somebody else needs to understand what is wrong here: the
// report for an issue. It holds no secret and no data.
type CaseFile struct {
	Versions map[string]string `json:"versions"` // redkit, go, system
	// Settings are those that shape the servers; of a secret, whether it is set.
	Settings map[string]string `json:"settings"`
	Origins  map[string]string `json:"origins"` // what set a variable: a flag, the environment, a line of .env
	Started  string            `json:"started"` // by which backend and why, and when; "" when nothing is recorded
	Servers  []ServerCase      `json:"servers"`
	Logs     string            `json:"logs"` // the last lines of all
}

// A ServerCase is one server of a CaseFile.
type ServerCase struct {
	Service
	Info map[string]string `json:"info,omitempty"` // as INFO has it
}

// CaseFile collects the state of the environment for somebody else. What
// cannot be found out is left out, or says why.
func (e *Env) CaseFile(ctx context.Context) *CaseFile {
	c := &CaseFile{Versions: versions(), Origins: maps.Clone(e.set.origin)}
	st := readState(e.set.Dir)
	backend := e.backendOf(st)
	c.Settings = e.fingerprint(backend)
	for name, value := range c.Settings {
		if strings.HasPrefix(value, "sha256:") {
			c.Settings[name] = "set"
		}
	}
	if st == nil {
		return c
	}
	c.Started = fmt.Sprintf("on %s (%s), %s", st.Backend, st.Reason, st.StartedAt.Format(time.RFC3339))
	eng := e.engine(backend)
	instances := e.instances(backend)
	found, err := eng.find(ctx)
	if err != nil {
		c.Logs = fmt.Sprintf("the servers cannot be looked for: %v\n", err)
		return c
	}
	services, _ := e.look(ctx, eng, instances, found) // its error is in the services
	for n, i := range instances {
		one := ServerCase{Service: services[n]}
		if one.Ready {
			one.Info = e.infoOf(ctx, i, backend)
		}
		c.Servers = append(c.Servers, one)
	}
	c.Logs = e.lastWords(ctx, eng)
	return c
}

func (e *Env) infoOf(ctx context.Context, i Instance, backend Backend) map[string]string {
	open := e.local(i)
	if backend == BackendExternal {
		open = func() (redis.UniversalClient, error) { return e.set.Open(i.URL) }
	}
	c, err := open()
	if err != nil {
		return nil
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	f, _, _ := ask(ctx, c) // a server that went away has no info
	return f
}

func versions() map[string]string {
	v := map[string]string{"go": runtime.Version(), "system": runtime.GOOS + "/" + runtime.GOARCH, "redkit": "unknown"}
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, m := range append([]*debug.Module{&b.Main}, b.Deps...) {
		if m.Path == "github.com/redkit-dev/redkit" {
			v["redkit"] = cmp.Or(m.Version, "unknown")
		}
	}
	return v
}

// String is the file for a person, in sections.
func (c *CaseFile) String() string {
	var b strings.Builder
	section := func(title string, values map[string]string) {
		fmt.Fprintf(&b, "%s\n", title)
		for _, name := range slices.Sorted(maps.Keys(values)) {
			fmt.Fprintf(&b, "  %s: %s\n", name, values[name])
		}
	}
	section("versions", c.Versions)
	section("settings", c.Settings)
	section("what set them", c.Origins)
	fmt.Fprintf(&b, "started\n  %s\n", cmp.Or(c.Started, "nothing is recorded"))
	for _, s := range c.Servers {
		section(fmt.Sprintf("server %s at %s: %s %s", s.Name, s.Addr, s.State, s.Detail), s.Info)
	}
	fmt.Fprintf(&b, "the servers' last words\n%s", c.Logs)
	return b.String()
}
