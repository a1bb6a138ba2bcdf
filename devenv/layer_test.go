package devenv_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/fake"
)

// fakeServer serves a fake until the test ends, and returns a client of it.
func fakeServer(t *testing.T) *redis.Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := fake.New(fake.Config{Now: time.Now})
	t.Cleanup(func() { server.Close() })
	if err := server.Serve(l); err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: l.Addr().String(), DisableIdentity: true})
	t.Cleanup(func() { client.Close() })
	return client
}

// TestLayerKeys looks at what both layers of channels_redis leave in Redis.
func TestLayerKeys(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), fakeServer(t)
	layer := devenv.ChannelLayer{Prefix: "shop:asgi"}
	add := func(key string, members int) {
		for n := range members {
			client.ZAdd(ctx, key, redis.Z{Score: float64(n), Member: fmt.Sprint(n)})
		}
	}
	add("shop:asgi:group:chat", 3)
	add("shop:asgijobs", 2)
	add("shop:asgispecific.abc!", 1)
	add("shop:asgispecific.abc!$inflight", 1)
	add("other:group:chat", 1)
	client.LPush(ctx, "shop:asgilist", "not a channel")
	ear := client.Subscribe(ctx, "shop:asgi__group__news", "shop:asgispecific.one")
	defer ear.Close()
	for range 2 {
		if _, err := ear.Receive(ctx); err != nil {
			t.Fatal(err)
		}
	}
	got, err := layer.Keys(ctx, devenv.LayerOptions{}, client)
	if err != nil {
		t.Fatal(err)
	}
	want := &devenv.Layer{
		Prefix: "shop:asgi", Exact: true,
		Groups: []devenv.LayerGroup{{Name: "chat", Members: 3}, {Name: "news", Members: 1, PubSub: true}},
		Channels: []devenv.LayerChannel{
			{Name: "jobs", Depth: 2}, {Name: "specific.abc!", Depth: 1}, {Name: "specific.one", Subscribers: 1, PubSub: true},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Keys (-want +got):\n%s", diff)
	}
	for n := range 20 {
		add(fmt.Sprintf("shop:asgi:group:g%02d", n), 1)
	}
	if got, err = layer.Keys(ctx, devenv.LayerOptions{Count: 5, Sample: 10}, client); err != nil {
		t.Fatal(err)
	}
	if stored := len(got.Groups) - 1; stored > 5 || got.Exact {
		t.Errorf("with a limit of 5 of 10 keys, Keys counts %d groups, exact %v: %+v", stored, got.Exact, got)
	}
}

// TestKeysOfAnAlias estimates what is not asked.
func TestKeysOfAnAlias(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), fakeServer(t)
	alias := devenv.Alias{Name: "default", KeyPrefix: "shop", Version: 1}
	for n := range 300 {
		client.Set(ctx, fmt.Sprintf("shop:1:k%d", n), "v", time.Hour)
		client.Set(ctx, fmt.Sprintf("other:1:k%d", n), "v", 0)
	}
	all, err := alias.Keys(ctx, devenv.KeyOptions{}, client)
	if err != nil {
		t.Fatal(err)
	}
	if !all.Exact || all.Keys != 300 || all.Measured != 300 || all.Database != 600 || all.WithoutTTL != 0 || all.MeanTTLS < 3500 {
		t.Errorf("Keys = %+v, want all 300 of 600, exact", all)
	}
	some, err := alias.Keys(ctx, devenv.KeyOptions{Measure: 20}, client)
	if err != nil {
		t.Fatal(err)
	}
	if some.Exact || some.Measured != 20 || some.Keys != 300 {
		t.Errorf("Keys that measures 20 = %+v, want 300 keys, of them 20 measured", some)
	}
	if low, high := all.Bytes*8/10, all.Bytes*12/10; some.Bytes < low || some.Bytes > high {
		t.Errorf("Keys that measures 20 estimates %d bytes, want about %d", some.Bytes, all.Bytes)
	}
}

// TestQueueReader tells workers from the queues by which they hear of each other.
func TestQueueReader(t *testing.T) {
	t.Parallel()
	ctx, client := t.Context(), fakeServer(t)
	s, err := devenv.Load(devenv.LoadOptions{Environ: []string{"CELERY_BROKER_GLOBAL_KEYPREFIX=shop:"}, Root: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	const sep = "\x06\x16"
	client.SAdd(ctx, "shop:_kombu.binding.celery.pidbox", sep+sep+"celery@two.celery.pidbox", sep+sep+"celery@one.celery.pidbox")
	client.SAdd(ctx, "shop:_kombu.binding.reply.celery.pidbox", "x"+sep+sep+"x.reply.celery.pidbox")
	client.SAdd(ctx, "shop:_kombu.binding.mail", "mail"+sep+sep+"mail")
	client.LPush(ctx, "shop:mail"+sep+"3", "m", "m")
	reader := devenv.New(s, devenv.Options{}).QueueReader(client)
	got, err := reader.Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := &devenv.Queues{Declared: []string{"celery@one", "celery@two"}, Queues: []devenv.Queue{
		{Name: "celery", Priorities: map[int]int64{0: 0}},
		{Name: "mail", Depth: 2, Priorities: map[int]int64{0: 0, 3: 2}, Bound: true},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Read (-want +got):\n%s", diff)
	}
	client.LPush(ctx, "shop:mail", "m")
	if got, err = reader.Read(ctx); err != nil || got.Depth() != 3 {
		t.Errorf("Read again = %+v, %v, want 3 messages", got, err)
	}
}

// TestServing finds who serves a URL by the roles of the servers.
func TestServing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		profile, url string
		masters      []string
		want         []string
	}{
		{"split", "redis://localhost:6379/3", nil, []string{"cache"}},
		{"split", "redis://127.0.0.1:6380/0", nil, []string{"broker"}},
		{"split", "redis://127.0.0.1:6381/0", nil, nil},
		{"single", "redis://127.0.0.1:6379/0", nil, []string{"redis"}},
		{"sentinel", "sentinel://127.0.0.1:26379/1?master_name=mymaster", []string{"redis-2"}, []string{"redis-2"}},
		{"sentinel", "sentinel://127.0.0.1:26379/1?master_name=mymaster", nil, nil},
		{"cluster", "redis+cluster://127.0.0.1:7001", []string{"node-1", "node-5", "broker"}, []string{"node-1", "node-5"}},
		{"cluster", "redis://127.0.0.1:6380", []string{"broker"}, []string{"broker"}},
	}
	for _, tt := range tests {
		s, err := devenv.Load(devenv.LoadOptions{Environ: []string{"REDKIT_PROFILE=" + tt.profile}, Root: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		var servers []devenv.WatchedServer
		var samples []devenv.Sample
		for _, i := range s.Instances() {
			servers = append(servers, devenv.WatchedServer{Instance: i, Open: func(int) (redis.UniversalClient, error) {
				return redis.NewClient(&redis.Options{Addr: i.Addr()}), nil
			}})
			role := "slave"
			for _, m := range tt.masters {
				if m == i.Name {
					role = "master"
				}
			}
			samples = append(samples, devenv.Sample{Service: i.Name, Info: map[string]string{"role": role}})
		}
		w, err := devenv.WatchServers(devenv.BackendNative, servers...)
		if err != nil {
			t.Fatal(err)
		}
		u, err := devenv.ParseURL(tt.url)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range w.Serving(u, samples) {
			got = append(got, s.Instance.Name)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("profile %s with the masters %v: Serving(%s) (-want +got):\n%s", tt.profile, tt.masters, tt.url, diff)
		}
		w.Close()
	}
}
