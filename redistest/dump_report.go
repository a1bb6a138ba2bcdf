package redistest

import (
	"context"
	"fmt"
	"strings"
)

// Bounds of what a failure report shows of the data.
const (
	reportKeys     = 30
	reportElements = 5
)

// contents is the section of a failure report on the data.
func (s *Server) contents(ctx context.Context) string {
	return contents(s.snapshot(ctx, dumper{most: reportElements, keys: reportKeys}))
}

// everything is the data in full.
func (s *Server) everything(ctx context.Context) (Snapshot, error) {
	return s.snapshot(ctx, dumper{})
}

func contents(snap Snapshot, err error) string {
	if err != nil {
		return fmt.Sprintf("its data cannot be read: %v", err)
	}
	if len(snap.order) == 0 {
		return "it holds no data"
	}
	var b strings.Builder
	b.WriteString("its data:\n")
	for _, key := range snap.order {
		snap.keys[key].write(&b, "  ")
	}
	if snap.less > 0 {
		fmt.Fprintf(&b, "  … and %s more\n", plural(snap.less, "key"))
	}
	return b.String()
}
