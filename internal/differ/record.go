package differ

import (
	"fmt"
	"slices"
	"strings"
)

// verdictFile is the record, in the directory of the corpus.
const verdictFile = "verdicts.txt"

// Columns are the servers of the record.
var Columns = []string{"Redis 6.0", "Redis 7.0", "Redis 8.0", "Valkey 8.1"}

// A Row is what is known of one step.
type Row struct {
	ID, Command string
	Verdicts    map[string]Verdict // by column; absent: never compared
}

// A Record is all that is known, in the order of the corpus.
type Record []Row

// ReadRecord reads a record that Record.String has written.
func ReadRecord(text string) (Record, error) {
	var r Record
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || line == "" {
			continue // the heading
		}
		if len(f) != 2+len(Columns) {
			return nil, fmt.Errorf("line %d has %d fields, want %d", i+1, len(f), 2+len(Columns))
		}
		row := Row{ID: f[0], Command: f[1], Verdicts: map[string]Verdict{}}
		for j, column := range Columns {
			if f[2+j] != "-" {
				row.Verdicts[column] = Verdict(f[2+j])
			}
		}
		r = append(r, row)
	}
	return r, nil
}

// String is the record as a table of tab-separated fields.
func (r Record) String() string {
	var b strings.Builder
	b.WriteString("step\tcommand\t" + strings.Join(Columns, "\t") + "\n")
	for _, row := range r {
		b.WriteString(row.ID + "\t" + row.Command)
		for _, column := range Columns {
			v := row.Verdicts[column]
			if v == "" {
				v = "-"
			}
			b.WriteString("\t" + string(v))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Merge returns found, with what old knows of columns that found has not
// seen.
func Merge(old, found Record, seen []string) Record {
	known := map[string]Row{}
	for _, row := range old {
		known[row.ID] = row
	}
	merged := make(Record, len(found))
	for i, row := range found {
		merged[i] = Row{row.ID, row.Command, map[string]Verdict{}}
		for _, column := range Columns {
			from := known[row.ID].Verdicts
			if slices.Contains(seen, column) {
				from = row.Verdicts
			}
			if v, ok := from[column]; ok {
				merged[i].Verdicts[column] = v
			}
		}
	}
	return merged
}
