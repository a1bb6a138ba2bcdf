package render

import (
	_ "embed"
	"encoding/json"
	"io"
)

// Schema is the JSON Schema of what WriteJSON writes.
//
//go:embed schema.json
var Schema string

// WriteJSON writes the run for machines, after Schema.
func (r *Run) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	out := *r
	if out.Reports == nil {
		out.Reports = []Report{}
	}
	for i := range out.Reports {
		if out.Reports[i].Results == nil {
			out.Reports[i].Results = []Result{}
		}
	}
	return enc.Encode(out)
}
