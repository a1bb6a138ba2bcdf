package lazy_test

import (
	"testing"

	"github.com/redkit-dev/redkit/internal/lazy"
)

func TestRegexpIsCompiledOnceAndLate(t *testing.T) {
	t.Parallel()
	broken := lazy.Regexp("(")
	digits := lazy.Regexp(`^\d+$`)
	if !digits().MatchString("12") || digits().MatchString("x") {
		t.Error("the pattern matches something else")
	}
	if first, second := digits(), digits(); first != second {
		t.Error("the pattern is compiled twice")
	}
	defer func() {
		if recover() == nil {
			t.Error("a broken pattern is accepted")
		}
	}()
	broken()
}
