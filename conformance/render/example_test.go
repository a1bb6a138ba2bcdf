package render_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/redkit-dev/redkit/conformance"
	"github.com/redkit-dev/redkit/conformance/cachetest"
	"github.com/redkit-dev/redkit/conformance/render"
)

// forgetful is a cache that keeps nothing.
type forgetful struct{}

func (forgetful) Get(context.Context, string) (any, bool, error)            { return nil, false, nil }
func (forgetful) Set(context.Context, string, any, cachetest.Timeout) error { return nil }
func (forgetful) Delete(context.Context, string) (bool, error)              { return false, nil }

// A report of a suite becomes a page, a table, or what a CI server shows.
func ExampleRead() {
	subject := cachetest.Subject{Name: "forgetful", New: func(conformance.TB) cachetest.Cache { return forgetful{} }}
	only := conformance.Options{Only: func(id conformance.ID) bool { return id == "CACHE-BAS-001" }}
	text, err := json.Marshal(cachetest.Suite().Check(context.Background(), subject, only))
	if err != nil {
		fmt.Println(err)
		return
	}
	run, err := render.Read(bytes.NewReader(text))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(run.Err())
	var page bytes.Buffer
	fmt.Println(run.WriteHTML(&page, "SPEC.md")) // or WriteMarkdown, WriteJUnit, WriteJSON
	// Output:
	// conformance:
	// 	forgetful: CACHE-BAS-001: fail
	// <nil>
}
