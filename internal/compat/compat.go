package compat

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/remote/originals"
	"github.com/redkit-dev/redkit/conformance/render"
)

// head is that of COMPATIBILITY.md.
const head = `# Compatibility

Generated from recorded verdicts; do not edit. Renew it with: go tool mage conformance:matrix

What each system was seen to do, by the requirements of [SPEC.md](SPEC.md). Those in bold are the originals, in the versions of
Debian's bookworm and sid; the others are this repository's, on each engine. A system is held only to what it claims: – is a
requirement that does not bind it, *unproven* one that the run could not decide, *waived* a deviation with a reason. CI judges all
of them and holds them to the record. The same command writes a page with filters, report/compatibility.html.
`

// Markdown is COMPATIBILITY.md.
func Markdown(run *render.Run) ([]byte, error) {
	b := bytes.NewBufferString(head)
	err := run.WriteSummary(b, "SPEC.md")
	return b.Bytes(), err
}

// Run is what is known of the references and of the originals, as the reports
// of one run. Of an original whatever table there is makes a column.
func (r *Record) Run() (*render.Run, error) {
	columns, err := originals.Columns()
	if err != nil {
		return nil, err
	}
	run := &render.Run{}
	for _, c := range chapters() {
		for _, k := range r.subjects {
			if k.family == c.family {
				err = errors.Join(err, add(run, c.reference(k), "ours"))
			}
		}
		for _, column := range columns {
			if report := c.original(column); len(report.Results) > 0 {
				err = errors.Join(err, add(run, report, "original"))
			}
		}
	}
	return run, err
}

// add adds a report to the run, by way of the form in which reports are kept.
func add(run *render.Run, report conformance.Report, origin string) error {
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	one, err := render.Read(bytes.NewReader(text))
	if err != nil {
		return err
	}
	one.Reports[0].Origin = origin
	run.Reports = append(run.Reports, one.Reports...)
	return nil
}

// reference is the report of one of ours, by what is known of it.
func (c chapter) reference(k known) conformance.Report {
	report := conformance.Report{Family: c.family, Subject: k.subject}
	for _, row := range c.rows {
		if was, judged := k.results[row.ID]; judged {
			row.Status, row.Reason = was.Status, was.Reason
			report.Results = append(report.Results, row)
		}
	}
	return report
}

// original is the report of an original, by its verdicts on this family.
func (c chapter) original(column originals.Column) conformance.Report {
	report := conformance.Report{Family: c.family, Subject: column.Name}
	for _, row := range c.rows {
		v, judged := column.Verdicts[row.ID]
		if !judged {
			continue
		}
		row.Status, row.Reason = v.Status, strings.TrimSpace(strings.TrimPrefix(v.Note, row.Says))
		if v.Call != "" {
			row.Failures = []conformance.Failure{{Text: strings.TrimSpace(v.Call)}}
		}
		report.Results = append(report.Results, row)
	}
	return report
}
