package devenv_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// localImage returns an image of Redis that is on this machine. Without one,
// or without an engine, the test is skipped, or fails where everything must be
// there.
func localImage(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("REDISTEST_IMAGE"), "redis:7.4", "redkit-ci/redis-debian:7.0"} {
		if name != "" && exec.Command("docker", "image", "inspect", name).Run() == nil {
			return name
		}
	}
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		t.Fatal("REDISTEST_REQUIRE=1: no Docker engine with an image of Redis")
	}
	t.Skip("no Docker engine with an image of Redis: run .ci/image, or name one in REDISTEST_IMAGE")
	return ""
}

// Not parallel: stand-ins for compose are found through the environment of
// the process.
func TestDoctorOnCompose(t *testing.T) {
	image := localImage(t)
	config := t.TempDir()
	t.Setenv("DOCKER_CONFIG", config)
	p := newProject(t, "REDKIT_BACKEND=compose", "REDKIT_IMAGE="+image)
	standIn := filepath.Join(config, "cli-plugins", "docker-compose")
	if err := os.MkdirAll(filepath.Dir(standIn), 0o755); err != nil {
		t.Fatal(err)
	}
	for script, want := range map[string]string{
		"echo v2.26.1": "ok    compose 2.26.1",
		"echo 1.29.2":  "warn  " + standIn + " is version 1.29.2, which is not maintained",
		"echo 'Not supported URL scheme'; exit 1": "FAIL  " + standIn + " cannot tell its version",
	} {
		if err := os.WriteFile(standIn, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		p.says(t, "compose", want, none)
	}
	p.says(t, "backend", "ok    the environment does not run; up would take compose (Docker ", none)
	missing := newProject(t, "REDKIT_BACKEND=compose", "REDKIT_IMAGE=redkit-ci/none:1", "REDKIT_PULL=always")
	missing.says(t, "backend", "FAIL  ", devenv.DoctorOptions{})
}
