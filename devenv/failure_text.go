package devenv

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The texts of the failures. Each names what happened in one sentence, then
// the commands that mend it; run turns a target into what the user types.

func (e *Env) failPort(i Instance, owner string, fixes []string) *Failure {
	return &Failure{
		Code: "port_in_use", Exit: ExitPortTaken,
		Message: fmt.Sprintf("port %d, %s, is taken by %s", i.Port, i.purpose(), owner),
		Fixes: append(fixes,
			fmt.Sprintf("use another port: %s %s", e.otherPort(i), e.run("up")),
			"let up find one: "+e.run("up", "-port-auto"),
			"use that server as it is: REDKIT_BACKEND=external "+e.run("up")),
	}
}

func (e *Env) failEphemeralPort(i Instance) *Failure {
	return &Failure{
		Code: "port_ephemeral", Exit: ExitPortTaken,
		Message: fmt.Sprintf("port %d, meant for the %s, cannot be opened although nothing listens on it: it lies in the range from which the kernel takes the ports of outgoing connections, and one holds it", i.Port, i.Name),
		Fixes:   []string{fmt.Sprintf("use a port below that range: %s %s", e.otherPort(i), e.run("up"))},
	}
}

// purpose is what an instance's port is for.
func (i Instance) purpose() string {
	if i.bus {
		return "where " + i.Name + " meets the others"
	}
	return "meant for the " + i.Name
}

// otherPort is the setting that gives an instance another port.
func (e *Env) otherPort(i Instance) string {
	for _, setting := range e.set.portSettings() {
		if at := slices.Index(setting.instances, i.Name); at >= 0 {
			ports := slices.Clone(setting.ports)
			ports[at] = suggestPort(ports[at])
			return setting.variable + "=" + formatPorts(ports)
		}
	}
	return "REDKIT_CACHE_PORT=" + strconv.Itoa(suggestPort(i.Port))
}

func (e *Env) failOtherBackend(running Backend) *Failure {
	return &Failure{
		Code: "other_backend", Exit: ExitRefused,
		Message: fmt.Sprintf("this environment runs on the backend %s; REDKIT_BACKEND=%s would start a second one beside it", running, e.set.Backend),
		Fixes:   []string{"stop it first: " + e.run("down"), fmt.Sprintf("keep it: REDKIT_BACKEND=%s or auto", running)},
	}
}

func (e *Env) failChanged(what string) *Failure {
	return &Failure{
		Code: "settings_changed", Exit: ExitRefused,
		Message: "the environment is running with other settings than those asked for now: " + what,
		Fixes:   []string{"apply them (data that are kept stay): " + e.run("up", "-recreate")},
	}
}

func (e *Env) failTimeout(names []string, waited time.Duration, last error, logs string) *Failure {
	p := &Failure{
		Code: "timeout", Exit: ExitTimeout,
		Message: fmt.Sprintf("%s did not answer PING within %s", strings.Join(names, " and "), waited.Round(time.Millisecond)),
		Detail:  strings.TrimSpace(logs),
		Fixes:   []string{"wait longer: " + e.run("up", "-wait="+(2*waited).Round(time.Second).String()), "see why: " + e.run("logs")},
		Err:     last,
	}
	if far := stillLoading(last); far != "" {
		p.Message += ": " + far
	}
	if p.Detail == "" && last != nil {
		p.Detail = last.Error()
	}
	return p
}

// failUnsettled is a group whose servers answer and are not one.
func (e *Env) failUnsettled(group string, last error) *Failure {
	return &Failure{
		Code: "timeout", Exit: ExitTimeout,
		Message: fmt.Sprintf("the servers of the %s answer, but were not one within %s", group, e.set.Wait),
		Detail:  last.Error(),
		Fixes:   []string{"wait longer: " + e.run("up", "-wait="+(2*e.set.Wait).Round(time.Second).String()), "see why: " + e.run("logs")},
		Err:     last,
	}
}

func (e *Env) failNotRunning(message string) *Failure {
	return &Failure{Code: "not_running", Exit: ExitNotReady, Message: message, Fixes: []string{e.run("up")}}
}

func (e *Env) failStranger(i Instance) *Failure {
	return &Failure{
		Code: "stranger", Exit: ExitPortTaken,
		Message: fmt.Sprintf("another server than our %s answers at %s", i.Name, i.where()),
		Fixes:   []string{"see who: " + e.run("doctor"), "start again: " + e.run("down") + " && " + e.run("up")},
		Err:     errStranger,
	}
}

func (e *Env) failNoServer(message string, err error) *Failure {
	return &Failure{
		Code: "server_missing", Exit: ExitUnsupported,
		Message: message,
		Fixes: []string{
			"install one: apt install redis-server, brew install redis, dnf install valkey",
			"name one: REDKIT_REDIS_SERVER=/path/to/redis-server " + e.run("up"),
			"do without: REDKIT_BACKEND=embedded " + e.run("up"),
		},
		Err: err,
	}
}

func (e *Env) failDied(name, logs string) *Failure {
	f := &Failure{
		Code: "server_died", Exit: ExitNotReady,
		Message: fmt.Sprintf("the %s ended before it was ready", name),
		Detail:  logs,
		Fixes:   []string{"see all it said: " + e.run("logs")},
		Err:     errGone,
	}
	return e.explainDeath(name, f)
}

func (e *Env) failWait(last error) *Failure {
	return &Failure{
		Code: "timeout", Exit: ExitTimeout,
		Message: fmt.Sprintf("not ready within %s: %s", e.set.Wait, brief(last)),
		Fixes:   []string{"start it: " + e.run("up"), "wait longer: " + e.run("wait", "-wait="+(2*e.set.Wait).String())},
		Err:     last,
	}
}
