package layertest

import (
	"context"
	"errors"
	"strings"
)

// refusesReceiver wants a name to be refused by Receive. One that is taken is
// waited on in vain.
func (k *kit) refusesReceiver(name string) {
	k.Helper()
	ctx, cancel := context.WithTimeout(k.Context(), inVain)
	defer cancel()
	_, err := k.l.Receive(ctx, name)
	if k.did(err, "Receive(%q)", name); !errors.Is(err, ErrInvalid) { // the others would take as long
		k.Fatalf("Receive(%q) = %v, want an error: %v", name, err, ErrInvalid)
	}
}

func nameRows() []row {
	return []row{
		{ID: "LAYER-NAM-001", Says: "New channels MUST have different names.", Why: "S", Check: check(func(k *kit) {
			seen := map[string]bool{}
			for range 20 {
				seen[k.newChannel()] = true
			}
			if len(seen) != 20 {
				k.Errorf("NewChannel gave %d different names in 20 calls, want 20", len(seen))
			}
		})},
		{ID: "LAYER-NAM-002", Says: "A new channel's name MUST be one that the layer takes.", Why: "S", Check: check(func(k *kit) {
			name := k.newChannel()
			if len(name) >= 100 {
				k.Errorf("NewChannel() = %q of %d letters, want fewer than 100", name, len(name))
			}
			k.add("g", name)
			k.send(name, msg(1))
			k.holds(name, msg(1))
		})},
		{ID: "LAYER-NAM-003", Says: "Names of up to 99 letters, digits, hyphens, underscores and periods MUST be taken.", Why: "S", Check: check(func(k *kit) {
			own := k.newChannel()
			for _, name := range []string{"a", "http.request", "A-b_c.9", strings.Repeat("x", 99)} {
				k.send(name, msg(1))
				if k.Has(Queues) {
					k.holds(name, msg(1))
				}
				k.add(name, own)
				k.discard(name, own)
			}
		})},
		{ID: "LAYER-NAM-004", Says: "Send MUST refuse a channel name of other letters, of none, or of 100.", Why: "S; L lets a final newline pass", Check: check(func(k *kit) {
			for _, name := range badNames {
				k.try(name, msg(1)).fails(ErrInvalid)
			}
		})},
		{ID: "LAYER-NAM-005", Says: "Receive MUST refuse a channel name of other letters, of none, or of 100.", Why: "S", Check: check(func(k *kit) {
			for _, name := range badNames {
				k.refusesReceiver(name)
			}
		})},
		{ID: "LAYER-NAM-006", Says: "GroupAdd and GroupDiscard MUST refuse a channel name that Send refuses.", Why: "S", Check: check(func(k *kit) {
			for _, name := range badNames {
				k.tryAdd("g", name).fails(ErrInvalid)
				k.did(k.l.GroupDiscard(k.Context(), "g", name), "GroupDiscard(g, %q)", name).fails(ErrInvalid)
			}
		})},
		{ID: "LAYER-NAM-007", Says: "A group MUST NOT have a name with an exclamation mark, or one that a channel cannot have.", Why: "S", Check: check(func(k *kit) {
			for _, name := range append([]string{"a!", "a!b"}, badNames...) {
				k.tryAdd(name, "jobs").fails(ErrInvalid)
				k.tryGroup(name, msg(1)).fails(ErrInvalid)
				k.did(k.l.GroupDiscard(k.Context(), name, "jobs"), "GroupDiscard(%q, jobs)", name).fails(ErrInvalid)
			}
		})},
		{ID: "LAYER-NAM-008", Needs: needs{Locals}, Says: "Receive MUST refuse a channel that is local to another layer.", Why: "L: wrong client prefix", Check: check(func(k *kit) {
			k.refusesReceiver("specific.00000000000000000000000000000000!x")
		})},
	}
}

var badNames = []string{"", "!", "!a", "a!b!c", "a b", "a/b", "é", "a!é", "a\n", strings.Repeat("x", 100)}
