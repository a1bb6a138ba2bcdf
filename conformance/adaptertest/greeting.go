package adaptertest

import (
	"cmp"
	"encoding/json"
	"slices"
)

// families are those that an adapter can serve.
var families = []string{"cache", "broker", "result", "task", "layer"}

func greetingRows() []row {
	return []row{
		{
			ID:    "ADAPTER-GRT-001",
			Says:  `The first line of an adapter MUST be a JSON object with "protocol": 1.`,
			Why:   "P: The greeting. Without a version a later protocol could not be told from a broken adapter",
			Check: fresh(greets),
		},
		{
			ID:    "ADAPTER-GRT-002",
			Says:  "After its greeting an adapter MUST write nothing until it is asked.",
			Why:   "P: The greeting. A banner or a warning on standard output is taken for an answer; standard error is for those",
			Check: fresh(greetsOnly),
		},
		{
			ID:    "ADAPTER-GRT-003",
			Level: "SHOULD",
			Says:  "A greeting SHOULD name the families that the adapter serves, each with an object.",
			Why:   "P: The greeting. conformance:remote judges these, and has to be told them by hand otherwise",
			Check: fresh(namesFamilies),
		},
	}
}

func greets(k *kit) {
	if got := string(k.answer().fields["protocol"]); got != "1" {
		k.Errorf(`the greeting has "protocol": %s, want 1`, cmp.Or(got, "nothing"))
	}
}

func greetsOnly(k *kit) {
	k.answer()
	k.echo(`"first"`) // whatever comes before its answer was not asked for
}

func namesFamilies(k *kit) {
	var named map[string]map[string]any
	raw := k.answer().fields["families"]
	if err := json.Unmarshal(raw, &named); err != nil || len(named) == 0 {
		k.Fatalf(`the greeting has "families": %s, want an object such as {"cache": {}}`, cmp.Or(string(raw), "nothing"))
	}
	for name := range named {
		if !slices.Contains(families, name) {
			k.Errorf("the greeting names the family %q, want one of %q", name, families)
		}
	}
}
