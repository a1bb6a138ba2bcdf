package devenv

import "testing"

func TestAOFCheck(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		told              string
		valid, ok, cutOff bool
		summary           string
	}{
		{"BASE AOF a.base.rdb is valid\nAll AOF files and manifest are valid\n", true, true, false, "All AOF files and manifest are valid"},
		{"AOF is valid\n", true, true, false, "AOF is valid"},
		{"0x              31: Expected \\r\\n, got: 6172\nAOF analyzed: size=143, ok_up_to=23, diff=120\nAOF is not valid. Use the --fix option to try fixing it.\n", false, true, false, "0x 31: Expected \\r\\n, got: 6172"},
		{"0x              81: Expected to read 14 bytes, got 9 bytes\nAOF a.incr.aof is not valid. Use the --fix option to try fixing it.\n", false, true, true, "0x 81: Expected to read 14 bytes, got 9 bytes"},
		{"--- RDB ERROR DETECTED ---\nRDB preamble of AOF file is not sane, aborting.\n", false, true, false, "RDB preamble of AOF file is not sane, aborting."},
		{"sh: 1: redis-check-aof: not found\n", false, false, false, "sh: 1: redis-check-aof: not found"},
	} {
		c := aofCheck(tt.told)
		valid, ok := c.valid()
		if valid != tt.valid || ok != tt.ok || c.cutOff() != tt.cutOff || c.summary() != tt.summary {
			t.Errorf("of %q: valid %t, %t, cut off %t, %q; want %+v", tt.told, valid, ok, c.cutOff(), c.summary(), tt)
		}
	}
}

func TestTheAOFOfValkey9IsNotChecked(t *testing.T) {
	t.Parallel()
	k := kept{version: "9.1.2", valkey: true, files: []rdbHeader{{"VALKEY", 80, "valkey 9.1.2"}}, aof: "AOF a.base.rdb format error\nAOF a.base.rdb is not valid.\n"}
	unknown, err := k.judge(New(&Settings{Dir: t.TempDir()}, Options{}), "broker")
	if err != nil || unknown == "" {
		t.Errorf("judge = %q, %v, want a sentence that it was not checked", unknown, err)
	}
}
