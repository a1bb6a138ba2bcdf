package redistest_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
)

func TestStartGivesACleanPrivateRedis(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		other := redistest.Start(t, redistest.With(redistest.EngineOf(srv)))
		ctx := t.Context()
		if err := srv.Client().Set(ctx, "k", "v", time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		if n, err := other.Client().Exists(ctx, "k").Result(); n != 0 || err != nil {
			t.Errorf("EXISTS in the other server = %d, %v, want 0", n, err)
		}
		if got := srv.Client().Get(ctx, "k").Val(); got != "v" {
			t.Errorf("GET = %q, want %q", got, "v")
		}
	}, redistest.Fake(), redistest.Native())
}
