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
	"github.com/redkit-dev/redkit/reference/celery/broker"
)

// An awaitConn is a connection that waits and claims in one step. It sends two
// commands together, a BLMOVE that would put the next message of one list back
// where it was and, behind it, a claim: the server answers the claim in the
// moment a message comes, with no way to the worker and back in between. It
// looks after the other lists, and what is parked, by CLIENT TRACKING, and when
// one of them changes it has its BLMOVE interrupted. What it has claimed when
// it breaks, the next claim of its lane returns.
type awaitConn struct {
	conn   net.Conn
	reader *resp.Reader
	id     int64 // of the connection
	helper sync.WaitGroup
}

// grace is how much longer than it was asked to an awaitConn waits for answers.
const grace = 10 * time.Second

// dialAwait connects as opt says.
func dialAwait(ctx context.Context, opt *redis.Options) (*awaitConn, error) {
	if opt.StreamingCredentialsProvider != nil {
		return nil, fmt.Errorf("%w: credentials that change while connected", errNoTracking)
	}
	conn, err := opt.Dialer(ctx, opt.Network, opt.Addr)
	if err != nil {
		return nil, err
	}
	a := &awaitConn{conn: conn, reader: resp.NewReader(conn, resp.Limits{})}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	err = greet(ctx, opt, conn, a.reader, "OPTIN")
	if err == nil {
		a.id, err = a.number()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return a, nil
}

func (a *awaitConn) number() (int64, error) {
	if err := send(a.conn, []string{"CLIENT", "ID"}); err != nil {
		return 0, err
	}
	v, err := a.answer()
	if err == nil && v.Kind != resp.Int {
		err = fmt.Errorf("%w: CLIENT ID answers %s", errNoTracking, v.Str)
	}
	return v.Int64(), err
}

// answer is the next that is none of the server's own accord.
func (a *awaitConn) answer() (resp.Value, error) {
	for {
		v, err := a.reader.Value()
		if err != nil || v.Kind != resp.Push {
			return v, err
		}
	}
}

// await waits for a message on one of the lists, at most for limit, and
// returns the answer to the claim. blind says that the server refuses what an
// awaitConn needs. It ends soon after ctx, with what was claimed until then.
// After an error the connection is of no further use.
func (a *awaitConn) await(ctx context.Context, client *redis.Client, lists []string, parked string, claim []string, limit time.Duration) (claimed resp.Value, blind bool, err error) {
	a.helper.Wait() // that of the last time: what it interrupts is not this
	if err := a.conn.SetDeadline(time.Now().Add(limit + grace)); err != nil {
		return claimed, false, err
	}
	caching := []string{"CLIENT", "CACHING", "YES"}
	others := append([]string{"EXISTS", parked}, lists[1:]...)
	seconds := strconv.FormatFloat(max(limit, time.Millisecond).Seconds(), 'f', 3, 64)
	if err := send(a.conn, caching, []string{"EXISTS", parked}, caching, others, []string{"BLMOVE", lists[0], lists[0], "RIGHT", "RIGHT", seconds}, claim); err != nil {
		return claimed, false, err
	}

	changed, over := make(chan struct{}), make(chan struct{})
	a.helper.Go(func() { // ends with over; waited for by the next await, and by close
		select {
		case <-changed:
		case <-ctx.Done():
			_ = a.conn.SetReadDeadline(time.Now().Add(grace))
		case <-over:
			return
		}
		a.interrupt(client, over)
	})
	defer close(over)
	change := sync.OnceFunc(func() { close(changed) })

	found := [4]resp.Value{}
	for i := range found {
		if found[i], err = a.answer(); err != nil {
			return claimed, false, err
		}
		blind = blind || found[i].IsError()
	}
	if blind || found[3].Int64() > found[1].Int64() { // something is there besides what is parked
		change()
	}
	for { // until BLMOVE is answered
		v, err := a.reader.Value()
		if err != nil {
			return claimed, false, err
		}
		if v.Kind != resp.Push {
			blind = blind || v.IsError()
			break
		}
		change()
	}
	claimed, err = a.answer()
	return claimed, blind, err
}

// interrupt ends the BLMOVE, which may still be on its way to the server.
func (a *awaitConn) interrupt(client *redis.Client, over <-chan struct{}) {
	for pause := time.Millisecond; ; pause = min(2*pause, time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), grace)
		n, err := client.ClientUnblock(ctx, a.id).Result()
		cancel()
		if n == 1 && err == nil {
			return
		}
		select {
		case <-over:
			return
		case <-time.After(pause):
		}
	}
}

func (a *awaitConn) close() error {
	err := a.conn.Close()
	a.helper.Wait()
	return err
}

// Await waits for messages, at most for limit, and claims up to most of them.
// It is Wait and then Claim, in one step where the server can do that. It
// returns what it claimed also when ctx has ended meanwhile.
func (c *consumer) Await(ctx context.Context, most int, limit time.Duration) ([]broker.Delivery, error) {
	single, ok := c.t.client.(*redis.Client)
	if !ok || c.blind || c.t.opt.Parity || c.t.opt.Clock != nil || len(c.queues) == 0 || most <= 0 {
		return c.waitAndClaim(ctx, most, limit)
	}
	if c.orphan != 0 { // it may have claimed what nobody will be woken for again
		if claimed, err := c.Claim(ctx, most); err != nil || len(claimed) > 0 {
			return claimed, err
		}
	}
	if c.awaiting == nil {
		a, err := dialAwait(ctx, single.Options())
		switch {
		case errors.Is(err, errNoTracking):
			c.blind = true
			return c.waitAndClaim(ctx, most, limit)
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, fmt.Errorf("wait for messages: %w", err)
		}
		c.awaiting = a
	}
	keys, args := c.request(min(most, chunk))
	reply, blind, err := c.awaiting.await(ctx, single, c.t.lists(c.queues...), c.t.key("redkit.parked"), evalsha(keys, args), c.limit(limit))
	if blind || err != nil {
		if err != nil {
			c.orphan = c.awaiting.id
		}
		_ = c.awaiting.close()
		c.awaiting, c.blind = nil, blind
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("wait for messages: %w", err)
	case reply.IsError(): // the script is not there yet, or says why: the same call once more
		return c.Claim(ctx, most)
	}
	claimed, err := c.accept(plainReply(reply))
	if err != nil {
		return nil, err
	}
	return c.sortOut(context.WithoutCancel(ctx), claimed)
}

func (c *consumer) waitAndClaim(ctx context.Context, most int, limit time.Duration) ([]broker.Delivery, error) {
	if err := c.Wait(ctx, limit); err != nil {
		return nil, err
	}
	return c.Claim(ctx, most)
}

// settleOrphan makes sure that a claim sent over a connection that broke is
// either made, so that the next one of the lane returns it, or never will be.
func (c *consumer) settleOrphan(ctx context.Context, client *redis.Client) error {
	if c.orphan == 0 {
		return nil
	}
	err := client.ClientUnblock(ctx, c.orphan).Err()
	var refused redis.Error
	if err != nil && !errors.As(err, &refused) {
		return fmt.Errorf("end a wait whose connection broke: %w", err)
	}
	c.orphan = 0
	return nil
}

// evalsha is the claim as a command.
func evalsha(keys []string, args []any) []string {
	command := append([]string{"EVALSHA", claimScript.Hash(), strconv.Itoa(len(keys))}, keys...)
	for _, a := range args {
		command = append(command, fmt.Sprint(a))
	}
	return command
}

// plainReply is an answer as go-redis returns it.
func plainReply(v resp.Value) any {
	switch {
	case v.Null:
		return nil
	case v.Kind == resp.Int:
		return v.Int64()
	case v.Kind != resp.Array:
		return v.Str
	}
	all := make([]any, len(v.Elems))
	for i, e := range v.Elems {
		all[i] = plainReply(e)
	}
	return all
}
