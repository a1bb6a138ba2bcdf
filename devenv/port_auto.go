package devenv

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/redkit-dev/redkit/internal/fleet"
	"github.com/redkit-dev/redkit/internal/process"
)

// FreePorts tells where the servers could go when ports of the settings are
// taken by others: flags, as LoadOptions takes them, of the settings that name
// such ports. It returns none when every port is free or ours, and when
// servers of this environment run. Another process may take a port before it
// is used: then Up fails with ExitPortTaken, and the caller asks again.
func (e *Env) FreePorts(ctx context.Context) (map[string]string, error) {
	if c, _, err := e.current(ctx, UpOptions{Recreate: true}); err != nil || c.engine != nil {
		return nil, err
	}
	var used []int
	for _, setting := range e.set.portSettings() {
		used = append(used, setting.ports...)
	}
	flags := map[string]string{}
	for _, setting := range e.set.portSettings() {
		ports := slices.Clone(setting.ports)
		for n, port := range ports {
			if e.usable(port, setting.bus) {
				continue
			}
			free, err := e.portNear(port, setting.bus, used)
			if err != nil {
				return nil, err
			}
			ports[n], used = free, append(used, free)
			e.note("port %d of %s is taken; %d is free", port, setting.instances[n], free)
		}
		if !slices.Equal(ports, setting.ports) {
			flags[setting.flag] = formatPorts(ports)
		}
	}
	return flags, nil
}

// usable reports whether a server of ours can have a port: it is free, or held
// by what an earlier up of this environment left, which the next takes over.
func (e *Env) usable(port int, bus bool) bool {
	if !e.free(port) {
		if owner, found := process.Listening(port); found && e.isDaemon(owner) {
			return true
		}
		c, found := e.containerOn(port)
		return found && c.Labels[projectLabel] == e.set.Project
	}
	return !bus || e.free(port+fleet.BusOffset)
}

func (e *Env) free(port int) bool {
	l, err := net.Listen("tcp", net.JoinHostPort(e.set.Bind, strconv.Itoa(port)))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// portNear finds a free port above one that is taken, below the range from
// which the kernel takes those of clients.
func (e *Env) portNear(taken int, bus bool, used []int) (int, error) {
	limit := firstEphemeral
	if bus {
		limit -= fleet.BusOffset
	}
	for _, first := range []int{taken + 1, 10_000} {
		for port := first; port < min(first+5000, limit); port++ {
			if !slices.Contains(used, port) && e.usable(port, bus) {
				return port, nil
			}
		}
	}
	return 0, &Failure{
		Code: "port_in_use", Exit: ExitPortTaken, Message: fmt.Sprintf("no free port was found near %d", taken),
		Fixes: []string{"name one: " + e.run("up", "-cache-port=…")},
	}
}
