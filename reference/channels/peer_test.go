package channels_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/edition"
	"github.com/redkit-dev/redkit/redistest"
)

// editions are the two of channels_redis.
func editions() []edition.Edition {
	return edition.Of("channels_redis", "4.0.", "python3-channels-redis python3-cryptography", "4.3.")
}

// eachEdition runs a test with every version of channels_redis at hand.
func eachEdition(t *testing.T, fn func(t *testing.T, e edition.Edition)) {
	t.Parallel()
	for _, e := range editions() {
		t.Run("channels_redis-"+e.Version+"x", func(t *testing.T) {
			t.Parallel()
			e.Need(t, "import channels_redis.core, channels_redis.pubsub, cryptography; print(channels_redis.__version__)")
			fn(t, e)
		})
	}
}

// A peer is the real channels_redis in a process of its own.
type peer struct {
	t   *testing.T
	in  io.Writer
	out *bufio.Scanner
}

// meet starts a peer of an edition on the server, which ends with the test.
func meet(t *testing.T, e edition.Edition, srv *redistest.Server, kind string, keys ...string) *peer {
	t.Helper()
	opt := srv.Options()
	u := url.URL{Scheme: "redis", Host: srv.Faults().Addr(), Path: strconv.Itoa(opt.DB)}
	if opt.Password != "" {
		u.User = url.UserPassword(opt.Username, opt.Password)
	}
	// Not of the test's context: the peer ends when its input does.
	cmd := e.Command(context.WithoutCancel(t.Context()), append([]string{"testdata/peer.py", kind, u.String()}, keys...)...)
	var words strings.Builder
	cmd.Stderr = &words
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Errorf("close the peer's input: %v", err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("channels_redis ended with %v:\n%s", err, words.String())
		}
	})
	p := &peer{t, in, bufio.NewScanner(out)}
	if version := p.answers(); !strings.HasPrefix(fmt.Sprint(version), e.Version) {
		t.Fatalf("the peer has channels_redis %v, want %sx", version, e.Version)
	}
	return p
}

// asks lets the peer begin a call; answers waits for what came of it.
func (p *peer) asks(call string, args ...any) {
	p.t.Helper()
	line, err := json.Marshal(append([]any{call}, args...))
	if err == nil {
		_, err = p.in.Write(append(line, '\n'))
	}
	if err != nil {
		p.t.Fatalf("ask channels_redis to %s: %v", call, err)
	}
}

func (p *peer) answers() any {
	p.t.Helper()
	if !p.out.Scan() {
		p.t.Fatalf("channels_redis ended: %v", p.out.Err())
	}
	var answer struct {
		Value any
		Error string
	}
	if err := json.Unmarshal(p.out.Bytes(), &answer); err != nil || answer.Error != "" {
		p.t.Fatalf("channels_redis: %s%v", answer.Error, err)
	}
	return answer.Value
}

func (p *peer) does(call string, args ...any) any {
	p.t.Helper()
	p.asks(call, args...)
	return p.answers()
}
