package devenv

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// CLI returns the command that opens redis-cli, or valkey-cli, on a server:
// the one named, else the master that the sentinels name, else the first. The
// program is the machine's own, else that in the server's container. args are
// a Redis command; none means a prompt, or commands from standard input. The
// password is in the command's environment, not in its arguments. The caller
// sets its streams and runs it.
func (e *Env) CLI(ctx context.Context, service string, args ...string) (*exec.Cmd, error) {
	r, err := e.Status(ctx)
	if err != nil && AsFailure(err).Exit != ExitNotReady {
		return nil, err
	}
	instances := e.instances(r.Backend)
	if r.Backend == "" {
		return nil, err
	}
	i, err := e.addressee(r, instances, service)
	if err != nil {
		return nil, err
	}
	if program, found := e.cliProgram(); found {
		return e.localCLI(ctx, program, i, args)
	}
	if r.Backend == BackendCompose {
		at := slices.IndexFunc(r.Services, func(s Service) bool { return s.Name == i.Name })
		return e.containerCLI(ctx, i, r.Services[at], args)
	}
	return nil, &Failure{
		Code: "cli_missing", Exit: ExitUnsupported, Message: "neither redis-cli nor valkey-cli is on PATH",
		Fixes: []string{"install one: apt install redis-tools, brew install redis, dnf install valkey"},
	}
}

func (e *Env) addressee(r *Report, instances []Instance, service string) (Instance, error) {
	if service == "" {
		for n, s := range r.Services {
			if s.Group == string(ProfileSentinel) && s.Role == "master" {
				return instances[n], nil
			}
		}
		return instances[0], nil
	}
	at := slices.IndexFunc(instances, func(i Instance) bool { return i.Name == service })
	if at < 0 {
		return Instance{}, failNoService(service, instanceNames(instances))
	}
	return instances[at], nil
}

// cliProgram looks beside the native backend's server, then on PATH.
func (e *Env) cliProgram() (string, bool) {
	names := []string{"redis-cli", "valkey-cli"}
	for _, name := range names {
		if e.set.RedisServer != "" {
			if path, err := exec.LookPath(filepath.Join(filepath.Dir(e.set.RedisServer), name)); err == nil {
				return path, true
			}
		}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}

func (e *Env) localCLI(ctx context.Context, program string, i Instance, args []string) (*exec.Cmd, error) {
	u := i.URL.parts()
	options := []string{"--no-auth-warning"}
	switch u.kind {
	case kindSocket:
		options = append(options, "-s", u.addrs[0])
	case kindSentinel:
		return nil, &Failure{
			Code: "unsupported", Exit: ExitUnsupported, Message: "redis-cli does not follow sentinels, and " + i.Name + " is behind external ones",
			Fixes: []string{"ask one for the master: redis-cli -p 26379 sentinel get-master-addr-by-name mymaster"},
		}
	default:
		host, port, err := net.SplitHostPort(u.addrs[0])
		if err != nil {
			return nil, err
		}
		options = append(options, "-h", host, "-p", port)
	}
	if u.kind == kindCluster || i.Group == string(ProfileCluster) {
		options = append(options, "-c")
	}
	if u.db != 0 {
		options = append(options, "-n", strconv.Itoa(u.db))
	}
	if u.user != "" && u.pass != "" {
		options = append(options, "--user", u.user)
	}
	if u.tls {
		c, err := u.readOptions(ClientOptions{TLS: e.set.TLS})
		if err != nil {
			return nil, err
		}
		options = append(options, "--tls")
		for _, file := range [][2]string{{"--cacert", c.tls.CAFile}, {"--cert", c.tls.CertFile}, {"--key", c.tls.KeyFile}} {
			if file[1] != "" {
				options = append(options, file[0], file[1])
			}
		}
	}
	cmd := exec.CommandContext(ctx, program, append(options, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(entry string) bool { return strings.HasPrefix(entry, "REDISCLI_AUTH=") })
	if u.pass != "" { // an empty one would be sent, too
		cmd.Env = append(cmd.Env, "REDISCLI_AUTH="+u.pass)
	}
	return cmd, nil
}

// containerCLI runs the program of the image; the container knows its password.
func (e *Env) containerCLI(ctx context.Context, i Instance, s Service, args []string) (*exec.Cmd, error) {
	docker, err := exec.LookPath("docker")
	if err != nil {
		return nil, &Failure{
			Code: "cli_missing", Exit: ExitUnsupported, Message: "neither redis-cli, valkey-cli nor docker is on PATH",
			Fixes: []string{"install one: apt install redis-tools"}, Err: err,
		}
	}
	container, err := e.containerOf(ctx, i, s)
	if err != nil {
		return nil, err
	}
	const ask = `[ -n "$REDISCLI_AUTH" ] || unset REDISCLI_AUTH; ` +
		`[ -z "$TLS_CLIENTS" ] || set -- --tls --cacert /certs/ca.crt --cert /certs/client.crt --key /certs/client.key "$@"; ` +
		`exec $(command -v redis-cli || command -v valkey-cli) "$@"`
	options := []string{"exec", "-i"}
	if info, err := os.Stdin.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 && len(args) == 0 {
		options = append(options, "-t")
	}
	options = append(options, container, "sh", "-c", ask, "redis-cli", "-p", strconv.Itoa(i.portInside()))
	return exec.CommandContext(ctx, docker, append(options, args...)...), nil
}

func (e *Env) containerOf(ctx context.Context, i Instance, s Service) (string, error) {
	if s.Container != "" {
		return s.Container, nil
	}
	found, err := composeEngine{e}.find(ctx)
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(found, func(f server) bool { return f.Name == i.Name && f.running() })
	if at < 0 {
		return "", errors.New("the container of the " + i.Name + " does not run")
	}
	return found[at].Container, nil
}
