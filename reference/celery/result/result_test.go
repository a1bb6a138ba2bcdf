package result_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/clock"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// each runs a test on both backends.
func each(t *testing.T, fn func(t *testing.T, b result.Backend)) {
	t.Parallel()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		fn(t, result.NewMemory(clock.System{}, 0))
	})
	onRedis := func(t *testing.T, srv *redistest.Server) { fn(t, result.NewRedis(srv.Client(), result.Options{})) }
	redistest.Each(t, onRedis, redistest.Fake())
	redistest.Versions(t, onRedis)
}

func TestSuccessStays(t *testing.T) {
	each(t, func(t *testing.T, b result.Backend) {
		ctx := t.Context()
		steps := []struct {
			store result.Document
			want  result.State
		}{
			{result.Document{Status: result.Failure, Error: &result.Error{Type: "E", Args: []any{int64(1)}}}, result.Failure},
			{result.Document{Status: "PROGRESS", Value: map[string]any{"done": int64(3)}}, "PROGRESS"},
			{result.Document{Status: result.Success, Value: []any{math.Inf(1)}}, result.Success},
			{result.Document{Status: result.Revoked, Error: &result.Error{Type: "E"}}, result.Success},
		}
		if d, err := b.Get(ctx, "1"); err != nil || d.Status != result.Pending {
			t.Errorf("Get(unknown) = %+v, %v, want PENDING", d, err)
		}
		for _, s := range steps {
			s.store.TaskID = "1"
			if err := b.Store(ctx, &s.store); err != nil {
				t.Fatal(err)
			}
			d, err := b.Get(ctx, "1")
			if err != nil || d.Status != s.want {
				t.Errorf("after %s: Get = %+v, %v, want %s", s.store.Status, d, err, s.want)
			}
			if s.want == s.store.Status {
				if diff := cmp.Diff(&s.store, d, cmpopts.IgnoreUnexported(result.Error{}), cmpopts.IgnoreFields(result.Error{}, "TaskID")); diff != "" {
					t.Errorf("%s (-stored +got):\n%s", s.want, diff)
				}
			}
		}
		if err := b.Forget(ctx, "1"); err != nil {
			t.Fatal(err)
		}
		if d, _ := b.Get(ctx, "1"); d.Status != result.Pending {
			t.Errorf("after Forget: %s, want PENDING", d.Status)
		}
	})
}

func TestWaitMissesNothing(t *testing.T) {
	each(t, func(t *testing.T, b result.Backend) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		store := func(id string, s result.State) {
			if err := b.Store(ctx, &result.Document{TaskID: id, Status: s, Value: id}); err != nil {
				t.Error(err)
			}
		}
		store("before", result.Success)
		var got []string
		err := b.Wait(ctx, []string{"before", "during", "after"}, func(d *result.Document) bool {
			got = append(got, d.TaskID)
			switch d.TaskID {
			case "before":
				store("during", result.Started)
				store("during", result.Success)
			case "during":
				store("after", result.Success)
			}
			return true
		})
		if diff := cmp.Diff([]string{"before", "during", "after"}, got); err != nil || diff != "" {
			t.Errorf("Wait: %v (-want +got):\n%s", err, diff)
		}
		short, stop := context.WithTimeout(ctx, 10*time.Millisecond)
		defer stop()
		if err := b.Wait(short, []string{"never"}, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Wait(never) = %v, want a deadline error", err)
		}
	})
}

func TestAChordCountsEachTaskOnce(t *testing.T) {
	each(t, func(t *testing.T, b result.Backend) {
		ctx := t.Context()
		add := func(index any, id string, value any) []result.Part {
			t.Helper()
			parts, err := b.AddPart(ctx, result.Chord{Group: "g", Index: index}, result.Part{TaskID: id, State: result.Success, Value: value})
			if err != nil {
				t.Fatal(err)
			}
			return parts
		}
		if err := b.SetChordSize(ctx, "g", 3); err != nil {
			t.Fatal(err)
		}
		for i, got := range [][]result.Part{add(int64(2), "c", "x"), add(int64(0), "a", "first"), add(int64(0), "a", "second")} {
			if got != nil {
				t.Errorf("part %d completed the chord with %v", i, got)
			}
		}
		for range 2 { // the last one, delivered again before the body was sent
			got := add(int64(1), "b", nil)
			want := []result.Part{{TaskID: "a", State: result.Success, Value: "second"}, {TaskID: "b", State: result.Success}, {TaskID: "c", State: result.Success, Value: "x"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("complete chord (-want +got):\n%s", diff)
			}
		}
		if err := b.EndChord(ctx, "g"); err != nil {
			t.Fatal(err)
		}
		if got := add(int64(1), "b", nil); got != nil {
			t.Errorf("a part after the end completed the chord with %v", got)
		}
	})
}

func TestLayoutIsCelerys(t *testing.T) {
	t.Parallel()
	redistest.Each(t, func(t *testing.T, srv *redistest.Server) {
		ctx, r := t.Context(), srv.Client()
		b := result.NewRedis(r, result.Options{Prefix: "pfx", Expires: 90 * time.Second})
		doc := &result.Document{TaskID: "1", Status: result.Success, Value: 5, DateDone: time.Date(2026, 11, 22, 18, 40, 50, 488348000, time.UTC),
			Children: []result.Child{{ID: "c"}, {ID: "g", Group: []result.Child{{ID: "m"}}}}}
		if err := b.Store(ctx, doc); err != nil {
			t.Fatal(err)
		}
		want := `{"status": "SUCCESS", "result": 5, "traceback": null, "children": [[["c", null], null], [["g", null], [[["m", null], null]]]], "date_done": "2026-11-22T18:40:50.488348+00:00", "task_id": "1"}`
		if got := r.Get(ctx, "pfx_celery-task-meta-1").Val(); got != want {
			t.Errorf("stored\n%s\nwant\n%s", got, want)
		}
		if err := b.SetChordSize(ctx, "g", 2); err != nil {
			t.Fatal(err)
		}
		failed := result.Part{TaskID: "1", State: result.Failure, Error: &result.Error{Type: "ValueError", Module: "builtins", Args: []any{"x", 42}}}
		if _, err := b.AddPart(ctx, result.Chord{Group: "g", Index: int64(0)}, failed); err != nil {
			t.Fatal(err)
		}
		part := r.ZRangeWithScores(ctx, "pfx_celery-taskset-meta-g.j", 0, -1).Val()
		if want := `[1, "1", "FAILURE", {"exc_type": "ValueError", "exc_message": ["x", 42], "exc_module": "builtins"}]`; len(part) != 1 || part[0].Member != want {
			t.Errorf("parts are %v, want %s", part, want)
		}
		if err := b.SaveGroup(ctx, result.Child{ID: "g", Group: []result.Child{{ID: "m"}}}); err != nil {
			t.Fatal(err)
		}
		if got, want := r.Get(ctx, "pfx_celery-taskset-meta-g").Val(), `{"result": [["g", null], [[["m", null], null]]]}`; got != want {
			t.Errorf("group is %s, want %s", got, want)
		}
		for _, key := range r.Keys(ctx, "*").Val() {
			if ttl := r.TTL(ctx, key).Val(); ttl <= 0 || ttl > 90*time.Second {
				t.Errorf("%s lives %v, want at most 90s", key, ttl)
			}
		}
	}, redistest.Fake(), redistest.Real())
}

func TestErrors(t *testing.T) {
	t.Parallel()
	_, pathErr := fs.Stat(nil2{}, "x")
	tests := []struct {
		err  error
		want string
	}{
		{errors.New("plain"), "builtins Exception: plain"},
		{fmt.Errorf("outer: %w", pathErr), "io/fs PathError: outer: open x: file does not exist"},
		{&result.Error{Type: "ValueError", Module: "builtins", Args: []any{"bad", int64(42)}}, "builtins ValueError: ('bad', 42)"},
		{fmt.Errorf("in %w", &result.Error{Type: "KeyError", Module: "builtins", Args: []any{"k"}}), "builtins KeyError: in KeyError: k"},
	}
	for _, tt := range tests {
		e := result.FromError(tt.err)
		if got := e.Module + " " + e.Error(); got != tt.want {
			t.Errorf("FromError(%v) = %s, want %s", tt.err, got, tt.want)
		}
	}
	for _, stored := range []string{`"text"`, `{"exc_type": "os.system", "exc_message": "rm", "exc_module": "os"}`, `{}`, `null`} {
		d, err := result.Decode([]byte(`{"status": "FAILURE", "task_id": "1", "result": ` + stored + `}`))
		if err != nil || d.Error == nil || d.Error.Type == "" || strings.Contains(d.Error.Error(), "%!") {
			t.Errorf("an error stored as %s reads as %+v, %v", stored, d, err)
		}
	}
	if !errors.Is(fmt.Errorf("x: %w", &result.Error{Type: "ValueError", Module: "builtins", Args: []any{1}}), &result.Error{Type: "ValueError"}) {
		t.Error("errors.Is does not find the class")
	}
}

type nil2 struct{}

func (nil2) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
