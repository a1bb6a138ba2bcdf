package conformance_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance/adaptertest"
	"github.com/redkit-dev/redkit/conformance/brokertest"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/layertest"
	"github.com/redkit-dev/redkit/conformance/resulttest"
	"github.com/redkit-dev/redkit/conformance/servertest"
	"github.com/redkit-dev/redkit/conformance/tasktest"
	"github.com/redkit-dev/redkit/internal/golden"
)

// TestSpec keeps SPEC.md what the rows of all families say:
//
//	go test ./conformance -run TestSpec -update
func TestSpec(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# The specification

Generated from the rows in conformance/; do not edit. Renew it with: go test ./conformance -run TestSpec -update

Each requirement has an ID that is never used twice, a level (MUST, SHOULD or MAY, as in RFC 2119) and a profile: *core*
binds any implementation; *wire* binds one that says it is byte-exact with the originals; *strict* binds one that says it
gives more than the originals do; *quirk* rows say how the originals deviate and bind one that claims parity with them. A requirement
that needs a capability binds only implementations that have it.

`)
	for i, chapter := range []string{cachetest.Suite().Chapter(), brokertest.Suite().Chapter(), resulttest.Suite().Chapter(), tasktest.Suite().Chapter(), layertest.Suite().Chapter(), servertest.Suite().Chapter(), adaptertest.Suite().Chapter()} {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(chapter)
	}
	golden.Equal(t, []byte(b.String()), "../SPEC.md")
}
