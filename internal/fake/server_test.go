package fake_test

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/internal/fake"
)

func TestServerServesMovesTimeAndLeavesNothing(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	ctx := t.Context()
	s := fake.New(fake.Config{Password: "secret"})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(ln); err != nil {
		t.Fatal(err)
	}
	for _, options := range []*redis.Options{
		{Addr: ln.Addr().String(), Password: "secret"},
		{Addr: "127.0.0.1:0", Password: "secret", Dialer: func(context.Context, string, string) (net.Conn, error) { return s.Dial() }},
	} {
		client := redis.NewClient(options)
		if err := client.Set(ctx, "k", "v", time.Hour).Err(); err != nil {
			t.Fatalf("SET over %s: %v", options.Addr, err)
		}
		s.Advance(59 * time.Minute)
		if got, err := client.Get(ctx, "k").Result(); got != "v" || err != nil {
			t.Errorf("GET a minute before the end = %q, %v, want v", got, err)
		}
		s.Advance(time.Minute)
		if err := client.Get(ctx, "k").Err(); !errors.Is(err, redis.Nil) {
			t.Errorf("GET at the end = %v, want %v", err, redis.Nil)
		}
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Dial(); !errors.Is(err, fake.ErrClosed) {
		t.Errorf("Dial after Close = %v, want %v", err, fake.ErrClosed)
	}
	if err := goleak.Find(leaks); err != nil {
		t.Error(err)
	}
}
