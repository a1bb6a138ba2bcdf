package cache_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/reference/cache"
)

// held stops the first command of a context that carries it, after its reply.
type held struct {
	once    sync.Once
	replied chan struct{} // closed when the reply is there
	proceed chan struct{} // closed by the test
}

func newHeld() *held { return &held{replied: make(chan struct{}), proceed: make(chan struct{})} }

type heldKey struct{}

// holding is the hook that does it.
type holding struct{}

func (holding) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (holding) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := next(ctx, cmd)
		if h, ok := ctx.Value(heldKey{}).(*held); ok {
			h.once.Do(func() { close(h.replied); <-h.proceed })
		}
		return err
	}
}

func (holding) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

// onHeld is a cache whose calls can be held.
func onHeld(t *testing.T) *cache.Redis {
	t.Helper()
	client := redis.NewClient(redistest.Start(t).Options())
	t.Cleanup(func() { _ = client.Close() })
	client.AddHook(holding{})
	return cache.NewRedis(client, cache.RedisOptions{Direct: true})
}

// TestALateMissIsNotComputedAgain holds a caller between its miss and its
// computation until another one has computed and stored.
func TestALateMissIsNotComputedAgain(t *testing.T) {
	t.Parallel()
	c := onHeld(t)
	loader := cache.NewLoader(c, cache.LoaderOptions{})
	for name, get := range map[string]func(ctx context.Context, key string, compute func(context.Context) (any, error), opts ...cache.Option) (any, error){
		"GetOrSet": c.GetOrSet, "Loader.Get": loader.Get,
	} {
		late := newHeld()
		var all sync.WaitGroup
		all.Go(func() {
			v, err := get(context.WithValue(t.Context(), heldKey{}, late), name, func(context.Context) (any, error) {
				t.Errorf("%s computed what another caller had stored after the miss", name)
				return "second", nil
			})
			if err != nil || v != "first" {
				t.Errorf("a late %s = %v, %v, want first", name, v, err)
			}
		})
		<-late.replied
		if v, err := get(t.Context(), name, func(context.Context) (any, error) { return "first", nil }); err != nil || v != "first" {
			t.Errorf("%s = %v, %v, want first", name, v, err)
		}
		close(late.proceed)
		all.Wait()
	}
}

// TestAWaiterThatStartsOverLooksFirst cancels the caller that computes: the one
// that waited for it finds what came from elsewhere meanwhile.
func TestAWaiterThatStartsOverLooksFirst(t *testing.T) {
	t.Parallel()
	c := onHeld(t)
	ctx, cancel := context.WithCancel(t.Context())
	computing := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		_, err := c.GetOrSet(ctx, "k", func(ctx context.Context) (any, error) {
			close(computing)
			<-ctx.Done()
			return nil, ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("GetOrSet of the caller that was cancelled = %v, want context.Canceled", err)
		}
	})
	<-computing
	waiter := newHeld()
	all.Go(func() {
		v, err := c.GetOrSet(context.WithValue(t.Context(), heldKey{}, waiter), "k", func(context.Context) (any, error) {
			t.Error("computed what was stored meanwhile")
			return nil, nil
		})
		if err != nil || v != "elsewhere" {
			t.Errorf("GetOrSet of the caller that waited = %v, %v, want elsewhere", v, err)
		}
	})
	<-waiter.replied // it has missed
	if err := c.Set(t.Context(), "k", "elsewhere"); err != nil {
		t.Fatal(err)
	}
	close(waiter.proceed)
	cancel()
	all.Wait()
}
