package devenv

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestContainerLogSinceKeepsItsFraction: an engine takes a time in seconds with
// a fraction; one rounded down brings lines of the second before.
func TestContainerLogSinceKeepsItsFraction(t *testing.T) {
	t.Parallel()
	var got string
	engine := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.FormValue("since") }))
	defer engine.Close()
	d, err := newDocker(strings.Replace(engine.URL, "http://", "tcp://", 1))
	if err != nil {
		t.Fatal(err)
	}
	for want, since := range map[string]time.Time{
		"":                     {},
		"1700000000.000000000": time.Unix(1700000000, 0),
		"1700000000.025000007": time.Unix(1700000000, 25000007),
	} {
		got = ""
		if err := copyContainerLog(t.Context(), d, "1", LogOptions{Since: since}, func(time.Time, string) {}); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("the log since %v is asked for with since=%q, want %q", since, got, want)
		}
	}
}
