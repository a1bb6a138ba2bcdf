package channels

import (
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// most is how many queues one script is asked to serve.
const most = 1000

func (l *Redis) group(name string) (key string, on *redis.Client) {
	return l.opt.Prefix + ":group:" + name, l.shards[Shard(name, len(l.shards))]
}

// GroupAdd implements Layer. The membership ends after GroupExpiry unless it
// is refreshed by another GroupAdd.
func (l *Redis) GroupAdd(ctx context.Context, group, channel string) error {
	if err := errors.Join(checkGroup(group), checkChannel(channel)); err != nil {
		return err
	}
	if l.isClosed() {
		return ErrClosed
	}
	key, on := l.group(group)
	_, err := on.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Do(ctx, "ZADD", key, l.score(), channel)
		p.Expire(ctx, key, l.opt.GroupExpiry)
		return nil
	})
	if err != nil {
		return fmt.Errorf("add %s to group %s: %w", channel, group, err)
	}
	return nil
}

// GroupDiscard implements Layer.
func (l *Redis) GroupDiscard(ctx context.Context, group, channel string) error {
	if err := errors.Join(checkGroup(group), checkChannel(channel)); err != nil {
		return err
	}
	if l.isClosed() {
		return ErrClosed
	}
	key, on := l.group(group)
	if err := on.ZRem(ctx, key, channel).Err(); err != nil {
		return fmt.Errorf("discard %s from group %s: %w", channel, group, err)
	}
	return nil
}

// GroupSend implements Layer. It costs one round trip for the members and one
// for each shard that has some. Members that share a queue, as the local
// channels of one layer do, get one message with all their names.
func (l *Redis) GroupSend(ctx context.Context, group string, msg Message) error {
	if err := checkGroup(group); err != nil {
		return err
	}
	if l.isClosed() {
		return ErrClosed
	}
	if _, err := l.codec.pack(msg, nil, l.opt.Clock.Now()); err != nil {
		return fmt.Errorf("send to group %s: %w", group, err) // even if nobody is in it
	}
	members, err := l.members(ctx, group)
	if err != nil {
		return fmt.Errorf("send to group %s: %w", group, err)
	}
	parcels, err := l.parcels(members, msg)
	if err != nil {
		return fmt.Errorf("send to group %s: %w", group, err)
	}
	full := 0
	var problems []error
	for shard, p := range parcels {
		for len(p.keys) > 0 {
			n := min(len(p.keys), most)
			f, err := l.add(ctx, shard, p.keys[:n], p.limits[:2*n]...)
			full += f
			if err != nil {
				problems = append(problems, fmt.Errorf("send to group %s on shard %d: %w", group, shard, err))
			}
			p.keys, p.limits = p.keys[n:], p.limits[2*n:]
		}
	}
	if full > 0 {
		l.opt.Logger.InfoContext(ctx, fmt.Sprintf("%d of %d channels over capacity in group %s", full, len(members), group))
	}
	return errors.Join(problems...)
}

// members returns the channels of a group, without those that have expired.
func (l *Redis) members(ctx context.Context, group string) ([]string, error) {
	key, on := l.group(group)
	var names *redis.StringSliceCmd
	_, err := on.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.ZRemRangeByScore(ctx, key, "-inf", fmt.Sprint(l.opt.bound(l.opt.GroupExpiry)))
		names = p.ZRange(ctx, key, 0, -1)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return names.Val(), nil
}

// A parcel is what one shard is sent: for each queue a capacity and a member.
type parcel struct {
	keys   []string
	limits []any
}

func (l *Redis) parcels(channels []string, msg Message) ([]parcel, error) {
	out := make([]parcel, len(l.shards))
	names := map[string][]any{} // by address
	for _, c := range channels {
		at, _ := address(c)
		names[at] = append(names[at], c)
	}
	for _, c := range channels {
		at, _ := address(c)
		all := names[at]
		if all[0] != any(c) {
			continue // the first of a queue stands for all
		}
		member, err := l.codec.pack(msg, all, l.opt.Clock.Now())
		if err != nil {
			return nil, err
		}
		p := &out[Shard(at, len(l.shards))]
		p.keys = append(p.keys, l.opt.Prefix+at)
		p.limits = append(p.limits, l.opt.capacity(c), member)
	}
	return out, nil
}
