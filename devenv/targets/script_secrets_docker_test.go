//go:build unix

package targets_test

import (
	"encoding/json"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// noSecretInContainers fails when Docker shows a secret of the project's
// containers to who inspects them or reads their logs. Their environment is
// left out: it is where they get their passwords from, and who may ask Docker
// for it may become root.
func noSecretInContainers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: nosecretincontainers")
	}
	docker := func(words ...string) []byte {
		out, err := exec.Command("docker", words...).CombinedOutput()
		if err != nil {
			ts.Fatalf("docker %q: %v\n%s", words, err, out)
		}
		return out
	}
	v := vaultOf(ts)
	ids := strings.Fields(string(docker("ps", "-aq", "--filter", projectLabel+ts.Getenv("REDKIT_PROJECT"))))
	if len(ids) == 0 {
		ts.Fatalf("the project has no container: is anything looked at?")
	}
	environments := 0
	for _, id := range ids {
		var all []map[string]any
		ts.Check(json.Unmarshal(docker("inspect", id), &all))
		for _, c := range all {
			config, _ := c["Config"].(map[string]any)
			env, err := json.Marshal(config["Env"])
			ts.Check(err)
			environments += len(v.shown(env))
			delete(config, "Env")
		}
		text, err := json.Marshal(all)
		ts.Check(err)
		if found := v.shown(text); len(found) > 0 {
			ts.Fatalf("docker inspect shows %s: %s", strings.Join(found, ", "), text)
		}
		if found := v.shown(docker("logs", id)); len(found) > 0 {
			ts.Fatalf("the log of the container %s shows %s", id, strings.Join(found, ", "))
		}
	}
	if environments == 0 {
		ts.Fatalf("no container has a planted secret even in its environment: is the right thing looked for?")
	}
}
