package channels_test

import (
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/channels"
)

func TestShardIsThatOfChannelsRedis(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		n, want int
	}{
		{"key_one", 2, 1}, {"key_two", 2, 0}, {"key_one", 10, 6}, {"key_two", 10, 4},
		{"group", 3, 0}, {"", 3, 0}, {"é", 7, 5}, {"anything", 1, 0},
	}
	for _, tt := range tests {
		if got := channels.Shard(tt.name, tt.n); got != tt.want {
			t.Errorf("Shard(%q, %d) = %d, want %d", tt.name, tt.n, got, tt.want)
		}
	}
}

// A token as Python's cryptography makes it from these inputs.
func TestTokenIsThatOfPython(t *testing.T) {
	t.Parallel()
	const token = "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD2q31IJcQVM3CdDsTwyMNXEt6GZ-EGu4CgJ7aIKmwFXIbWKOw2NmJT9JDuhiW5n9JQ=="
	iv, _ := hex.DecodeString("000102030405060708090a0b0c0d0e0f")
	body, _ := hex.DecodeString("82a474797065a174a16e01")
	made := time.Unix(1700000000, 0)
	if got := channels.SealWith("secret-one", body, made, iv); string(got) != token {
		t.Errorf("token = %s, want %s", got, token)
	}
	tests := []struct {
		what string
		keys []string
		edit func([]byte)
		now  time.Time
		age  time.Duration
		ok   bool
	}{
		{"its key", []string{"secret-one"}, nil, made, time.Minute, true},
		{"an older key of several", []string{"new", "secret-one"}, nil, made, time.Minute, true},
		{"another key", []string{"new"}, nil, made, time.Minute, false},
		{"the last second", []string{"secret-one"}, nil, made.Add(time.Minute), time.Minute, true},
		{"too old", []string{"secret-one"}, nil, made.Add(61 * time.Second), time.Minute, false},
		{"any age", []string{"secret-one"}, nil, made.Add(time.Hour), 0, true},
		{"a clock that is late", []string{"secret-one"}, nil, made.Add(-time.Minute), time.Minute, true},
		{"from the future", []string{"secret-one"}, nil, made.Add(-2 * time.Minute), time.Minute, false},
		{"a bit turned", []string{"secret-one"}, func(b []byte) { b[40] ^= 1 }, made, time.Minute, false},
		{"cut short", []string{"secret-one"}, func(b []byte) { copy(b[60:], "====================================") }, made, time.Minute, false},
	}
	for _, tt := range tests {
		raw := []byte(token)
		if tt.edit != nil {
			tt.edit(raw)
		}
		got, err := channels.OpenToken(tt.keys, raw, tt.now, tt.age)
		if ok := err == nil; ok != tt.ok || ok && string(got) != string(body) {
			t.Errorf("open with %s = %x, %v, want ok %v", tt.what, got, err, tt.ok)
		}
	}
}

func TestNamesThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	m, err := channels.NewMemory(channels.Options{})
	if err != nil {
		t.Fatal(err)
	}
	long := "a23456789 a23456789 a23456789 a23456789 a23456789 a23456789 a23456789 a23456789 a23456789 a23456789"
	hundred := ""
	for range 100 {
		hundred += "a"
	}
	for name, ok := range map[string]bool{
		"a": true, "http.request": true, "a!": true, "a!b": true, "A-b_c.9": true, hundred[:99]: true,
		"": false, "!a": false, "a!b!c": false, "a b": false, "a\n": false, "é": false, "a!é": false, hundred: false, long: false,
	} {
		if err := m.Send(t.Context(), name, channels.Message{}); (err == nil) != ok || !ok && !errors.Is(err, channels.ErrName) {
			t.Errorf("Send to %q = %v, want ok %v", name, err, ok)
		}
		group := ok && name != "a!" && name != "a!b"
		if err := m.GroupSend(t.Context(), name, channels.Message{}); (err == nil) != group || !group && !errors.Is(err, channels.ErrName) {
			t.Errorf("GroupSend to %q = %v, want ok %v", name, err, group)
		}
	}
}

func TestOptionsListEveryProblem(t *testing.T) {
	t.Parallel()
	_, err := channels.NewRedis(nil, channels.Options{
		Expiry: time.Millisecond, GroupExpiry: -1, Capacity: -1, Keys: []string{""}, Serializer: "pickle", Poll: -1,
		Capacities: []channels.Capacity{{Pattern: "[", Limit: 1}},
	})
	joined, ok := errors.Unwrap(err).(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("NewRedis = %v, want several problems", err)
	}
	problems := 0
	var count func(error)
	count = func(err error) {
		if j, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range j.Unwrap() {
				count(e)
			}
			return
		}
		problems++
	}
	count(joined.(error))
	if problems != 8 {
		t.Errorf("NewRedis lists %d problems, want 8:\n%v", problems, err)
	}
}
