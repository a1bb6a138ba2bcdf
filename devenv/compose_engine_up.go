package devenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A composeBefore is what a project had before an up, so that what the up
// made can be told apart.
type composeBefore struct{ containers, networks, volumes []string }

func (x composeEngine) before(ctx context.Context, d *dockerAPI, list []container) (b composeBefore, err error) {
	for _, c := range list {
		b.containers = append(b.containers, c.ID)
	}
	if b.networks, err = x.networks(ctx, d); err != nil {
		return b, err
	}
	b.volumes, err = x.volumes(ctx, d)
	return b, err
}

func (x composeEngine) start(ctx context.Context, instances []Instance) ([]server, func(context.Context) error, error) {
	nothing := func(context.Context) error { return nil }
	d, list, err := x.containers(ctx)
	if err != nil {
		return nil, nothing, err
	}
	before, err := x.before(ctx, d, list)
	if err != nil {
		return nil, nothing, x.e.explainDocker(d.where, err)
	}
	// A container of ours that runs holds its port rightly.
	closed := slices.DeleteFunc(slices.Clone(instances), func(i Instance) bool {
		return slices.ContainsFunc(list, func(c container) bool { return c.State == statusRunning && c.Labels[serviceLabel] == i.service() })
	})
	if err := x.e.portsFree(ctx, closed); err != nil {
		return nil, nothing, err
	}
	undo := func(ctx context.Context) error { return x.undo(ctx, d, before) }
	if err := x.compose(ctx, d, instances); err != nil {
		return nil, undo, err
	}
	found, err := x.find(ctx)
	return found, undo, err
}

// undo removes what is there now and was not before.
func (x composeEngine) undo(ctx context.Context, d *dockerAPI, b composeBefore) error {
	ctx, cancel := context.WithTimeout(ctx, stopGrace)
	defer cancel()
	list, err := containers(ctx, d, x.label())
	if err != nil {
		return err
	}
	var made []string
	for _, c := range list {
		if !slices.Contains(b.containers, c.ID) {
			made = append(made, c.ID)
		}
	}
	// They have served nobody, and who interrupts an up waits for this.
	if err := eachContainer(ctx, made, func(ctx context.Context, id string) error { return deleteContainer(ctx, d, id) }); err != nil {
		return err
	}
	return errors.Join(x.removeNetworks(ctx, d, b.networks), x.removeVolumes(ctx, d, b.volumes))
}

// compose runs `up -d` once: it starts what is missing and recreates what has
// other settings.
func (x composeEngine) compose(ctx context.Context, d *dockerAPI, instances []Instance) error {
	return x.composeUp(ctx, d, instances, "-d")
}

// composeUp runs `up` with a flag: -d, or --no-start to make what is missing.
func (x composeEngine) composeUp(ctx context.Context, d *dockerAPI, instances []Instance, flag string) error {
	command, err := x.e.composeCommand()
	if err != nil {
		return err
	}
	dir := filepath.Join(x.e.set.Dir, "compose")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	stack := x.e.set.Stack()
	if err := stack.Write(dir); err != nil {
		return err
	}
	args := []string{"up", flag}
	for _, i := range instances {
		if !slices.Contains(args, i.service()) {
			args = append(args, i.service())
		}
	}
	cmd := exec.CommandContext(ctx, command, stack.Args(dir, args...)...)
	cmd.Env = append(stack.Environ(os.Environ()), "DOCKER_HOST="+d.where)
	x.e.lend(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = time.Second // mage gives an interrupted target 5 s, and there is more to take back
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	return x.explain(ctx, instances, string(out), err)
}

// explain reads what compose printed.
func (x composeEngine) explain(ctx context.Context, instances []Instance, out string, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		var names []string
		for _, i := range instances {
			names = append(names, i.Name)
		}
		return x.e.failTimeout(names, x.e.set.Wait, err, out)
	}
	f := &Failure{
		Code: "compose_failed", Exit: ExitNoCompose,
		Message: fmt.Sprintf("compose could not start the servers: %v", err), Detail: lastLines(out, 8),
		Fixes: []string{"do without Docker: REDKIT_BACKEND=native or embedded " + x.e.run("up")}, Err: err,
	}
	switch {
	case strings.Contains(out, "port is already allocated"), strings.Contains(out, "address already in use"), strings.Contains(out, "Ports are not available"):
		for _, i := range instances {
			if strings.Contains(out, fmt.Sprintf(":%d", i.Port)) {
				return x.e.explainTakenPort(i, errors.New(lastLines(out, 3)))
			}
		}
	case strings.Contains(out, "Not supported URL scheme http+docker"):
		f.Code, f.Message = "compose_broken", "docker-compose (v1) does not work with this machine's Python libraries"
		f.Fixes = append([]string{"install version 2: apt install docker-compose-plugin"}, f.Fixes...)
	case strings.Contains(out, "error setting rlimit"):
		f.Code, f.Exit, f.Message = "rlimit", ExitOther, "the engine may not set the limits that the compose files ask for, as when it runs without root or in a container"
		f.Fixes = append([]string{"remove ulimits: from the compose files, or from default-ulimits of the engine's daemon.json"}, f.Fixes...)
	case strings.Contains(out, "No such image"), strings.Contains(out, "pull access denied"), strings.Contains(out, "manifest unknown"):
		return x.e.failNoImage(x.e.set.Image, "cannot be used by compose", errors.New(lastLines(out, 3)))
	}
	return f
}

func lastLines(text string, n int) string {
	lines := strings.SplitAfter(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "")
}

// containerOn finds the container that publishes a port of this machine.
func (e *Env) containerOn(port int) (container, bool) {
	d, err := newDocker(dockerHost())
	if err != nil {
		return container{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	list, err := containers(ctx, d, "")
	if err != nil {
		return container{}, false
	}
	for _, c := range list {
		for _, p := range c.Ports {
			if p.PublicPort == port && c.State == statusRunning {
				return c, true
			}
		}
	}
	return container{}, false
}

func (c container) name() string {
	if len(c.Names) == 0 {
		return c.ID
	}
	return strings.TrimPrefix(c.Names[0], "/")
}

func (c container) describe() string {
	if project := c.Labels[projectLabel]; project != "" {
		return fmt.Sprintf("container %s (compose project %s)", c.name(), project)
	}
	return fmt.Sprintf("container %s (image %s)", c.name(), c.Image)
}

func (c container) fixes() []string {
	if project := c.Labels[projectLabel]; project != "" {
		return []string{"stop it: docker compose -p " + project + " down"}
	}
	return []string{"stop it: docker stop " + c.name()}
}
