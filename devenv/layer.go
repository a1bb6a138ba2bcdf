package devenv

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/internal/glob"
)

// Layer is what Django Channels' layer holds, by the keys of channels_redis.
type Layer struct {
	Prefix   string         `json:"prefix"`
	Groups   []LayerGroup   `json:"groups"`   // by name
	Channels []LayerChannel `json:"channels"` // by name
	// More is how many groups and channels were seen and not asked for.
	More int `json:"more,omitempty"`
	// Exact is false when the database has more keys than are looked at.
	Exact bool `json:"exact"`
}

// A LayerGroup is a group: kept in a sorted set, or a subscription of the
// layer on publish and subscribe.
type LayerGroup struct {
	Name    string `json:"name"`
	Members int64  `json:"members"` // channels of the group, or processes that are subscribed
	PubSub  bool   `json:"pubsub,omitempty"`
}

// A LayerChannel is a queue of messages: of one general channel, or of all
// local channels of one process, whose name ends with "!".
type LayerChannel struct {
	Name string `json:"name"`
	// Depth is how many messages wait, and Subscribers how many processes
	// listen, for the layer on publish and subscribe, which keeps none.
	Depth       int64 `json:"depth"`
	Subscribers int64 `json:"subscribers,omitempty"`
	PubSub      bool  `json:"pubsub,omitempty"`
}

// LayerOptions say how much is looked at. The zero value is everything.
type LayerOptions struct {
	Sample int // keys of the database whose names are looked at; 0: all
	Count  int // groups, and channels, that are asked for their size; 0: all
}

// Keys looks for the groups and channels of the layer in a database.
func (c ChannelLayer) Keys(ctx context.Context, o LayerOptions, client redis.UniversalClient) (*Layer, error) {
	l := &Layer{Prefix: c.Prefix, Groups: []LayerGroup{}, Channels: []LayerChannel{}, Exact: true}
	groups, queues, err := c.find(ctx, o, client, l)
	if err != nil {
		return nil, fmt.Errorf("look for the channel layer: %w", err)
	}
	pipe := client.Pipeline()
	sizes := map[string]*redis.IntCmd{}
	for _, key := range slices.Concat(l.limit(&groups, o.Count), l.limit(&queues, o.Count)) {
		sizes[key] = pipe.ZCard(ctx, key)
	}
	heard := pipe.PubSubChannels(ctx, glob.Escape(c.Prefix)+"*")
	_, _ = pipe.Exec(ctx) // each command is judged by itself
	for _, key := range groups {
		if n := sizes[key]; n.Err() == nil {
			l.Groups = append(l.Groups, LayerGroup{Name: strings.TrimPrefix(key, c.Prefix+":group:"), Members: n.Val()})
		}
	}
	for _, key := range queues {
		if n := sizes[key]; n.Err() == nil { // not a list of something else
			l.Channels = append(l.Channels, LayerChannel{Name: strings.TrimPrefix(key, c.Prefix), Depth: n.Val()})
		}
	}
	return l, errors.Join(heard.Err(), c.subscribed(ctx, o, client, l, heard.Val()))
}

// find lists the keys of groups and of queues of messages.
func (c ChannelLayer) find(ctx context.Context, o LayerOptions, client redis.UniversalClient, l *Layer) (groups, queues []string, err error) {
	seen, found := 0, map[string]bool{}
	iter := client.Scan(ctx, 0, "", 1000).Iterator()
	for iter.Next(ctx) {
		if seen++; o.Sample > 0 && seen > o.Sample {
			l.Exact = false
			break
		}
		if strings.HasPrefix(iter.Val(), c.Prefix) {
			found[iter.Val()] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(found)) {
		name := strings.TrimPrefix(key, c.Prefix)
		if strings.HasPrefix(name, ":group:") {
			groups = append(groups, key)
		} else if name != "" && !strings.HasSuffix(name, "$inflight") && !strings.Contains(name, ":") {
			queues = append(queues, key)
		}
	}
	return groups, queues, iter.Err()
}

// limit shortens a list to those that are asked for.
func (l *Layer) limit(keys *[]string, count int) []string {
	if count > 0 && len(*keys) > count {
		l.More += len(*keys) - count
		*keys = (*keys)[:count]
	}
	return *keys
}

// subscribed adds what processes listen to: the channels and groups of the
// layer on publish and subscribe. Redis has them without a database.
func (c ChannelLayer) subscribed(ctx context.Context, o LayerOptions, client redis.UniversalClient, l *Layer, names []string) error {
	slices.Sort(names)
	if names = l.limit(&names, o.Count); len(names) == 0 {
		return nil
	}
	listeners, err := client.PubSubNumSub(ctx, names...).Result()
	if err != nil {
		return fmt.Errorf("count who listens to the channel layer: %w", err)
	}
	for _, full := range names {
		if name, group := strings.CutPrefix(full, c.Prefix+"__group__"); group {
			l.Groups = append(l.Groups, LayerGroup{Name: name, Members: listeners[full], PubSub: true})
			continue
		}
		l.Channels = append(l.Channels, LayerChannel{Name: strings.TrimPrefix(full, c.Prefix), Subscribers: listeners[full], PubSub: true})
	}
	return nil
}
