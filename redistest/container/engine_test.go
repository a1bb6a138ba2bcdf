package container_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/redistest"
	"github.com/redkit-dev/redkit/redistest/container"
)

func TestVersions(t *testing.T) {
	t.Parallel()
	container.Versions(t, func(t *testing.T, srv *redistest.Server) {
		other := redistest.Start(t, redistest.With(container.Redis(srv.Engine())))
		if srv.Addr() != other.Addr() || srv.DB() == other.DB() {
			t.Errorf("two leases are at %s database %d and %s database %d, want one server and two databases", srv.Addr(), srv.DB(), other.Addr(), other.DB())
		}
		ctx := t.Context()
		if err := srv.Client().Set(ctx, "k", "v", time.Minute).Err(); err != nil {
			t.Fatal(err)
		}
		if err := srv.Advance(ctx, time.Hour); err != nil {
			t.Fatal(err)
		}
		if n := srv.Client().Exists(ctx, "k").Val(); n != 0 {
			t.Error("a key of a minute is there after an hour")
		}
		if !strings.HasPrefix(srv.Addr(), "127.0.0.1:") {
			t.Errorf("Addr() = %q, want a literal loopback address", srv.Addr())
		}
	})
}

func TestSettingsOfItsOwn(t *testing.T) {
	t.Parallel()
	srv := redistest.Start(t, redistest.With(container.Redis(image())), redistest.Conf("maxmemory 10mb"), redistest.Auth("ann", "s3cret"))
	got, err := srv.Client().ConfigGet(t.Context(), "maxmemory").Result()
	if err != nil || got["maxmemory"] != "10485760" {
		t.Errorf("CONFIG GET maxmemory = %v, %v, want 10485760", got, err)
	}
	if who, err := srv.Client().Do(t.Context(), "acl", "whoami").Text(); who != "ann" || err != nil {
		t.Errorf("ACL WHOAMI = %q, %v, want ann", who, err)
	}
	if err := srv.Client().Publish(t.Context(), "news", "x").Err(); err != nil {
		t.Errorf("PUBLISH = %v", err)
	}
}

func TestAServerThatCannotStartTellsWhy(t *testing.T) {
	t.Parallel()
	docker(t)
	_, err := container.Redis(image()).Boot(t.Context(), redistest.Config{Conf: []string{"no-such-directive 1"}})
	if err == nil || errors.Is(err, redistest.ErrMissing) {
		t.Fatalf("Boot with a bad redis.conf = %v, want an error that is not ErrMissing", err)
	}
	if !strings.Contains(err.Error(), "no-such-directive") {
		t.Errorf("Boot with a bad redis.conf = %v, want the server's own words", err)
	}
}

func TestAnImageThatCannotBeHadIsMissing(t *testing.T) {
	t.Parallel()
	docker(t)
	_, err := container.Redis("redkit-ci/no-such-image:0").Boot(t.Context(), redistest.Config{})
	if !errors.Is(err, redistest.ErrMissing) {
		t.Fatalf("Boot of an image that is nowhere = %v, want ErrMissing", err)
	}
	if !strings.Contains(err.Error(), "docker pull redkit-ci/no-such-image:0") {
		t.Errorf("the error is %v, want it to hold the command that gets the image", err)
	}
}
