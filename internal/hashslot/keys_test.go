package hashslot_test

import (
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/hashslot"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	tests := []struct{ command, want string }{
		{"GET a", "a"},
		{"set a 1 EX 10", "a"},
		{"MGET a b c", "a b c"},
		{"MSET a 1 b 2", "a b"},
		{"BLPOP a b 0", "a b"},
		{"RENAME a b", "a b"},
		{"BITOP AND d a b", "d a b"},
		{"OBJECT ENCODING a", "a"},
		{"XGROUP CREATE s g 0", "s"},
		{"EVAL return 2 a b c", "a b"},
		{"EVALSHA abc 0 x", ""},
		{"FCALL_RO f 1 a x", "a"},
		{"ZUNIONSTORE d 2 a b WEIGHTS 1 2", "d a b"},
		{"ZDIFF 2 a b", "a b"},
		{"BLMPOP 0 2 a b LEFT", "a b"},
		{"SINTERCARD 2 a b LIMIT 3", "a b"},
		{"XREAD COUNT 2 STREAMS a b 0 0", "a b"},
		{"XREADGROUP GROUP g c STREAMS a >", "a"},
		{"SORT a BY w* STORE d", "a d"},
		{"GEORADIUS a 1 2 3 km STOREDIST d", "a d"},
		{"MIGRATE h 1 k 0 1", "k"},
		{"MIGRATE h 1 _ 0 1 KEYS a b", "a b"},
		{"PING", ""},
		{"PUBLISH c m", ""},
		{"SPUBLISH c m", "c"},
		{"CONFIG SET a b", ""},
		{"NOSUCH a b", ""},
		{"MGET", ""},
		{"EVAL x many", ""},
		{"ZUNIONSTORE d", ""},
		{"XREAD STREAMS", ""},
	}
	for _, tt := range tests {
		if got := strings.Join(hashslot.Keys(strings.Fields(tt.command)), " "); got != tt.want {
			t.Errorf("Keys(%s) = %q, want %q", tt.command, got, tt.want)
		}
	}
}
