package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/render"
	"github.com/redkit-dev/redkit/internal/compat"
)

// matrix writes the systems side by side: compatibility.html in dir, and
// COMPATIBILITY.md.
func matrix(ctx context.Context, dir, spec string, judge bool, opts conformance.Options, out io.Writer) error {
	record, err := compat.Recorded()
	if err != nil {
		return err
	}
	if judge {
		if err := renew(ctx, record, opts, out); err != nil {
			return err
		}
	}
	run, err := record.Run()
	if err != nil {
		return err
	}
	text, err := compat.Markdown(run)
	if err != nil {
		return err
	}
	return errors.Join(page(run, dir, spec, out), atRoot("COMPATIBILITY.md", text, out))
}

// renew judges the references at hand and records what it finds.
func renew(ctx context.Context, record *compat.Record, opts conformance.Options, out io.Writer) error {
	var errs []error
	for _, s := range references() {
		report := s.judge(ctx, opts)
		if len(report.Results) == 0 && report.Broken == "" {
			continue // nothing of its family was asked for
		}
		fmt.Fprintf(out, "%-32s %s\n", s.name, report.Headline())
		record.Put(report)
		for _, res := range report.Results {
			if res.Status >= conformance.Fail {
				errs = append(errs, fmt.Errorf("%s: %s: %s\n%s", s.name, res.ID, res.Status, res.Message()))
			}
		}
		if report.Broken != "" {
			errs = append(errs, fmt.Errorf("%s: %s", s.name, report.Broken))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("record what does not hold: mend it first: %w", err)
	}
	record.Renew()
	return atRoot(compat.Path, []byte(record.String()), out)
}

// page writes the page.
func page(run *render.Run, dir, spec string, out io.Writer) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write the matrix: %w", err)
	}
	var html bytes.Buffer
	path := filepath.Join(dir, "compatibility.html")
	if err := errors.Join(run.WriteComparison(&html, spec), os.WriteFile(path, html.Bytes(), 0o644)); err != nil {
		return fmt.Errorf("write the matrix: %w", err)
	}
	fmt.Fprintf(out, "matrix in %s\n", path)
	return nil
}

// atRoot writes a file of the repository, which is there already.
func atRoot(path string, text []byte, out io.Writer) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("write %s: %w: run it at the root of the repository", path, err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	fmt.Fprintf(out, "written %s\n", path)
	return nil
}
