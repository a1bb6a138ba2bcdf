package resulttest

import (
	"maps"
	"math"
	"time"
)

func (k *kit) inspector() Inspector { return k.b.(Inspector) }

// stored is what the store keeps under a key.
func (k *kit) stored(key string) Entry {
	k.Helper()
	call := k.did("Stored(%q)", key)
	e, err := k.inspector().Stored(k.ctx, key)
	verdict{k, call, err}.ok()
	return e
}

// text wants a string under a key.
func (k *kit) text(key, want string) {
	k.Helper()
	if e := k.stored(key); e.Kind != "string" || e.Text != want {
		k.Errorf("%s is the %q\n\t%s, want the string\n\t%s", key, e.Kind, e.Text, want)
	}
}

// about wants a time to live, but for what passed since it was given.
func (k *kit) lives(key string, want time.Duration) {
	k.Helper()
	if left := k.stored(key).Left; left > want || want > 0 && left <= want-k.Margin()-time.Second {
		k.Errorf("%s has %v to live, want %v", key, left, want)
	}
}

func (k *kit) storeRaw(key, text string) {
	k.Helper()
	call := k.did("StoreRaw(%q, %s)", key, text)
	verdict{k, call, k.inspector().StoreRaw(k.ctx, key, text)}.ok()
}

// hears wants what run publishes on a channel to be what is stored under it.
func (k *kit) hears(channel string, run func()) {
	k.Helper()
	heard, err := k.inspector().Heard(k.ctx, channel, run)
	if want := k.stored(channel).Text; err != nil || len(heard) != 1 || heard[0] != want {
		k.Errorf("published on %s was %q, %v, want %q once", channel, heard, err, want)
	}
}

// What Celery 5.6, Celery 5.2 and gocelery store for a task a that returned 5.
const (
	celery56 = `{"status": "SUCCESS", "result": 5, "traceback": null, "children": [], "date_done": "2026-11-22T18:40:50.488348+00:00", "task_id": "a"}`
	celery52 = `{"status": "SUCCESS", "result": 5, "traceback": null, "children": [], "date_done": "2026-11-22T18:40:50.488348", "task_id": "a"}`
	gocelery = `{"task_id":"","status":"SUCCESS","traceback":null,"result":5,"children":null}`
)

func wireRows() []row {
	return []row{
		{ID: "RESULT-WIR-001", Profile: "wire", Needs: needs{inspecting}, Says: "A result MUST be kept under celery-task-meta- and the id, and nothing beside it.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.store(succeeded("a", 5))
				keys, err := k.inspector().StoredKeys(k.ctx)
				if err != nil || len(keys) != 1 || keys[0] != "celery-task-meta-a" {
					k.Errorf("the store has the keys %q, %v, want celery-task-meta-a alone", keys, err)
				}
			})},
		{ID: "RESULT-WIR-002", Profile: "wire", Needs: needs{inspecting}, Denies: QuirkNaiveDates, Says: "A success MUST be written as Celery writes it, byte for byte.",
			Why: "C56", Check: check(func(k *kit) {
				k.store(succeeded("a", 5))
				k.text("celery-task-meta-a", celery56)
			})},
		{ID: "RESULT-WIR-003", Profile: "wire", Needs: needs{inspecting}, Says: "A result MUST be published on the channel named as its key, as it is stored.",
			Why: "C52 C56: get() waits for nothing else", Check: check(func(k *kit) {
				k.hears("celery-task-meta-a", func() { k.store(succeeded("a", 5)) })
				k.hears("celery-task-meta-b", func() { k.store(Document{TaskID: "b", Status: Started}) })
			})},
		{ID: "RESULT-WIR-004", Profile: "wire", Needs: needs{inspecting}, Says: "An error MUST be written as its class, arguments and module, with the traceback beside it.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.store(Document{TaskID: "a", Status: Retry, Error: raised("ValueError", "bad", 42), Traceback: "Traceback\n"})
				k.text("celery-task-meta-a", `{"status": "RETRY", "result": {"exc_type": "ValueError", "exc_message": ["bad", 42], "exc_module": "builtins"}, "traceback": "Traceback\n", "children": [], "date_done": null, "task_id": "a"}`)
			})},
		{ID: "RESULT-WIR-005", Profile: "wire", Needs: needs{inspecting}, Says: "Children MUST be written as Celery's tuples: a task's id and null, a group's id and its members.",
			Why: "C52 C56: as_tuple", Check: check(func(k *kit) {
				k.store(Document{TaskID: "a", Status: "PROGRESS", Children: []Child{{ID: "c"}, {ID: "g", Group: []Child{{ID: "m"}}}}})
				k.text("celery-task-meta-a", `{"status": "PROGRESS", "result": null, "traceback": null, "children": [[["c", null], null], [["g", null], [[["m", null], null]]]], "date_done": null, "task_id": "a"}`)
			})},
		{ID: "RESULT-WIR-006", Profile: "wire", Needs: needs{inspecting}, Says: "The group, the parent and what result_extended adds MUST come before the task's id, in Celery's order.",
			Why: "C56: the order of _get_result_meta", Check: check(func(k *kit) {
				k.store(Document{TaskID: "a", Status: "PROGRESS", GroupID: "g", ParentID: "p", Extended: map[string]any{"name": "t", "args": []any{int64(1)}, "kwargs": map[string]any{}, "worker": "w1@host", "retries": int64(0), "queue": "celery"}})
				k.text("celery-task-meta-a", `{"status": "PROGRESS", "result": null, "traceback": null, "children": [], "date_done": null, "group_id": "g", "parent_id": "p", "name": "t", "args": [1], "kwargs": {}, "worker": "w1@host", "retries": 0, "queue": "celery", "task_id": "a"}`)
			})},
		{ID: "RESULT-WIR-007", Profile: "wire", Needs: needs{inspecting}, Says: "Text MUST be written in ASCII with escapes, and floats as Python's repr, NaN and the infinities bare.",
			Why: "json.dumps of Python", Check: check(func(k *kit) {
				k.store(Document{TaskID: "a", Status: "PROGRESS", Value: []any{"é🔑", 2.0, 1e16, math.NaN(), math.Inf(-1), "</>"}})
				k.text("celery-task-meta-a", `{"status": "PROGRESS", "result": ["\u00e9\ud83d\udd11", 2.0, 1e+16, NaN, -Infinity, "</>"], "traceback": null, "children": [], "date_done": null, "task_id": "a"}`)
			})},
		{ID: "RESULT-WIR-008", Profile: "wire", Needs: needs{inspecting, groups}, Says: "A group MUST be kept under celery-taskset-meta- and its id, and be published there.",
			Why: "C52 C56: GroupResult.save", Check: check(func(k *kit) {
				k.hears("celery-taskset-meta-g", func() { k.saveGroup(Child{ID: "g", Group: []Child{{ID: "m"}, {ID: "n"}}}) })
				k.text("celery-taskset-meta-g", `{"result": [["g", null], [[["m", null], null], [["n", null], null]]]}`)
			})},
		{ID: "RESULT-WIR-009", Profile: "wire", Needs: needs{inspecting, chords}, Says: "The size of a chord MUST be kept under the group's key with .s, and be published there.",
			Why: "C52 C56: set_chord_size", Check: check(func(k *kit) {
				k.hears("celery-taskset-meta-g.s", func() { k.size("g", 3) })
				k.text("celery-taskset-meta-g.s", "3")
			})},
		{ID: "RESULT-WIR-010", Profile: "wire", Needs: needs{inspecting, chords}, Says: "Parts MUST be kept in a sorted set under the group's key with .j, scored by their place.",
			Why: "C52 C56: [1, id, state, result]", Check: check(func(k *kit) {
				k.size("g", 9)
				k.part("g", piece(2, "a", "x"))
				k.part("g", Part{TaskID: "b", Index: 0, Status: Failed, Error: raised("ValueError", "x", 42)})
				k.part("g", piece(NoIndex, "c", nil))
				want := map[string]float64{`[1, "a", "SUCCESS", "x"]`: 2, `[1, "c", "SUCCESS", null]`: math.Inf(1),
					`[1, "b", "FAILURE", {"exc_type": "ValueError", "exc_message": ["x", 42], "exc_module": "builtins"}]`: 0}
				if e := k.stored("celery-taskset-meta-g.j"); e.Kind != "zset" || !maps.Equal(e.Members, want) {
					k.Errorf("the parts are the %q %v, want the sorted set %v", e.Kind, e.Members, want)
				}
			})},
		{ID: "RESULT-WIR-011", Profile: "wire", Needs: needs{inspecting, chords}, Says: "Parts that Celery keeps in a list MUST be counted there.",
			Why: "result_chord_ordered=False: RPUSH", Check: check(func(k *kit) {
				k.size("g", 2)
				call := k.did("PushRaw")
				verdict{k, call, k.inspector().PushRaw(k.ctx, "celery-taskset-meta-g.j", `[1, "py", "SUCCESS", 7]`)}.ok()
				k.part("g", piece(0, "a", 1)).completes(piece(0, "py", 7), piece(0, "a", 1))
			})},
		{ID: "RESULT-WIR-012", Profile: "wire", Needs: needs{inspecting, settings}, Says: "A prefix MUST be put before every key, with an underscore unless it ends in one of : _ - and a full stop.",
			Why: "C56: result_backend_transport_options.global_keyprefix", Check: check(func(k *kit) {
				for prefix, want := range map[string]string{"pfx": "pfx_", "a:": "a:", "b_": "b_", "c-": "c-", "d.": "d."} {
					k.open("other", Settings{Prefix: prefix}).store(succeeded("a", 5))
					if e := k.stored(want + "celery-task-meta-a"); e.Kind != "string" {
						k.Errorf("with the prefix %q there is no %scelery-task-meta-a", prefix, want)
					}
				}
				k.get("a").in(Pending)
			})},
		{ID: "RESULT-WIR-013", Profile: "wire", Needs: needs{inspecting}, Says: "What Celery 5.2 and 5.6 stored MUST be read, with a time of either form.",
			Why: "C52 naive UTC, C56 with an offset", Check: check(func(k *kit) {
				for _, text := range []string{celery52, celery56} {
					k.storeRaw("celery-task-meta-a", text)
					k.get("a").is(succeeded("a", 5))
				}
			})},
		{ID: "RESULT-WIR-014", Profile: "wire", Needs: needs{inspecting}, Says: "A result that was stored without its task's id MUST be given with the id that was asked for.",
			Why: "gocelery stores an empty id, on which C56 raises", Check: check(func(k *kit) {
				k.storeRaw("celery-task-meta-a", gocelery)
				want := succeeded("a", 5)
				want.Done = time.Time{}
				k.get("a").is(want)
				if _, can := k.b.(Waiter); can {
					k.wait(nil, "a").gets(want)
				}
			})},
		{ID: "RESULT-WIR-015", Profile: "wire", Needs: needs{inspecting}, Says: "A success that another program stored MUST stay, whatever the order of its fields.",
			Why: "gocelery and others do not write as json.dumps does", Check: check(func(k *kit) {
				k.storeRaw("celery-task-meta-a", gocelery)
				k.store(failed("a", "late"))
				k.text("celery-task-meta-a", gocelery)
			})},
		{ID: "RESULT-WIR-016", Profile: "wire", Needs: needs{inspecting}, Says: "A text that is no result MUST fail a get: it is not PENDING.",
			Why: "a foreign value under the key is a mistake to be seen", Check: check(func(k *kit) {
				for _, text := range []string{"hello", "[1]", "{}", ""} {
					k.storeRaw("celery-task-meta-a", text)
					_, v := k.look("a")
					v.fails(ErrDeserialize)
				}
			})},
	}
}
