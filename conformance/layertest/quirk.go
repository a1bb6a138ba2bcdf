package layertest

import (
	"context"
	"strconv"
)

// quirkRows are where channels_redis deviates, for those who say that they do
// as it does.
func quirkRows() []row {
	return []row{
		{ID: "LAYER-QRK-001", Profile: "quirk", Needs: needs{QuirkStale, Queues, serving}, Says: "A message that has expired and is still there MUST be received.",
			Why: "L core.receive looks at no age", Check: check(func(k *kit) {
				k.send("jobs", msg(1))
				member, score := k.stored("asgijobs")
				k.do("ZADD", "asgijobs", strconv.FormatFloat(score-k.l.Limits().Expiry.Seconds()-10, 'f', 6, 64), member)
				k.gets("jobs", msg(1)) // with nothing sent, which would remove it
			})},
		{ID: "LAYER-QRK-002", Profile: "quirk", Needs: needs{QuirkTakesOver, Queues, serving}, Says: "A message in the backup MUST be received at once, be it in the hands of a process that lives.",
			Why: "L core: restored by the next receive", Check: check(func(k *kit) {
				k.inject("asgijobs$inflight", k.now(), "81"+typed)
				got := append(k.drain("jobs"), k.drain("jobs")...) // with no time between them
				if len(got) != 1 || !same(got[0], Message{"type": "t"}) {
					k.Errorf("jobs held %s in all, want the message of the backup", shown(got))
				}
			})},
		{ID: "LAYER-QRK-003", Profile: "quirk", Needs: needs{QuirkReserved}, Says: "A group message with the reserved key MUST be sent, without it.", Why: "L core.group_send overwrites it", Check: check(func(k *kit) {
			own := k.newChannel()
			k.add("g", own)
			k.groupSend("g", Message{"type": "t", "__asgi_channel__": "x"})
			k.holds(own, Message{"type": "t"})
		})},
		{ID: "LAYER-QRK-004", Profile: "quirk", Needs: needs{QuirkFlush, Queues, serving}, Says: "A flush MUST remove every key that begins with the prefix, whose ever it is.", Why: "L core.flush: KEYS prefix*", Check: check(func(k *kit) {
			k.do("SET", "asgilomar", "another program's")
			k.did(k.l.Flush(k.Context()), "Flush()").ok()
			if n := k.do("EXISTS", "asgilomar"); n != int64(0) {
				k.Errorf("EXISTS asgilomar = %v after a flush, want 0", n)
			}
		})},
		{ID: "LAYER-QRK-005", Profile: "quirk", Needs: needs{QuirkCancelEnds, Broadcasts}, Says: "A receiver that is cancelled MUST end its channel, which cannot join a group any more.", Why: "L pubsub.receive: its finally clause", Check: check(func(k *kit) {
			own := k.newChannel()
			for k.l.GroupAdd(k.Context(), "g", own) == nil { // the receiver may not have begun
				ctx, cancel := context.WithCancel(k.Context())
				got := k.receiving(ctx, own)
				k.moment()
				cancel()
				if r := <-got; r.err == nil {
					k.Errorf("a receiver got %v, want it cancelled", r.msg)
				}
				if k.Context().Err() != nil {
					k.Fatalf("GroupAdd(g, %q) goes on to succeed after its receivers were cancelled", own)
				}
			}
		})},
	}
}
