package adaptertest

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

func askingRows() []row {
	return []row{
		{
			ID:    "ADAPTER-ASK-001",
			Says:  "An answer MUST carry the id of its question, unchanged, up to 9007199254740991.",
			Why:   "P: Questions and answers. Answers come in any order, and the id tells whose they are; JSON's safest integers end there",
			Check: check(keepsIDs),
		},
		{
			ID:    "ADAPTER-ASK-002",
			Says:  "Every question MUST be answered exactly once, and no other line be written.",
			Why:   "P: Questions and answers. A second answer would be taken for that of another question",
			Check: check(answersOnce),
		},
		{
			ID:    "ADAPTER-ASK-003",
			Says:  "Questions that come before earlier ones are answered MUST all be answered, in any order.",
			Why:   "P: Questions and answers. Requirements on concurrency ask from many goroutines",
			Check: check(answersMany),
		},
		{
			ID:    "ADAPTER-ASK-004",
			Says:  "A line of a megabyte MUST be read and answered like any other.",
			Why:   "P: Lines. Caches are asked to hold large values, and line readers have limits",
			Check: check(answersLongLines),
		},
		{
			ID:    "ADAPTER-ASK-005",
			Says:  "Members of a question that the adapter does not know MUST be ignored.",
			Why:   "P: Versions. What is added without a new version must not hurt",
			Check: check(ignoresMembers),
		},
		{
			ID:    "ADAPTER-ASK-006",
			Says:  "A question MUST be read as JSON, whatever its order of members, spaces and escapes.",
			Why:   "P: Lines. Writers of JSON differ",
			Check: check(readsJSON),
		},
	}
}

func keepsIDs(k *kit) {
	for _, id := range []string{"1", "0", "4711", "9007199254740991"} {
		k.say(`{"id": ` + id + `, "op": "echo", "args": {"value": true}}`)
		k.answer().id(id).ok()
	}
}

func answersOnce(k *kit) {
	want := map[string]bool{}
	for id := range 3 {
		k.say(fmt.Sprintf(`{"id": %d, "op": "echo", "args": {"value": null}}`, id))
		want[fmt.Sprint(id)] = true
	}
	for range 3 {
		a := k.answer()
		if id := string(a.fields["id"]); !want[id] {
			k.Fatalf("the line %s answers none of the questions 0, 1 and 2, or one that is answered", brief(a.line))
		} else {
			delete(want, id)
		}
		a.ok()
	}
	k.end()
	if line, err := k.next(); !errors.Is(err, io.EOF) {
		k.Errorf("after the last answer came %q, %v, want the end of the output", brief(line), err)
	}
}

func answersMany(k *kit) {
	const n = 200
	said := make(chan error, 1)
	go func() { // ended by the last line, or by the end of the adapter
		for id := range n {
			if err := k.a.Say(fmt.Sprintf(`{"id": %d, "op": "echo", "args": {"value": {"int": "%d"}}}`, id, id)); err != nil {
				said <- err
				return
			}
		}
		said <- nil
	}()
	k.Call("→ %d questions at once", n)
	answered := map[string]bool{}
	for range n {
		a := k.answer()
		id := string(a.fields["id"])
		if answered[id] || !same(a.ok(), `{"int": "`+id+`"}`) {
			k.Fatalf("question %s was asked for {\"int\": %q}: the answer is %s, want its own, once", id, id, brief(a.line))
		}
		answered[id] = true
	}
	if err := <-said; err != nil {
		k.Fatalf("the questions could not be written: %v", err)
	}
}

func answersLongLines(k *kit) {
	long := `"` + strings.Repeat("long ", 1<<20/5) + `"`
	if got := k.echo(long); !same(got, long) {
		k.Errorf("echo of a text of %d bytes = %s, want it whole", len(long), brief(string(got)))
	}
}

func ignoresMembers(k *kit) {
	k.say(`{"id": 1, "trace": {"from": "a later version"}, "op": "echo", "args": {"value": "v"}}`)
	k.answer().id("1").ok()
}

func readsJSON(k *kit) {
	k.say(`  {"args":{"value":"\u0063af\u00e9 \ud83d\ude00 \/"} ,	"op" : "\u0065cho","id":5}  `)
	if got, want := k.answer().id("5").ok(), `"café 😀 /"`; !same(got, want) {
		k.Errorf("echo = %s, want %s", brief(string(got)), want)
	}
}
