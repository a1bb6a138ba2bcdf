//go:build unix

package targets_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// page prints a page, as soon as a program serves it with a text that matches.
func page(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: page PORT PATH PATTERN")
	}
	await(ts, args[2], func(ctx context.Context) (string, error) {
		return get(ctx, http.DefaultClient, "http://127.0.0.1:"+args[0]+args[1])
	})
}

// await prints what get returns as soon as it matches, for 20 s.
func await(ts *testscript.TestScript, pattern string, get func(context.Context) (string, error)) {
	matches, err := regexp.Compile("(?m)" + pattern)
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		text, err := get(ctx)
		if err == nil && matches.MatchString(text) {
			fmt.Fprint(ts.Stdout(), text)
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("after 20s no page that matches %s: %v\n%s", pattern, err, text)
		case <-tick.C:
		}
	}
}

func get(ctx context.Context, client *http.Client, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	return body(client.Do(req))
}

func body(res *http.Response, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return string(text), err
}

// visit goes in by the address of a monitor that a file holds, and returns a
// browser that may stay and the address without its token.
func visit(ctx context.Context, ts *testscript.TestScript, file string) (*http.Client, *url.URL, error) {
	text, err := os.ReadFile(ts.MkAbs(file))
	if err != nil {
		return nil, nil, err
	}
	address, err := url.Parse(strings.TrimSpace(string(text)))
	if err == nil && address.Query().Get("token") == "" {
		err = fmt.Errorf("%s holds no address yet", file)
	}
	if err != nil {
		return nil, nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, nil, err
	}
	client := &http.Client{Jar: jar}
	if _, err := get(ctx, client, address.String()); err != nil {
		return nil, nil, err
	}
	address.RawQuery = ""
	return client, address, nil
}

// enter is page for a monitor.
func enter(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: enter FILE PATH PATTERN")
	}
	await(ts, args[2], func(ctx context.Context) (string, error) {
		client, address, err := visit(ctx, ts, args[0])
		if err != nil {
			return "", err
		}
		defer client.CloseIdleConnections()
		return get(ctx, client, address.ResolveReference(&url.URL{Path: args[1]}).String())
	})
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// submit sends a form of a monitor.
func submit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: submit FILE PATH NAME=VALUE…")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	client, address, err := visit(ctx, ts, args[0])
	ts.Check(err)
	defer client.CloseIdleConnections()
	text, err := get(ctx, client, address.String())
	ts.Check(err)
	value := csrfField.FindStringSubmatch(text)
	if value == nil {
		ts.Check(errors.New("the page has no form"))
	}
	form := url.Values{"csrf": {value[1]}}
	for _, field := range args[2:] {
		name, value, _ := strings.Cut(field, "=")
		form.Set(name, value)
	}
	text, err = body(client.PostForm(address.ResolveReference(&url.URL{Path: args[1]}).String(), form))
	ts.Check(err)
	fmt.Fprint(ts.Stdout(), text)
}
