package devenv_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/golden"
)

// TestExitCodesPage keeps docs/exit-codes.md what FailureCodes lists:
//
//	go test ./devenv -run TestExitCodesPage -update
func TestExitCodesPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# Exit codes

Generated from devenv.FailureCodes; do not edit. Renew it with: go test ./devenv -run TestExitCodesPage -update

A target that fails says what happened and how to mend it, and ends with the exit code of its failure. With ` + "`-o=json`" + ` the
code is in ` + "`error.code`" + `. Neither changes its meaning.

| exit code | code | means |
|---|---|---|
`)
	last := 0
	for _, c := range devenv.FailureCodes() {
		exit := ""
		if c.Exit != last {
			exit, last = fmt.Sprint(c.Exit), c.Exit
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", exit, c.Code, c.Means)
	}
	golden.Equal(t, []byte(b.String()), "../docs/exit-codes.md")
}
