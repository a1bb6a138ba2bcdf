package conformance_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance"
)

func TestRowsNameTheirSources(t *testing.T) {
	t.Parallel()
	for why, want := range map[string]string{
		"J":                        "django-redis",
		"R J: one command":         "both: one command",
		"R and J's":                "Redis and django-redis's",
		"T/test_add, T/test_touch": "Django's test_add, Django's test_touch",
		"seen (J)":                 "seen (django-redis)",
		"JSON, J-1 and xJ":         "JSON, J-1 and xJ",
	} {
		s := conformance.Suite[any]{
			Sources:      []conformance.Source{{Mark: "J", Name: "django-redis"}, {Mark: "R", Name: "Redis"}, {Mark: "R J", Name: "both"}, {Mark: "T/", Name: "Django's "}},
			Requirements: []conformance.Requirement[any]{{ID: "TOY-A-001", Why: why}},
		}
		if got := s.Rows()[0].Why; got != want {
			t.Errorf("the source %q reads %q, want %q", why, got, want)
		}
	}
}

// TestSpecSpellsSourcesOut looks for marks of which no suite says the name.
func TestSpecSpellsSourcesOut(t *testing.T) {
	t.Parallel()
	spec, err := os.ReadFile("../SPEC.md")
	if err != nil {
		t.Fatal(err)
	}
	cipher := regexp.MustCompile(`(^|[ (])([B-HJ-Z]\d{0,2}[#/:;,. ']|[A-Z]\d{0,2}$|[A-Z]-\d+)`) // A and I are words
	lines := 0
	for line := range strings.Lines(string(spec)) {
		_, source, found := strings.Cut(strings.TrimSuffix(line, "\n"), ". Source: ")
		if !found {
			continue
		}
		lines++
		if mark := cipher.FindString(source); mark != "" {
			t.Errorf("SPEC.md gives the source %q: name %q among the suite's Sources, or write it out", source, mark)
		}
	}
	if lines < 500 {
		t.Errorf("SPEC.md gives %d sources, want those of all rows: does the search still work?", lines)
	}
}
