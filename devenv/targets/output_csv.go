package targets

import (
	"encoding/csv"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// printCSV writes a line for each server, under a first line with the names
// that the columns have as JSON. What is not known is empty.
func (s *session) printCSV(stats []devenv.Stat, first bool) error {
	w := csv.NewWriter(s.out)
	if first {
		_ = w.Write(columns(devenv.Stat{}, func(f reflect.StructField, _ reflect.Value) string {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			return name
		}))
	}
	for _, stat := range stats {
		_ = w.Write(columns(stat, func(_ reflect.StructField, v reflect.Value) string { return cell(v.Interface()) }))
	}
	w.Flush()
	return w.Error() // which the writes above keep
}

func columns(stat devenv.Stat, text func(reflect.StructField, reflect.Value) string) []string {
	v := reflect.ValueOf(stat)
	var all []string
	for i := range v.NumField() {
		all = append(all, text(v.Type().Field(i), v.Field(i)))
	}
	return all
}

func cell(value any) string {
	switch v := value.(type) {
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case *float64:
		if v == nil {
			return ""
		}
		return fmt.Sprint(*v)
	}
	return fmt.Sprint(value)
}

// onlyStats refuses the form CSV for the targets that have no such table.
func onlyStats(name, output string) error {
	if output != "csv" || name == "stats" {
		return nil
	}
	return &devenv.Failure{
		Code: "settings", Exit: devenv.ExitUsage, Message: fmt.Sprintf("REDKIT_OUTPUT=csv: %s has no such form: want table, env or json", name),
		Fixes: []string{"the figures of the servers as CSV: " + command("stats", "-o=csv")},
	}
}
