package compose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/compose"
)

// TestEveryCombinationIsValid asks every compose here whether it takes the files.
func TestEveryCombinationIsValid(t *testing.T) {
	t.Parallel()
	for version, flavour := range flavours(t) {
		for _, persistence := range []string{"none", "rdb", "aof"} {
			for _, volatile := range []bool{false, true} {
				for _, guarded := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/volatile=%t/guarded=%t", version, persistence, volatile, guarded), func(t *testing.T) {
						t.Parallel()
						stack := compose.Stack{
							Project: "redkit-config-test", CachePersistence: persistence, BrokerVolatile: volatile,
							CachePort: 21379, CacheMaxMemory: "64mb",
						}
						dir := t.TempDir()
						if guarded {
							stack.Password, stack.Certs, stack.ACL = "s3cret-#%&*", dir, "user app on >s3cret ~*\nuser other on >s3cret ~*"
						}
						if err := stack.Write(dir); err != nil {
							t.Fatal(err)
						}
						config, err := run(t.Context(), t, flavour, stack, dir, "config")
						if err != nil {
							t.Fatal(err)
						}
						for _, want := range []string{"21379", "64mb", persistence} {
							if !strings.Contains(config, want) {
								t.Errorf("the configuration does not say %q:\n%s", want, config)
							}
						}
						if got := strings.Contains(config, "TLS_CLIENTS: optional"); got != guarded {
							t.Errorf("TLS is asked for: %t, want %t:\n%s", got, guarded, config)
						}
						if got := strings.Contains(config, "cache-data"); got != (persistence != "none") {
							t.Errorf("cache-data is declared: %t, with persistence %s:\n%s", got, persistence, config)
						}
						if got := strings.Contains(config, "broker-data:/data") || strings.Contains(config, "source: broker-data"); got == volatile {
							t.Errorf("broker-data is mounted: %t, with volatile=%t:\n%s", got, volatile, config)
						}
					})
				}
			}
		}
	}
}
