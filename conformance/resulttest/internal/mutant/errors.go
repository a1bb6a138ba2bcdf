package mutant

import (
	"context"
	"fmt"
	"strings"

	"github.com/redkit-dev/redkit/conformance/resulttest"
)

// raised is a bug in the errors that store keeps.
func raised(name string, change func(*resulttest.Failure)) Mutant {
	return kept(name, func(d *Document) {
		if d.Error != nil {
			f := *d.Error
			change(&f)
			d.Error = &f
		}
	})
}

func failures() []Mutant {
	return []Mutant{
		raised("errors-lose-their-module", func(f *resulttest.Failure) { f.Module = "builtins" }),
		raised("errors-keep-the-last-part-of-their-class", func(f *resulttest.Failure) {
			f.Type = f.Type[strings.LastIndexByte(f.Type, '.')+1:]
		}),
		raised("errors-with-a-text-have-it-as-argument", func(f *resulttest.Failure) {
			if f.Args == nil {
				f.Args, f.Text = []any{f.Text}, ""
			}
		}),
		raised("arguments-of-errors-are-turned-into-text", func(f *resulttest.Failure) {
			args := make([]any, len(f.Args))
			for i, a := range f.Args {
				args[i] = fmt.Sprint(a)
			}
			if f.Args != nil {
				f.Args = args
			}
		}),
		{Name: "get-refuses-classes-that-are-no-exceptions", Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) {
				d, err := b.Get(ctx, id)
				if err == nil && d.Error != nil && d.Error.Module == "os" {
					return Document{}, fmt.Errorf("%w: %s is no exception", resulttest.ErrDeserialize, d.Error.Type)
				}
				return d, err
			}
		}},
		{Name: "a-failure-without-a-class-has-no-error", Server: true, Break: func(b Full, h *Hooks) {
			h.get = func(ctx context.Context, id string) (Document, error) {
				d, err := b.Get(ctx, id)
				if e, _ := b.Stored(ctx, metaKey+id); !strings.Contains(e.Text, "exc_type") {
					d.Error = nil
				}
				return d, err
			}
		}},
	}
}

// metaKey is before the id in the key of a result.
const metaKey = "celery-task-meta-"
