package devenv

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Where Docker's engine and its compose are, without asking the slow docker
// command.

// dockerConfig is the part of ~/.docker/config.json that matters here.
type dockerConfig struct {
	CurrentContext      string   `json:"currentContext"`
	CLIPluginsExtraDirs []string `json:"cliPluginsExtraDirs"`
}

func dockerDir() string {
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ".docker"
	}
	return filepath.Join(home, ".docker")
}

func readDockerConfig() dockerConfig {
	var c dockerConfig
	if text, err := os.ReadFile(filepath.Join(dockerDir(), "config.json")); err == nil {
		_ = json.Unmarshal(text, &c) // a broken file is docker's to report
	}
	return c
}

// dockerHost is the address of the engine the docker command would use:
// DOCKER_HOST, else that of the context in use, else the system's socket.
func dockerHost() string {
	if host := os.Getenv("DOCKER_HOST"); host != "" {
		return host
	}
	name := os.Getenv("DOCKER_CONTEXT")
	if name == "" {
		name = readDockerConfig().CurrentContext
	}
	if name != "" && name != "default" {
		path := filepath.Join(dockerDir(), "contexts", "meta", fmt.Sprintf("%x", sha256.Sum256([]byte(name))), "meta.json")
		var meta struct {
			Endpoints map[string]struct{ Host string }
		}
		if text, err := os.ReadFile(path); err == nil && json.Unmarshal(text, &meta) == nil && meta.Endpoints["docker"].Host != "" {
			return meta.Endpoints["docker"].Host
		}
	}
	return "unix:///var/run/docker.sock"
}

// composeCommand finds compose: the plugin of docker, which is a program that
// also runs by itself, else docker-compose on PATH.
func (e *Env) composeCommand() (string, error) {
	dirs := append([]string{filepath.Join(dockerDir(), "cli-plugins")}, readDockerConfig().CLIPluginsExtraDirs...)
	dirs = append(dirs,
		"/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
		"/opt/homebrew/lib/docker/cli-plugins", "/Applications/Docker.app/Contents/Resources/cli-plugins")
	for _, dir := range dirs {
		if path, err := exec.LookPath(filepath.Join(dir, "docker-compose")); err == nil {
			return path, nil
		}
	}
	path, err := exec.LookPath("docker-compose")
	if err != nil {
		return "", &Failure{
			Code: "compose_missing", Exit: ExitNoCompose,
			Message: "neither docker compose (v2) nor docker-compose (v1) was found",
			Fixes: []string{
				"install it: apt install docker-compose-plugin (or docker-compose)",
				"do without: REDKIT_BACKEND=native or embedded " + e.run("up"),
			},
			Err: err,
		}
	}
	return path, nil
}
