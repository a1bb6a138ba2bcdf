package layertest

import (
	"encoding/hex"
	"strings"
	"time"
)

// keyed is the kit of a process with these keys.
func (k *kit) keyed(keys ...string) *kit {
	k.Helper()
	return k.open(Settings{Keys: keys})
}

// corrupt wants the next message of a channel to be one that cannot be read.
func (k *kit) corrupt(channel string) {
	k.Helper()
	msg, err := k.l.Receive(k.Context(), channel)
	k.did(err, "Receive(%q) = %v", channel, msg).fails(ErrCorrupt)
}

func encryptRows() []row {
	enc := needs{opening, Encrypts}
	return []row{
		{ID: "LAYER-ENC-001", Needs: enc, Says: "Processes with a key in common MUST read each other's messages, those to groups too.", Why: "L: symmetric_encryption_keys", Check: check(func(k *kit) {
			a, b := k.keyed("secret"), k.keyed("secret")
			own := b.newChannel()
			b.add("g", own)
			a.send(own, msg(1))
			a.groupSend("g", msg(2))
			b.holds(own, msg(1), msg(2))
		})},
		{ID: "LAYER-ENC-002", Needs: enc, Says: "The first key MUST encrypt, and every key decrypt: keys are rotated by putting a new one first.", Why: "L: MultiFernet", Check: check(func(k *kit) {
			before, between, after := k.keyed("old"), k.keyed("new", "old"), k.keyed("new")
			own := between.newChannel()
			before.send(own, msg(1))
			after.send(own, msg(2))
			between.holds(own, msg(1), msg(2))
			late := after.newChannel()
			between.send(late, msg(3))
			after.holds(late, msg(3))
		})},
		{ID: "LAYER-ENC-003", Needs: enc, Says: "A message of another key MUST NOT be received, and cost one error.", Why: "L: InvalidToken; the message is consumed", Check: check(func(k *kit) {
			a, b, c := k.keyed("secret"), k.keyed("secret"), k.keyed("other")
			own := b.newChannel()
			c.send(own, msg(1))
			a.send(own, msg(2))
			b.corrupt(own)
			b.holds(own, msg(2))
		})},
		{ID: "LAYER-ENC-004", Needs: enc, Says: "A message that is not encrypted MUST NOT be received by a layer with keys.", Why: "L: InvalidToken", Check: check(func(k *kit) {
			a, b := k.keyed("secret"), k.keyed("secret")
			own := b.newChannel()
			k.send(own, msg(1))
			a.send(own, msg(2))
			b.corrupt(own)
			b.holds(own, msg(2))
		})},
		{ID: "LAYER-ENC-005", Profile: "wire", Needs: append(needs{serving, Queues}, enc...), Says: "An encrypted message MUST be a Fernet token in base64 of the MessagePack, behind the random bytes, by a key that is the SHA-256 of the text.",
			Why: "L: make_fernet", Check: check(func(k *kit) {
				now := time.Unix(int64(k.now()), 0)
				k.keyed("secret", "older").send("jobs", Message{"type": "t"})
				member, _ := k.stored("asgijobs")
				k.sealed(member[min(salt, len(member)):], now)
			})},
		{ID: "LAYER-ENC-006", Profile: "wire", Needs: append(needs{serving, Broadcasts}, enc...), Says: "An encrypted message MUST be published as a Fernet token in base64 of the MessagePack.",
			Why: "L pubsub, since 4.1", Check: check(func(k *kit) {
				sub, err := k.l.(Server).Subscribe(k.Context(), "jobs")
				if err != nil {
					k.Fatalf("subscribe to jobs: %v", err)
				}
				defer sub.Close()
				k.keyed("secret", "older").send("jobs", Message{"type": "t"})
				_, payload, err := sub.Next(k.Context())
				if err != nil {
					k.Fatalf("listen to jobs: %v", err)
				}
				k.sealed(payload, time.Time{})
			})},
		{ID: "LAYER-ENC-007", Profile: "wire", Needs: append(needs{serving, Queues}, enc...), Says: "A token that another program made MUST be read, whatever its key of those known.", Why: "L: MultiFernet", Check: check(func(k *kit) {
			b, now := k.keyed("secret", "older"), k.now()
			k.token(now, seal("secret", typedBody, seconds(now)))
			b.holds("jobs", Message{"type": "t"})
			k.token(now, seal("older", typedBody, seconds(now)))
			b.holds("jobs", Message{"type": "t"})
		})},
		{ID: "LAYER-ENC-008", Profile: "wire", Needs: append(needs{serving, Queues}, enc...), Says: "A token in which anything was changed MUST NOT be read.", Why: "Fernet: HMAC", Check: check(func(k *kit) {
			b, now := k.keyed("secret"), k.now()
			good := seal("secret", typedBody, seconds(now))
			for _, at := range []int{3, 20, 40, 60, 90} { // version or time, vector, text, signature
				other := "A"
				if good[at] == 'A' {
					other = "B"
				}
				k.token(now, good[:at]+other+good[at+1:])
				b.corrupt("jobs")
			}
			k.token(now, good[:60])
			b.corrupt("jobs")
			k.token(now, good)
			b.holds("jobs", Message{"type": "t"})
		})},
		{ID: "LAYER-ENC-009", Profile: "wire", Needs: append(needs{serving, Queues, Expires}, enc...), Says: "A token older than the expiry and ten seconds MUST NOT be read, however late it was put into the queue.", Why: "L core: ttl of decrypt", Check: check(func(k *kit) {
			b, now := k.keyed("secret"), k.now()
			expiry := k.l.Limits().Expiry
			k.token(now, seal("secret", typedBody, seconds(now).Add(-expiry-5*time.Second)))
			b.holds("jobs", Message{"type": "t"})
			k.token(now, seal("secret", typedBody, seconds(now).Add(-expiry-15*time.Second)))
			b.corrupt("jobs")
		})},
	}
}

// sealed wants a token of {"type": "t"} by the key secret, made at a time.
func (k *kit) sealed(token string, at time.Time) {
	k.Helper()
	body, made, err := unseal("secret", token)
	if err != nil || hex.EncodeToString(body) != "81"+typed {
		k.Errorf("the token %q holds %x, %v, want 81%s", token, body, err, typed)
	}
	if d := made.Sub(at); !at.IsZero() && (d < -time.Minute || d > time.Minute) {
		k.Errorf("the token was made at %v, want about %v", made, at)
	}
	if !strings.HasPrefix(token, "gAAAAA") {
		k.Errorf("the token is %q, want base64 text", token)
	}
}

// typedBody is {"type": "t"} in MessagePack.
var typedBody, _ = hex.DecodeString("81" + typed) // it is one

func seconds(t float64) time.Time { return time.Unix(int64(t), 0) }

// token puts a token into the queue of jobs.
func (k *kit) token(now float64, token string) {
	k.Helper()
	k.inject("asgijobs", now, hex.EncodeToString([]byte(token)))
}
