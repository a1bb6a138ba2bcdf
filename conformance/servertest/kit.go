package servertest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/conformance"
)

// A kit is what a check works with: the probe, and a connection whose
// commands are recorded.
type kit struct {
	*conformance.Probe
	srv   Server
	c     Conn
	label string // how messages call the connection: "" or "b: "
	id    string // of the connection, once blocked has asked for it
	own   string // marks the channels of this check: see name
}

// check adapts a check on a kit to the engine.
func check(f func(k *kit)) func(*conformance.Probe, Server) {
	return func(p *conformance.Probe, srv Server) {
		k := &kit{Probe: p, srv: srv, own: strings.ToLower(rand.Text()[:6])}
		k = k.another("")
		defer k.close()
		f(k)
	}
}

// another is a kit with a connection of its own; the caller closes it.
func (k *kit) another(label string) *kit {
	c, err := k.srv.Dial(k.Context())
	if err != nil {
		k.Helper()
		k.Fatalf("a connection failed: %v", err)
	}
	if label != "" {
		label += ": "
	}
	return &kit{Probe: k.Probe, srv: k.srv, c: c, label: label, own: k.own}
}

// name is a channel or a pattern that nobody else uses: channels are those of
// the whole server, and a check may have only a database of it.
func (k *kit) name(channel string) string { return "servertest:" + k.own + ":" + channel }

func (k *kit) close() { _ = k.c.Close() } // its end is of no interest to a check

// words shows a command as a user would type it.
func words(args []string) string {
	shown := slices.Clone(args)
	for i, a := range shown {
		if len(a) > 60 {
			a = a[:57] + "…"
		}
		if a == "" || strings.ContainsFunc(a, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }) {
			a = strconv.Quote(a)
		}
		shown[i] = a
	}
	return strings.Join(shown, " ")
}

// send writes a command without waiting for its reply.
func (k *kit) send(args ...string) {
	k.Call("%s%s", k.label, words(args))
	if err := k.c.Send(k.Context(), args...); err != nil {
		k.Helper()
		k.Fatalf("%s%s could not be sent: %v", k.label, words(args), err)
	}
}

// next is what the server sends next.
func (k *kit) next(what string) outcome {
	v, err := k.c.Receive(k.Context())
	return outcome{k: k, call: k.label + what, value: v, err: err}
}

// do sends a command and waits for its reply.
func (k *kit) do(args ...string) outcome {
	k.Helper()
	k.send(args...)
	return k.next(words(args))
}

// messages is what a subscribed connection has been sent so far: the reply of
// a PING, which comes after all of it, ends it.
func (k *kit) messages() []any {
	k.Helper()
	k.send("PING")
	var all []any
	for {
		o := k.next("the next message").ok()
		if list, is := o.value.([]any); is && len(list) == 2 && list[0] == "pong" || o.value == "PONG" {
			return all
		}
		all = append(all, o.value)
	}
}

// heard wants exactly these messages to have come, in this order.
func (k *kit) heard(want ...[]any) {
	got := k.messages()
	var wants []any
	for _, w := range want {
		wants = append(wants, w)
	}
	if !same(wants, got) {
		k.Helper()
		k.Errorf("%sthe messages are %s, want %s", k.label, show(got), show(wants))
	}
}

// blocked sends a command on a connection of its own and waits until the
// server has let it wait.
func (k *kit) blocked(label string, args ...string) *kit {
	k.Helper()
	w := k.another(label)
	w.id = w.do("CLIENT", "ID").text()
	w.send(args...)
	for range 20_000 {
		list := k.quietly("CLIENT", "LIST")
		for line := range strings.Lines(list) {
			if strings.HasPrefix(line, "id="+w.id+" ") && strings.Contains(line, " flags=b") {
				return w
			}
		}
	}
	w.close()
	k.Fatalf("%s%s does not wait: CLIENT LIST never shows it blocked", w.label, words(args))
	return nil
}

// quietly asks without recording: for what is asked often.
func (k *kit) quietly(args ...string) string {
	if err := k.c.Send(k.Context(), args...); err != nil {
		k.Fatalf("%s could not be sent: %v", words(args), err)
	}
	return k.next(words(args)).text()
}

// letPass lets a blocking command run into its time limit, where time stands
// still; elsewhere it passes by itself.
func (k *kit) letPass(d time.Duration) {
	if k.Still() {
		k.NeedBlocking()
		k.Advance(d)
	}
}

// info is the reply of INFO, which has to be text.
func (k *kit) info(section ...string) string {
	k.Helper()
	return k.do(append([]string{"INFO"}, section...)...).text()
}

// restore puts a setting back when the check ends. The connection is a fresh
// one: a check may end in the middle of a reply.
func (k *kit) config(name, value string) (undo func()) {
	k.Helper()
	before, _ := k.do("CONFIG", "GET", name).ok().value.([]any)
	k.do("CONFIG", "SET", name, value).is("OK")
	return func() {
		if len(before) == 2 {
			_, _ = ask(context.WithoutCancel(k.Context()), k.srv, "CONFIG", "SET", name, fmt.Sprint(before[1])) // the server is disposable
		}
	}
}

// goneFrom waits until the server has noticed the end of a connection.
func (k *kit) goneFrom(id string) {
	k.Helper()
	for range 20_000 {
		if !strings.Contains("\n"+k.quietly("CLIENT", "LIST"), "\nid="+id+" ") {
			return
		}
	}
	k.Fatalf("the server never notices that connection %s has closed", id)
}
