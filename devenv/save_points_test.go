package devenv_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/redkit-dev/redkit/devenv"
)

// TestNativeServersKeepTheSavePoints runs each server of REDISTEST_SERVERS, or
// the one on PATH: Redis 6.0 passed over save points that stand on one line.
func TestNativeServersKeepTheSavePoints(t *testing.T) {
	t.Parallel()
	servers := filepath.SplitList(os.Getenv("REDISTEST_SERVERS"))
	if len(servers) == 0 {
		servers = []string{""}
	}
	for _, server := range servers {
		t.Run(filepath.Base(server), func(t *testing.T) {
			t.Parallel()
			p := newProject(t, "REDKIT_BACKEND=native", "REDKIT_REDIS_SERVER="+server, "REDKIT_CACHE_PERSISTENCE=rdb").up(t)
			for _, url := range []devenv.URL{p.settings.RedisURL, p.settings.Celery.BrokerURL} {
				client, err := p.settings.Open(url)
				if err != nil {
					t.Fatal(err)
				}
				defer client.Close()
				got := client.Do(t.Context(), "config", "get", "save").String()
				if want := "map[save:3600 1 300 100 60 10000]"; got != "config get save: "+want {
					t.Errorf("%s, want %s", got, want)
				}
			}
		})
	}
}
