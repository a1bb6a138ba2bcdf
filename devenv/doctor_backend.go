package devenv

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/process"
)

// backendCheck tells what runs the environment, or would.
func (x *examination) backendCheck(ctx context.Context) {
	if x.state != nil {
		x.backend = x.state.Backend
		x.ok("backend", "the environment runs on %s, since %s", x.backend, x.state.StartedAt.Local().Format("2006-01-02 15:04"))
	} else {
		set := *x.set
		set.Pull = "never" // to look is not to pull
		c, err := New(&set, x.env.opts).choose(ctx)
		if err != nil {
			x.failure(LevelFail, "backend", err)
			return
		}
		x.backend = c.backend
		x.ok("backend", "the environment does not run; up would take %s", c.reason())
	}
	if x.backend == BackendCompose {
		x.composeVersion(ctx)
	} else {
		x.skip("compose", "the backend is %s", x.backend)
	}
}

// composeVersion: what is found must answer (docker-compose 1.29 breaks with
// newer Python libraries), and 1.x is not maintained any more.
func (x *examination) composeVersion(ctx context.Context) {
	path, err := x.env.composeCommand()
	if err != nil {
		x.failure(LevelFail, "compose", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*perServer)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "version", "--short").Output()
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
	switch {
	case err != nil || version == "":
		x.add(LevelFail, "compose", "install the plugin: apt install docker-compose-plugin", "%s cannot tell its version: %v", path, err)
	case strings.HasPrefix(version, "1."):
		x.add(LevelWarn, "compose", "install the plugin: apt install docker-compose-plugin", "%s is version %s, which is not maintained any more", path, version)
	default:
		x.ok("compose", "compose %s", version)
	}
}

// ports tells who has each port: this environment, nobody, or a stranger. A
// server on [::1] at the same port answers those who say localhost.
func (x *examination) ports() {
	if x.backend == BackendExternal {
		x.skip("port", "the servers are external")
		return
	}
	for _, p := range x.patients {
		switch owner, taken := process.Listening(p.Port); {
		case p.service.Ours && p.info != nil:
			x.ok("port", "port %d is the %s's (ours)", p.Port, p.Name)
		case x.open(p.Port):
			x.ok("port", "port %d, meant for the %s, is free", p.Port, p.Name)
		case p.service.Ours:
			x.skip("port", "port %d belongs to the %s, which does not answer", p.Port, p.Name)
		case taken && x.env.isDaemon(owner):
			x.add(LevelWarn, "port", "an up takes it over: "+x.env.run("up"), "port %d is held by %s, which an up that was killed left behind", p.Port, owner)
		default:
			x.failure(LevelFail, "port", x.env.explainTakenPort(p.Instance, fmt.Errorf("port %d is in use", p.Port)))
		}
		x.twin(p)
	}
}

func (x *examination) open(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort(x.set.Bind, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	_ = l.Close()
	return true
}

// twin looks for another server at the same port of the IPv6 loopback.
func (x *examination) twin(p patient) {
	addr := net.JoinHostPort("::1", strconv.Itoa(p.Port))
	conn, err := net.DialTimeout("tcp", addr, perServer)
	if err != nil {
		x.ok("ipv6", "nothing else listens at %s", addr)
		return
	}
	_ = conn.Close()
	x.add(LevelWarn, "ipv6", "write 127.0.0.1 instead of localhost, or use another port: "+x.env.otherPort(p.Instance),
		"another server listens at %s: a client that says localhost may reach it instead of the %s", addr, p.Name)
}

// companions tells whether what shows the servers does.
func (x *examination) companions(ctx context.Context) {
	if x.state == nil || len(x.env.companions(x.backend)) == 0 {
		x.skip("companions", "no metrics are served in the background, as profile monitoring does")
		return
	}
	for _, c := range x.env.lookAtCompanions(ctx, x.backend) {
		if !c.Ready {
			x.add(LevelFail, "companions", "start it: "+x.env.run("up")+" · see why: "+x.env.run("logs"), "%s, which should be at %s, is %s", c.Name, c.URL, c.State)
			continue
		}
		x.ok("companions", "%s is at %s", c.Name, c.URL)
	}
}

// leftovers finds daemons and containers that no environment answers for.
func (x *examination) leftovers(ctx context.Context) {
	var left []string
	known := func(name string) bool {
		return x.state != nil && slices.ContainsFunc(x.state.Servers, func(s server) bool { return s.Name == name })
	}
	for _, b := range []Backend{BackendNative, BackendEmbedded, companionDaemons} {
		found, err := findDaemons(x.set.Dir, b)
		if err != nil {
			x.skip("leftovers", "cannot look for daemons: %v", err)
			return
		}
		for _, s := range found {
			if s.running() && (x.state == nil || b != companionDaemons && (x.state.Backend != b || !known(s.Name))) && !(b == BackendEmbedded && x.backend == b && x.state != nil) {
				left = append(left, fmt.Sprintf("%s daemon %s (pid %d)", b, s.Name, s.Daemon.PID))
			}
		}
	}
	if x.backend != BackendCompose || x.state == nil {
		left = append(left, x.leftContainers(ctx)...)
	}
	if len(left) > 0 {
		x.mendLeftovers()
		x.add(LevelWarn, "leftovers", x.env.run("down"), "left behind by an earlier run: %s", strings.Join(left, ", "))
		return
	}
	x.ok("leftovers", "nothing is left behind by earlier runs")
}

// leftContainers are those of this project that nothing records.
func (x *examination) leftContainers(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	_, list, err := (composeEngine{x.env}).containers(ctx)
	if err != nil {
		return nil // without an engine there are no containers
	}
	var names []string
	for _, c := range list {
		names = append(names, "container "+c.name())
	}
	return names
}
