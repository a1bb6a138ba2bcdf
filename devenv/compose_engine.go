package devenv

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// A composeEngine runs the servers as containers of one compose project.
// Compose starts them; everything else asks the engine by the labels that
// both versions of compose set, whatever file or profile they came from.
type composeEngine struct{ e *Env }

const (
	projectLabel = "com.docker.compose.project"
	serviceLabel = "com.docker.compose.service"
)

func (x composeEngine) docker() (*dockerAPI, error) {
	host := dockerHost()
	d, err := newDocker(host)
	if err != nil {
		return nil, x.e.explainDocker(host, err)
	}
	return d, nil
}

func (x composeEngine) probe(ctx context.Context) (string, error) {
	d, err := x.docker()
	if err != nil {
		return "", err
	}
	var version struct{ Version string }
	limited, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := d.call(limited, http.MethodGet, "/version", nil, nil, &version); err != nil {
		return "", x.e.explainDocker(d.where, err)
	}
	if _, err := x.e.composeCommand(); err != nil {
		return "", err
	}
	if err := x.e.provideImage(ctx, d, x.e.set.Image); err != nil {
		return "", err
	}
	return fmt.Sprintf("Docker %s, image %s", version.Version, x.e.set.Image), nil
}

// A container as the engine lists it.
type container struct {
	ID     string `json:"Id"`
	Names  []string
	Image  string
	State  string // created, running, paused, restarting, exited, dead
	Status string // "Exited (137) 2 minutes ago"
	Labels map[string]string
	Ports  []struct{ PublicPort int }

	NetworkSettings struct {
		Networks map[string]struct{ IPAddress string }
	}
}

// ip is the container's own address, which a Linux machine that runs the
// engine itself reaches; "" when it has none.
func (c container) ip() string {
	for _, n := range c.NetworkSettings.Networks {
		if n.IPAddress != "" {
			return n.IPAddress
		}
	}
	return ""
}

// containers lists those of a label, stopped ones too.
func containers(ctx context.Context, d *dockerAPI, label string) ([]container, error) {
	query := url.Values{}
	if label != "" {
		query = filters(label)
	}
	query.Set("all", "1")
	var list []container
	err := d.call(ctx, http.MethodGet, "/containers/json", query, nil, &list)
	return list, err
}

func (x composeEngine) label() string { return projectLabel + "=" + x.e.set.Project }

// containers lists those of this project.
func (x composeEngine) containers(ctx context.Context) (*dockerAPI, []container, error) {
	d, err := x.docker()
	if err != nil {
		return nil, nil, err
	}
	list, err := containers(ctx, d, x.label())
	if err != nil {
		return nil, nil, x.e.explainDocker(d.where, err)
	}
	return d, list, nil
}

func (x composeEngine) find(ctx context.Context) ([]server, error) {
	_, list, err := x.containers(ctx)
	if err != nil {
		return nil, err
	}
	recorded := map[string]string{} // container and server -> run id
	if st := readState(x.e.set.Dir); st != nil {
		for _, s := range st.Servers {
			recorded[s.Container+s.Name] = s.RunID
		}
	}
	var found []server
	for _, c := range list {
		for _, name := range x.served(c.Labels[serviceLabel]) {
			s := server{Name: name, Container: c.ID, RunID: recorded[c.ID+name], Status: c.State, inside: c.ip()}
			if c.State != statusRunning {
				s.Status = strings.ToLower(c.Status)
			}
			found = append(found, s)
		}
	}
	return found, nil
}

// served are the names of the servers in the container of a service.
func (x composeEngine) served(service string) []string {
	var names []string
	for _, i := range x.e.set.Instances() {
		if i.Group == service {
			names = append(names, i.Name)
		}
	}
	if len(names) == 0 {
		return []string{service}
	}
	return names
}

func (x composeEngine) await(i Instance, s server) awaited {
	d, err := x.docker()
	return awaited{
		instance: i, server: s, open: x.e.local(i), knock: true,
		look: 100 * time.Millisecond,
		ours: func(ctx context.Context, f info) error {
			if err != nil || f["run_id"] == s.RunID {
				return err
			}
			if i.Group != "" && i.Port != x.e.firstPort(i.Group) {
				return nil // the others of its group, which the first belongs to, know it
			}
			if !f.beforeMultipart() && x.answersInside(ctx, i, s, f) {
				return nil
			}
			return x.isOurs(ctx, d, i, s.Container, f)
		},
		died: func(ctx context.Context) error {
			if err != nil {
				return err
			}
			return x.died(ctx, d, i, s)
		},
	}
}

// answersInside asks the server at the container's own address, where nobody
// hides it. That takes a hundredth of a command in the container, and tells
// nothing where the address cannot be reached, as with Docker Desktop.
func (x composeEngine) answersInside(ctx context.Context, i Instance, s server, answered info) bool {
	if s.inside == "" || runtime.GOOS != "linux" || x.e.set.ServerTLS { // its certificate is for other names
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 200*time.Millisecond)
	defer cancel()
	client := localClient(net.JoinHostPort(s.inside, strconv.Itoa(i.portInside())), x.e.set.Password, 0)
	defer client.Close()
	text, err := client.Info(ctx, "server").Result()
	return err == nil && answered["run_id"] != "" && parseInfo(text)["run_id"] == answered["run_id"]
}

// portInside is the port of a server in its container: that of a group is the
// same as on the machine.
func (i Instance) portInside() int {
	if i.Group != "" {
		return i.Port
	}
	return 6379
}

// isOurs asks inside the container: what answers on the host's port may be
// another server that hides it. A server restarts with a new run id.
func (x composeEngine) isOurs(ctx context.Context, d *dockerAPI, i Instance, id string, answered info) error {
	const ask = `[ -n "$REDISCLI_AUTH" ] || unset REDISCLI_AUTH; ` +
		`[ ! -d /data/appendonlydir ] || echo multipart:yes; ` +
		`[ -z "$TLS_CLIENTS" ] || set -- --tls --cacert /certs/ca.crt --cert /certs/client.crt --key /certs/client.key; ` +
		`$(command -v redis-cli || command -v valkey-cli) -p "$PORT" "$@" INFO server`
	text, err := d.exec(ctx, id, "sh", "-c", fmt.Sprintf("PORT=%d; ", i.portInside())+ask)
	if err != nil {
		return fmt.Errorf("ask the server in its container: %w", err)
	}
	told := parseInfo(text)
	switch told["run_id"] {
	case answered["run_id"]:
	case "":
		return fmt.Errorf("ask the server in its container: %q has no run_id", strings.TrimSpace(text))
	default:
		return errStranger
	}
	if told["multipart"] == "yes" && answered.beforeMultipart() {
		return x.e.failTooOld(i.Name, answered["redis_version"])
	}
	return nil
}

// died tells that a container runs no more, or again and again.
func (x composeEngine) died(ctx context.Context, d *dockerAPI, i Instance, s server) error {
	var is struct {
		State struct {
			Status string
		}
		RestartCount int
	}
	if err := d.call(ctx, http.MethodGet, "/containers/"+s.Container+"/json", nil, nil, &is); err != nil {
		return x.e.explainDocker(d.where, err)
	}
	if is.State.Status == statusRunning && is.RestartCount == 0 || is.State.Status == "created" {
		return nil
	}
	var text strings.Builder
	if err := copyContainerLog(ctx, d, s.Container, LogOptions{Tail: 20}, func(_ time.Time, line string) { text.WriteString(line + "\n") }); err != nil {
		fmt.Fprintf(&text, "(no logs: %v)", err)
	}
	return x.e.failDied(i.Name, text.String())
}

func servicesOf(list []container) []string {
	var names []string
	for _, c := range list {
		names = append(names, c.Labels[serviceLabel])
	}
	slices.Sort(names)
	return names
}

// firstPort is the port of the first server of a group.
func (e *Env) firstPort(group string) int { return groups(e.set.Instances())[group][0].Port }

func (x composeEngine) logs(ctx context.Context, o LogOptions, w io.Writer) error {
	d, list, err := x.containers(ctx)
	if err != nil {
		return err
	}
	service, only := o.Service, ""
	for _, i := range x.e.set.Instances() {
		if i.Name == o.Service && i.Group != "" {
			service, only = i.Group, fmt.Sprintf("[%d] ", i.Port)
		}
	}
	if known := servicesOf(list); service != "" && len(list) > 0 && !slices.Contains(known, service) {
		return failNoService(o.Service, known)
	}
	out := o.lineWriter(w)
	group, ctx := errgroup.WithContext(ctx)
	if !o.Follow {
		group.SetLimit(1)
	}
	for _, c := range list {
		name := c.Labels[serviceLabel]
		if service == "" || service == name {
			group.Go(func() error {
				if only != "" {
					return copyMemberLog(ctx, d, c.ID, o, only, func(at time.Time, line string) { out.line(name, at, line) })
				}
				return copyContainerLog(ctx, d, c.ID, o, func(at time.Time, line string) { out.line(name, at, line) })
			})
		}
	}
	return group.Wait()
}
