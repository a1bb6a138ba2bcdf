package container_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest/container"
)

// TestAPortThatIsElsewhereIsNamed waits for a server where none listens.
func TestAPortThatIsElsewhereIsNamed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := container.Await(ctx, "127.0.0.9:1")
	if err == nil {
		t.Fatal("a server answers on 127.0.0.9:1")
	}
	for _, want := range []string{"wait for the server at 127.0.0.9:1:", "refused", "TESTCONTAINERS_HOST_OVERRIDE"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("waiting says %q, want it to say %q", err, want)
		}
	}
}
