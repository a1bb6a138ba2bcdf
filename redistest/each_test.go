package redistest_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest"
)

func TestVersionsRunsEveryServer(t *testing.T) {
	t.Parallel()
	var ran []string
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		ran = append(ran, srv.Engine())
		if err := srv.Client().Set(t.Context(), "k", "v", 0).Err(); err != nil {
			t.Fatal(err)
		}
		_, version, found := strings.Cut(srv.Engine(), "-")
		if !found || !strings.HasPrefix(srv.Engine(), "valkey") && version != srv.Version() {
			t.Errorf("the engine %q serves Redis %q, want its name to tell the version", srv.Engine(), srv.Version())
		}
	})
	if want := max(1, len(filepath.SplitList(os.Getenv("REDISTEST_SERVERS")))); os.Getenv("REDISTEST_REQUIRE") != "" && len(ran) != want {
		t.Errorf("ran %q, want %d servers", ran, want) // elsewhere a missing one skips
	}
	if len(ran) != len(slices.Compact(slices.Sorted(slices.Values(ran)))) {
		t.Errorf("ran %q: want each once", ran)
	}
}

func TestVersionsSkipsAServerThatIsMissing(t *testing.T) {
	t.Setenv("REDISTEST_REQUIRE", "")
	t.Setenv("REDISTEST_SERVERS", "/no/such/redis-server-5.0")
	redistest.Versions(t, func(t *testing.T, srv *redistest.Server) {
		t.Errorf("ran on %s, want a skip", srv.Engine())
	})
}

func TestEachHandsCommonOptionsToAll(t *testing.T) {
	t.Parallel()
	needNative(t)
	var ran []string
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ran = append(ran, srv.Engine())
		if n := srv.Client().DBSize(t.Context()).Val(); n != 7 {
			t.Errorf("DBSIZE = %d, want the 7 keys of the seed", n)
		}
	}, redistest.Fake(), redistest.Seed(&cart{hash: "each"}), redistest.Native())
	if diff := cmp.Diff([]string{"fake", "native"}, ran); diff != "" {
		t.Errorf("engines (-want +got):\n%s", diff)
	}
}
