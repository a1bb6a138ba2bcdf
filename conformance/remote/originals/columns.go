package originals

import (
	"io/fs"
	"path"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

// A Column is what is known of one original, of whatever family.
type Column struct {
	Name     string // and version, as in kombu-5.6
	Verdicts map[conformance.ID]Verdict
}

// A Verdict is what is known of an original and one requirement.
type Verdict struct {
	Status conformance.Status
	// Note is the sentence of a requirement that does not hold, and the reason.
	Note string
	// Call is how a failure shows, as Calls tells it.
	Call string
}

// Columns are all that is known of originals, one for each table, by name.
func Columns() ([]Column, error) {
	files, err := fs.Glob(verdicts, "verdicts/*.txt")
	if err != nil {
		return nil, err
	}
	var all []Column
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".txt")
		known, err := read(name)
		if err != nil {
			return nil, err
		}
		calls, err := CallsOf(name)
		if err != nil {
			return nil, err
		}
		for id, call := range calls {
			v := known[id]
			v.Call = call
			known[id] = v
		}
		all = append(all, Column{name, known})
	}
	return all, nil
}
