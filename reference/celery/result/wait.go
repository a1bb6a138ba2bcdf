package result

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/redis/go-redis/v9"
)

// lookAgain is after how much silence results are looked up without having
// been announced: a writer that stores without publishing, as gocelery, and a
// connection that died without a word, are then found out.
const lookAgain = 5 * time.Second

// Wait implements Backend. It subscribes first and looks up after, and again
// after every new connection, so nothing falls between.
func (b *Redis) Wait(ctx context.Context, ids []string, each func(*Document) bool) error {
	open := make(map[string]string, len(ids)) // channel to task
	channels := make([]string, 0, len(ids))
	for _, id := range ids {
		if _, ok := open[b.meta(id)]; !ok {
			open[b.meta(id)] = id
			channels = append(channels, b.meta(id))
		}
	}
	if len(open) == 0 {
		return nil
	}
	sub := b.client.Subscribe(ctx, channels...)
	defer sub.Close()
	stop := context.AfterFunc(ctx, func() { _ = sub.Close() }) // a receive in progress ends only so
	defer stop()
	more := true
	take := func(channel string, text []byte) error {
		if _, ok := open[channel]; !ok || !more {
			return nil
		}
		d, err := Decode(text)
		if err != nil {
			return err
		}
		if d.Status.Ready() {
			d.TaskID = open[channel] // gocelery stores ""
			delete(open, channel)
			more = each(d)
		}
		return nil
	}
	// look asks for each by itself, in one trip: a key of another type is told.
	look := func() error {
		var left []string
		var found []*redis.StringCmd
		_, err := b.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for _, c := range channels {
				if _, ok := open[c]; ok {
					left, found = append(left, c), append(found, pipe.Get(ctx, c))
				}
			}
			return nil
		})
		for i, v := range found {
			text, one := v.Bytes()
			switch {
			case one == nil:
				if err := take(left[i], text); err != nil {
					return err
				}
			case redis.HasErrorPrefix(one, "WRONGTYPE"):
				return fmt.Errorf("get result of task %s: %w: %w", open[left[i]], ErrDecode, one)
			case !errors.Is(one, redis.Nil):
				return one
			}
		}
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return err
	}
	confirmed := 0
	for failures := 0; more && len(open) > 0; {
		event, err := sub.ReceiveTimeout(ctx, lookAgain)
		switch m := event.(type) {
		case *redis.Message:
			err = take(m.Channel, []byte(m.Payload))
			if err != nil {
				return fmt.Errorf("wait for results: %w", err)
			}
			continue
		case *redis.Subscription:
			if confirmed++; confirmed%len(channels) != 0 {
				continue // the last of them says that all are
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		lookErr := look()
		if errors.Is(lookErr, ErrDecode) {
			return fmt.Errorf("wait for results: %w", lookErr)
		}
		if err == nil && lookErr == nil {
			failures = 0
			continue
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failures++
		pause := min(time.Duration(failures)*50*time.Millisecond, time.Second)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause/2 + rand.N(pause)):
		}
	}
	return nil
}
