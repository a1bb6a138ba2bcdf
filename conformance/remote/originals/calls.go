package originals

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

//go:embed calls
var calls embed.FS

// What no two runs have in common: random names, and the ports of loopback.
var (
	random = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{32}\b`)
	ports  = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)
)

// Calls tells of each requirement that a report shows broken how it is: what
// was called, got and wanted, and the calls before it. The files in calls are
// kept beside the verdicts, for the matrix of all systems.
func Calls(r *conformance.Report) string {
	var b strings.Builder
	for _, res := range r.Results {
		if res.Status != conformance.Fail || len(res.Failures) == 0 {
			continue
		}
		first := res.Failures[0]
		fmt.Fprintf(&b, "%s\n\t%s\n", res.ID, inset(first.Text))
		lead := "after: "
		for _, call := range first.Calls {
			fmt.Fprintf(&b, "\t%s%s\n", lead, inset(call))
			lead = "       "
		}
	}
	return ports.ReplaceAllString(random.ReplaceAllString(b.String(), "UUID"), "127.0.0.1:PORT")
}

// inset keeps text within its requirement.
func inset(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n\t") }

// CallsOf are the Calls that are kept of an original, by requirement. One of
// which none are kept has none.
func CallsOf(name string) (map[conformance.ID]string, error) {
	text, err := fs.ReadFile(calls, "calls/"+name+".txt")
	if err != nil {
		return nil, nil // nothing of it fails, or nobody has recorded it
	}
	kept := map[conformance.ID]string{}
	var id conformance.ID
	for line := range strings.Lines(string(text)) {
		said, inside := strings.CutPrefix(line, "\t")
		switch {
		case !inside:
			id = conformance.ID(strings.TrimSuffix(line, "\n"))
		case id == "":
			return nil, fmt.Errorf("calls of %s: %q stands before any requirement", name, line)
		default:
			kept[id] += said
		}
	}
	return kept, nil
}
