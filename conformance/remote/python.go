package remote

import (
	"context"
	"embed"
)

//go:embed python/*.py
var scripts embed.FS

// loader runs a script of python/ that imports adapter.py from beside it.
const loader = `import sys, types
base, name, text = sys.argv[1:4]
module = sys.modules["adapter"] = types.ModuleType("adapter")
exec(compile(base, "adapter.py", "exec"), module.__dict__)
del sys.argv[1:]
exec(compile(text, name, "exec"))
`

// StartDjango runs the adapter for Django's caches with a Python that has
// Django, such as "/usr/bin/python3". env entries of the form KEY=value are
// added to the environment, such as a PYTHONPATH.
func StartDjango(ctx context.Context, python string, env ...string) (*Process, error) {
	return startScript(ctx, "django_cache.py", python, env...)
}

// StartKombu runs the adapter for kombu's Redis transport with a Python that
// has kombu. env is as for [StartDjango].
func StartKombu(ctx context.Context, python string, env ...string) (*Process, error) {
	// One seed of hashes, as kombu serves queues in the order of a set.
	return startScript(ctx, "kombu_broker.py", python, append([]string{"PYTHONHASHSEED=0"}, env...)...)
}

// startScript runs a script of python/.
func startScript(ctx context.Context, name, python string, env ...string) (*Process, error) {
	base, err := scripts.ReadFile("python/adapter.py")
	if err != nil {
		return nil, err
	}
	text, err := scripts.ReadFile("python/" + name)
	if err != nil {
		return nil, err
	}
	command := append([]string{"PYTHONDONTWRITEBYTECODE=1"}, env...)
	command = append(command, python, "-c", loader, string(base), name, string(text))
	// env(1) rather than an environment of ours: Start takes a command line.
	return Start(ctx, "env", command...)
}
