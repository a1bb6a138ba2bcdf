package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/redistest"
)

// django skips the test without the Django that Debian has.
func django(t *testing.T) {
	t.Helper()
	if o := originals.All()[0]; o.Probe(t.Context()) != nil && !o.Required() {
		t.Skip(o.Probe(t.Context()))
	}
}

func TestInteropPutsOriginalsBesideTheReferences(t *testing.T) {
	t.Parallel()
	django(t)
	redistest.Start(t, redistest.Native()) // django-redis has nothing to run on elsewhere
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-o", dir, "-only", "^(CACHE-(BAS-001|MNY-004|KEY-011)|BROKER-PUB-001|BROKER-ACK-006|RESULT-STO-001|RESULT-CHO-003|TASK-ARG-001|TASK-DLV-003)$", "interop"}, &out, &errs); code != 0 {
		t.Fatalf("conform interop = exit %d, want 0\n%s%s", code, &out, &errs)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Memory", "Redis on fake", "LocMemCache-3.2", "kombu-5.2", "celery-results-5.2", "celery-5.2", "waived"} {
		if !bytes.Contains(page, []byte(want)) {
			t.Errorf("the page of conform interop does not name %q", want)
		}
	}
}

func TestACacheBehindACommandIsJudged(t *testing.T) {
	t.Parallel()
	django(t)
	server := redistest.Start(t, redistest.Native(), redistest.Exclusive())
	for backend, location := range map[string]string{
		"django.core.cache.backends.locmem.LocMemCache": "mine",
		"django_redis.cache.RedisCache":                 server.URL(),
	} {
		entry, err := json.Marshal(map[string]any{"BACKEND": backend, "LOCATION": location, "KEY_PREFIX": "mine"})
		if err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		args := []string{"remote", "-o", t.TempDir(), "-entry", string(entry), "-claims", "cache.values.bytes, cache.any-key",
			"-only", "^CACHE-(BAS-00[1-9]|VAL-00[12])$", "/usr/bin/python3", "../../conformance/remote/python/django_cache.py"}
		if code := run(t.Context(), args, &out, &errs); code != 0 || !strings.Contains(out.String(), "11 MUST: 11 pass") {
			t.Errorf("conform remote with %s = exit %d, want 0 and 11 passes\n%s%s", backend, code, &out, &errs)
		}
	}
}

func TestARerunNamesNoPassword(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	dir := t.TempDir()
	code := run(t.Context(), []string{"-o", dir, "-only", "^CACHE-BAS-001$", "server", "redis://:secret-word@127.0.0.1:1/0"}, &out, &errs)
	report, err := os.ReadFile(filepath.Join(dir, "report.json"))
	if err != nil || code != 1 {
		t.Fatalf("conform server with nobody there = exit %d, %v, want 1 and a report", code, err)
	}
	for what, text := range map[string]string{"output": out.String(), "errors": errs.String(), "report": string(report)} {
		if strings.Contains(text, "secret-word") {
			t.Errorf("the %s shows the password:\n%s", what, text)
		}
	}
	if want := "server redis://:xxxxx@127.0.0.1:1/0"; !strings.Contains(string(report), want) {
		t.Errorf("the report has no rerun with %q:\n%s", want, report)
	}
}

func TestALayerBehindACommandIsJudged(t *testing.T) {
	t.Parallel()
	if o := originals.Layers()[1]; o.Probe(t.Context()) != nil && !o.Required() {
		t.Skip(o.Probe(t.Context()))
	}
	redistest.Start(t, redistest.Native()) // skips where there is no server
	for entry, want := range map[string]string{
		`{"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"hosts": null}}`: "13 MUST: 12 pass, 1 skip",
		`{"BACKEND": "channels_redis.core.RedisChannelLayer"}`:                           "13 MUST: 13 pass",
	} {
		var out, errs bytes.Buffer
		args := []string{"remote", "-o", t.TempDir(), "-entry", entry, "-claims", "layer.queues, layer.members.any",
			"-only", "^LAYER-(SND-00[1-8]|PRC-00[3]|GRP-00[1-4])$", "/usr/bin/python3", "../../conformance/remote/python/channels_layer.py"}
		if code := run(t.Context(), args, &out, &errs); code != 0 || !strings.Contains(out.String(), want) {
			t.Errorf("conform remote with %s = exit %d, want 0 and %q\n%s%s", entry, code, want, &out, &errs)
		}
	}
}
