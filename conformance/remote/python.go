package remote

import (
	"context"
	"embed"
)

//go:embed python/*.py
var scripts embed.FS

// loader runs a script of python/, named with its text at the end, that
// imports those before it from beside it.
const loader = `import sys, types
*beside, name, text = sys.argv[1:]
for file, source in zip(beside[::2], beside[1::2]):
    module = sys.modules[file[:-3]] = types.ModuleType(file[:-3])
    exec(compile(source, file, "exec"), module.__dict__)
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

// StartCeleryResults runs the adapter for Celery's result backend with a
// Python that has Celery. env is as for [StartDjango].
func StartCeleryResults(ctx context.Context, python string, env ...string) (*Process, error) {
	return startScript(ctx, "celery_results.py", python, env...)
}

// StartCeleryTasks runs the adapter for Celery's apps and workers with a Python
// that has Celery. env is as for [StartDjango].
func StartCeleryTasks(ctx context.Context, python string, env ...string) (*Process, error) {
	return startScript(ctx, "celery_tasks.py", python, env...)
}

// StartChannels runs the adapter for channel layers with a Python that has
// Channels, and channels_redis for layers on Redis. env is as for [StartDjango].
func StartChannels(ctx context.Context, python string, env ...string) (*Process, error) {
	return startScript(ctx, "channels_layer.py", python, env...)
}

// startScript runs a script of python/.
func startScript(ctx context.Context, name, python string, env ...string) (*Process, error) {
	command := append([]string{"PYTHONDONTWRITEBYTECODE=1"}, env...)
	command = append(command, python, "-c", loader)
	needs := []string{"adapter.py"}
	switch name {
	case "celery_results.py":
		needs = append(needs, "celery_documents.py")
	case "celery_tasks.py":
		needs = append(needs, "celery_clock.py", "celery_documents.py")
	}
	for _, file := range append(needs, name) {
		text, err := scripts.ReadFile("python/" + file)
		if err != nil {
			return nil, err
		}
		command = append(command, file, string(text))
	}
	// env(1) rather than an environment of ours: Start takes a command line.
	return Start(ctx, "env", command...)
}
