package brokertest

import (
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"

	"github.com/redkit-dev/redkit/conformance/internal/linear"
)

// A moment is what a queue holds between two calls.
type moment struct {
	ready string // bodies, each ended by a blank, the next first
	held  string // deliveries by their numbers, or what claims took nobody heard of
}

func (m moment) head() (string, moment) {
	body, rest, _ := strings.Cut(m.ready, " ")
	return body, moment{rest, m.held}
}

func (m moment) behind(body string) moment { return moment{m.ready + body + " ", m.held} }

func (m moment) holding(what string) moment { return moment{m.ready, m.held + what + " "} }

// settling is m without something held, and whether it was.
func (m moment) settling(what string) (moment, bool) {
	before, after, there := strings.Cut(" "+m.held, " "+what+" ")
	return moment{m.ready, strings.TrimPrefix(before+" "+after, " ")}, there
}

// history judges histories that begin with these messages ready.
func history(step func(m moment, in use, out any) []moment, begin ...string) porcupine.NondeterministicModel {
	first := moment{}
	for _, body := range begin {
		first = first.behind(body)
	}
	return porcupine.NondeterministicModel{
		Init: func() []any { return []any{first} },
		Step: func(state, input, output any) []any { return list(step(state.(moment), input.(use), output)) },
	}
}

// queueModel is a list.
func queueModel() porcupine.NondeterministicModel {
	return history(func(m moment, in use, out any) []moment {
		if in.op == "publish" {
			return when(out == nil, m.behind(in.body))
		}
		body, rest := m.head()
		return when(out == body, rest)
	})
}

// claimsModel is a list and a table of deliveries.
func claimsModel(begin ...string) porcupine.NondeterministicModel {
	return history(func(m moment, in use, out any) []moment {
		if in.op == "claim" {
			text, _ := out.(string)
			number, body, _ := strings.Cut(text, ":")
			next, rest := m.head()
			if next == "" {
				return when(out == "", m)
			}
			return when(body == next, rest.holding(number+"="+body))
		}
		for _, held := range strings.Fields(m.held) {
			number, body, _ := strings.Cut(held, "=")
			if number != fmt.Sprint(in.at) {
				continue
			}
			m, _ = m.settling(held)
			if in.op == "requeue" {
				m.ready = body + " " + m.ready
			}
			return when(out == true, m)
		}
		return when(out == false, m)
	}, begin...)
}

// lossyModel is a list whose calls may fail. What a claim took that failed may
// be handed out by the next claim of the same client, or by none.
func lossyModel() porcupine.NondeterministicModel {
	return history(func(m moment, in use, out any) []moment {
		failed := out == linear.Unknown{}
		if in.op == "publish" {
			return append(when(failed, m), m.behind(in.body))
		}
		body, rest := m.head()
		mine := func(body string) string { return fmt.Sprintf("%d=%s", in.client, body) }
		if failed {
			return append(when(body != "", rest.holding(mine(body))), m)
		}
		found := when(out == body, rest)
		if again, there := m.settling(mine(fmt.Sprint(out))); there {
			found = append(found, again)
		}
		return found
	})
}

// sweepModel is the life of each message by itself, which begins with a claim
// that has run out.
func sweepModel() porcupine.NondeterministicModel {
	const claimed, ready, gone = "claimed", "ready", "gone"
	return porcupine.NondeterministicModel{
		Partition: eachMessage,
		Init:      func() []any { return []any{claimed} },
		Step: func(state, input, output any) []any {
			switch in := input.(use); {
			case in.op == "restore" && state == claimed:
				return when[any](output == nil, ready)
			case in.op == "restore":
				return when(output == nil, state)
			case in.op == "ack" && state == claimed:
				return when[any](output == true, gone)
			case in.op == "ack":
				return when(output == false, state)
			}
			return when[any](state == ready, gone)
		},
	}
}

// eachMessage parts a history: calls that concern no message by itself are in
// every part, claims that found nothing in none.
func eachMessage(all []porcupine.Operation) [][]porcupine.Operation {
	parts := map[string][]porcupine.Operation{}
	body := func(op porcupine.Operation) string {
		if in := op.Input.(use); in.op != "claim" {
			return in.body
		}
		return fmt.Sprint(op.Output)
	}
	for _, op := range all {
		if op.Input.(use).op != "restore" {
			parts[body(op)] = append(parts[body(op)], op)
		}
	}
	delete(parts, "")
	var out [][]porcupine.Operation
	for _, part := range parts {
		for _, op := range all {
			if op.Input.(use).op == "restore" {
				part = append(part, op)
			}
		}
		out = append(out, part)
	}
	return out
}

// when is state if it may follow, else no state may.
func when[S any](may bool, state S) []S {
	if !may {
		return nil
	}
	return []S{state}
}
