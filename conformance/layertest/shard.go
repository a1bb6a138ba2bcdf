package layertest

import (
	"fmt"
	"hash/crc32"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance/internal/value"
)

// shards is how many servers the checks spread a layer over.
const shards = 2

// sharded is the kit of a process on several servers.
func (k *kit) sharded() *kit {
	k.Helper()
	return k.open(Settings{Shards: shards})
}

// on performs a command on a shard.
func (k *kit) on(shard int, command ...string) string {
	k.Helper()
	v, err := k.l.(Server).Do(k.Context(), shard, command...)
	k.Call("on shard %d: %q = %s", shard, command, value.Show(v))
	if err != nil {
		k.Fatalf("%q on shard %d failed: %v", command, shard, err)
	}
	return fmt.Sprint(v)
}

// gets wants the next message of a channel. What is on several servers has no
// order, so that nothing can be sent behind it: a receiver that hears nothing is
// waited for in vain.
func (k *kit) gets(channel string, want Message) {
	k.Helper()
	k.comes(k.receiving(k.Context(), channel), channel, want)
}

// inVain is how long a receiver may take for a message that is there.
const inVain = 3 * time.Second

// comes wants a receiver to get a message.
func (k *kit) comes(got <-chan received, channel string, want Message) {
	k.Helper()
	limit := time.NewTimer(inVain)
	defer limit.Stop()
	select {
	case r := <-got:
		k.did(r.err, "Receive(%q) = %s", channel, value.Show(r.msg)).ok()
		if !same(r.msg, want) {
			k.Errorf("Receive(%q) = %s, want %s", channel, value.Show(r.msg), value.Show(want))
		}
	case <-limit.C:
		k.Fatalf("Receive(%q) waits, and %v was sent to it %v ago", channel, value.Show(want), inVain)
	}
}

// shardOf is the shard of a name, as channels_redis reckons: twelve bits of its
// CRC-32.
func shardOf(name string) int {
	return int(crc32.ChecksumIEEE([]byte(name))&0xfff) * shards / 4096
}

// groups are names of groups of which n lie on each shard; key is what of a name
// is hashed.
func groups(n int, key func(group string) string) (names []string) {
	var on [shards]int
	for i := 0; len(names) < n*shards; i++ {
		group := fmt.Sprint("g", i)
		if shard := shardOf(key(group)); on[shard] < n {
			on[shard]++
			names = append(names, group)
		}
	}
	return names
}

// itself is the key of a group whose name is hashed as it is.
func itself(group string) string { return group }

// address is what of a channel's name says where it lies.
func address(channel string) string {
	if before, _, local := strings.Cut(channel, "!"); local {
		return before + "!"
	}
	return channel
}

func shardRows() []row {
	spread := needs{opening, Shards}
	queues := needs{opening, Shards, Queues, serving}
	return []row{
		{ID: "LAYER-SHD-001", Needs: queues, Says: "The messages of a general channel MUST go round the servers, and be received from all of them.", Why: "L core: round-robin", Check: check(func(k *kit) {
			a, b := k.sharded(), k.sharded()
			for i := range 2 * shards {
				a.send("jobs", msg(i))
			}
			for shard := range shards {
				if n := k.on(shard, "ZCARD", "asgijobs"); n != "2" {
					k.Errorf("shard %d has %s of %d messages, want 2", shard, n, 2*shards)
				}
			}
			seen := map[string]bool{}
			for range 2 * shards {
				seen[fmt.Sprint(b.receive("jobs")["n"])] = true
			}
			if len(seen) != 2*shards {
				k.Errorf("received %v, want %d messages", seen, 2*shards)
			}
		})},
		{ID: "LAYER-SHD-002", Profile: "strict", Needs: spread, Says: "Every channel of a layer's own MUST get what it is sent, wherever its name hashes to.", Why: "C#1492: L core sends by the full name and receives by the part before the exclamation mark", Check: check(func(k *kit) {
			a, b := k.sharded(), k.sharded()
			for i := range 10 {
				own := b.newChannel()
				for range 64 { // some hash to another server than what is before the exclamation mark
					if i < 2 || shardOf(own) != shardOf(address(own)) {
						break
					}
					own = b.newChannel()
				}
				a.send(own, msg(i))
				b.gets(own, msg(i))
			}
		})},
		{ID: "LAYER-SHD-003", Needs: spread, Says: "A group message MUST reach its members on every server.", Why: "L core.group_send", Check: check(func(k *kit) {
			a, b, c := k.sharded(), k.sharded(), k.sharded()
			for i, group := range groups(4, itself) {
				mine, theirs := b.newChannel(), c.newChannel()
				b.add(group, mine)
				c.add(group, theirs)
				a.groupSend(group, msg(i))
				b.gets(mine, msg(i))
				c.gets(theirs, msg(i))
			}
		})},
		{ID: "LAYER-SHD-004", Profile: "strict", Needs: queues, Says: "A receiver that waits on a general channel MUST hear every server.", Why: "L core stays on the one it began with", Check: check(func(k *kit) {
			b := k.sharded()
			for i := range 2 * shards { // twice to each, in a row: no receiver that goes round is there by itself
				a := k.sharded()
				a.send("other", msgs(i/2)...) // it goes round the servers, and begins with the first
				got := b.receiving(k.Context(), "jobs")
				a.send("jobs", msg(i))
				k.comes(got, "jobs", msg(i))
			}
		})},
		{ID: "LAYER-SHD-005", Profile: "wire", Needs: append(needs{Locals, AnyMember}, queues...), Says: "A group MUST lie on the server to which its name hashes, and a channel of a layer's own where its name up to the exclamation mark does: twelve bits of the CRC-32.",
			Why: "L utils._consistent_hash; L core.group_send", Check: check(func(k *kit) {
				a := k.sharded()
				for i, group := range groups(3, itself) {
					own := k.sharded().newChannel()
					a.add(group, own)
					a.groupSend(group, msg(i))
					for key, name := range map[string]string{"asgi:group:" + group: group, queueOf(own): address(own)} {
						if n := k.on(shardOf(name), "ZCARD", key); n != "1" {
							k.Errorf("%s has %s members on shard %d, want 1", key, n, shardOf(name))
						}
					}
				}
			})},
		{ID: "LAYER-SHD-006", Needs: append(needs{AnyMember}, queues...), Says: "A flush MUST forget what is on any server.", Why: "L core.flush", Check: check(func(k *kit) {
			a := k.sharded()
			for i := range shards {
				a.send("jobs", msg(i))
			}
			for _, group := range groups(3, itself) {
				a.add(group, "jobs")
			}
			k.did(a.l.Flush(k.Context()), "Flush()").ok()
			for shard := range shards {
				if n := k.on(shard, "DBSIZE"); n != "0" {
					k.Errorf("shard %d has %s keys after a flush, want 0", shard, n)
				}
			}
		})},
		{ID: "LAYER-SHD-007", Profile: "strict", Needs: append(needs{Locals, AnyMember, Bounded, Expires}, queues...), Says: "What has expired MUST NOT keep a group message out, wherever group and channel lie.",
			Why: "L core trims the first server's queues on the group's server", Check: check(func(k *kit) {
				a := k.sharded()
				own, group := a.newChannel(), "g"
				for i := 0; shardOf(group) == shardOf(address(own)); i++ {
					group = fmt.Sprint("g", i)
				}
				now := k.now()
				for range k.l.Limits().Capacity {
					a.injectOn(shardOf(address(own)), queueOf(own), now-k.l.Limits().Expiry.Seconds()-10, "81"+typed)
				}
				a.add(group, own)
				a.groupSend(group, msg(1))
				k.on(shardOf(address(own)), "ZCARD", queueOf(own))
				if n := k.on(shardOf(address(own)), "ZCARD", queueOf(own)); n != "1" {
					k.Errorf("the queue has %s messages, want the one of the group", n)
				}
			})},
		{ID: "LAYER-SHD-008", Profile: "wire", Needs: append(needs{Broadcasts, serving}, spread...), Says: "A name MUST be published and subscribed to on the server to which it hashes, prefix and all: twelve bits of the CRC-32.",
			Why: "L pubsub: since 3.3.1, L#273", Check: check(func(k *kit) {
				a := k.sharded()
				published := func(group string) string { return "asgi__group__" + group }
				for _, group := range groups(3, published) {
					own := a.newChannel()
					a.add(group, own)
					for _, name := range []string{own, published(group)} {
						if n := k.on(shardOf(name), "PUBSUB", "NUMSUB", name); n != "["+name+" 1]" {
							k.Errorf("PUBSUB NUMSUB on shard %d = %s, want one subscription to %s", shardOf(name), n, name)
						}
					}
				}
			})},
	}
}
