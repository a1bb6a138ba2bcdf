//go:build unix

package targets_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	_ "github.com/redkit-dev/redkit/devenv/targets" // mage compiles it: a change must rerun the tests
)

// TestScripts runs the life of an environment as its users do: by a binary
// that mage compiled from a magefile which imports the targets.
//
// The scripts have these commands beside those of testscript:
//
//	ports NAME…           sets each variable to a free port below 32768
//	clusterports NAME…    the same, with four digits and the port 10000 above free
//	client PORT CMD ARG…  sends a command and prints the reply
//	until PORT REPLY CMD…  sends a command until it gives the reply, for 10 s
//	appears FILE TEXT N   waits until a file holds a text N times
//	nodaemon              fails if a process of this script's environments runs
//	fails CODE CMD…       runs a program that must end with this failure, or exit code
//	nodockergroup CODE CMD… is fails for a user who may not talk to the Docker engine
//	outgoing NAME         sets a variable to a port that an outgoing connection holds
//	plant NAME=TEXT…      sets variables, with a secret of its own for each %
//	learn NAME|FILE.key…  remembers secrets that the toolkit has made
//	everytarget [FORM]    runs all targets in all forms, or in one, none of which may show a secret
//	nosecret              fails if arguments of a process, or files that others may read, hold one
//	nosecretincontainers  fails if Docker shows one of the project's containers, beside their environment
//	listen PORT           holds a port until the script ends
//	page PORT PATH REGEXP prints a page, as soon as one that matches is served, for 10 s
//	enter FILE PATH REGEXP  the same for the monitor whose address is in the file
//	submit FILE PATH NAME=VALUE…  sends a form of that monitor and prints the page it leads to
//	json PATH=VALUE…      checks fields of the last output, which must be one JSON object
//	dockerengine SOCKET   serves a stand-in for a Docker engine
//	daemons N             waits until so many processes of the environments run
//	takedefaultports      keeps others of this machine from the ports 6379 and 6380
//	othermodule DIR [NS]  writes a Go module that imports the targets
//	sigkill NAME          ends the daemon NAME with SIGKILL
//	project               sets REDKIT_PROJECT to a name of its own, removed at the end
//	killcontainer SERVICE ends the container of a service with SIGKILL
//	monitoringimages NAME sets NAME_PROMETHEUS, NAME_GRAFANA and NAME_ENDS to images of stand-ins
//	nocontainer, novolume fail if the project has one
func TestScripts(t *testing.T) {
	t.Parallel()
	bin, repo, goenv := t.TempDir(), repository(t), goEnvironment(t)
	compile(t, repo, bin, "rk", "")
	compile(t, repo, bin, "rkns", "redis")
	var ports portPicker
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("NO_COLOR", "1")
			env.Setenv("REPO", repo)
			env.Setenv("RKDIR", bin)
			env.Setenv("SYSTEMPATH", env.Getenv("PATH"))
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("DOCKER_CONFIG", os.Getenv("DOCKER_CONFIG"))
			env.Setenv("REAL_COMPOSE", realCompose())
			env.Setenv("SERVER6", server6())
			env.Setenv("MAGEFILE_CACHE", filepath.Join(bin, "magefile"))
			env.Vars = append(env.Vars, goenv...)
			for _, name := range []string{"DOCKER_HOST", "REDISTEST_REQUIRE"} {
				env.Setenv(name, os.Getenv(name))
			}
			env.Values[vaultKey{}] = &vault{secrets: map[string][]string{}}
			env.Defer(func() { stopAll(t, env.WorkDir) })
			return nil
		},
		Condition: condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ports":        ports.command,
			"appears":      appears,
			"clusterports": ports.cluster,
			"client":       client,
			"until":        until,
			"nodaemon":     noDaemon,
			"sigkill":      sigkill,
			"daemons":      waitDaemons,

			"dockerengine": dockerEngine,
			"json":         jsonCommand,

			"takedefaultports": takeDefaultPorts,
			"othermodule":      otherModule,
			"listen":           listen,
			"page":             page,
			"enter":            enter,
			"submit":           submit,
			"fails":            fails,
			"nodockergroup":    noDockerGroup,
			"outgoing":         outgoing,

			"plant":       plant,
			"learn":       learn,
			"everytarget": everyTarget,
			"nosecret":    noSecret,

			"nosecretincontainers": noSecretInContainers,

			"project":          project,
			"killcontainer":    killContainer,
			"monitoringimages": monitoringImages,

			"nocontainer": none("container", "ls", "-aq"),
			"novolume":    none("volume", "ls", "-q"),
		},
	})
}
