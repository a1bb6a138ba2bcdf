package mutant

import (
	"context"
	"slices"
	"strings"
)

func grouping() []Mutant {
	seen := func(name string, change func(*Child)) Mutant {
		return Mutant{Name: name, Break: func(b Full, h *Hooks) {
			h.group = func(ctx context.Context, id string) (Child, bool, error) {
				g, there, err := b.Group(ctx, id)
				if there {
					change(&g)
				}
				return g, there, err
			}
		}}
	}
	return []Mutant{
		seen("members-come-back-sorted", func(g *Child) {
			slices.SortFunc(g.Group, func(x, y Child) int { return strings.Compare(x.ID, y.ID) })
		}),
		{Name: "an-unknown-group-is-empty", Break: func(b Full, h *Hooks) {
			h.group = func(ctx context.Context, id string) (Child, bool, error) {
				g, there, err := b.Group(ctx, id)
				if !there {
					g = Child{ID: id, Group: []Child{}}
				}
				return g, err == nil, err
			}
		}},
		seen("groups-within-groups-are-taken-for-tasks", func(g *Child) {
			for i := range g.Group {
				g.Group[i].Group = nil
			}
		}),
		{Name: "a-group-is-saved-once-only", Break: func(b Full, h *Hooks) {
			h.saveGroup = func(ctx context.Context, g Child) error {
				if _, there, err := b.Group(ctx, g.ID); there || err != nil {
					return err
				}
				return b.SaveGroup(ctx, g)
			}
		}},
	}
}
