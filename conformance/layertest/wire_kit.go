package layertest

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// salt is how many random bytes channels_redis puts before a message.
const salt = 12

// do performs a command on the first server.
func (k *kit) do(command ...string) any {
	k.Helper()
	v, err := k.l.(Server).Do(k.Context(), 0, command...)
	k.Call("%q = %s", command, value.Show(v))
	if err != nil {
		k.Fatalf("%q failed: %v", command, err)
	}
	return v
}

// texts is an answer that is a list of texts.
func (k *kit) texts(command ...string) []string {
	k.Helper()
	all, _ := k.do(command...).([]any)
	out := make([]string, len(all))
	for i, v := range all {
		out[i], _ = v.(string)
	}
	return out
}

// stored is the only member of a sorted set, and its score.
func (k *kit) stored(key string) (member string, score float64) {
	k.Helper()
	all := k.texts("ZRANGE", key, "0", "-1")
	if len(all) != 1 {
		k.Fatalf("ZRANGE %s = %q, want one member", key, all)
	}
	return all[0], k.score(key, all[0])
}

func (k *kit) score(key, member string) float64 {
	k.Helper()
	score, err := strconv.ParseFloat(fmt.Sprint(k.do("ZSCORE", key, member)), 64)
	if err != nil {
		k.Fatalf("ZSCORE %s %q is no number: %v", key, member, err)
	}
	return score
}

// now is the time as the layer writes it.
func (k *kit) now() float64 {
	k.Helper()
	k.send("clock", marker())
	_, score := k.stored("asgiclock")
	k.do("DEL", "asgiclock")
	return score
}

// body wants a message behind the salt, as hexadecimal digits.
func (k *kit) body(key, want string) {
	k.Helper()
	member, _ := k.stored(key)
	if len(member) < salt || hex.EncodeToString([]byte(member[salt:])) != want {
		k.Errorf("the member of %s is %x, want %d random bytes and %s", key, member, salt, want)
	}
}

// inject puts a message into a queue as another program would.
func (k *kit) inject(key string, score float64, body string) {
	k.Helper()
	k.injectOn(0, key, score, body)
}

func (k *kit) injectOn(shard int, key string, score float64, body string) {
	k.Helper()
	raw, err := hex.DecodeString(body)
	if err != nil {
		k.Fatalf("%s is no hexadecimal text: %v", body, err)
	}
	k.on(shard, "ZADD", key, strconv.FormatFloat(score, 'f', 6, 64), fmt.Sprintf("salt-%07d", markers.Add(1))+string(raw))
}

// packed is a text in MessagePack, as hexadecimal digits.
func packed(text string) string {
	head := "d9" + fmt.Sprintf("%02x", len(text))
	if len(text) < 32 {
		head = fmt.Sprintf("%02x", 0xa0+len(text))
	}
	return head + hex.EncodeToString([]byte(text))
}

// reserved is the key of the routing, packed; typed is {"type": "t"} without
// the byte that says how many keys there are.
var (
	reserved = packed("__asgi_channel__")
	typed    = packed("type") + packed("t")
)

// queueOf is where the messages of a channel of the layer's own lie.
func queueOf(channel string) string { return "asgi" + channel[:strings.Index(channel, "!")+1] }

// soon wants an answer, which may take a moment.
func (k *kit) soon(want string, command ...string) {
	k.Helper()
	for {
		v, err := k.l.(Server).Do(k.Context(), 0, command...)
		switch {
		case err != nil:
			k.Fatalf("%q failed: %v, want %s", command, err, want)
		case fmt.Sprint(v) == want:
			k.Call("%q = %v", command, v)
			return
		}
		k.moment()
	}
}

// lives wants a key to expire in d, or somewhat sooner.
func (k *kit) lives(key string, d time.Duration) {
	k.Helper()
	ms, _ := k.do("PTTL", key).(int64)
	if left := time.Duration(ms) * time.Millisecond; left > d || left < d-20*time.Second {
		k.Errorf("%s lives %v, want %v", key, left, d)
	}
}
