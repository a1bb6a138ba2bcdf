package layertest

import "time"

// tick is what the scores of channels_redis tell apart for certain: it reckons
// ages in whole seconds.
const tick = 2 * time.Second

func expiryRows() []row {
	return []row{
		{ID: "LAYER-EXP-001", Needs: needs{Queues, Expires}, Says: "A message MUST be received until it expires.", Why: "S", Check: check(func(k *kit) {
			k.send("jobs", msg(1))
			k.Advance(k.l.Limits().Expiry - tick)
			k.holds("jobs", msg(1))
		})},
		{ID: "LAYER-EXP-002", Needs: needs{Queues, Expires}, Says: "A message that has expired MUST NOT be received.", Why: "S", Check: check(func(k *kit) {
			k.send("jobs", msg(1))
			k.Advance(k.l.Limits().Expiry + tick)
			k.holds("jobs")
		})},
		{ID: "LAYER-EXP-003", Needs: needs{Queues, Expires}, Denies: QuirkStale, Says: "A later message MUST NOT lengthen the life of an earlier one, nor an earlier one shorten its.", Why: "L#182: receive does not look at ages", Check: check(func(k *kit) {
			expiry := k.l.Limits().Expiry
			for _, c := range k.channels() {
				k.send(c, msg(1))
				k.Advance(expiry / 2)
				k.send(c, msg(2))
				k.Advance(expiry/2 + tick)
				k.gets(c, msg(2)) // with nothing sent, which might remove the other
				k.holds(c)
			}
		})},
		{ID: "LAYER-EXP-004", Needs: needs{Queues, Expires, AnyMember}, Says: "A membership MUST last until it expires.", Why: "L#79", Check: check(func(k *kit) {
			k.add("g", "jobs")
			k.Advance(k.l.Limits().GroupExpiry - tick)
			k.groupSend("g", msg(1))
			k.holds("jobs", msg(1))
		})},
		{ID: "LAYER-EXP-005", Needs: needs{Queues, Expires, AnyMember}, Says: "A membership that has expired MUST NOT be sent to.", Why: "L core.group_send", Check: check(func(k *kit) {
			k.add("g", "jobs", "kept")
			k.Advance(k.l.Limits().GroupExpiry / 2)
			k.add("g", "kept")
			k.Advance(k.l.Limits().GroupExpiry/2 + tick)
			k.groupSend("g", msg(1))
			k.holds("jobs")
		})},
		{ID: "LAYER-EXP-006", Needs: needs{Queues, Expires, AnyMember}, Says: "Adding a member again MUST renew its membership.", Why: "L: the score is refreshed", Check: check(func(k *kit) {
			k.add("g", "jobs")
			k.Advance(k.l.Limits().GroupExpiry / 2)
			k.add("g", "jobs")
			k.Advance(k.l.Limits().GroupExpiry/2 + tick)
			k.groupSend("g", msg(1))
			k.holds("jobs", msg(1))
		})},
	}
}
