package originals

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/conformance"
)

//go:embed verdicts/*.txt
var verdicts embed.FS

// Table lists the verdicts of a report, one a line, with the sentence of what
// does not hold. The tables in verdicts are what the specification says about
// the originals:
//
//	go test ./conformance/remote/originals -update
func Table(r *conformance.Report) string {
	var lines []string
	for _, res := range r.Results {
		line := fmt.Sprintf("%s %s", res.ID, res.Status)
		if res.Status > conformance.Skip {
			line += ": " + strings.TrimSpace(res.Says+" "+res.Reason)
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// racing are requirements whose verdict on an original depends on who comes
// first.
var racing = []conformance.ID{
	"BROKER-ACK-012",
	"LAYER-CTX-002",
	// channels_redis takes a message out of its backup queue after it has
	// returned it (core.py, receive_single): another process that receives
	// before that puts it back, and it arrives twice.
	"LAYER-PRC-004",
}

// Settled reports whether the verdict on a requirement can be known: of all
// originals but caches, what depends on who comes first is told by no table.
func Settled(id conformance.ID) bool {
	return strings.HasPrefix(string(id), "CACHE-") ||
		id.Area() != "CON" && id.Area() != "LIN" && !slices.Contains(racing, id)
}

// Verdicts are the statuses that are known of o.
func (o Original) Verdicts() (map[conformance.ID]conformance.Status, error) {
	all, err := read(o.Name)
	known := make(map[conformance.ID]conformance.Status, len(all))
	for id, v := range all {
		known[id] = v.Status
	}
	return known, err
}

// read reads the table of an original.
func read(name string) (map[conformance.ID]Verdict, error) {
	text, err := verdicts.ReadFile("verdicts/" + name + ".txt")
	if err != nil {
		return nil, err
	}
	known := map[conformance.ID]Verdict{}
	for line := range strings.Lines(string(text)) {
		head, note, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		id, status, ok := strings.Cut(head, " ")
		if !ok {
			return nil, fmt.Errorf("verdicts of %s: %q: want an ID and a status", name, line)
		}
		v := Verdict{Note: note}
		if err := v.Status.UnmarshalText([]byte(status)); err != nil {
			return nil, fmt.Errorf("verdicts of %s: %s: %w", name, id, err)
		}
		known[conformance.ID(id)] = v
	}
	return known, nil
}

// Settle holds a report on o against what is known of it: a requirement that o
// breaks as it is known to becomes Waived, and any other verdict than the known
// one a Fail.
func (o Original) Settle(r *conformance.Report) error {
	known, err := o.Verdicts()
	if err != nil {
		return err
	}
	for i := range r.Results {
		res := &r.Results[i]
		want, listed := known[res.ID]
		switch {
		case !listed:
			res.Reason = fmt.Sprintf("it is %s, and no verdict is known of %s", res.Status, o.Name)
			res.Status = max(res.Status, conformance.Fail)
		case res.Status == conformance.Fail && want == conformance.Fail:
			res.Status, res.Reason = conformance.Waived, "the original breaks it, and is known to"
		case res.Status != want:
			res.Reason = strings.TrimSpace(fmt.Sprintf("it is %s, known of %s is %s. %s", res.Status, o.Name, want, res.Reason))
			res.Status = max(res.Status, conformance.Fail)
		}
	}
	return nil
}
