package differ_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/internal/differ"
	"github.com/redkit-dev/redkit/internal/fake"
)

// TestHunt compares the fake with the Redis it follows on made-up requests.
// DIFFER_SEEDS says on how many cases, DIFFER_SEED which comes first.
func TestHunt(t *testing.T) {
	t.Parallel()
	g := readGrammar(t)
	first, cases := setting(t, "DIFFER_SEED", 1), setting(t, "DIFFER_SEEDS", 200)
	h := &differ.Hunt{Fake: servedFake(t, fake.Config{Now: time.Now}), Server: followed(t), Known: readKnown(t)}
	found := 0
	for seed := first; seed < first+cases && found < 10; seed++ {
		protocol := differ.Protocol(seed)
		f, err := h.Run(t.Context(), g.Case(seed), protocol)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if f != nil {
			found++
			t.Errorf("DIFFER_SEED=%d DIFFER_SEEDS=1: in RESP%d %s and the fake differ:\n%s", seed, protocol, h.Server.Name, h.Shrink(t.Context(), f, protocol))
		}
	}
}

// TestKnownDifferencesAreStillThere keeps the list of what hunts pass over
// from growing old.
func TestKnownDifferencesAreStillThere(t *testing.T) {
	t.Parallel()
	subject, server := fakeTarget(t), followed(t)
	for _, k := range readKnown(t) {
		if k.Why == "" || len(k.Example.Steps) == 0 || !slices.Contains(k.Servers, server.Name) {
			t.Errorf("known.txt: %q lacks its reason, an example or the server %s", k.Name, server.Name)
			continue
		}
		mine, errFake := subject.Run(t.Context(), k.Example, 2)
		theirs, errServer := server.Run(t.Context(), k.Example, 2)
		if errFake != nil || errServer != nil {
			t.Fatal(errFake, errServer)
		}
		last := len(mine) - 1
		if theirs[last].String() == mine[last].String() || !k.Is(server.Name, k.Example.Steps[last], theirs[last], mine[last]) {
			t.Errorf("known.txt: %q is not so: %s replies %s, the fake %s", k.Name, server.Name, theirs[last], mine[last])
		}
	}
}

// TestGrammarHasEveryCommand asks for a rule, or a reason, for whatever the
// fake implements.
func TestGrammarHasEveryCommand(t *testing.T) {
	t.Parallel()
	rules, not := readGrammar(t).Commands()
	for name, by := range fake.Implementers() {
		command := strings.ToUpper(strings.ReplaceAll(name, "|", " "))
		container := strings.HasSuffix(command, " HELP") || slices.ContainsFunc(slices.Collect(keysOf(rules, not)), func(other string) bool {
			return strings.HasPrefix(other, command+" ")
		})
		if by == "" || container || rules[command] || not[command] != "" {
			continue
		}
		t.Errorf("grammar.txt has no rule for %s: write one, or a line with - that says why not", command)
	}
}

func keysOf(rules map[string]bool, not map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for name := range rules {
			if !yield(name) {
				return
			}
		}
		for name := range not {
			if !yield(name) {
				return
			}
		}
	}
}

func TestHuntFindsAndShrinksADifference(t *testing.T) {
	t.Parallel()
	g := readGrammar(t)
	h := &differ.Hunt{Fake: fakeTarget(t), Server: servedFake(t, fake.Config{Databases: 2})}
	for seed := uint64(1); seed < 50; seed++ {
		f, err := h.Run(t.Context(), g.Case(seed), 2)
		if err != nil {
			t.Fatal(err)
		}
		if f == nil {
			continue
		}
		f = h.Shrink(t.Context(), f, 2)
		if n := len(f.Case.Steps); n > 3 || !strings.Contains(f.String(), "DB index is out of range") {
			t.Errorf("seed %d shrunk to %d steps, want at most 3 that show the database out of range:\n%s", seed, n, f)
		}
		return
	}
	t.Error("no difference in 50 cases between servers with 16 and with 2 databases")
}

func TestHuntFindsNothingBetweenAServerAndItself(t *testing.T) {
	t.Parallel()
	g := readGrammar(t)
	h := &differ.Hunt{Fake: fakeTarget(t), Server: fakeTarget(t)}
	for seed := range uint64(100) {
		f, err := h.Run(t.Context(), g.Case(seed), differ.Protocol(seed))
		if err != nil {
			t.Fatal(err)
		}
		if f != nil {
			t.Fatalf("seed %d: two fakes differ:\n%s", seed, f)
		}
	}
}

func TestReadGrammarSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"GET nosuch":       `line 1: no atom "nosuch"`,
		"# c\nGET (any":    `line 2: "(" is not closed`,
		"GET any]":         `line 1: "]" is not opened`,
		"GET [any|(int]":   `line 1: "(" is not closed`,
		"- GET":            `line 1: "- GET" does not say why`,
		"= SET \"a":        "line 1: Protocol error: unbalanced quotes in request",
		"GET any\n- X: no": "",
	} {
		_, err := differ.ReadGrammar(text)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("ReadGrammar(%q) error = %q, want %q", text, got, want)
		}
	}
}

func TestReadKnownSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"why not":          `line 1: "why not" before the first == line`,
		"== a\nbecause":    `line 2: "because" begins with none of servers, request, server, fake, why and >`,
		"== a\nrequest (":  "line 2: error parsing regexp: missing closing ): `(?is)(`",
		"== a\n# c\n> GET": "",
	} {
		_, err := differ.ReadKnown(text)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("ReadKnown(%q) error = %q, want %q", text, got, want)
		}
	}
}

func readGrammar(t *testing.T) *differ.Grammar {
	t.Helper()
	text, err := os.ReadFile("testdata/hunt/grammar.txt")
	if err != nil {
		t.Fatal(err)
	}
	g, err := differ.ReadGrammar(string(text))
	if err != nil {
		t.Fatalf("grammar.txt: %v", err)
	}
	return g
}

func readKnown(t *testing.T) []differ.Known {
	t.Helper()
	text, err := os.ReadFile("testdata/hunt/known.txt")
	if err != nil {
		t.Fatal(err)
	}
	known, err := differ.ReadKnown(string(text))
	if err != nil {
		t.Fatalf("known.txt: %v", err)
	}
	return known
}

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s=%q: want a number", name, text)
	}
	return n
}

// followed is the server at hand of the release the fake follows.
func followed(t *testing.T) differ.Target {
	t.Helper()
	name := "Redis " + strings.Join(strings.Split(fake.Version, ".")[:2], ".")
	for _, s := range startServers(t) {
		if s.Name == name {
			return s
		}
	}
	missing := "no " + name + " in REDISTEST_SERVERS: REDISTEST_SERVERS=$(.ci/servers /tmp/servers)"
	if os.Getenv("REDISTEST_REQUIRE") != "" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return differ.Target{}
}
