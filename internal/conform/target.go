package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/remote"
	"github.com/redkit-dev/redkit/conformance/subjects"
	"github.com/redkit-dev/redkit/redistest"
)

// A target is what a command line says of a cache of the user's own.
type target struct {
	entry  string // of CACHES, as JSON
	claims string // capabilities, separated by commas
}

// address reads the URL of a server.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" && u.Scheme != "unix" {
		return nil, errors.New("the address is no URL: want redis://host:port/db, rediss:// or unix:///path")
	}
	return u, nil
}

// cache is the subject that text names: the address of a Redis, for our
// reference on it, or the command of an adapter as conformance/remote wants it.
func (t target) cache(text string) (judged, error) {
	if u, err := address(text); err == nil {
		return of(cachetest.Suite(), subjects.Redis(u.Redacted(), redistest.External(text))), nil
	}
	if !strings.ContainsAny(text, " /") {
		return judged{}, fmt.Errorf("%w: cache: %q is no address and no command: want redis://host:port/db, rediss://, unix:///path, or a command with a space or a slash in it", errUsage, text)
	}
	entry := remote.Entry{}
	if err := json.Unmarshal([]byte(t.entry), &entry); err != nil {
		return judged{}, fmt.Errorf("%w: -entry: want an entry of CACHES as a JSON object: %w", errUsage, err)
	}
	var claims []conformance.Capability
	for _, c := range strings.FieldsFunc(t.claims, func(r rune) bool { return r == ',' || r == ' ' }) {
		claims = append(claims, conformance.Capability(c))
	}
	return judged{text, func(ctx context.Context, opts conformance.Options) *conformance.Report {
		p, err := remote.Start(ctx, "sh", "-c", "exec "+text)
		if err != nil {
			return &conformance.Report{Family: cachetest.Suite().Family, Subject: text, Started: time.Now(), Broken: err.Error()}
		}
		report := cachetest.Suite().Check(ctx, adapted(text, p, entry, claims), opts)
		if err := p.Close(); err != nil && report.Broken == "" {
			report.Broken = err.Error()
		}
		return report
	}}, nil
}

// adapted is the subject behind an adapter. Where LOCATION is a server's
// address each instance gets a free database of it; anywhere else it is
// emptied, which its user has been told.
func adapted(name string, p *remote.Process, entry remote.Entry, claims []conformance.Capability) cachetest.Subject {
	return cachetest.Subject{Name: name, Claims: claims, New: func(tb conformance.TB) cachetest.Cache {
		own := remote.Entry{}
		for k, v := range entry {
			own[k] = v
		}
		location, _ := own["LOCATION"].(string)
		_, err := address(location)
		onServer := err == nil
		if onServer {
			srv := redistest.Start(tb, redistest.External(location))
			own["LOCATION"] = srv.URL()
			tb.Equip(conformance.Equipment{Clock: srv})
		}
		c, err := p.Open(tb.Context(), own)
		if err == nil && !onServer {
			err = c.Clear(tb.Context())
		}
		if err != nil {
			tb.Fatalf("%v", err)
		}
		tb.Cleanup(func() {
			if err := c.Drop(context.Background()); err != nil {
				tb.Errorf("%v", err)
			}
		})
		return c
	}}
}
