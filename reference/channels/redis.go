package channels

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/glob"
)

// Redis is a layer in the sorted sets of channels_redis' RedisChannelLayer. A
// send costs one round trip, once the server knows the script.
//
// Keys, on the shard that their name hashes to:
//
//	asgijobs                        queue of the general channel jobs, on any shard
//	asgispecific.<client>!          queue of all local channels of one layer
//	asgi:group:chat                 members of the group chat
//	<queue>$inflight                messages on their way to a receiver
type Redis struct {
	shards []*redis.Client
	opt    Options
	codec  codec
	client string // the part of local names that is this layer's

	sent atomic.Uint64 // messages to general channels: they go round the shards
	last atomic.Int64  // score of the last message in microseconds

	mu      sync.Mutex
	closed  bool
	inboxes map[string]*inbox // by key
	buffers buffers
	idle    [][]*blocker // connections by shard
	seen    map[string]map[string]time.Time
	tasks   sync.WaitGroup
}

// NewRedis returns a layer on one or more servers, each of its own: a client
// of a Sentinel's master (redis.NewFailoverClient) is one, too. They stay the
// caller's to close, after the layer. The error lists every option that is not
// allowed.
func NewRedis(shards []*redis.Client, opt Options) (*Redis, error) {
	opt, err := opt.withDefaults()
	if len(shards) == 0 {
		err = errors.Join(err, errors.New("no server: want a client for each shard"))
	}
	if err != nil {
		return nil, fmt.Errorf("channel layer: %w", err)
	}
	return &Redis{
		shards: shards, opt: opt, client: unique(),
		codec:   codec{serializer: opt.Serializer, random: opt.RandomPrefix, keys: fernetKeys(opt.Keys), age: opt.Expiry + 10*time.Second},
		inboxes: map[string]*inbox{}, seen: map[string]map[string]time.Time{},
		idle: make([][]*blocker, len(shards)),
	}, nil
}

// unique is a name of 32 hexadecimal digits that nobody else draws.
func unique() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// NewChannel implements Layer: <prefix>.<client>!<unique>, the default prefix
// being "specific". It asks the server nothing.
func (l *Redis) NewChannel(_ context.Context, prefix string) (string, error) {
	if prefix == "" {
		prefix = "specific"
	}
	name := prefix + "." + l.client + "!" + unique()
	return name, checkChannel(name)
}

// score is a time after all that this layer has used, so that messages of one
// sender keep their order.
func (l *Redis) score() string {
	us := l.opt.Clock.Now().UnixMicro()
	for {
		last := l.last.Load()
		us = max(us, last+1)
		if l.last.CompareAndSwap(last, us) {
			return fmt.Sprintf("%d.%06d", us/1e6, us%1e6)
		}
	}
}

// Send implements Layer.
func (l *Redis) Send(ctx context.Context, channel string, msg Message) error {
	if err := checkChannel(channel); err != nil {
		return err
	}
	name, local := address(channel)
	shard := 0
	var routed any
	if local {
		shard, routed = Shard(name, len(l.shards)), channel
	} else if n := uint64(len(l.shards)); n > 1 {
		shard = int((l.sent.Add(1) - 1) % n)
	}
	member, err := l.codec.pack(msg, routed, l.opt.Clock.Now())
	if err != nil {
		return fmt.Errorf("send to %s: %w", channel, err)
	}
	full, err := l.add(ctx, shard, []string{l.opt.Prefix + name}, l.opt.capacity(channel), member)
	if err != nil {
		return fmt.Errorf("send to %s: %w", channel, err)
	}
	if full > 0 {
		return fmt.Errorf("send to %s: %w: %d messages wait", channel, ErrFull, l.opt.capacity(channel))
	}
	return nil
}

// add runs the send script; limits are a capacity and a member for each key.
func (l *Redis) add(ctx context.Context, shard int, keys []string, limits ...any) (full int, err error) {
	if l.isClosed() {
		return 0, ErrClosed
	}
	args := append([]any{l.opt.bound(l.opt.Expiry), l.score(), seconds(l.opt.Expiry)}, limits...)
	return sendScript.Run(ctx, l.shards[shard], keys, args...).Int()
}

func seconds(d time.Duration) string { return strconv.FormatInt(int64(d/time.Second), 10) }

func (l *Redis) isClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// Flush implements Layer: it removes every sorted set whose key begins with
// the prefix and goes on as a name does, on all shards. A prefix that begins
// another one takes its keys along.
func (l *Redis) Flush(ctx context.Context) error {
	if l.isClosed() {
		return ErrClosed
	}
	l.mu.Lock()
	l.buffers = buffers{}
	clear(l.seen)
	l.mu.Unlock()
	pattern := glob.Escape(l.opt.Prefix) + "*"
	for i, c := range l.shards {
		for cursor := uint64(0); ; {
			keys, next, err := c.ScanType(ctx, cursor, pattern, 1000, "zset").Result()
			var ours []string
			for _, k := range keys {
				if l.owns(k) {
					ours = append(ours, k)
				}
			}
			if err == nil && len(ours) > 0 {
				err = c.Unlink(ctx, ours...).Err()
			}
			if err != nil {
				return fmt.Errorf("flush shard %d: %w", i, err)
			}
			if cursor = next; cursor == 0 {
				break
			}
		}
	}
	return nil
}

// owns reports whether a key is one that a layer with this prefix writes.
func (l *Redis) owns(key string) bool {
	name := strings.TrimPrefix(key, l.opt.Prefix)
	if group, is := strings.CutPrefix(name, ":group:"); is {
		return checkGroup(group) == nil
	}
	return checkChannel(strings.TrimSuffix(name, inflight)) == nil
}
