package resulttest

import (
	"math"
	"math/big"
	"strings"
)

func storeRows() []row {
	return []row{
		{ID: "RESULT-STO-001", Says: "A get after a store MUST return the document that was stored.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.store(succeeded("a", 5))
				k.get("a").is(succeeded("a", 5))
				k.store(failed("b", "bad", 42))
				k.get("b").is(failed("b", "bad", 42))
			})},
		{ID: "RESULT-STO-002", Says: "A get of an unknown task MUST return the state PENDING, without an error.",
			Why: "C52 C56: no key is PENDING", Check: check(func(k *kit) {
				k.get("nobody").is(Document{TaskID: "nobody", Status: Pending})
			})},
		{ID: "RESULT-STO-003", Says: "Results of different tasks MUST be independent of each other.",
			Why: "C52 C56", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.store(succeeded("ab", 2))
				k.get("a").is(succeeded("a", 1))
				k.get("ab").is(succeeded("ab", 2))
			})},
		{ID: "RESULT-STO-004", Says: "A get MUST leave the result as it is.",
			Why: "C52 C56: a plain GET", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.get("a").is(succeeded("a", 1))
				k.get("a").is(succeeded("a", 1))
			})},
		{ID: "RESULT-STO-005", Says: "The group and the parent of a task MUST come back.",
			Why: "S: group_id and parent_id", Check: check(func(k *kit) {
				d := succeeded("a", 1)
				d.GroupID, d.ParentID = "g", "p"
				k.store(d)
				k.get("a").is(d)
			})},
		{ID: "RESULT-STO-006", Says: "Children MUST come back in order, groups with their members and empty groups as groups.",
			Why: "C52 C56: children as tuples", Check: check(func(k *kit) {
				d := succeeded("a", 1)
				d.Children = []Child{{ID: "c2"}, {ID: "c1"}, {ID: "g", Group: []Child{{ID: "m"}, {ID: "n", Group: []Child{{ID: "o"}}}}}, {ID: "e", Group: []Child{}}}
				k.store(d)
				k.get("a").is(d)
			})},
		{ID: "RESULT-STO-007", Says: "What result_extended adds MUST come back.",
			Why: "C56: name, args, kwargs, worker, retries, queue", Check: check(func(k *kit) {
				d := succeeded("a", 1)
				d.Extended = map[string]any{"name": "tasks.add", "args": []any{int64(1), "x"}, "kwargs": map[string]any{"y": int64(2)},
					"worker": "w1@host", "retries": int64(3), "queue": "celery"}
				k.store(d)
				k.get("a").is(d)
			})},
		{ID: "RESULT-STO-008", Says: "A result MUST be as it was when it was stored, whatever the caller does to the value after.",
			Why: "a backend that keeps the caller's pointer stores what nobody stored", Check: check(func(k *kit) {
				list := []any{int64(1), map[string]any{"k": "v"}}
				k.store(succeeded("a", list))
				list[0] = int64(2)
				list[1].(map[string]any)["k"] = "w"
				k.get("a").is(succeeded("a", []any{int64(1), map[string]any{"k": "v"}}))
			})},
		{ID: "RESULT-STO-009", Says: "A store of a value that cannot be serialized MUST fail and leave the earlier result.",
			Why: "C56: EncodeError", Check: check(func(k *kit) {
				k.store(Document{TaskID: "a", Status: Started, Value: map[string]any{"pid": int64(1)}})
				k.try(Document{TaskID: "a", Status: Success, Value: make(chan int), Done: done}).fails(ErrSerialize)
				k.get("a").is(Document{TaskID: "a", Status: Started, Value: map[string]any{"pid": int64(1)}})
			})},
		{ID: "RESULT-STO-010", Says: "A store without the id of a task MUST fail.",
			Why: "C56: a document with an empty task_id makes get() raise", Check: check(func(k *kit) {
				k.try(succeeded("", 1)).fails(ErrInvalid)
			})},
		{ID: "RESULT-STO-011", Needs: needs{forgetting}, Says: "A forgotten task MUST be PENDING.",
			Why: "C52 C56: forget() is DEL", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.store(failed("b", "x"))
				k.store(succeeded("c", 3))
				k.forget("a", "b")
				k.get("a").in(Pending)
				k.get("b").in(Pending)
				k.get("c").is(succeeded("c", 3))
			})},
		{ID: "RESULT-STO-012", Needs: needs{forgetting}, Says: "A forget of an unknown task, or of none, MUST succeed.",
			Why: "C52 C56: DEL of no key", Check: check(func(k *kit) {
				k.forget("nobody")
				k.forget()
				k.store(succeeded("a", 1))
				k.forget("a")
				k.forget("a")
			})},
		{ID: "RESULT-STO-013", Needs: needs{forgetting}, Says: "After a forget a new result of the task MUST be stored, whatever the old one was.",
			Why: "SUCCESS stays only while it is there", Check: check(func(k *kit) {
				k.store(succeeded("a", 1))
				k.forget("a")
				k.store(failed("a", "again"))
				k.get("a").is(failed("a", "again"))
			})},
		{ID: "RESULT-STO-014", Says: "Values MUST come back in their types: nil, bools, integers of any size, floats, texts, lists and maps.",
			Why: "Python's json: bare NaN and integers beyond 2^53", Check: check(func(k *kit) {
				huge := new(big.Int).Lsh(big.NewInt(1), 70)
				for _, v := range []any{nil, true, false, int64(0), int64(-1), int64(1) << 53, int64(1)<<53 + 1, int64(math.MaxInt64), huge,
					0.0, 2.0, -0.5, 1e300, math.NaN(), math.Inf(1), math.Inf(-1), "", "5", "Iñtërnâtiônàlizætiøn", "🔑\u2028", "a\x00b",
					[]any{}, map[string]any{}, []any{nil, []any{int64(1)}, map[string]any{"": 2.5}}, strings.Repeat("x", 1<<20)} {
					d := succeeded("a", v)
					if f, ok := k.b.(Forgetter); ok {
						_ = f.Forget(k.ctx, d.TaskID)
						k.store(d)
						k.get(d.TaskID).is(d)
						continue
					}
					d.Status, d.Done = "PROGRESS", Document{}.Done // a state that does not stay
					k.store(d)
					k.get(d.TaskID).is(d)
				}
			})},
		{ID: "RESULT-STO-015", Says: "The time of the end MUST come back to the microsecond, as the same instant.",
			Why: "C52 naive UTC, C56 with an offset", Check: check(func(k *kit) {
				d := succeeded("a", 1)
				k.store(d)
				if got := k.get("a").d.Done; !got.Equal(done) {
					k.Errorf("the time of the end is %v, want %v", got, done)
				}
			})},
		{ID: "RESULT-STO-016", Says: "Ids MUST be taken as they are: long, with separators, of any script, and told apart by case.",
			Why: "task_id is the caller's text", Check: check(func(k *kit) {
				ids := []string{"A", "a", "a:b", "a b", "{tag}", "*", "ключ", strings.Repeat("i", 500)}
				for i, id := range ids {
					k.store(succeeded(id, i))
				}
				for i, id := range ids {
					k.get(id).is(succeeded(id, i))
				}
			})},
	}
}
