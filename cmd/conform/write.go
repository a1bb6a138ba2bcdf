package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/render"
)

// write renders the reports into dir and returns what is wrong with the run.
func write(dir, spec string, reports []*conformance.Report, out io.Writer) error {
	text, err := json.Marshal(reports)
	if err != nil {
		return fmt.Errorf("write the reports: %w", err)
	}
	run, err := render.Read(bytes.NewReader(text))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write the reports: %w", err)
	}
	files := []struct {
		name  string
		write func(io.Writer) error
	}{
		{"report.json", run.WriteJSON},
		{"junit.xml", run.WriteJUnit},
		{"report.md", func(w io.Writer) error { return run.WriteMarkdown(w, spec) }},
		{"index.html", func(w io.Writer) error { return run.WriteHTML(w, spec) }},
	}
	for _, f := range files {
		var b bytes.Buffer
		if err := errors.Join(f.write(&b), os.WriteFile(filepath.Join(dir, f.name), b.Bytes(), 0o644)); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	fmt.Fprintf(out, "report in %s\n", filepath.Join(dir, "index.html"))
	return run.Err()
}
