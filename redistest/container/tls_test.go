package container_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/container"
)

func TestMutualTLSAndUsers(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.With(container.Redis(image())),
		redistest.MutualTLS(), redistest.User("ann", "on", ">s3cret", "~*", "+@all"))
	ctx := t.Context()
	if err := srv.Client().Set(ctx, "a", 1, 0).Err(); err != nil {
		t.Fatalf("Set over TLS: %v", err)
	}
	if !strings.HasPrefix(srv.URL(), "rediss://") {
		t.Errorf("URL = %s, want rediss://", srv.URL())
	}
	if got := srv.Dump(ctx); got != "a  string\n  1\n" {
		t.Errorf("dump:\n%s", got)
	}
	if got := srv.OptionsAs("ann"); got.Username != "ann" || got.Password != "s3cret" {
		t.Errorf("OptionsAs = %q, %q", got.Username, got.Password)
	}
}
