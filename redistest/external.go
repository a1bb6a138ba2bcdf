package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/redis/go-redis/v9"
)

// externalEngine uses a server that runs already.
type externalEngine struct{ url string }

func (externalEngine) Name() string { return "external" }

func (e externalEngine) Boot(ctx context.Context, conf Config) (Instance, error) {
	if e.url == "" {
		return nil, fmt.Errorf("%w: %s is not set: set it to the URL of a server for tests, such as redis://127.0.0.1:6379", ErrMissing, envURL)
	}
	if conf.own() {
		return nil, fmt.Errorf("%w: a server of the test's own, which %s cannot give: use redistest.Native()", ErrMissing, e.name())
	}
	end, db, err := parseExternal(ctx, e.url)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.from(), err)
	}
	if err := end.Ping(ctx); err != nil {
		return nil, fmt.Errorf("%s: no PONG from the server there: %w: start it, or correct the URL", e.from(), err)
	}
	return &externalInstance{end: end, db: db}, nil
}

// name says where the URL is given, for errors.
func (e externalEngine) name() string {
	if e.url == os.Getenv(envURL) {
		return envURL
	}
	return "the URL of redistest.External"
}

// from is name with the URL, without its secrets.
func (e externalEngine) from() string {
	shown := strconv.Quote(redacted(e.url))
	if e.url == os.Getenv(envURL) {
		return envURL + "=" + shown
	}
	return "the URL " + shown + " of redistest.External"
}

// errURL never holds the URL, which may hold a password.
var errURL = errors.New("want redis://[user:password@]host:port[/db], rediss:// for the same over TLS, unix://[user:password@]/path/to.sock, redis+cluster://host:port or sentinel://host:port,host:port/0?master_name=name, the last two over TLS as rediss+cluster:// and rediss+sentinel://")

// parseExternal reads the URL of a server. Of a cluster one node is enough,
// since each knows the others.
func parseExternal(ctx context.Context, text string) (end Endpoint, db int, err error) {
	text, trust, err := takeTrust(text)
	if err != nil {
		return end, 0, err
	}
	scheme, rest, _ := strings.Cut(text, "://")
	switch scheme {
	case "sentinel", "redis+sentinel", "rediss+sentinel":
		return parseSentinel(ctx, scheme == "rediss+sentinel", rest, trust)
	case "cluster", "redis+cluster", "rediss+cluster":
		hosts, query, _ := strings.Cut(rest, "?")
		hosts, _, _ = strings.Cut(hosts, "/")
		first, _, _ := strings.Cut(hosts, ",")
		text = map[bool]string{true: "rediss://", false: "redis://"}[scheme == "rediss+cluster"] + first
		if query != "" {
			text += "?" + query
		}
	}
	opts, err := redis.ParseURL(text)
	if err != nil {
		return end, 0, errURL
	}
	if err := trust.apply(opts.TLSConfig); err != nil {
		return end, 0, err
	}
	if opts.TLSConfig != nil {
		opts.TLSConfig.ServerName = "" // of this node; the others have names of their own
	}
	return Endpoint{Network: opts.Network, Addr: opts.Addr, Username: opts.Username, Password: opts.Password, TLS: opts.TLSConfig}, opts.DB, nil
}

type externalInstance struct {
	end Endpoint
	db  int // where the leases are written down; never leased
}

func (i *externalInstance) Endpoint() Endpoint         { return i.end }
func (i *externalInstance) Stop(context.Context) error { return nil }

// leaser finds out what the server can lease: databases, or keys where it has
// only one.
func (i *externalInstance) leaser(ctx context.Context, ctl *control) (leaser, error) {
	ctl.db = i.db
	info, err := ctl.client().Info(ctx, "cluster").Result()
	if err == nil && strings.Contains(info, "cluster_enabled:1") {
		nodes, err := newNodes(ctx, ctl)
		if err != nil {
			return nil, err
		}
		return newPrefixes(nodes.of), nil
	}
	total, err := countDatabases(ctx, ctl)
	if err != nil {
		return nil, err
	}
	if total < 2 {
		return newPrefixes(func(context.Context, string) (*control, error) { return ctl, nil }), nil
	}
	return newDatabases(ctl, newSharedSlots(ctl, total)), nil
}

// countDatabases tells how many databases a server has. A managed one may not
// let itself be asked, so the highest that can be selected counts there.
func countDatabases(ctx context.Context, ctl *control) (int, error) {
	reply, err := ctl.client().ConfigGet(ctx, "databases").Result()
	if err == nil && reply["databases"] != "" {
		var n int
		if _, err := fmt.Sscan(reply["databases"], &n); err != nil {
			return 0, fmt.Errorf("read the number of databases %q: %w", reply["databases"], err)
		}
		return n, nil
	}
	const usual = 16
	conn := ctl.client().Conn()
	defer conn.Close()
	for n := 1; n < usual; n++ {
		if err := conn.Select(ctx, n).Err(); err != nil {
			return n, errors.Join(conn.Select(ctx, ctl.db).Err(), ctx.Err())
		}
	}
	return usual, conn.Select(ctx, ctl.db).Err()
}
