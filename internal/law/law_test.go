package law_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/redkit-dev/redkit/"

// A rule forbids the packages of one room to reach an import, directly or
// through others. A pattern ending in "..." matches the package and all
// below it; except lists rooms inside room that the rule spares.
type rule struct {
	room, forbidden string
	except          []string
	reason          string
}

var rules = []rule{
	{"...", "github.com/testcontainers/testcontainers-go", []string{"redistest/container", "internal/bench/..."},
		"testcontainers triples what a user links and makes the first run slow: it stays in one room"},
	{"...", module + "examples/...", []string{"examples/..."}, "an example is to be copied, not imported"},
	{"devenv/...", "testing", nil, "an environment is no test: importing testing registers its flags"},
	{"compose", "testing", nil, "as devenv"},
	{"fixtures/...", "testing", nil, "mage seed links fixtures"},
	{"reference/...", "testing", nil, "production code links the reference implementations"},
	{"devenv/...", module + "redistest", nil, "an environment must work where no test runs"},
	{"redistest/...", module + "devenv", nil, "a test must not depend on a developer's environment"},
	{"fixtures/...", module + "redistest", nil, "a seed is an interface, so that the two need not know each other"},
	{"redistest", module + "fixtures", nil, "as above, the other way round"},
	{"redistest", module + "reference/...", nil, "a plain unit test links no codecs"},
	{"reference/...", module + "conformance/...", nil, "the judged never links the judge"},
	{"reference/...", module + "redistest/...", nil, "production code links no test kit"},
	{"reference/...", module + "devenv/...", nil, "production code links no local environment"},
	{"conformance", "github.com/redis/go-redis/v9", nil, "the engine judges any implementation, so it knows no client"},
	{"conformance/cachetest", "github.com/redis/go-redis/v9", nil, "the port uses plain types only"},
	{"conformance/brokertest", "github.com/redis/go-redis/v9", nil, "as above"},
	{"conformance/resulttest", "github.com/redis/go-redis/v9", nil, "as above"},
	{"conformance/tasktest", "github.com/redis/go-redis/v9", nil, "as above"},
	{"conformance/layertest", "github.com/redis/go-redis/v9", nil, "as above"},
	{"conformance/servertest", "github.com/redis/go-redis/v9", nil, "the judge of servers trusts no client"},
	{"conformance/adaptertest", module + "conformance/remote", nil, "the judge of adapters trusts no reader of theirs"},
	{"conformance/...", module + "reference/...", []string{"conformance/subjects"}, "the rules judge references and strangers alike; subjects is for tests and the conformance command"},
	{"conformance/render", module + "...", nil, "rendering reads a report and needs nothing else"},
	{"conformance/render", "testing", nil, "it runs in programs"},
}

type pkg struct {
	ImportPath string
	Deps       []string
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Deps", module+"...").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("go list: %v\n%s", err, exit.Stderr)
		}
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("read the output of go list: %v", err)
		}
		all = append(all, p)
	}
}

func match(pattern, path string) bool {
	stem, all := strings.CutSuffix(pattern, "...")
	if !all {
		return path == pattern
	}
	return strings.HasPrefix(path, stem) || path == strings.TrimSuffix(stem, "/")
}

// breaches names the forbidden dependencies of p under r.
func breaches(r rule, p pkg) []string {
	room, inside := strings.CutPrefix(p.ImportPath, module)
	if !inside || !match(r.room, room) || slices.ContainsFunc(r.except, func(e string) bool { return match(e, room) }) {
		return nil
	}
	var found []string
	for _, dep := range p.Deps {
		if match(r.forbidden, dep) && dep != p.ImportPath {
			found = append(found, dep)
		}
	}
	return found
}

func TestImports(t *testing.T) {
	t.Parallel()
	packages := list(t)
	if len(packages) == 0 {
		t.Fatal("go list found no package")
	}
	for _, r := range rules {
		for _, p := range packages {
			for _, dep := range breaches(r, p) {
				t.Errorf("%s reaches %s\n\twhy it must not: %s\n\tthe path: go mod why or go list -deps %[1]s", p.ImportPath, dep, r.reason)
			}
		}
	}
}

func TestBreachesSeesADependency(t *testing.T) {
	t.Parallel()
	p := pkg{ImportPath: module + "devenv/targets", Deps: []string{"fmt", "testing"}}
	tests := []struct {
		rule rule
		want []string
	}{
		{rule{room: "devenv/...", forbidden: "testing"}, []string{"testing"}},
		{rule{room: "devenv", forbidden: "testing"}, nil},
		{rule{room: "...", forbidden: "testing", except: []string{"devenv/targets"}}, nil},
		{rule{room: "...", forbidden: "testing", except: []string{"devenv/..."}}, nil},
		{rule{room: "devenv/...", forbidden: "test..."}, []string{"testing"}},
		{rule{room: "devenv/...", forbidden: "net"}, nil},
	}
	for _, tt := range tests {
		if got := breaches(tt.rule, p); !slices.Equal(got, tt.want) {
			t.Errorf("breaches(%+v) = %q, want %q", tt.rule, got, tt.want)
		}
	}
}
