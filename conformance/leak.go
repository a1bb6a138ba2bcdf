package conformance

import (
	"bytes"
	"context"
	"regexp"
	"runtime/pprof"
	"slices"
	"strings"
	"time"
)

// labelKey marks the goroutines of a requirement; goroutines inherit the
// labels of the one that starts them, so a leak is laid at the right door
// even when subjects run side by side.
const labelKey = "conformance"

// labelled runs f with its goroutines marked by mark.
func labelled(ctx context.Context, mark string, f func(context.Context)) {
	pprof.Do(ctx, pprof.Labels(labelKey, mark), f)
}

// leaks returns the goroutines marked by mark that are still there after
// patience, one text each, without those that keeps allows.
func leaks(mark string, keeps []string, patience time.Duration) []string {
	for wait := time.Millisecond; ; wait *= 2 {
		found := marked(mark, keeps)
		if len(found) == 0 || wait > patience {
			return found
		}
		time.Sleep(wait) // a closed connection's reader needs a moment to notice
	}
}

var profileRecord = regexp.MustCompile(`(?m)^[0-9]+ @`)

func marked(mark string, keeps []string) []string {
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		return nil // a Buffer does not fail
	}
	label := `"` + labelKey + `":"` + mark + `"`
	if !bytes.Contains(profile.Bytes(), []byte(label)) {
		return nil
	}
	starts := append(profileRecord.FindAllIndex(profile.Bytes(), -1), []int{profile.Len(), 0})
	var found []string
	for i := range len(starts) - 1 {
		text := string(profile.Bytes()[starts[i][0]:starts[i+1][0]])
		if !strings.Contains(text, label) ||
			slices.ContainsFunc(keeps, func(k string) bool { return strings.Contains(text, k) }) {
			continue
		}
		found = append(found, strings.TrimSpace(text))
	}
	return found
}
