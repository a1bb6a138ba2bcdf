package browser_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/browser"
)

// TestATabTellsWhatAPageDoes has a page that throws, complains and asks for
// what is not there.
func TestATabTellsWhatAPageDoes(t *testing.T) {
	t.Parallel()
	tab := browser.Open(t)
	path := filepath.Join(t.TempDir(), "page.html")
	page := `<!doctype html><title>broken</title><img src="missing.png"><script>
		console.warn("low"); setTimeout(() => { document.body.dataset.late = matchMedia("(prefers-color-scheme: dark)").matches; no.such.thing }, 20);
	</script>`
	if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Scheme("dark")
	tab.Go((&url.URL{Scheme: "file", Path: path}).String())
	tab.Until(`document.body.dataset.late === "true"`)
	if got := browser.Eval[string](tab, `document.title`); got != "broken" {
		t.Errorf("the title is %q, want %q", got, "broken")
	}
	tab.Until(`document.querySelector("img").complete`)
	problems, loaded := strings.Join(tab.Problems(), "\n"), strings.Join(tab.Loaded(), "\n")
	for _, want := range []string{"console.warning", "exception", "missing.png"} {
		if !strings.Contains(problems, want) {
			t.Errorf("the problems are\n%s\nwant %q among them", problems, want)
		}
	}
	if !strings.Contains(loaded, "page.html") || !strings.Contains(loaded, "missing.png") {
		t.Errorf("the page asked for\n%s\nwant itself and missing.png", loaded)
	}
}
