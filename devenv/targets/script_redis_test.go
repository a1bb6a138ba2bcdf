//go:build unix

package targets_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/rogpeppe/go-internal/testscript"
)

// A portPicker never hands out a port twice.
type portPicker struct {
	mu    sync.Mutex
	given map[int]bool
}

func (p *portPicker) command(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: ports NAME…")
	}
	p.pick(ts, args, 20_000, 12_000) // below the kernel's own range
}

// cluster picks ports of four digits, whose twins 10000 above are free too.
func (p *portPicker) cluster(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: clusterports NAME…")
	}
	p.pick(ts, args, 1100, 7300)
}

func (p *portPicker) pick(ts *testscript.TestScript, args []string, first, count int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.given == nil {
		p.given = map[int]bool{}
	}
	for _, name := range args {
		for tries := 0; ; tries++ {
			port := first + rand.IntN(count)
			err := canListen(port)
			if first < 10_000 {
				err = errors.Join(err, canListen(port+10_000))
			}
			if err == nil && !p.given[port] {
				p.given[port] = true
				ts.Setenv(name, strconv.Itoa(port))
				break
			}
			if tries > 1000 {
				ts.Fatalf("no free port: %v", err)
			}
		}
	}
}

func canListen(port int) error {
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		return err
	}
	return l.Close()
}

func client(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: client PORT CMD ARG…")
	}
	err := send(ts, args)
	if err == nil == neg {
		ts.Fatalf("client %q: error %v", args, err)
	}
}

func send(ts *testscript.TestScript, args []string) error {
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + args[0], Password: ts.Getenv("REDKIT_PASSWORD"), Protocol: 2, DisableIdentity: true})
	defer c.Close()
	words := make([]any, len(args)-1)
	for i, w := range args[1:] {
		words[i] = w
	}
	reply, err := c.Do(context.Background(), words...).Result()
	if err == redis.Nil {
		reply, err = "(nil)", nil
	}
	fmt.Fprintln(ts.Stdout(), reply)
	return err
}

// until repeats "PORT REPLY CMD ARG…" for at most a minute; ~PART in place of
// REPLY is satisfied by a part of it.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: until PORT REPLY CMD ARG…")
	}
	c := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + args[0], Password: ts.Getenv("REDKIT_PASSWORD"), Protocol: 2, DisableIdentity: true})
	defer c.Close()
	words := make([]any, len(args)-2)
	for i, w := range args[2:] {
		words[i] = w
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		reply, err := c.Do(ctx, words...).Result()
		got := fmt.Sprint(reply)
		if err == redis.Nil {
			got, err = "(nil)", nil
		}
		part, partly := strings.CutPrefix(args[1], "~")
		if err == nil && (got == args[1] || partly && strings.Contains(got, part)) {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("%q = %s, %v after a minute, want %s", words, got, err, args[1])
		case <-tick.C:
		}
	}
}

// listen holds a port until the script ends.
func listen(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listen PORT")
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
	ts.Check(err)
	ts.Defer(func() { l.Close() })
}

// jsonCommand checks fields of the last standard output, which must be one
// JSON object: PATH=VALUE, with dots between the steps of the path.
func jsonCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: json PATH=VALUE…")
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	var object map[string]any
	ts.Check(dec.Decode(&object))
	if dec.More() {
		ts.Fatalf("standard output holds more than one JSON object")
	}
	for _, arg := range args {
		path, want, _ := strings.Cut(arg, "=")
		var value any = object
		for step := range strings.SplitSeq(path, ".") {
			switch v := value.(type) {
			case map[string]any:
				value = v[step]
			case []any:
				n, err := strconv.Atoi(step)
				if err != nil || n >= len(v) {
					ts.Fatalf("%s: the list has %d elements", path, len(v))
				}
				value = v[n]
			default:
				value = nil
			}
		}
		if got := fmt.Sprint(value); got != want {
			ts.Fatalf("%s = %s, want %s", path, got, want)
		}
	}
}
