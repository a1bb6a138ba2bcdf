package main

import (
	"bytes"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/redkit-dev/redkit/internal/browser"
	"github.com/redkit-dev/redkit/internal/compat"
)

// TestTheMatrixInABrowser uses the page of all systems as its readers do.
func TestTheMatrixInABrowser(t *testing.T) {
	t.Parallel()
	record, err := compat.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.Run()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	var out bytes.Buffer
	if err := page(run, dir, "../SPEC.md", &out); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "compatibility.html")
	tab := browser.Open(t)
	tab.Go((&url.URL{Scheme: "file", Path: path}).String())

	// Everything is shown at first.
	ids := map[string]bool{}
	for _, report := range run.Reports {
		for _, res := range report.Results {
			ids[res.ID] = true
		}
	}
	all := len(ids)
	if got := browser.Eval[int](tab, shown); got != all {
		t.Errorf("the page shows %d requirements at first, want %d", got, all)
	}

	// Every filter narrows, and they narrow together.
	sees := func(what, query string) int {
		t.Helper()
		n := browser.Eval[int](tab, shown)
		if n == 0 || n >= all {
			t.Errorf("%s: the page shows %d of %d requirements, want some", what, n, all)
		}
		if !browser.Eval[bool](tab, `rows().every(tr => `+query+`)`) {
			t.Errorf("%s: the page shows a requirement of which it is not so that %s", what, query)
		}
		if said := browser.Eval[string](tab, `form.elements.shown.value`); !strings.HasPrefix(said, browser.Eval[string](tab, `String(rows().length)`)+" of ") {
			t.Errorf("%s: the page says %q", what, said)
		}
		return n
	}
	choose := func(name, value string) {
		t.Helper()
		browser.Eval[bool](tab, `form.elements.`+name+`.value = "`+value+`", form.elements.`+name+`.dispatchEvent(new Event("input", {bubbles: true}))`)
	}
	choose("family", "CACHE")
	family := sees("the family", `tr.id.startsWith("cache-")`)
	choose("area", "CACHE-PAT")
	if area := sees("the area", `tr.id.startsWith("cache-pat-")`); area >= family {
		t.Errorf("the area shows %d requirements, want fewer than the %d of its family", area, family)
	}
	choose("area", "")
	tick := func(selector string) {
		t.Helper()
		browser.Run(tab, chromedp.Click(selector))
	}
	tick(`input[name=profile][value=core]`)
	sees("the profiles", `tr.dataset.profile !== "core"`)
	tick(`input[name=profile][value=core]`)
	tick(`input[name=differ]`)
	differ := sees("only differences", `new Set([...tr.cells].slice(1).map(td => td.textContent).filter(s => /pass|fail|waived/.test(s))).size > 1`)
	tick(`#family-cache input[name=system][value="0"]`) // a system that is not shown makes no difference
	if n := browser.Eval[int](tab, `document.querySelectorAll("#family-cache .matrix .c-0").length - [...document.querySelectorAll("#family-cache .matrix .c-0")].filter(td => td.offsetParent === null).length`); n != 0 {
		t.Errorf("%d cells of a system that is left out are shown", n)
	}
	browser.Run(tab, chromedp.Click(`form button[type=reset]`))
	tab.Until(`rows().length === ` + browser.Eval[string](tab, `String(families.flatMap(f => f.rows).length)`))
	if differ >= family {
		t.Errorf("only differences shows %d of %d requirements, want fewer", differ, family)
	}

	// From the field to a failure and its call, without a mouse.
	browser.Run(tab, chromedp.Focus(`input[name=text]`))
	tab.Press("cache-pat-006")
	if got := browser.Eval[string](tab, `rows().map(tr => tr.id).join()`); got != "cache-pat-006" {
		t.Errorf("the words cache-pat-006 show %q", got)
	}
	browser.Eval[bool](tab, `document.querySelector("#cache-pat-006 td.fail button").focus(), true`)
	if browser.Eval[bool](tab, `document.getElementById("why-cache-pat-006").checkVisibility()`) {
		t.Error("why a requirement fails is shown before anybody asked")
	}
	tab.Press(kb.Enter)
	if got := browser.Eval[string](tab, `document.getElementById("why-cache-pat-006").innerText`); !strings.Contains(got, "django-redis-7.0: fail") || !strings.Contains(got, `Keys("*") = `) {
		t.Errorf("after Enter on a failure the page shows %q, want the system and the call", got)
	}
	if got := browser.Eval[string](tab, `document.activeElement.getAttribute("aria-expanded")`); got != "true" {
		t.Errorf("the button that shows a failure has aria-expanded %q, want true", got)
	}
	choose("text", "no such words")
	if !browser.Eval[bool](tab, `document.getElementById("none").checkVisibility()`) {
		t.Error("the page does not say that nothing matches the filter")
	}
	choose("text", "")

	// It stands by itself, for everybody.
	if got := browser.Eval[string](tab, unnamed); got != "" {
		t.Errorf("without a name, a caption or a scope: %s", got)
	}
	for _, scheme := range []string{"light", "dark"} {
		tab.Scheme(scheme)
		if got := browser.Eval[float64](tab, contrast); got < 4.5 {
			t.Errorf("%s: the faintest text has a contrast of %.2f, want 4.5", scheme, got)
		}
		tab.Picture("matrix-" + scheme)
	}
	for _, address := range tab.Loaded() {
		if !strings.HasPrefix(address, "file://") || !strings.HasSuffix(address, "/compatibility.html") {
			t.Errorf("the page asks for %s, want nothing but itself", address)
		}
	}
	for _, problem := range tab.Problems() {
		t.Errorf("the browser notes %s", problem)
	}
}

const (
	// shown is how many requirements the page shows.
	shown = `(globalThis.rows = () => [...document.querySelectorAll("tr[data-profile]")].filter(tr => tr.checkVisibility()))().length`
	// unnamed lists what a screen reader cannot name.
	unnamed = `[
		...[...document.querySelectorAll("table")].filter(t => !t.caption),
		...[...document.querySelectorAll("th")].filter(th => !th.scope),
		...[...document.querySelectorAll("input, select")].filter(i => !i.labels?.length && !i.ariaLabel),
		...[...document.querySelectorAll("button")].filter(b => !b.textContent.trim()),
	].map(e => e.outerHTML.slice(0, 80)).join("\n")`
	// contrast is that of the faintest kind of text on its background.
	contrast = `(() => {
		const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d", {willReadFrequently: true});
		const light = colours => {
			canvas.clearRect(0, 0, 1, 1);
			for (const c of colours) { canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); }
			return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
				.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
		};
		const base = matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff";
		let least = 21;
		for (const selector of [".pass", ".skip", ".unproven", ".waived", ".fail", ".why", ".intro", "caption"]) {
			const e = document.querySelector(".matrix td" + selector) ?? document.querySelector(selector), style = getComputedStyle(e);
			const back = light([base, style.backgroundColor]), text = light([base, style.backgroundColor, style.color]);
			least = Math.min(least, (Math.max(back, text) + 0.05) / (Math.min(back, text) + 0.05));
		}
		return least;
	})()`
)
