package celery_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
	"github.com/redkit-dev/redkit/reference/pyjson"
)

// stamped runs a call and tells which tasks were sent with the stamp.
func stamped(t *testing.T, call *celery.Signature) (names []string) {
	t.Helper()
	app := eager.Start(t)
	app.Handle("sends", func(ctx context.Context, _ *celery.Task) (any, error) {
		_, err := app.Send(ctx, "sent", nil)
		return nil, err
	})
	app.Handle("fails", func(context.Context, *celery.Task) (any, error) { return nil, errors.New("oh") })
	for _, name := range []string{"a", "b", "c", "body", "link", "errback", "sent"} {
		app.Handle(name, func(context.Context, *celery.Task) (any, error) { return nil, nil })
	}
	if _, err := app.Apply(t.Context(), call); err != nil {
		t.Fatal(err)
	}
	for _, s := range app.Sent() {
		if s.Stamps["who"] == "ann" {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

func TestAStampIsOnAllThatACallSends(t *testing.T) {
	t.Parallel()
	sig, stamp := celery.Sig, celery.Stamp("who", "ann")
	for name, tt := range map[string]struct {
		call *celery.Signature
		want []string
	}{
		"a task":                     {sig("a").Set(stamp), []string{"a"}},
		"what a handler sends":       {sig("sends").Set(stamp), []string{"sends"}},
		"a link":                     {sig("a").Set(stamp, celery.Link(sig("link"))), []string{"a", "link"}},
		"an errback":                 {sig("fails").Set(celery.LinkError(sig("errback")), stamp), []string{"errback", "fails"}},
		"a chain":                    {celery.Chain(sig("a"), sig("b"), sig("c")).Set(stamp), []string{"a", "b", "c"}},
		"a chord":                    {celery.Chord([]*celery.Signature{sig("a"), celery.Chain(sig("b"), sig("c"))}, sig("body")).Set(stamp), []string{"a", "b", "body", "c"}},
		"a task of a chain":          {celery.Chain(sig("a"), sig("b").Set(stamp), sig("c")), []string{"b"}},
		"a group at the chain's end": {celery.Chain(sig("a"), celery.Group(sig("b"), sig("c"))).Set(stamp), []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, stamped(t, tt.call)); diff != "" {
				t.Errorf("sent with the stamp (-want +got):\n%s", diff)
			}
		})
	}
}

// In the options of a signature Celery has stamped_headers, and each stamp
// beside them.
func TestStampsInsideASignatureAreCelerys(t *testing.T) {
	t.Parallel()
	app := eager.Start(t, eager.Deferred())
	if _, err := app.Apply(t.Context(), celery.Chain(celery.Sig("a"), celery.Sig("b").Set(celery.Stamp("who", "ann"), celery.Stamp("at", 1)))); err != nil {
		t.Fatal(err)
	}
	step, _ := app.Sent()[0].Chain[0].(map[string]any)
	options, _ := step["options"].(map[string]any)
	delete(options, "task_id")
	want := map[string]any{"stamped_headers": []any{"at", "who"}, "who": "ann", "at": int64(1)}
	if diff := cmp.Diff(want, options); diff != "" {
		text, _ := pyjson.Encode(step)
		t.Errorf("options of the step (-want +got):\n%s\n%s", diff, text)
	}
}
