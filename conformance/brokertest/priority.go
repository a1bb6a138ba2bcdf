package brokertest

import (
	"fmt"
	"math"
)

func priorityRows() []row {
	return []row{
		{ID: "BROKER-PRI-001", Says: "A message of a lower number MUST be handed out before those of higher ones, whenever it was published.",
			Why: "K: 0 is the most urgent, unlike in AMQP", Check: check(func(k *kit) {
				k.publish(ranked("q", 9, "low"), ranked("q", 3, "mid"), ranked("q", 6, "less"), ranked("q", 0, "high"))
				k.consumer("w", "q").gets("high", "mid", "less", "low")
			})},
		{ID: "BROKER-PRI-002", Says: "Messages of one priority MUST keep their order, whatever lies between them.",
			Why: "K: a list for each step", Check: check(func(k *kit) {
				for n := range 3 {
					k.publish(ranked("q", 9, fmt.Sprint("low", n)), ranked("q", 0, fmt.Sprint("high", n)))
				}
				k.consumer("w", "q").gets("high0", "high1", "high2", "low0", "low1", "low2")
			})},
		{ID: "BROKER-PRI-003", Says: "Priorities MUST be floored to the steps 0, 3, 6 and 9: those of one step are equal.",
			Why: "K: priority_steps", Check: check(func(k *kit) {
				for n := 9; n >= 0; n-- {
					k.publish(ranked("q", n, fmt.Sprint(n)))
				}
				k.consumer("w", "q").gets("2", "1", "0", "5", "4", "3", "8", "7", "6", "9")
			})},
		{ID: "BROKER-PRI-004", Says: "A priority below 0 MUST count as 0, one above 9 as 9.",
			Why: "K: max(min(priority, 9), 0)", Check: check(func(k *kit) {
				k.publish(ranked("q", 255, "far"), ranked("q", 9, "nine"), ranked("q", 1, "one"), ranked("q", -1, "minus"), ranked("q", 0, "zero"))
				k.consumer("w", "q").gets("one", "minus", "zero", "far", "nine")
			})},
		{ID: "BROKER-PRI-005", Says: "A priority that is no number MUST count as 0.",
			Why: "K: TypeError and ValueError are 0", Check: check(func(k *kit) {
				k.publish(ranked("q", 3, "three"), ranked("q", nil, "nil"), ranked("q", "high", "text"), ranked("q", []any{}, "list"), ranked("q", 0, "zero"))
				k.consumer("w", "q").gets("nil", "text", "list", "zero", "three")
			})},
		{ID: "BROKER-PRI-006", Says: "A priority that is a number in a text MUST count as that number.",
			Why: "K: int(priority)", Check: check(func(k *kit) {
				k.publish(ranked("q", "7", "seven"), ranked("q", 3, "three"), ranked("q", 6, "six"))
				k.consumer("w", "q").gets("three", "seven", "six")
			})},
		{ID: "BROKER-PRI-007", Says: "A message MUST carry the priority its publisher gave it, not the step.",
			Why: "K: properties.priority is left alone", Check: check(func(k *kit) {
				for _, p := range []any{int64(5), int64(255), int64(-3), int64(math.MaxInt32)} {
					k.publish(ranked("q", p, "a"))
					if got := k.consumer("w", "q").take(1)[0]; show(got.Priority) != show(p) {
						k.Errorf("priority %s came back as %s", show(p), show(got.Priority))
					}
				}
			})},
		{ID: "BROKER-PRI-008", Says: "A message of priority 0 in any queue MUST be handed out before those of later steps in all queues.",
			Why: "K: BRPOP of all queues for one step after the other", Check: check(func(k *kit) {
				k.publish(ranked("a", 3, "a3"), ranked("a", 9, "a9"), ranked("b", 6, "b6"), ranked("b", 0, "b0"), ranked("c", 3, "c3"))
				k.consumer("w", "a", "b", "c").gets("b0", "a3", "c3", "b6", "a9")
			})},
		{ID: "BROKER-PRI-009", Says: "A message that was requeued MUST keep its priority.",
			Why: "K56; K52 puts all of them at priority 0", Check: check(func(k *kit) {
				k.publish(ranked("q", 9, "low"))
				c := k.consumer("w", "q")
				c.requeue(c.gets("low")...).ok()
				k.publish(ranked("q", 3, "mid"))
				c.gets("mid", "low!")
			})},
		{ID: "BROKER-PRI-010", Needs: needs{sweeping}, Says: "A message whose claim ran out MUST keep its priority.",
			Why: "K56; K52 puts all of them at priority 0", Check: check(func(k *kit) {
				k.publish(ranked("q", 9, "low"))
				c := k.consumer("w", "q")
				c.gets("low")
				k.expire()
				k.publish(ranked("q", 3, "mid"))
				c.gets("mid", "low!")
			})},
		{ID: "BROKER-PRI-011", Needs: needs{opening, Configurable}, Says: "Steps and separator of the settings MUST hold for publishing, claiming and counting.",
			Why: "K: priority_steps and sep", Check: check(func(k *kit) {
				s := Settings{Steps: []int{0, 5}, Separator: ":"}
				one, two := k.open("one", s), k.open("two", s)
				one.publish(ranked("q", 9, "nine"), ranked("q", 5, "five"), ranked("q", 4, "four"), ranked("q", 0, "zero"))
				two.depth("q").is(4)
				two.consumer("w", "q").gets("four", "zero", "nine", "five")
			})},
		{ID: "BROKER-PRI-012", Needs: needs{opening, Configurable, purging}, Says: "A purge MUST remove the messages of all steps of the settings.",
			Why: "K: DEL of each list", Check: check(func(k *kit) {
				one := k.open("one", Settings{Steps: []int{0, 1, 2}})
				one.publish(ranked("q", 0, "a"), ranked("q", 1, "b"), ranked("q", 2, "c"))
				one.purge("q").is(3)
				one.depth("q").is(0)
			})},
		{ID: "BROKER-PRI-013", Needs: needs{opening, Configurable, surveying}, Says: "Messages that a producer with other steps put where nobody reads MUST be found when asked for.",
			Why: "K strands them in silence", Check: check(func(k *kit) {
				k.publish(ranked("q", 3, "a"), ranked("q", 9, "b"), ranked("qq", 5, "c"))
				k.did("Foreign", "q").got(k.b.(Surveyor).Foreign(k.ctx, "q")).is([]string(nil))
				k.open("other", Settings{Steps: []int{0, 7}}).publish(ranked("q", 7, "lost"), ranked("q", 0, "found"))
				k.did("Foreign", "q").got(k.b.(Surveyor).Foreign(k.ctx, "q")).is([]string{"q\x06\x167"})
				k.depth("q").is(3)
			})},
		{ID: "BROKER-PRI-014", Profile: "strict", Needs: needs{opening, Configurable}, Says: "A queue whose name holds the separator MUST be refused when a message is published to it.",
			Why: "K pops it and requeues it for ever: the name of the list cannot be taken apart", Check: check(func(k *kit) {
				other := k.open("other", Settings{Separator: ":"})
				other.try(text("ns:jobs", "a")).fails()
				k.try(text("ns\x06\x163", "a")).fails()
				k.depth("ns").is(0)
				other.depth("ns").is(0)
			})},
	}
}

func (k *kit) purge(queue string) outcome {
	return k.did("Purge", queue).got(k.b.(Purger).Purge(k.ctx, queue))
}
