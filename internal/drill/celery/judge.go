package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// counts is what became of the tasks of a storm.
type counts struct {
	Executions int            `json:"executions"`
	Extra      map[string]int `json:"executions_beyond_the_first"` // by cause
	AfterAck   int            `json:"executions_after_an_acknowledgement"`
	Wrong      int            `json:"executions_with_wrong_input_or_too_early"`
	Lost       int            `json:"acknowledged_publications_lost"` // of which an effect was never seen
	lostIDs    []string       // of the effects
}

// count judges the events of workers. kept are publications of which the
// broker still has a message.
func count(published []int, kept map[int]bool, events []event, serverKills []time.Time) counts {
	c := counts{Extra: map[string]int{}}
	slices.SortStableFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	runs, acks := map[string][]event{}, map[string]time.Time{}
	for _, e := range events {
		switch e.kind {
		case "X":
			c.Executions++
			// A task that runs again sends what follows again, as another message.
			sent := len(runs[predecessor(e.id)]) > 1
			if at, ok := acks[e.id]; ok && at.Before(e.at) && !sent {
				c.AfterAck++
			}
			if before := runs[e.id]; len(before) > 0 {
				why := cause(before[len(before)-1], e, serverKills)
				if sent {
					why = "the task before it ran again"
				}
				c.Extra[why]++
			}
			runs[e.id] = append(runs[e.id], e)
		case "W":
			c.Wrong++
		case "A":
			if _, ok := acks[e.id]; !ok {
				acks[e.id] = e.at
			}
		}
	}
	for _, n := range published {
		var missing []string
		for _, id := range effects(n) {
			if len(runs[id]) == 0 {
				missing = append(missing, id)
			}
		}
		if len(missing) > 0 && !kept[n] {
			c.Lost++
			c.lostIDs = append(c.lostIDs, missing...)
		}
	}
	return c
}

// predecessor is the effect of the step before one of a chain, "" if there is none.
func predecessor(id string) string {
	n, err := numberOf(id)
	if err != nil || kindOf(n) != "chain" {
		return ""
	}
	for step, own := range effects(n) {
		if own == id && step > 0 {
			return effects(n)[step-1]
		}
	}
	return ""
}

// cause says why a task ran again.
func cause(before, again event, serverKills []time.Time) string {
	within := func(at time.Time) bool { return at.After(before.at) && at.Before(again.at) }
	switch {
	case within(before.proc.ended):
		return "worker killed"
	case slices.ContainsFunc(serverKills, within):
		return "server killed"
	}
	return "connection broken or reply lost"
}

// judge reads what everybody noted and what the broker still has.
func (s *storm) judge(ctx context.Context, r *row, published []int) error {
	c := s.server.Client
	var queued []string
	var err error
	for _, list := range lists {
		more, bad := c.LRange(ctx, list, 0, -1).Result()
		queued, err = append(queued, more...), errors.Join(err, bad)
	}
	claimed, err2 := c.HVals(ctx, "unacked").Result()
	dead, err3 := c.LRange(ctx, "redkit.dead", 0, -1).Result()
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	kept := map[int]bool{}
	for _, raw := range slices.Concat(queued, claimed, dead) {
		n, err := numberOf(effectOf([]byte(raw[max(strings.Index(raw, "\n"), 0):])))
		if err != nil {
			return err
		}
		kept[n] = true
	}
	var events []event
	for _, w := range s.all {
		more, err := read(w.journal, w)
		if err != nil {
			return err
		}
		events = append(events, more...)
	}
	r.counts = count(published, kept, events, s.serverKills)
	r.Tasks, r.Stuck, r.Dead = len(published), len(queued)+len(claimed), len(dead)
	r.WorkerKills, r.WorkerEnds, r.ServerKills = len(s.all)-len(s.fleet)-s.ends, s.ends, len(s.serverKills)
	r.Cuts, r.LostReplies, r.Unflushed = s.proxy.cuts.Load(), s.proxy.lost.Load(), s.server.Lost
	return nil
}
