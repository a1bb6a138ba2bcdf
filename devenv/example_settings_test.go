package devenv_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/redkit-dev/redkit/devenv"
)

// Settings from flags, an environment and no .env file. The URLs that the
// application does not set derive from the toolkit's settings.
func ExampleLoad() {
	settings, err := devenv.Load(devenv.LoadOptions{
		Root:    filepath.Join(os.TempDir(), "shop"),
		Flags:   map[string]string{"profile": "single"},
		Environ: []string{"REDKIT_PASSWORD=s3cret", "REDKIT_CACHE_PORT=6400", "REDIS_CACHE_REPORTS_TIMEOUT=60"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(settings.RedisURL)
	reports, _ := settings.Alias("reports")
	fmt.Println(reports.URL, reports.Timeout)
	fmt.Println(settings.Celery.BrokerURL)
	// Output:
	// redis://default:***@127.0.0.1:6400/0
	// redis://default:***@127.0.0.1:6400/7 1m0s
	// redis://default:***@127.0.0.1:6400/4
}

// Every problem is told at once, without secrets.
func ExampleLoad_problems() {
	_, err := devenv.Load(devenv.LoadOptions{Environ: []string{
		"REDKIT_BACKND=native", "REDKIT_CACHE_PORT=teapot", "REDIS_URL=redis://default:s3cret@db:port/0",
	}})
	fmt.Println(err)
	// Output:
	// 3 problems with the settings
	//   REDKIT_BACKND (environment): there is no such setting
	//   	mend it: did you mean REDKIT_BACKEND?
	//   REDKIT_CACHE_PORT=teapot (environment): want a port from 1 to 65535, best below 32768
	//   	mend it: write REDKIT_CACHE_PORT=6379
	//   REDIS_URL=redis://default:***@db:port/0 (environment): want host or host:port, with IPv6 in brackets
	//   	mend it: write REDIS_URL=redis://127.0.0.1:6379/0
}

// A URL never prints its password; Reveal gives it to what needs it.
func ExampleParseURL() {
	u, err := devenv.ParseURL("sentinel://:s3cret@h1:26379;sentinel://:s3cret@h2:26379/1?master_name=shop")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u, u.Addrs(), u.DB())
	// Output: sentinel://:***@h1:26379;sentinel://:***@h2:26379/1?master_name=shop [h1:26379 h2:26379] 1
}
