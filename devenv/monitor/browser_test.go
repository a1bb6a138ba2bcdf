package monitor_test

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/monitor"
	"github.com/redkit-dev/redkit/internal/fake"
)

// chromium returns the path of a browser. Without one the test is skipped, or
// fails where everything must be there.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium-headless-shell", "headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no Chromium on PATH: apt-get install chromium-headless-shell"
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		t.Fatal("REDISTEST_REQUIRE=1: " + missing)
	}
	t.Skip(missing)
	return ""
}

// A shop is an environment of two servers that somebody else runs, fakes, with
// a monitor, on loopback for a browser.
type shop struct {
	url           string
	cache, broker *redis.Client
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{}
	address := func(client **redis.Client) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := fake.New(fake.Config{Password: secret, Now: time.Now})
		t.Cleanup(func() { server.Close() })
		if err := server.Serve(l); err != nil {
			t.Fatal(err)
		}
		*client = redis.NewClient(&redis.Options{Addr: l.Addr().String(), Password: secret, DisableIdentity: true})
		t.Cleanup(func() { (*client).Close() })
		return fmt.Sprintf("redis://default:%s@%s/0", secret, l.Addr())
	}
	settings, err := devenv.Load(devenv.LoadOptions{Root: t.TempDir(), Environ: []string{
		"REDKIT_BACKEND=external", "REDKIT_PROJECT=shop", "REDIS_URL=" + address(&s.cache), "CELERY_BROKER_URL=" + address(&s.broker),
	}})
	if err != nil {
		t.Fatal(err)
	}
	env := devenv.New(settings, devenv.Options{})
	watch, err := env.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { watch.Close() })
	m, err := monitor.New(monitor.Options{Env: env, Settings: settings, Watch: watch})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- m.Serve(ctx, l) }() // ends with cancel, and is waited for
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v, want nil", err)
		}
	})
	s.url = m.URL(l)
	return s
}

// A tab is one page of a browser, and what went wrong in it.
type tab struct {
	ctx context.Context

	mu       sync.Mutex
	problems []string
	loaded   []string // addresses of what the page asked for
}

// newTab opens a browser until the test ends.
func newTab(t *testing.T) *tab {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.DisableGPU, chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 { // as in a container, where Chromium has no sandbox
		options = append(options, chromedp.NoSandbox)
	}
	ctx, endBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(endBrowser)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	b := &tab{ctx: ctx}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	_, network := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, log := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{})
	if err := errors.Join(network, log); err != nil {
		t.Fatal(err)
	}
	return b
}

// hear notes what a user would not be shown.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.problems = append(b.problems, fmt.Sprintf("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		b.problems = append(b.problems, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
	case *cdplog.EventEntryAdded:
		b.problems = append(b.problems, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *network.EventRequestWillBeSent:
		b.loaded = append(b.loaded, e.Request.URL)
	}
}

// patience is how long anything in the browser may take.
const patience = time.Minute

// run runs an action in a tab.
func run[T any](t *testing.T, b *tab, action chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatalf("%v\n%s", err, b.account())
	}
	return value
}

// is evaluates an expression in JavaScript.
func is[T any](t *testing.T, b *tab, expression string) T {
	t.Helper()
	return run(t, b, chromedp.Evaluate[T](expression))
}

// until waits for a condition in JavaScript, across pages.
func (b *tab) until(t *testing.T, condition string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		// A page that is being left, or not there yet, is no answer.
		if holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+condition+")")); err == nil && holds {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("after %s it is not so that %s\n%s", patience, condition, b.account())
		case <-tick.C:
		}
	}
}

// account is what the tab shows, for who has to find out.
func (b *tab) account() string {
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("%s\n%v\n%q", text, err, b.problems)
}

func (b *tab) press(t *testing.T, keys string, options ...chromedp.KeyOption) {
	t.Helper()
	run(t, b, chromedp.KeyEvent(keys, options...))
}

//go:embed testdata/accessible.js
var accessible string

// accessible looks for what keeps people out, as axe does.
func (b *tab) accessible(t *testing.T, where string) {
	t.Helper()
	for _, problem := range is[[]string](t, b, accessible) {
		t.Errorf("%s: %s", where, problem)
	}
}

func (b *tab) scheme(t *testing.T, scheme string) {
	t.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// picture keeps a picture of the page among the artifacts of the test.
func (b *tab) picture(t *testing.T, name string) {
	t.Helper()
	png := run(t, b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestInABrowser(t *testing.T) {
	t.Parallel()
	b, s := newTab(t), newShop(t)
	ctx := t.Context()

	// The token is gone from the address, and the page lives.
	run(t, b, chromedp.Navigate(s.url))
	b.until(t, `document.getElementById("link").textContent === "Live"`)
	origin, _, _ := strings.Cut(s.url, "/?")
	if at := is[string](t, b, `location.href`); at != origin+"/" {
		t.Errorf("the page is at %s, want %s/", at, origin)
	}

	// A queue that fills is seen, in the page as it is: what has the focus keeps it.
	b.until(t, `document.querySelector("#celery tbody strong")?.textContent === "0"`)
	is[bool](t, b, `document.getElementById("pause").focus(); document.querySelector("#celery table").mine = "kept"; true`)
	for range 3 {
		s.broker.LPush(ctx, "celery", "message")
	}
	b.until(t, `document.querySelector("#celery tbody strong").textContent === "3"`)
	b.until(t, `document.querySelector(".headline").textContent.includes("3 messages wait")`)
	b.until(t, `[...document.querySelectorAll("#alerts li")].some(li => li.textContent.includes("no worker"))`)
	if !is[bool](t, b, `document.activeElement.id === "pause" && document.querySelector("#celery table").mine === "kept"`) {
		t.Error("an update replaces what it should change: the focus or the place in a table is lost")
	}
	b.until(t, `document.querySelectorAll("#charts path.line[d^=M]").length >= 6`)
	b.until(t, `document.querySelector("#caches").textContent.includes("0 names of 0")`)

	// It stands still when it is told to.
	b.press(t, " ")
	b.until(t, `document.getElementById("link").textContent === "Paused"`)
	b.press(t, " ")
	b.until(t, `document.getElementById("link").textContent === "Live"`)

	// By day and by night, on a desk and in a hand.
	shade := map[string]float64{}
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(t, scheme)
		shade[scheme] = is[float64](t, b, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number).reduce((a, b) => a + b)`)
		b.accessible(t, scheme)
		b.picture(t, scheme)
	}
	if shade["light"] < 600 || shade["dark"] > 200 {
		t.Errorf("the shades of the page are %v of 765, want a light and a dark one", shade)
	}
	run(t, b, chromedp.EmulateViewport(360, 700))
	if wide := is[int](t, b, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("on a screen of 360 pixels the page is %d wide", wide)
	}
	b.picture(t, "narrow")
	run(t, b, chromedp.EmulateViewport(1280, 900))

	b.resetByKeyboard(t, s)
	for _, address := range b.loaded {
		if !strings.HasPrefix(address, origin) {
			t.Errorf("the page asks for %s, want nothing but its own", address)
		}
	}
	for _, problem := range b.problems {
		// The form that was not confirmed answers 422, which Chromium notes.
		if !strings.Contains(problem, "422") {
			t.Errorf("the browser notes %s", problem)
		}
	}
}

// resetByKeyboard goes from the top of the page to an emptied server without a
// mouse.
func (b *tab) resetByKeyboard(t *testing.T, s *shop) {
	t.Helper()
	run(t, b, chromedp.Reload())
	b.until(t, `document.getElementById("link").textContent === "Live"`)
	b.press(t, kb.Tab)
	if !is[bool](t, b, `document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().left >= 0`) {
		t.Error("the first Tab does not reach a visible link that skips to the content")
	}
	b.tabTo(t, `document.activeElement.matches("a[href='/reset']")`)
	b.press(t, kb.Enter)
	b.until(t, `location.pathname === "/reset" && document.readyState === "complete"`)
	b.accessible(t, "the form of the reset")
	b.picture(t, "reset")
	b.tabTo(t, `document.activeElement.id === "service"`)
	b.tabTo(t, `document.activeElement.id === "backup"`)
	b.press(t, " ") // these fakes cannot be backed up
	b.tabTo(t, `document.activeElement.id === "project"`)
	b.press(t, "shoop"+kb.Enter)
	b.until(t, `document.readyState === "complete" && document.querySelector("[role=alert]")?.textContent.includes("nothing was deleted")`)
	b.until(t, `document.activeElement.id === "project"`) // the field that is wrong has the focus
	b.accessible(t, "the form that was refused")
	if n := s.broker.LLen(t.Context(), "celery").Val(); n != 3 {
		t.Errorf("an unconfirmed reset has left %d messages, want 3", n)
	}
	b.press(t, "a", chromedp.KeyModifiers(kb.ModifierCtrl))
	b.press(t, "shop"+kb.Enter)
	b.until(t, `location.pathname === "/" && document.querySelector("#doings li")?.textContent.includes("deleted")`)
	if n := s.broker.Exists(t.Context(), "celery").Val(); n != 0 {
		t.Error("the reset was confirmed, and the queue is still there")
	}
	b.until(t, `document.querySelector("#celery tbody strong")?.textContent === "0"`)
}

// tabTo presses Tab until a condition holds; whatever has the focus on the way
// must show it.
func (b *tab) tabTo(t *testing.T, condition string) {
	t.Helper()
	for range 60 {
		if is[bool](t, b, condition) {
			return
		}
		b.press(t, kb.Tab)
		if unseen := is[string](t, b, `(() => {
			const e = document.activeElement, style = getComputedStyle(e);
			return e === document.body || style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 ? "" : e.outerHTML.slice(0, 200);
		})()`); unseen != "" {
			t.Errorf("the focus is not to be seen on %s", unseen)
		}
	}
	t.Fatalf("60 times Tab does not lead to where %s", condition)
}

// TestAccessibleSeesWhatIsWrong breaks each rule on a page of its own.
func TestAccessibleSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := newTab(t)
	const page = `data:text/html,<header></header><main><h3>three</h3><section></section><button></button><a href="%23gone">on</a>
		<input id="one" aria-describedby="none"><p id="one" tabindex="2" style="color: silver">pale</p><p data-live="x"></p>
		<table><thead><tr><td>a</td><th scope="col">b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><svg></svg><div class="scroll"></div></main>`
	run(t, b, chromedp.Navigate(page))
	told := strings.Join(is[[]string](t, b, accessible), "\n")
	for _, want := range []string{
		"no language", "no title", "a landmark without a name", "a heading that skips a level", "not one h1", "a control without a name: <button>",
		"a control without a name: <input", "a link to nowhere", "a reference to #none", "the id one twice", "an order of its own for Tab", "nothing tells of changes",
		"a table without a caption", "a column without a heading", "a row without a heading", "a row of 1 cells in a table of 2", "a drawing without words",
		"a place that scrolls", "what the policy forbids", "a contrast of 1.8, want 4.5: P",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("a bad page is not told %q, but\n%s", want, told)
		}
	}
}

// TestTheBrowserIsToldWhenTheMonitorEnds: the page must not look alive.
func TestTheBrowserIsToldWhenTheMonitorEnds(t *testing.T) {
	t.Parallel()
	b := newTab(t)
	var s *shop
	t.Run("the monitor", func(t *testing.T) {
		s = newShop(t)
		run(t, b, chromedp.Navigate(s.url))
		b.until(t, `document.getElementById("link").textContent === "Live"`)
	})
	b.until(t, `document.getElementById("link").textContent.includes("connection is lost")`)
	if _, err := http.Get(s.url); err == nil {
		t.Error("the monitor still answers")
	}
}
