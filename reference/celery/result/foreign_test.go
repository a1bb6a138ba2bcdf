package result_test

import (
	"testing"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/celery/result"
)

// Workers in other languages write the members of a document in other orders.
func TestTheStatusOfAForeignDocumentIsRead(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, srv *redistest.Server) {
		ctx, r := t.Context(), srv.Client()
		b := result.NewRedis(r, result.Options{})
		docs := map[string]result.State{
			`{"task_id":"1","result":{"status":"FAILURE"},"status":"SUCCESS"}`:             result.Success,
			` {"result": "{\"status\": \"SUCCESS\"", "status" : "SUCCESS", "task_id":"1"}`: result.Success,
			`{"task_id":"1","result":{"status":"SUCCESS"},"status":"FAILURE"}`:             result.Revoked,
			`{"result": "\"status\": \"SUCCESS\"", "task_id": "1"}`:                        result.Revoked,
			`nonsense`: result.Revoked,
		}
		for doc, want := range docs {
			if err := r.Set(ctx, "celery-task-meta-1", doc, 0).Err(); err != nil {
				t.Fatal(err)
			}
			if err := b.Store(ctx, &result.Document{TaskID: "1", Status: result.Revoked}); err != nil {
				t.Fatal(err)
			}
			if got, err := b.Get(ctx, "1"); err != nil || got.Status != want {
				t.Errorf("after %s and REVOKED: Get = %+v, %v, want %s", doc, got, err, want)
			}
		}
	}
	redistest.Each(t, check, redistest.Fake())
	redistest.Versions(t, check)
}
