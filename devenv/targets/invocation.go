package targets

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// The targets do not know under which name a magefile imports them (mage up,
// mage redis:up); these functions find out.

// namespace returns what stands before the targets' names in this command
// line: "redis:" in `mage redis:up`, "" in `mage up`. It reports false when
// no argument is one of ours, as when another target calls ours.
func namespace(args []string) (string, bool) {
	for _, arg := range args {
		if strings.HasPrefix(arg, "-") {
			continue
		}
		at := strings.LastIndex(arg, ":") + 1
		switch strings.ToLower(arg[at:]) {
		case "up", "down", "status", "wait", "logs", "doctor", "reset", "env", "seed", "serve", "stats", "queues", "keys", "alerts", "backup", "restore",
			"metrics", "monitor", "certs", "password", "restart", "ps", "cli", "snapshot", "diff":
			return arg[:at], true
		}
	}
	return "", false
}

// command returns what the user types to run a target.
func command(target string, flags ...string) string {
	prefix, _ := namespace(os.Args[1:])
	return strings.Join(append([]string{program(), prefix + target}, flags...), " ")
}

// program is how the user calls this program: mage when mage compiled it into
// its cache, or the name or path of a binary made by mage -compile.
func program() string {
	exe, err := os.Executable()
	if err != nil || strings.HasPrefix(exe, cacheDir()+string(filepath.Separator)) {
		if _, err := exec.LookPath("mage"); err != nil {
			return "go tool mage"
		}
		return "mage"
	}
	if found, err := exec.LookPath(filepath.Base(exe)); err == nil && found == exe {
		return filepath.Base(exe)
	}
	return os.Args[0]
}

// cacheDir is where mage keeps what it compiles (mg.CacheDir, whose package
// would make every importer depend on mage's version).
func cacheDir() string {
	if dir := os.Getenv("MAGEFILE_CACHE"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".magefile"
	}
	return filepath.Join(home, ".magefile")
}

// serveCommand and metricsCommand are the command lines of what runs in the
// background.
func serveCommand(ctx context.Context) ([]string, error) { return background(ctx, "serve") }

func metricsCommand(ctx context.Context) ([]string, error) { return background(ctx, "metrics") }

// background is the command line of a target of this very binary.
func background(ctx context.Context, target string) ([]string, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to serve in the background: %w", err)
	}
	if prefix, ok := namespace(os.Args[1:]); ok {
		return []string{exe, prefix + target}, nil
	}
	// Another target called ours: ask the binary for its list.
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	list := exec.CommandContext(ctx, exe, "-l")
	list.WaitDelay = time.Second
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the targets of %s: %w", exe, err)
	}
	for line := range bytes.Lines(out) {
		name, _, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		name = strings.TrimSuffix(name, "*")
		if name == target || strings.HasSuffix(name, ":"+target) {
			return []string{exe, name}, nil
		}
	}
	return nil, &devenv.Failure{
		Code: "serve_missing", Exit: devenv.ExitUnsupported,
		Message: "the target " + target + " runs in the background, and this magefile does not have it",
		Fixes:   []string{"import the targets: // mage:import above _ \"github.com/redkit-dev/redkit/devenv/targets\""},
	}
}
