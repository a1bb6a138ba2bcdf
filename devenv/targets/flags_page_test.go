//go:build unix

package targets_test

import (
	"fmt"
	"slices"
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
	b.WriteString(formsTable(declared(t)))
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

// formsTable says which targets write their result in which form, by what the
// flag -o of each says of itself. What takes none is not asked for a result.
func formsTable(targets []target) string {
	var b strings.Builder
	b.WriteString("\n| form of the result | targets |\n|---|---|\n")
	with := map[string][]string{}
	for _, target := range targets {
		at := slices.IndexFunc(target.flags, func(f targetFlag) bool { return f.name == "o" })
		if at < 0 {
			with["none"] = append(with["none"], target.name)
			continue
		}
		for _, form := range []string{"table", "env", "json", "csv"} {
			if slices.Contains(words.FindAllString(target.flags[at].means, -1), form) {
				with["`-o="+form+"`"] = append(with["`-o="+form+"`"], target.name)
			}
		}
	}
	for _, form := range []string{"`-o=table`", "`-o=env`", "`-o=json`", "`-o=csv`", "none"} {
		fmt.Fprintf(&b, "| %s | %s |\n", form, strings.Join(with[form], ", "))
	}
	return b.String()
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
