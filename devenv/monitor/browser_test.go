package monitor_test

import (
	"context"
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/monitor"
	"github.com/redkit-dev/redkit/internal/browser"
	"github.com/redkit-dev/redkit/internal/fake"
)

// A shop is an environment of two servers that somebody else runs, fakes, with
// a monitor, on loopback for a browser.
type shop struct {
	url           string
	cache, broker *redis.Client
	end           func() // of the monitor; the test calls it, too
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
	s.end = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v, want nil", err)
		}
	})
	t.Cleanup(s.end)
	s.url = m.URL(l)
	return s
}

//go:embed testdata/accessible.js
var accessible string

// checkAccessible looks for what keeps people out, as axe does.
func checkAccessible(t *testing.T, b *browser.Tab, where string) {
	t.Helper()
	for _, problem := range browser.Eval[[]string](b, accessible) {
		t.Errorf("%s: %s", where, problem)
	}
}

func TestInABrowser(t *testing.T) {
	t.Parallel()
	b, s := browser.Open(t), newShop(t)
	ctx := t.Context()

	// The token is gone from the address, and the page lives.
	b.Go(s.url)
	b.Until(`document.getElementById("link").textContent === "Live"`)
	origin, _, _ := strings.Cut(s.url, "/?")
	if at := browser.Eval[string](b, `location.href`); at != origin+"/" {
		t.Errorf("the page is at %s, want %s/", at, origin)
	}

	// A queue that fills is seen, in the page as it is: what has the focus keeps it.
	b.Until(`document.querySelector("#celery tbody strong")?.textContent === "0"`)
	browser.Eval[bool](b, `document.getElementById("pause").focus(); document.querySelector("#celery table").mine = "kept"; true`)
	for range 3 {
		s.broker.LPush(ctx, "celery", "message")
	}
	b.Until(`document.querySelector("#celery tbody strong").textContent === "3"`)
	b.Until(`document.querySelector(".headline").textContent.includes("3 messages wait")`)
	b.Until(`[...document.querySelectorAll("#alerts li")].some(li => li.textContent.includes("no worker"))`)
	if !browser.Eval[bool](b, `document.activeElement.id === "pause" && document.querySelector("#celery table").mine === "kept"`) {
		t.Error("an update replaces what it should change: the focus or the place in a table is lost")
	}
	b.Until(`document.querySelectorAll("#charts path.line[d^=M]").length >= 6`)
	b.Until(`document.querySelector("#caches").textContent.includes("0 names of 0")`)

	// It stands still when it is told to.
	b.Press(" ")
	b.Until(`document.getElementById("link").textContent === "Paused"`)
	b.Press(" ")
	b.Until(`document.getElementById("link").textContent === "Live"`)

	// By day and by night, on a desk and in a hand.
	shade := map[string]float64{}
	for _, scheme := range []string{"light", "dark"} {
		b.Scheme(scheme)
		shade[scheme] = browser.Eval[float64](b, `getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number).reduce((a, b) => a + b)`)
		checkAccessible(t, b, scheme)
		b.FullPicture(scheme)
	}
	if shade["light"] < 600 || shade["dark"] > 200 {
		t.Errorf("the shades of the page are %v of 765, want a light and a dark one", shade)
	}
	browser.Run(b, chromedp.EmulateViewport(360, 700))
	if wide := browser.Eval[int](b, `document.documentElement.scrollWidth`); wide > 360 {
		t.Errorf("on a screen of 360 pixels the page is %d wide", wide)
	}
	b.FullPicture("narrow")
	browser.Run(b, chromedp.EmulateViewport(1280, 900))

	resetByKeyboard(t, b, s)
	for _, address := range b.Loaded() {
		if !strings.HasPrefix(address, origin) {
			t.Errorf("the page asks for %s, want nothing but its own", address)
		}
	}
	for _, problem := range b.Problems() {
		// The form that was not confirmed answers 422, which Chromium notes.
		if !strings.Contains(problem, "422") {
			t.Errorf("the browser notes %s", problem)
		}
	}
}

// resetByKeyboard goes from the top of the page to an emptied server without a
// mouse.
func resetByKeyboard(t *testing.T, b *browser.Tab, s *shop) {
	t.Helper()
	browser.Run(b, chromedp.Reload())
	b.Until(`document.getElementById("link").textContent === "Live"`)
	b.Press(kb.Tab)
	if !browser.Eval[bool](b, `document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().left >= 0`) {
		t.Error("the first Tab does not reach a visible link that skips to the content")
	}
	tabTo(t, b, `document.activeElement.matches("a[href='/reset']")`)
	b.Press(kb.Enter)
	b.Until(`location.pathname === "/reset" && document.readyState === "complete"`)
	checkAccessible(t, b, "the form of the reset")
	b.FullPicture("reset")
	tabTo(t, b, `document.activeElement.id === "service"`)
	tabTo(t, b, `document.activeElement.id === "backup"`)
	b.Press(" ") // these fakes cannot be backed up
	tabTo(t, b, `document.activeElement.id === "project"`)
	b.Press("shoop" + kb.Enter)
	b.Until(`document.readyState === "complete" && document.querySelector("[role=alert]")?.textContent.includes("nothing was deleted")`)
	b.Until(`document.activeElement.id === "project"`) // the field that is wrong has the focus
	checkAccessible(t, b, "the form that was refused")
	if n := s.broker.LLen(t.Context(), "celery").Val(); n != 3 {
		t.Errorf("an unconfirmed reset has left %d messages, want 3", n)
	}
	b.Press("a", chromedp.KeyModifiers(kb.ModifierCtrl))
	b.Press("shop" + kb.Enter)
	b.Until(`location.pathname === "/" && document.querySelector("#doings li")?.textContent.includes("deleted")`)
	if n := s.broker.Exists(t.Context(), "celery").Val(); n != 0 {
		t.Error("the reset was confirmed, and the queue is still there")
	}
	b.Until(`document.querySelector("#celery tbody strong")?.textContent === "0"`)
}

// tabTo presses Tab until a condition holds; whatever has the focus on the way
// must show it.
func tabTo(t *testing.T, b *browser.Tab, condition string) {
	t.Helper()
	for range 60 {
		if browser.Eval[bool](b, condition) {
			return
		}
		b.Press(kb.Tab)
		if unseen := browser.Eval[string](b, `(() => {
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
	b := browser.Open(t)
	const page = `data:text/html,<header></header><main><h3>three</h3><section></section><button></button><a href="%23gone">on</a>
		<input id="one" aria-describedby="none"><p id="one" tabindex="2" style="color: silver">pale</p><p data-live="x"></p>
		<table><thead><tr><td>a</td><th scope="col">b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table><svg></svg><div class="scroll"></div></main>`
	b.Go(page)
	told := strings.Join(browser.Eval[[]string](b, accessible), "\n")
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
	b := browser.Open(t)
	s := newShop(t)
	b.Go(s.url)
	b.Until(`document.getElementById("link").textContent === "Live"`)
	s.end()
	b.Until(`document.getElementById("link").textContent.includes("connection is lost")`)
	if _, err := http.Get(s.url); err == nil {
		t.Error("the monitor still answers")
	}
}
