package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

//go:embed django.py
var script string

// pythonRows is pythonRow, or nothing where there is no django-redis.
func pythonRows(ctx context.Context, url string) []row {
	r, err := pythonRow(ctx, url)
	if err != nil {
		fmt.Fprintln(os.Stderr, "without django-redis:", err)
		return nil
	}
	return []row{r}
}

// pythonRow compares get and set of 1 KiB with django-redis on the same
// server, the fastest rounds of both, as they cannot take turns. It is
// reported, not judged.
func pythonRow(ctx context.Context, url string) (row, error) {
	out, err := exec.CommandContext(ctx, "/usr/bin/python3", "-c", script, url).Output()
	if err != nil {
		return row{}, fmt.Errorf("run django-redis with /usr/bin/python3: %w: apt-get install python3-django-redis", err)
	}
	var get, set float64
	if _, err := fmt.Sscan(strings.TrimSpace(string(out)), &get, &set); err != nil {
		return row{}, fmt.Errorf("read the times of django-redis %q: %w", out, err)
	}
	client := connect(url)
	defer client.Close()
	c := open(client, "pickle")
	value := make([]byte, 1024)
	check(c.Set(ctx, "py", value))
	ours := compare(1, contender{"get", func(_, n int) {
		for range n {
			_, err := c.Get(ctx, "py")
			check(err)
		}
	}}, contender{"set", func(_, n int) {
		for range n {
			check(c.Set(ctx, "py", value))
		}
	}})
	return row{"get and set 1 KiB, pickled", 1, "django-redis from Python", 0, []result{
		{Name: "django-redis get", NsOp: get, Ratio: 1},
		{Name: "get", NsOp: ours[0].Best, OfNsOp: get, Best: ours[0].Best, Allocs: ours[0].Allocs, Ratio: ours[0].Best / get},
		{Name: "django-redis set", NsOp: set, Ratio: 1},
		{Name: "set", NsOp: ours[1].Best, OfNsOp: set, Best: ours[1].Best, Allocs: ours[1].Allocs, Ratio: ours[1].Best / set},
	}}, nil
}
