package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAFailureSaysHowToRunItAgainAnywhere judges an adapter that fails, where
// there is no clone around.
func TestAFailureSaysHowToRunItAgainAnywhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	args := []string{"remote", "-o", dir, "-only", "^ADAPTER-GRT-001$", "sh", "-c", "exec echo '{}'"}
	if code := run(t.Context(), args, &out, &errs); code != 1 {
		t.Fatalf("conform %q = exit %d, want 1\n%s%s", args, code, &out, &errs)
	}
	text, err := os.ReadFile(filepath.Join(dir, "report.json"))
	want := "go run github.com/redkit-dev/redkit/cmd/conform -only '^ADAPTER-GRT-001$' remote "
	if err != nil || !bytes.Contains(text, []byte(want)) {
		t.Errorf("report.json: %v\n%s\nwant %q", err, text, want)
	}
	page, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil || !bytes.Contains(page, []byte("https://github.com/redkit-dev/redkit/blob/main/SPEC.md#adapter-grt-001")) {
		t.Errorf("index.html: %v, %d bytes, want links to the project's SPEC.md", err, len(page))
	}
	if out, err := exec.Command("go", "list", "-f", "{{.Name}}", path).CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "main" {
		t.Errorf("go list %s = %q, %v, want a program", path, out, err)
	}
}
