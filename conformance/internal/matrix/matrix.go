// Package matrix proves that a suite can fail: it runs broken subjects and
// holds what catches each of them to a golden file.
package matrix

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/internal/golden"
)

// A Mutant is a subject with one named bug.
type Mutant[P any] struct {
	Name    string
	Subject conformance.Subject[P]
	// Only narrows what the mutant is judged by; nil means everything.
	Only func(conformance.ID) bool
	// Missing says that this machine cannot judge the mutant; its line of the
	// golden file then stands.
	Missing bool
	// Must lists the requirements that depend on timing and have to catch it.
	Must []conformance.ID
}

// A Matrix is what Golden proves.
type Matrix[P any] struct {
	Suite   conformance.Suite[P]
	Mutants []Mutant[P]
	// Loose names requirements whose verdict on a broken subject depends on
	// timing: the golden file holds only those that a mutant says it Must meet.
	Loose func(conformance.ID) bool
}

// workers is how many mutants are judged at a time.
const workers = 4

// Golden judges every mutant and compares, per mutant, the requirements that
// catch it with the golden file at path. It fails t if a mutant survives, if
// the harness breaks under one, or if a requirement catches none.
func (m Matrix[P]) Golden(t *testing.T, path string) {
	t.Helper()
	lines, killers, problems := m.judge(t, kept(path))
	for _, problem := range problems {
		t.Error(problem)
	}
	for _, r := range m.Suite.Requirements {
		if r.Withdrawn == "" && !killers[r.ID] {
			t.Errorf("%s catches no mutant: nothing shows that it can fail", r.ID)
		}
	}
	golden.Equal(t, []byte(strings.Join(lines, "\n")+"\n"), path)
}

// kept are the lines of a golden file by their mutants.
func kept(path string) map[string]string {
	lines := map[string]string{}
	text, _ := os.ReadFile(path) // without one nothing is kept
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, ":")
		lines[name] = strings.TrimSuffix(line, "\n")
	}
	return lines
}

// Lacks reports whether start skips on this machine: what it needs is missing.
func Lacks(t *testing.T, start func(t *testing.T)) bool {
	t.Helper()
	there := false
	t.Run("engine", func(t *testing.T) {
		start(t)
		there = true
	})
	return !there
}

func (m Matrix[P]) judge(t *testing.T, kept map[string]string) (lines []string, killers map[conformance.ID]bool, problems []string) {
	lines, killers = make([]string, len(m.Mutants)), map[conformance.ID]bool{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	queue := make(chan int)
	for range workers { // ended by the close of the queue, waited for below
		wait.Go(func() {
			for i := range queue {
				caught, problem := m.one(t, m.Mutants[i], kept[m.Mutants[i].Name])
				mu.Lock()
				lines[i] = m.Mutants[i].Name + ":"
				for _, id := range caught {
					killers[id] = true
					lines[i] += " " + string(id)
				}
				if problem != "" {
					problems = append(problems, problem)
				}
				mu.Unlock()
			}
		})
	}
	for i, mutant := range slices.Backward(m.Mutants) { // the last ones wait on servers: begun first, they are not waited for alone
		if !mutant.Missing {
			queue <- i
			continue
		}
		t.Logf("%s is not judged: what it needs is not on this machine", mutant.Name)
		mu.Lock()
		lines[i] = kept[mutant.Name]
		for _, id := range strings.Fields(lines[i])[1:] {
			killers[conformance.ID(id)] = true
		}
		mu.Unlock()
	}
	close(queue)
	wait.Wait()
	slices.Sort(problems)
	return lines, killers, problems
}

// one judges one mutant: what catches it, and what is wrong with that. known
// is its line of the golden file.
func (m Matrix[P]) one(t *testing.T, mutant Mutant[P], known string) (caught []conformance.ID, problem string) {
	report := check(t, m.Suite, mutant, watchdog)
	for _, res := range report.Results {
		if res.Took >= watchdog && !slices.Contains(strings.Fields(known), string(res.ID)) {
			res = m.slowly(t, mutant, res)
		}
		must := slices.Contains(mutant.Must, res.ID)
		if must {
			res = m.again(t, mutant, res)
		}
		switch {
		case res.Status == conformance.Error:
			return caught, fmt.Sprintf("%s: %s is no verdict but an error: %s", mutant.Name, res.ID, res.Message())
		case res.Status == conformance.Fail && (must || !m.Loose(res.ID)):
			caught = append(caught, res.ID)
		case res.Status != conformance.Fail && must:
			problem = fmt.Sprintf("%s: %s is %s, want it to catch the mutant", mutant.Name, res.ID, res.Status)
		}
	}
	switch {
	case report.Broken != "":
		problem = fmt.Sprintf("%s: %s", mutant.Name, report.Broken)
	case len(caught) == 0 && problem == "":
		problem = fmt.Sprintf("%s survives: no requirement catches it", mutant.Name)
	}
	return caught, problem
}

// watchdog is short, as some mutants hang and each of them waits for it.
const watchdog = 5 * time.Second

// slowly asks one requirement that outlasted the watchdog once more: a busy
// machine looks like a hang, but not for ten times as long.
func (m Matrix[P]) slowly(t *testing.T, mutant Mutant[P], res conformance.Result) conformance.Result {
	mutant.Only = func(id conformance.ID) bool { return id == res.ID }
	if report := check(t, m.Suite, mutant, 10*watchdog); len(report.Results) == 1 {
		return report.Results[0]
	}
	return res
}

// tries is how often a requirement that depends on timing may look for a bug:
// a busy machine can hide a race from one look, not from all.
const tries = 50

// again asks one requirement until it catches the mutant or the tries are used up.
func (m Matrix[P]) again(t *testing.T, mutant Mutant[P], res conformance.Result) conformance.Result {
	mutant.Only = func(id conformance.ID) bool { return id == res.ID }
	for range tries {
		if res.Status == conformance.Fail || res.Status == conformance.Error {
			break
		}
		if report := check(t, m.Suite, mutant, watchdog); len(report.Results) == 1 {
			res = report.Results[0]
		}
	}
	return res
}

// check judges one mutant, in a bubble if its clock asks for one.
func check[P any](t *testing.T, suite conformance.Suite[P], mutant Mutant[P], limit time.Duration) (report *conformance.Report) {
	opts := conformance.Options{Only: mutant.Only, Watchdog: limit, Patience: -1}
	if _, bubble := mutant.Subject.Clock.(conformance.Bubble); !bubble {
		return suite.Check(t.Context(), mutant.Subject, opts)
	}
	synctest.Test(t, func(t *testing.T) { report = suite.Check(t.Context(), mutant.Subject, opts) })
	return report
}
