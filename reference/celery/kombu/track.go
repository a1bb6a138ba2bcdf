package kombu

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/resp"
)

// errNoTracking reports a server or a login that cannot track keys.
var errNoTracking = errors.New("no CLIENT TRACKING over RESP3")

// tracker is a connection of its own that speaks RESP3: only there do
// invalidations come unasked. It is used by one goroutine at a time.
type tracker struct {
	conn    net.Conn
	reader  *resp.Reader
	wake    chan struct{}   // an invalidation came; holds one
	replies chan resp.Value // answers to commands; as many as are sent at once
	failed  chan struct{}   // closed by the reading goroutine when it ends
	err     error           // why it ended; read after failed
	reading sync.WaitGroup
}

// dialTracker connects as opt says. Its reading goroutine ends with the
// connection; close waits for it.
func dialTracker(ctx context.Context, opt *redis.Options) (*tracker, error) {
	if opt.StreamingCredentialsProvider != nil {
		return nil, fmt.Errorf("%w: credentials that change while connected", errNoTracking)
	}
	conn, err := opt.Dialer(ctx, opt.Network, opt.Addr)
	if err != nil {
		return nil, err
	}
	tr := &tracker{conn: conn, reader: resp.NewReader(conn, resp.Limits{}), wake: make(chan struct{}, 1),
		replies: make(chan resp.Value, 2), failed: make(chan struct{})}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := greet(ctx, opt, conn, tr.reader); err != nil {
		_ = conn.Close()
		return nil, err
	}
	tr.reading.Go(tr.read)
	return tr, nil
}

// greet logs in, selects the database, for EXISTS reads there, and turns
// tracking on.
func greet(ctx context.Context, opt *redis.Options, conn net.Conn, reader *resp.Reader, tracking ...string) error {
	user, password := opt.Username, opt.Password
	var err error
	switch {
	case opt.CredentialsProviderContext != nil:
		user, password, err = opt.CredentialsProviderContext(ctx)
	case opt.CredentialsProvider != nil:
		user, password = opt.CredentialsProvider()
	}
	if err != nil {
		return err
	}
	hello := []string{"HELLO", "3"}
	if password != "" {
		if user == "" {
			user = "default"
		}
		hello = append(hello, "AUTH", user, password)
	}
	if opt.ClientName != "" {
		hello = append(hello, "SETNAME", opt.ClientName+"-wait")
	}
	for _, command := range [][]string{hello, {"SELECT", strconv.Itoa(opt.DB)}, append([]string{"CLIENT", "TRACKING", "ON"}, tracking...)} {
		if err := send(conn, command); err != nil {
			return err
		}
		v, err := reader.Value()
		if err != nil {
			return err
		}
		if v.Kind == resp.Error {
			if command[0] == "SELECT" {
				return errors.New(v.Str)
			}
			return fmt.Errorf("%w: %s answers %s", errNoTracking, command[0], v.Str)
		}
	}
	return nil
}

// send writes commands in one piece.
func send(conn net.Conn, commands ...[]string) error {
	var w resp.Writer
	for _, c := range commands {
		w.Bulks(c...)
	}
	_, err := conn.Write(w.Bytes())
	return err
}

func (tr *tracker) read() {
	defer close(tr.failed)
	for {
		v, err := tr.reader.Value()
		if err != nil {
			tr.err = err
			return
		}
		if v.Kind == resp.Push {
			select {
			case tr.wake <- struct{}{}:
			default:
			}
			continue
		}
		select {
		case tr.replies <- v:
		default: // nobody asked
			tr.err = errors.New("the server sent an answer nobody asked for")
			return
		}
	}
}

// wait returns when one of the lists exists, or it or parked changes, or the
// limit has passed. After an error the tracker is of no further use.
func (tr *tracker) wait(ctx context.Context, lists []string, parked string, limit time.Duration) error {
	select {
	case <-tr.wake: // left by an earlier wait; EXISTS sees what it announced
	default:
	}
	if err := send(tr.conn, append([]string{"EXISTS"}, lists...), []string{"EXISTS", parked}); err != nil {
		return err
	}
	end := time.NewTimer(max(limit, time.Second/2)) // for the answers; a wait may be shorter
	defer end.Stop()
	ready := false
	for i := range 2 {
		select {
		case v := <-tr.replies:
			if v.Kind != resp.Int {
				return fmt.Errorf("EXISTS answers %s", v.Str)
			}
			ready = ready || i == 0 && v.Str != "0"
		case <-end.C:
			return errors.New("no answer to EXISTS")
		case <-tr.failed:
			return tr.err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if ready {
		return nil
	}
	end.Reset(limit)
	select {
	case <-tr.wake:
		return nil
	case <-end.C:
		return nil
	case <-tr.failed:
		return tr.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (tr *tracker) close() error {
	err := tr.conn.Close()
	tr.reading.Wait()
	return err
}
