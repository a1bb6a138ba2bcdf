package servertest

func persistRows() []row {
	own := needs{Disposable, persists, settings}
	return []row{
		{ID: "SERVER-PER-001", Needs: needs{persists}, Says: "LASTSAVE MUST be a moment, that of the last time the data were saved.",
			Why: "backup waits for it to move", Check: check(func(k *kit) {
				k.do("LASTSAVE").between(0, k.seconds()+1)
			})},
		{ID: "SERVER-PER-002", Needs: own, Says: "SAVE MUST write the data to disk and leave no change unsaved.",
			Why: "backup", Check: check(func(k *kit) {
				k.do("SET", "a", "v").is("OK")
				if n, ok := number(k.info("persistence"), "rdb_changes_since_last_save"); !ok || n < 1 {
					k.Errorf("INFO persistence has rdb_changes_since_last_save %d after a write, want at least 1", n)
				}
				k.do("SAVE").is("OK")
				if n, ok := number(k.info("persistence"), "rdb_changes_since_last_save"); !ok || n != 0 {
					k.Errorf("INFO persistence has rdb_changes_since_last_save %d after SAVE, want 0", n)
				}
			})},
		{ID: "SERVER-PER-003", Needs: own, Says: "The append-only file MUST be turned on and off while the server runs, and INFO say so.",
			Why: "a broker that was started without", Check: check(func(k *kit) {
				for value, want := range map[string]int64{"yes": 1, "no": 0} {
					undo := k.config("appendonly", value)
					k.do("SET", "a", "v").is("OK")
					if n, ok := number(k.info("persistence"), "aof_enabled"); !ok || n != want {
						k.Errorf("INFO persistence has aof_enabled %d after CONFIG SET appendonly %s, want %d", n, value, want)
					}
					undo()
				}
				k.do("CONFIG", "GET", "appendfsync").ok()
			})},
		{ID: "SERVER-PER-004", Needs: needs{persists, settings}, Says: "CONFIG GET MUST tell appendonly, appendfsync, save and dir.",
			Why: "doctor: what a power loss would cost", Check: check(func(k *kit) {
				for _, name := range []string{"appendonly", "appendfsync", "save", "dir"} {
					o := k.do("CONFIG", "GET", name).ok()
					if list, _ := o.value.([]any); len(list) != 2 || list[0] != name {
						o.want("the name and its value")
					}
				}
			})},
	}
}
