package hashslot_test

import (
	"testing"

	"github.com/redkit-dev/redkit/internal/hashslot"
)

// TestOf holds the values that CLUSTER KEYSLOT of Redis 7.0 gives.
func TestOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key  string
		want int
	}{
		{"", 0},
		{"123456789", 12739}, // 0x31C3, the check value of the specification
		{"foo", 12182},
		{"{user1000}.following", 3443},
		{"{user1000}.followers", 3443},
		{"foo{}{bar}", 8363},
		{"foo{{bar}}zap", 4015},
		{"foo{bar}{zap}", 5061},
		{"foo{bar", 15278},
		{"\x00\xff", 7920},
	}
	for _, tt := range tests {
		if got := hashslot.Of(tt.key); got != tt.want {
			t.Errorf("Of(%q) = %d, want %d", tt.key, got, tt.want)
		}
	}
}
