package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRunWritesEveryReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "report")
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"-o", dir, "-only", "^CACHE-BAS-00[12]$", "run"}, &out, &errs); code != 0 {
		t.Fatalf("conform run = exit %d, want 0\n%s%s", code, &out, &errs)
	}
	for _, want := range []string{"Memory", "Redis on fake", "2 MUST: 2 pass", "index.html"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("conform run said:\n%s\nwant it to name %q", &out, want)
		}
	}
	for _, name := range []string{"index.html", "report.md", "junit.xml", "report.json"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Contains(text, []byte("CACHE-BAS-002")) {
			t.Errorf("%s: %v, %d bytes, want a report on CACHE-BAS-002", name, err, len(text))
		}
	}
}

func TestABadRunExitsNonZero(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead := "redis://" + ln.Addr().String() + "/0"
	if err := ln.Close(); err != nil { // nobody answers there now
		t.Fatal(err)
	}
	tests := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-o", dir, "-only", "NOTHING", "run"}, 1, "no requirement was judged"},
		{[]string{"-o", file, "-only", "^CACHE-BAS-001$", "run"}, 1, "write the reports"},
		{[]string{"-o", dir, "-only", "^CACHE-BAS-001$", "cache", dead}, 1, "connection refused"},
		{nil, 2, "usage"},
		{[]string{"cache"}, 2, "usage"},
		{[]string{"-o", dir, "-only", "^CACHE-BAS-001$", "server", dead}, 1, "connection refused"},
		{[]string{"remote", "-only", "^CACHE-BAS-001$", "/nonexistent/adapter", "--serve"}, 2, "find the adapter"},
		{[]string{"remote", "-entry", "[]", "cat"}, 2, "-entry"},
		{[]string{"remote", "-family", "toaster", "cat"}, 2, "-family"},
		{[]string{"remote", "-o", dir, "-only", "^ADAPTER-GRT-001$", "sh", "-c", "exec echo '{\"protocol\": 2}'"}, 1, "protocol 2, want 1"},
		{[]string{"remote", "-o", dir, "-only", "^ADAPTER-GRT-001$", "sh", "-c", "echo '{\"protocol\": 1}'; exec cat >/dev/null"}, 0, "-family=cache"},
		{[]string{"remote", "-o", dir, "-family=cache", "-only", "^(ADAPTER-ASK|CACHE-BAS)-001$", "sh", "-c", "echo '{\"protocol\": 1}'; exec cat >/dev/null"}, 1, "the adapter itself fails"},
		{[]string{"remote"}, 2, "usage"},
		{[]string{"cache", "localhost"}, 2, "want redis://"},
		{[]string{"server", "localhost"}, 2, "want redis://"},
		{[]string{"-only", "(", "run"}, 2, "-only"},
		{[]string{"-no-such-flag"}, 2, "usage"},
		{[]string{"-h"}, 0, "-only"},
	}
	for _, tt := range tests {
		var out, errs bytes.Buffer
		if code := run(t.Context(), tt.args, &out, &errs); code != tt.code || !strings.Contains(errs.String(), tt.want) {
			t.Errorf("conform %q = exit %d, want %d and %q\n%s%s", tt.args, code, tt.code, tt.want, &out, &errs)
		}
	}
}
