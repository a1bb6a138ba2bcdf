package remote

import (
	"context"
	_ "embed"
)

//go:embed python/django_cache.py
var django string

// StartDjango runs the adapter for Django's caches with a Python that has
// Django, such as "/usr/bin/python3". env entries of the form KEY=value are
// added to the environment, such as a PYTHONPATH.
func StartDjango(ctx context.Context, python string, env ...string) (*Process, error) {
	// env(1) rather than an environment of ours: Start takes a command line.
	command := append(append([]string{"PYTHONDONTWRITEBYTECODE=1"}, env...), python, "-c", django)
	return Start(ctx, "env", command...)
}
