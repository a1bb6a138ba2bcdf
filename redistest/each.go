package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each runs fn once per engine as a subtest named after the engine, each on a
// server of its own. An option that names no engine (a seed, AtLeast) holds
// for all of them; with no engine at all it is the default one of Start.
func Each(t *testing.T, fn func(t *testing.T, srv *Server), engines ...Option) {
	t.Helper()
	var common, named []Option
	for _, opt := range engines {
		if newSettings([]Option{opt}).engine == nil {
			common = append(common, opt)
		} else {
			named = append(named, opt)
		}
	}
	if len(named) == 0 {
		named = append(named, func(*settings) {})
	}
	for _, opt := range named {
		opts := append(slices.Clip(common), opt)
		engine, _, err := newSettings(opts).choose()
		if err != nil {
			t.Fatalf("redistest: %v", err)
		}
		t.Run(engine.Name(), func(t *testing.T) {
			t.Helper()
			fn(t, Start(t, opts...))
		})
	}
}

// Versions runs fn once per server binary in REDISTEST_SERVERS, a list of
// paths like PATH, as a subtest named after the version ("redis-7.0.15",
// "valkey-8.1.1"), each on a clean server. With the variable empty it runs
// what Native finds. Options hold for all of them; one that names an engine
// is a mistake.
func Versions(t *testing.T, fn func(t *testing.T, srv *Server), opts ...Option) {
	t.Helper()
	if newSettings(opts).engine != nil {
		t.Fatalf("redistest: Versions chooses the engines itself: leave out the option that names one")
	}
	paths := filepath.SplitList(os.Getenv(envServers))
	if len(paths) == 0 {
		paths = []string{os.Getenv(envServer)}
	}
	all := slices.Clip(opts)
	for _, path := range paths {
		all = append(all, With(versionEngine(t.Context(), path)))
	}
	Each(t, fn, all...)
}

// versionEngine names a native engine after what the binary says it is. One
// that says nothing keeps its name; Boot tells what is wrong with it.
func versionEngine(ctx context.Context, path string) nativeEngine {
	e := nativeEngine{path: path}
	binary, err := e.find()
	if err != nil {
		if e.name = filepath.Base(path); path == "" {
			e.name = "native"
		}
		return e
	}
	e.name = filepath.Base(binary)
	if out, err := exec.CommandContext(ctx, binary, "--version").Output(); err == nil {
		if name, err := parseVersionLine(string(out)); err == nil {
			e.name = name
		}
	}
	return e
}

// parseVersionLine reads "Redis server v=7.0.15 sha=…" as redis-7.0.15.
func parseVersionLine(line string) (string, error) {
	brand, rest, found := strings.Cut(line, " server v=")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 || len(strings.Fields(brand)) != 1 {
		return "", fmt.Errorf("read the version line %q: %w", strings.TrimSpace(line), errors.ErrUnsupported)
	}
	return strings.ToLower(brand) + "-" + fields[0], nil
}
