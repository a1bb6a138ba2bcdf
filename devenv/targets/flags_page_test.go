//go:build unix

package targets_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
)

// TestFlagsPage keeps docs/flags.md what the targets are declared as:
//
//	go test ./devenv/targets -run TestFlagsPage -update
func TestFlagsPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# Targets and flags

Generated from devenv/targets; do not edit. Renew it with: go test ./devenv/targets -run TestFlagsPage -update

Every flag has a variable, which does the same from the environment or from a .env file: [.env.example](../.env.example) has
their forms and defaults. A flag wins over the environment, and the environment over .env. Mage's own flags stand before
the target, as in ` + "`mage -v up`" + `, and those of a target behind it, as in ` + "`mage up -wait=2m`" + `. A flag that is on or off
is given as ` + "`-clean`" + ` or ` + "`-clean=false`" + `.
`)
	for _, target := range declared(t) {
		fmt.Fprintf(&b, "\n## %s\n\n%s%s\n", target.name, strings.ToUpper(target.doc[:1]), target.doc[1:])
		for i, f := range target.flags {
			if i == 0 {
				b.WriteString("\n| flag | | variable |\n|---|---|---|\n")
			}
			fmt.Fprintf(&b, "| `-%s`%s | %s | `%s` |\n", f.name, takes(f.kind), f.means, f.variable)
		}
	}
	golden.Equal(t, []byte(b.String()), "../../docs/flags.md")
}

// takes says what a flag takes: nothing for one that is on or off.
func takes(kind string) string {
	switch kind {
	case "bool":
		return ""
	case "int":
		return " number"
	case "time.Duration":
		return " duration"
	}
	return " text"
}
