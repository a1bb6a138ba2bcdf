package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"io"
)

func endRows() []row {
	return []row{
		{
			ID:    "ADAPTER-END-001",
			Says:  "An adapter whose input has ended MUST end, with status 0.",
			Why:   "P: The end. Whoever asks may die without a word, and an adapter that stays holds its server's connections",
			Check: check(ends),
		},
		{
			ID:    "ADAPTER-END-002",
			Says:  "Questions that came before the end of the input MUST be answered.",
			Why:   "P: The end",
			Check: check(answersBeforeItEnds),
		},
	}
}

// end closes the adapter's input.
func (k *kit) end() {
	k.Call("the input ends")
	if err := k.a.End(); err != nil {
		k.Helper()
		k.Fatalf("end the input: %v", err)
	}
}

func ends(k *kit) {
	k.echo("null")
	k.end()
	if line, err := k.next(); !errors.Is(err, io.EOF) {
		k.Fatalf("after its input had ended the adapter wrote %q, %v, want the end of its output", brief(line), err)
	}
	ctx, cancel := context.WithTimeout(k.Context(), patience)
	defer cancel()
	if err := k.a.Wait(ctx); err != nil {
		k.Errorf("the adapter ended: %v, want it to end by itself, with status 0", err)
	}
}

func answersBeforeItEnds(k *kit) {
	const n = 20
	for id := range n {
		k.say(fmt.Sprintf(`{"id": %d, "op": "echo", "args": {"value": "last words"}}`, id))
	}
	k.end()
	for range n {
		k.answer().ok()
	}
}
