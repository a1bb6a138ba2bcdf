package devenv

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

func (x composeEngine) stop(ctx context.Context, grace time.Duration) error {
	d, list, err := x.containers(ctx)
	if err != nil {
		return err
	}
	all := make([]string, len(list))
	for n, c := range list {
		all[n] = c.ID
	}
	if err := removeContainers(ctx, d, all, grace); err != nil {
		return err
	}
	return x.removeNetworks(ctx, d, nil)
}

// pause stops containers and leaves them there: a container restarts as a
// whole, with its roles and data.
func (x composeEngine) pause(ctx context.Context, names []string) error {
	d, _, err := x.containers(ctx)
	if err != nil {
		return err
	}
	found, err := x.find(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, s := range found {
		if s.running() && slices.Contains(names, s.Name) && !slices.Contains(ids, s.Container) {
			ids = append(ids, s.Container)
		}
	}
	return eachContainer(ctx, ids, func(ctx context.Context, id string) error { return stopContainer(ctx, d, id, stopGrace) })
}

// discard removes the volumes, and the stopped containers that hold them.
func (x composeEngine) discard(ctx context.Context, names []string) error {
	d, list, err := x.containers(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, c := range list {
		if c.State != statusRunning && slices.Contains(names, c.Labels[serviceLabel]) {
			ids = append(ids, c.ID)
		}
	}
	if err := removeContainers(ctx, d, ids, time.Second); err != nil {
		return err
	}
	var others []string
	volumes, err := x.volumes(ctx, d)
	if err != nil {
		return fmt.Errorf("list volumes: %w", err)
	}
	for _, v := range volumes {
		if !slices.ContainsFunc(names, func(name string) bool { return v == x.e.set.Project+"_"+name+"-data" }) {
			others = append(others, v)
		}
	}
	return x.removeVolumes(ctx, d, others)
}

// removeContainers stops and removes containers, all at once.
func removeContainers(ctx context.Context, d *dockerAPI, ids []string, grace time.Duration) error {
	return eachContainer(ctx, ids, func(ctx context.Context, id string) error {
		if err := stopContainer(ctx, d, id, grace); err != nil {
			return err
		}
		return deleteContainer(ctx, d, id)
	})
}

// eachContainer does one thing to all of them at once; one that is gone, or
// going, is no error.
func eachContainer(ctx context.Context, ids []string, do func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, id := range ids {
		group.Go(func() error {
			if err := do(ctx, id); err != nil && !notFound(err) && !going(err) {
				return fmt.Errorf("end container %.12s: %w", id, err)
			}
			return nil
		})
	}
	return group.Wait()
}

func stopContainer(ctx context.Context, d *dockerAPI, id string, grace time.Duration) error {
	t := url.Values{"t": {strconv.Itoa(max(1, int(grace.Seconds())))}}
	return d.call(ctx, http.MethodPost, "/containers/"+id+"/stop", t, nil, nil)
}

func deleteContainer(ctx context.Context, d *dockerAPI, id string) error {
	return d.call(ctx, http.MethodDelete, "/containers/"+id, url.Values{"v": {"1"}, "force": {"1"}}, nil, nil)
}

func (x composeEngine) networks(ctx context.Context, d *dockerAPI) ([]string, error) {
	var list []struct {
		ID string `json:"Id"`
	}
	if err := d.call(ctx, http.MethodGet, "/networks", filters(x.label()), nil, &list); err != nil {
		return nil, err
	}
	var ids []string
	for _, n := range list {
		ids = append(ids, n.ID)
	}
	return ids, nil
}

func (x composeEngine) volumes(ctx context.Context, d *dockerAPI) ([]string, error) {
	var list struct{ Volumes []struct{ Name string } }
	if err := d.call(ctx, http.MethodGet, "/volumes", filters(x.label()), nil, &list); err != nil {
		return nil, err
	}
	var names []string
	for _, v := range list.Volumes {
		names = append(names, v.Name)
	}
	return names, nil
}

func (x composeEngine) removeNetworks(ctx context.Context, d *dockerAPI, keep []string) error {
	ids, err := x.networks(ctx, d)
	if err != nil {
		return fmt.Errorf("list networks: %w", err)
	}
	return removeEach(ctx, d, "/networks/", ids, keep)
}

func (x composeEngine) removeVolumes(ctx context.Context, d *dockerAPI, keep []string) error {
	names, err := x.volumes(ctx, d)
	if err != nil {
		return fmt.Errorf("list volumes: %w", err)
	}
	return removeEach(ctx, d, "/volumes/", names, keep)
}

func removeEach(ctx context.Context, d *dockerAPI, path string, names, keep []string) error {
	for _, name := range names {
		if slices.Contains(keep, name) {
			continue
		}
		if err := d.call(ctx, http.MethodDelete, path+name, nil, nil, nil); err != nil && !notFound(err) {
			return fmt.Errorf("remove %s%s: %w", strings.TrimPrefix(path, "/"), name, err)
		}
	}
	return nil
}
