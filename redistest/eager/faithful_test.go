package eager_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/redistest/eager"
	"github.com/redkit-dev/redkit/reference/celery"
)

func ExampleLosses() {
	fmt.Println(eager.Losses(map[int]string{1: "one"}))
	fmt.Println(eager.Losses([]any{1, "two", []string{}}))
	// Output:
	// [the value: the keys of a map[int]string arrive as text]
	// []
}

func ExampleFaithful() {
	golden.InTest(func(t *testing.T) {
		app := eager.Start(t, eager.Deferred(), eager.Faithful())
		if _, err := app.Send(t.Context(), "total", celery.Args([]int{1, 2})); err != nil { // []int(nil) would fail the test
			t.Fatal(err)
		}
		fmt.Println(app.Sent()[0])
	})
	// Output: total([1, 2]) on celery
}

func TestLosses(t *testing.T) {
	t.Parallel()
	type inner struct {
		Name   string
		hidden int
		Left   int `json:"-"`
	}
	utc := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	for name, tt := range map[string]struct {
		value any
		want  []string
	}{
		"what arrives as it is": {[]any{nil, 1, 1.5, math.Inf(1), "é", [2]int{1, 2}, []byte("\xff"), utc, big.NewInt(7), inner{Name: "a"}, map[string]any{"k": []string{}}}, nil},
		"keys":                  {map[string]any{"m": map[int]int{1: 2}}, []string{"the value[m]: the keys of a map[int]int arrive as text"}},
		"a nil slice":           {[]string(nil), []string{"the value: a nil []string arrives as None, not as an empty list"}},
		"fields":                {&inner{hidden: 1, Left: 2}, []string{"the value: field hidden of a eager_test.inner is left out", "the value: field Left of a eager_test.inner is left out"}},
		"an error":              {errors.New("oh"), []string{"the value: field s of a errors.errorString is left out"}},
		"a zone":                {utc.In(time.FixedZone("", 3600)), []string{"the value: the time 2026-01-01T01:00:00.000001+01:00 arrives in UTC"}},
		"nanoseconds":           {utc.Add(1), []string{"the value: the time 2026-01-01T00:00:00.000001001Z loses its nanoseconds"}},
		"bytes as text":         {[]any{"\xff"}, []string{`the value[0]: "\xff" is not UTF-8`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, eager.Losses(tt.value)); diff != "" {
				t.Errorf("Losses(%#v) (-want +got):\n%s", tt.value, diff)
			}
		})
	}
}

func TestFaithfulFailsTheTest(t *testing.T) {
	t.Parallel()
	r := &fatalTB{TB: t, ctx: t.Context()}
	app := eager.Start(r, eager.Deferred(), eager.Faithful())
	lossy := map[int]int{1: 1}
	send(t, app, celery.Sig("a", lossy).Set(celery.Kwargs(map[string]any{"k": lossy})))
	send(t, app, celery.Chain(celery.Sig("a"), celery.Sig("b", lossy)))
	text := strings.Join(r.errors, "\n")
	for _, want := range []string{"eager: argument 1 of task a: the keys of a map[int]int arrive as text", "argument k of task a: the keys", "what follows task a[0]"} {
		if !strings.Contains(text, want) {
			t.Errorf("the failure does not say %q:\n%s", want, text)
		}
	}
}
