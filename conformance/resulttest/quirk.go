package resulttest

func quirkRows() []row {
	return []row{
		{ID: "RESULT-QRK-001", Profile: "quirk", Needs: needs{inspecting, QuirkNaiveDates}, Says: "A time MUST be written without an offset.",
			Why: "C52: datetime.utcnow().isoformat()", Check: check(func(k *kit) {
				k.store(succeeded("a", 5))
				k.text("celery-task-meta-a", celery52)
			})},
		{ID: "RESULT-QRK-002", Profile: "quirk", Needs: needs{chords, QuirkRecounts}, Says: "A part that comes again with another value MUST count again, and the same one once.",
			Why: "C52 C56: the member of the sorted set holds the value", Check: check(func(k *kit) {
				k.size("g", 2)
				k.part("g", piece(0, "a", 1)).waits()
				k.part("g", piece(0, "a", 1)).waits()
				k.part("g", piece(0, "a", 2)).completes(piece(0, "a", 1), piece(0, "a", 2))
			})},
		{ID: "RESULT-QRK-003", Profile: "quirk", Needs: needs{inspecting, QuirkStrictErrors}, Says: "A stored failure without a class MUST fail a get.",
			Why: "C56: exception_to_python raises ValueError", Check: check(func(k *kit) {
				k.storeRaw("celery-task-meta-a", `{"status": "FAILURE", "result": {"exc_message": ["x"]}, "traceback": null, "children": [], "task_id": "a"}`)
				_, v := k.look("a")
				v.fails()
			})},
	}
}
