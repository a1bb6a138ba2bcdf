package layertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/anishathalye/porcupine"

	"github.com/redkit-dev/redkit/conformance/internal/linear"
)

// crowd is how many goroutines a check of concurrency uses.
const crowd = 6

// together runs f in a crowd at once and waits for all of them.
func together(f func(i int)) {
	begin := make(chan struct{})
	var wait sync.WaitGroup
	for i := range crowd {
		wait.Go(func() {
			<-begin
			f(i)
		})
	}
	close(begin)
	wait.Wait()
}

func concurrentRows() []row {
	return []row{
		{ID: "LAYER-CON-001", Profile: "strict", Needs: needs{Queues, Bounded}, Says: "Concurrent senders MUST NOT put more into a channel than its capacity, and fill it.",
			Why: "L core counts, and adds later", Check: check(func(k *kit) {
				n := k.l.Limits().Capacity
				var accepted atomic.Int64
				together(func(i int) {
					for j := range n {
						switch err := k.l.Send(k.Context(), "jobs", msg(10*i+j)); {
						case err == nil:
							accepted.Add(1)
						case !errors.Is(err, ErrFull):
							k.Errorf("Send in a crowd failed: %v", err)
						}
					}
				})
				if got := k.drain("jobs"); accepted.Load() != int64(n) || len(got) != n {
					k.Errorf("%d sends in a crowd succeeded, and %d messages are there, want %d", accepted.Load(), len(got), n)
				}
			})},
		{ID: "LAYER-CON-002", Needs: needs{Queues}, Says: "Concurrent receivers MUST be given each message once, by several senders too.", Why: "S: at most once", Check: check(func(k *kit) {
			const each = 20
			var mu sync.Mutex
			seen := map[string]int{}
			together(func(i int) { // each sends one and takes one: never more than the crowd wait
				for j := range each {
					if err := k.l.Send(k.Context(), "jobs"+fmt.Sprint(i/2), msg(100*i+j)); err != nil {
						k.Errorf("Send in a crowd failed: %v", err)
						return
					}
					m, err := k.l.Receive(k.Context(), "jobs"+fmt.Sprint(i/2))
					if err != nil {
						k.Errorf("Receive in a crowd failed: %v", err)
						return
					}
					mu.Lock()
					seen[fmt.Sprint(m["n"])]++
					mu.Unlock()
				}
			})
			if !k.Failed() && len(seen) != crowd*each {
				k.Errorf("%d different messages were received of %d that were sent and taken", len(seen), crowd*each)
			}
		})},
		{ID: "LAYER-CON-003", Says: "Concurrent receivers on a layer's own channels MUST each get the messages of theirs, in order.", Why: "L: two event loops", Check: check(func(k *kit) {
			own := make([]string, crowd)
			for i := range own {
				own[i] = k.newChannel()
			}
			together(func(i int) {
				for j := range 20 {
					err := k.l.Send(k.Context(), own[(i+1)%crowd], msg(j))
					if err != nil && !errors.Is(err, ErrFull) { // one queue may hold those of all
						k.Errorf("Send in a crowd failed: %v", err)
					}
				}
			})
			for i := range own {
				got := k.drain(own[i])
				if !slices.IsSortedFunc(got, func(a, b Message) int { return int(a["n"].(int64) - b["n"].(int64)) }) {
					k.Errorf("%s held %s, want them in the order in which they were sent", own[i], shown(got))
				}
			}
		})},
		{ID: "LAYER-CON-004", Profile: "strict", Says: "Receivers that are cancelled in a crowd MUST NOT take messages along, nor keep others from receiving.", Why: "C#1683; L#165: after many of them a name stops receiving", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.churn(c, 15)
			}
		})},
		{ID: "LAYER-CON-005", Says: "Concurrent changes of a group MUST each take effect.", Why: "L: a set", Check: check(func(k *kit) {
			own := make([]string, crowd)
			for i := range own {
				own[i] = k.newChannel()
			}
			together(func(i int) {
				for range 10 {
					if err := errors.Join(k.l.GroupAdd(k.Context(), "g", own[i]), k.l.GroupDiscard(k.Context(), "g", own[i]), k.l.GroupSend(k.Context(), "h", msg(i))); err != nil {
						k.Errorf("a change in a crowd failed: %v", err)
					}
				}
				if i%2 == 0 {
					if err := k.l.GroupAdd(k.Context(), "g", own[i]); err != nil {
						k.Errorf("GroupAdd in a crowd failed: %v", err)
					}
				}
			})
			k.groupSend("g", msg(1))
			for i := range own {
				if i%2 == 0 {
					k.holds(own[i], msg(1))
				} else {
					k.holds(own[i])
				}
			}
		})},
		{ID: "LAYER-LIN-001", Needs: needs{Queues}, Says: "Concurrent sends and receives of a channel MUST be linearizable: those of a first-in, first-out queue.", Why: "every call takes effect at one moment between its start and its end", Check: check(func(k *kit) {
			if k.l.Limits().Capacity < linear.Clients {
				k.Unproven("each of %d clients has a message of its own in the channel", linear.Clients)
			}
			linear.Check(k.Probe, queueModel(), func(i, n int) (any, func() any) {
				if n%2 == 1 { // each takes as many as it has sent: nobody waits for ever
					return nil, func() any {
						m, err := k.l.Receive(k.Context(), "jobs")
						return linear.Outcome(m["n"], err)
					}
				}
				v := int64(100*i + n)
				return v, func() any { return k.l.Send(k.Context(), "jobs", msg(int(v))) }
			})
		})},
	}
}

// churn sends n messages to a channel most of whose receivers are cancelled at
// any moment and come again, and wants all of them received.
func (k *kit) churn(channel string, n int) {
	k.Helper()
	k.Call("%d messages to %s, whose receivers are cancelled again and again", n, channel)
	var got atomic.Int64
	var wait sync.WaitGroup
	stop, end := context.WithCancel(k.Context())
	defer end()
	for i := range 3 {
		wait.Go(func() { // ended by the last message, or with the check
			for stop.Err() == nil {
				ctx, cancel := context.WithCancel(stop)
				if i > 0 { // one is patient: the others may never stay long enough
					wait.Go(cancel) // at any moment of the receive
				}
				m, err := k.l.Receive(ctx, channel)
				if err == nil && m["type"] == "marker" {
					end()
				} else if err == nil {
					got.Add(1)
				}
				cancel()
			}
		})
	}
	send := func(m Message) {
		for { // the receivers may be slow
			err := k.l.Send(k.Context(), channel, m)
			if err == nil {
				return
			} else if !errors.Is(err, ErrFull) || k.Context().Err() != nil {
				end()
				wait.Wait()
				k.Fatalf("Send in a crowd failed: %v", err)
			}
			k.moment()
		}
	}
	for i := range n {
		for int64(i)-got.Load() >= int64(k.l.Limits().Capacity)-2 && !k.Has(Bounded) && k.Context().Err() == nil {
			k.moment() // such a layer would drop the oldest
		}
		send(msg(i))
	}
	send(marker()) // behind the others
	wait.Wait()
	if int(got.Load()) != n {
		k.Errorf("%d messages were received of %d", got.Load(), n)
	}
}

// queueModel is a queue: an input that is a number is put into it, any other
// takes what is in front.
func queueModel() porcupine.NondeterministicModel {
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{""} },
		Step: func(state, input, output any) []any {
			queue := state.(string)
			if n, sends := input.(int64); sends {
				return linear.Judged(queue, queue+fmt.Sprint(n)+" ", nil, output)
			}
			head, rest := cut(queue)
			if output == (linear.Unknown{}) {
				return []any{queue, rest}
			}
			if fmt.Sprint(output) != head {
				return nil
			}
			return []any{rest}
		},
	}
}

func cut(queue string) (head, rest string) {
	for i, c := range queue {
		if c == ' ' {
			return queue[:i], queue[i+1:]
		}
	}
	return "", ""
}
