package channels_test

import (
	"testing"
	"time"

	"github.com/redkit-dev/redkit/reference/channels"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	b := inMemory(t, channels.Options{Capacity: 2, GroupExpiry: 3 * time.Minute})
	one, two := b.newChannel(), b.newChannel()
	sent := channels.Message{"list": []any{"a"}}
	b.add("g", one)
	b.add("g", two)
	b.groupSend("g", sent)
	sent["list"].([]any)[0] = "changed"
	first, err := b.Receive(t.Context(), one)
	b.must("Receive", err)
	first["list"].([]any)[0] = "changed"
	b.gets(two, channels.Message{"list": []any{"a"}})

	b.send("jobs", msg(1))
	b.send("jobs", msg(2))
	b.refuses("Send to a full channel", b.Send(t.Context(), "jobs", msg(3)), channels.ErrFull)
	b.add("g", "jobs")
	b.groupSend("g", msg(4))
	b.gets(one, msg(4))
	b.gets("jobs", msg(1))
	b.gets("jobs", msg(2))
	b.gets(two, msg(4))

	b.send("jobs", msg(5))
	b.clock.Advance(time.Minute)
	b.send("jobs", msg(6))
	b.gets("jobs", msg(6))
	b.must("GroupDiscard", b.GroupDiscard(t.Context(), "g", "jobs"))
	b.clock.Advance(time.Minute)
	b.add("g", two)
	b.clock.Advance(time.Minute)
	b.groupSend("g", msg(7))
	b.gets(two, msg(7))
	b.send(one, msg(8)) // it was in the group no more
	b.gets(one, msg(8))
	b.send("jobs", msg(9))
	b.must("Flush", b.Flush(t.Context()))
	b.send("jobs", msg(10))
	b.gets("jobs", msg(10))
	_, err = b.Receive(t.Context(), "specific.x!y")
	b.refuses("Receive", err, channels.ErrForeign)
}
