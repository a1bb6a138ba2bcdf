package resulttest

func (k *kit) saveGroup(g Child) {
	k.Helper()
	call := k.did("SaveGroup(%v)", g)
	verdict{k, call, k.b.(Groups).SaveGroup(k.ctx, g)}.ok()
}

// group wants a saved group; nil wants none.
func (k *kit) group(id string, want *Child) {
	k.Helper()
	call := k.did("Group(%q)", id)
	got, there, err := k.b.(Groups).Group(k.ctx, id)
	verdict{k, call, err}.ok()
	switch {
	case want == nil && there:
		k.Errorf("%s = %v, want none", call, got)
	case want != nil && (!there || !sameChild(*want, got)):
		k.Errorf("%s = %v, %t, want %v", call, got, there, *want)
	}
}

func groupRows() []row {
	team := Child{ID: "g", Group: []Child{{ID: "b"}, {ID: "a"}, {ID: "c"}}}
	return []row{
		{ID: "RESULT-GRP-001", Needs: needs{groups}, Says: "A saved group MUST come back with its members in order.",
			Why: "C52 C56: GroupResult.restore", Check: check(func(k *kit) {
				k.saveGroup(team)
				k.group("g", &team)
			})},
		{ID: "RESULT-GRP-002", Needs: needs{groups}, Says: "A group that nobody saved MUST NOT be found, without an error.",
			Why: "C52 C56: restore gives None", Check: check(func(k *kit) {
				k.saveGroup(team)
				k.group("gg", nil)
			})},
		{ID: "RESULT-GRP-003", Needs: needs{groups}, Says: "Groups within groups MUST come back.",
			Why: "C52 C56: as_tuple is recursive", Check: check(func(k *kit) {
				deep := Child{ID: "g", Group: []Child{{ID: "a"}, {ID: "h", Group: []Child{{ID: "b"}, {ID: "i", Group: []Child{}}}}}}
				k.saveGroup(deep)
				k.group("g", &deep)
			})},
		{ID: "RESULT-GRP-004", Needs: needs{groups}, Says: "A group that is saved again MUST replace the one before.",
			Why: "C52 C56: SETEX", Check: check(func(k *kit) {
				k.saveGroup(team)
				less := Child{ID: "g", Group: []Child{{ID: "b"}}}
				k.saveGroup(less)
				k.group("g", &less)
			})},
	}
}
