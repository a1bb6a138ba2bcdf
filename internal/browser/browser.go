// Package browser lets a test look at a page as a user does: in a headless
// Chromium, whose complaints it keeps.
package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long anything in the browser may take.
const patience = time.Minute

// find returns the path of a browser. Without one the test is skipped, or
// fails where everything must be there.
func find(tb testing.TB) string {
	tb.Helper()
	for _, name := range []string{"chromium-headless-shell", "headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const missing = "no Chromium on PATH: apt-get install chromium-headless-shell"
	if os.Getenv("REDISTEST_REQUIRE") == "1" {
		tb.Fatal("REDISTEST_REQUIRE=1: " + missing)
	}
	tb.Skip(missing)
	return ""
}

// A Tab is a page of a browser of its own, which ends with the test. It is
// used by the goroutine of the test alone.
type Tab struct {
	tb  testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string
	loaded   []string
}

// Open starts a browser. It skips the test where there is none, or fails it
// under REDISTEST_REQUIRE=1.
func Open(tb testing.TB) *Tab {
	tb.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(find(tb)), chromedp.DisableGPU, chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 { // as in a container, where Chromium has no sandbox
		options = append(options, chromedp.NoSandbox)
	}
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	tb.Cleanup(end)
	ctx, end = chromedp.NewContext(ctx)
	tb.Cleanup(end)
	t := &Tab{tb: tb, ctx: ctx}
	if err := chromedp.Listen(ctx, t.hear); err != nil {
		tb.Fatalf("open a browser: %v", err)
	}
	_, requests := chromedp.Call(ctx, network.Enable, network.EnableParams{})
	_, log := chromedp.Call(ctx, cdplog.Enable, cdp.Empty{})
	if err := errors.Join(requests, log); err != nil {
		tb.Fatalf("open a browser: %v", err)
	}
	return t
}

// hear notes what a user would not be shown.
func (t *Tab) hear(event any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		t.problems = append(t.problems, fmt.Sprintf("exception: %s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception))
	case *runtime.EventConsoleAPICalled:
		t.problems = append(t.problems, fmt.Sprintf("console.%s: %v", e.Type, e.Args))
	case *cdplog.EventEntryAdded:
		t.problems = append(t.problems, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *network.EventRequestWillBeSent:
		t.loaded = append(t.loaded, e.Request.URL)
	}
}

// Problems are the exceptions, and what was written to the console, so far.
func (t *Tab) Problems() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.problems...)
}

// Loaded are the addresses of everything that the page has asked for.
func (t *Tab) Loaded() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.loaded...)
}

// Run runs an action in a tab. What fails ends the test, with what the tab
// shows.
func Run[T any](t *Tab, action chromedp.Action[T]) T {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		t.tb.Fatalf("%v\n%s", err, t.account())
	}
	return value
}

// Eval is the value of an expression in JavaScript.
func Eval[T any](t *Tab, expression string) T {
	t.tb.Helper()
	return Run(t, chromedp.Evaluate[T](expression))
}

// Go loads a page.
func (t *Tab) Go(address string) {
	t.tb.Helper()
	Run(t, chromedp.Navigate(address))
}

// Until waits for a condition in JavaScript, across pages.
func (t *Tab) Until(condition string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(t.ctx, patience)
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
			t.tb.Fatalf("after %s it is not so that %s\n%s", patience, condition, t.account())
		case <-tick.C:
		}
	}
}

// Press presses keys, as those of chromedp/kb or the letters of a text.
func (t *Tab) Press(keys string, options ...chromedp.KeyOption) {
	t.tb.Helper()
	Run(t, chromedp.KeyEvent(keys, options...))
}

// Scheme sets what the user prefers: "light" or "dark".
func (t *Tab) Scheme(scheme string) {
	t.tb.Helper()
	_, err := chromedp.Call(t.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	if err != nil {
		t.tb.Fatalf("set the colour scheme: %v", err)
	}
}

// Picture keeps a picture of what the tab shows among the artifacts of the
// test (go test -artifacts).
func (t *Tab) Picture(name string) {
	t.tb.Helper()
	t.keep(name, Run(t, chromedp.CaptureScreenshot()))
}

// FullPicture is Picture of the whole page, whatever the tab shows of it.
func (t *Tab) FullPicture(name string) {
	t.tb.Helper()
	t.keep(name, Run(t, chromedp.FullScreenshot(100)))
}

func (t *Tab) keep(name string, png []byte) {
	t.tb.Helper()
	if err := os.WriteFile(filepath.Join(t.tb.ArtifactDir(), name+".png"), png, 0o644); err != nil {
		t.tb.Fatalf("keep a picture: %v", err)
	}
}

// account is what the tab shows, for who has to find out.
func (t *Tab) account() string {
	ctx, cancel := context.WithTimeout(t.ctx, 5*time.Second)
	defer cancel()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.body?.innerText ?? "").slice(0, 4000)`))
	return fmt.Sprintf("%s\n%v\n%q", text, err, t.Problems())
}
