package devenv

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// units are the instances that a command on data takes by a name: a server by
// itself, or all of a group, whose data belong together.
func (e *Env) units(b Backend, name string) ([]Instance, error) {
	all := e.instances(b)
	if members := groups(all)[name]; name != "" && len(members) > 0 {
		return members, nil
	}
	list, err := e.namedInstances(b, name)
	if err == nil && name != "" && list[0].Group != "" {
		group := list[0].Group
		return nil, &Failure{
			Code: "no_such_service", Exit: ExitUsage, Message: fmt.Sprintf("%s is a part of the %s, whose data go together", name, group),
			Fixes: []string{"name all of it: -service=" + group},
		}
	}
	return list, err
}

// masters leaves the servers that hold data of their own: of a group those
// that are master now.
func (e *Env) masters(ctx context.Context, instances []Instance) ([]Instance, error) {
	var list []Instance
	for _, i := range instances {
		if i.Group == "" {
			list = append(list, i)
		}
	}
	for name, members := range groups(instances) {
		found, err := e.mastersOf(ctx, members)
		if err != nil {
			return nil, fmt.Errorf("find the masters of the %s: %w", name, err)
		}
		list = append(list, found...)
	}
	return list, nil
}

// mastersOf asks the sentinels, or the nodes that have slots, which of a group
// are masters. All of it must be in order.
func (e *Env) mastersOf(ctx context.Context, members []Instance) ([]Instance, error) {
	ctx, cancel := context.WithTimeout(ctx, perGroup)
	defer cancel()
	g, err := e.openGroup(members)
	if err != nil {
		return nil, err
	}
	defer g.close()
	if err := g.whole(ctx); err != nil {
		return nil, e.failNotRunning(fmt.Sprintf("the %s is not in order: %v", members[0].Group, err))
	}
	if members[0].Group == string(ProfileSentinel) {
		master, err := g.watched().Master(ctx)
		if err != nil {
			return nil, err
		}
		return []Instance{master.Instance}, nil
	}
	var list []Instance
	for _, m := range g.members {
		slots, err := slotsOf(ctx, m.client)
		if err != nil {
			return nil, fmt.Errorf("ask %s for its slots: %w", m.Name, err)
		}
		if slots != "" {
			list = append(list, m.Instance)
		}
	}
	return list, nil
}

// slotsOf are the slots of a node, "" for a replica: what stands after the
// eighth word of its own line, as 0-5460. A slot that is being moved is there
// in brackets, too.
func slotsOf(ctx context.Context, client redis.UniversalClient) (string, error) {
	text, err := client.Do(ctx, "cluster", "nodes").Text()
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 8 || !strings.Contains(words[2], "myself") {
			continue
		}
		if slices.ContainsFunc(words[8:], func(w string) bool { return strings.HasPrefix(w, "[") }) {
			return "", errors.New("slots are just being moved")
		}
		return strings.Join(words[8:], " "), nil
	}
	return "", errors.New("CLUSTER NODES has no line of its own")
}

// failGroupAOF refuses append-only files of a group.
func failGroupAOF(e *Env, group string) *Failure {
	return &Failure{
		Code: "unsupported", Exit: ExitUnsupported, Err: errors.ErrUnsupported,
		Message: fmt.Sprintf("the servers of the %s are saved as one file each, not as append-only files", group),
		Fixes:   []string{e.run("backup", "-format=rdb")},
	}
}

// in are the servers of a backup that were in a group; "" means in none.
func (b *Backup) in(group string) []BackupServer {
	return slices.DeleteFunc(slices.Clone(b.Services), func(s BackupServer) bool { return s.Group != group })
}
