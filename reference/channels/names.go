package channels

import (
	"fmt"
	"hash/crc32"
	"strings"
)

// reserved is the key under which a message carries the names it is for.
const reserved = "__asgi_channel__"

const maxName = 99

func checkChannel(name string) error {
	head, tail, _ := strings.Cut(name, "!")
	if head == "" || len(name) > maxName || !allowed(head) || !allowed(tail) {
		return fmt.Errorf("channel %.120q: %w: want 1 to %d ASCII letters, digits, hyphens, underscores or periods, and at most one ! after the first", name, ErrName, maxName)
	}
	return nil
}

func checkGroup(name string) error {
	if name == "" || len(name) > maxName || !allowed(name) {
		return fmt.Errorf("group %.120q: %w: want 1 to %d ASCII letters, digits, hyphens, underscores or periods", name, ErrName, maxName)
	}
	return nil
}

func allowed(s string) bool {
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// address is the part of a channel name that names its queue: all of it, or
// what comes before the local part, with the !.
func address(channel string) (name string, local bool) {
	if i := strings.IndexByte(channel, '!'); i >= 0 {
		return channel[:i+1], true
	}
	return channel, false
}

// Shard returns which of n hosts, counted from 0, a name belongs to: twelve
// bits of its CRC-32, as channels_redis reckons.
func Shard(name string, n int) int {
	return int(crc32.ChecksumIEEE([]byte(name))&0xfff) * n / 4096
}
