package devenv_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// What each user sends (django-redis and channels_redis; kombu and Celery;
// redkit's own status, stats and alerts), and what it must not.
var aclCommands = map[string]struct{ may, mayNot []string }{
	"app": {
		may: []string{
			"set k v", "set k v px 1000 nx", "get k", "mget k l", "mset k v", "del k", "exists k", "expire k 10", "pexpire k 10000", "persist k", "ttl k", "pttl k",
			"expireat k 2000000000", "incrby n 1", "keys *", "scan 0 match *", "eval return(1) 0", "script load return(1)", "sadd s a", "smembers s", "sinterstore t s",
			"hset h f v", "hkeys h", "zadd z 1 a", "zrangebyscore z 0 1", "zremrangebyscore z 0 1", "zcount z 0 1", "zpopmin z", "publish c m", "multi", "exec", "ping", "select 0",
			"client setname x", "info server", "flushdb",
		},
		mayNot: []string{"flushall", "config get maxmemory", "config set maxmemory 1", "shutdown nosave", "acl list", "acl setuser x on", "monitor", "replicaof no one", "save", "client list", "slowlog get",
			"module list", "swapdb 0 1", "migrate h 1 k 0 1", "restore k 0 x", "cluster reset", "client kill id 99999", "client pause 1", "bgsave", "bgrewriteaof",
			"slaveof no one", "psync ? -1", "sync", "latency reset", "slowlog reset", "acl getuser default", "config rewrite", "config resetstat", "lastsave", "sort l", "role"},
	},
	"celery": {
		may: []string{
			"lpush celery m", "rpush celery m", "brpop celery 1", "lpush celery m", "rpop celery", "llen celery", "lrange celery 0 -1", "lrem celery 0 m", "sadd _kombu.binding.celery b", "smembers _kombu.binding.celery",
			"srem _kombu.binding.celery b", "hset unacked t m", "hget unacked t", "hdel unacked t", "zadd unacked_index 1 t", "zrem unacked_index t", "zrevrangebyscore unacked_index 1 0", "watch unacked", "unwatch",
			"multi", "exec", "set m v nx ex 10", "setex r 10 v", "get r", "mget r s", "del r", "expire r 5", "exists r", "incr c", "publish r v", "ping", "info server", "time", "eval return(1) 0", "type celery", "client setname x", "select 0",
		},
		mayNot: []string{"flushdb", "flushall", "keys *", "config get maxmemory", "shutdown nosave", "monitor", "client kill id 99999", "save", "sort l", "swapdb 0 1", "migrate h 1 k 0 1", "restore k 0 x", "bgsave", "replicaof no one", "acl list", "config set maxmemory 1", "module list"},
	},
	"monitor": {
		may: []string{
			"ping", "info", "dbsize", "time", "role", "type k", "ttl k", "scan 0", "llen celery", "hlen unacked", "scard s", "zcard z", "strlen k2", "xlen x", "zrange unacked_index 0 0 withscores",
			"memory doctor", "memory usage k", "slowlog get 10", "slowlog len", "latency latest", "client list", "config get maxmemory", "object encoding k", "client setname x",
		},
		mayNot: []string{"get k", "lrange celery 0 -1", "hgetall unacked", "set k v", "del k", "flushdb", "config set maxmemory 1", "publish c m", "subscribe c", "keys *", "eval return(1) 0", "slowlog reset", "client kill id 99999"},
	},
}

func TestACLUsersMayWhatTheyNeedAndNoMore(t *testing.T) {
	t.Parallel()
	port := freePorts(t, 1)[0]
	s := mustLoad(t, "REDKIT_PROFILE=single,acl", "REDKIT_PASSWORD=r00t", fmt.Sprint("REDKIT_CACHE_PORT=", port))
	version, err := exec.Command(redisServer(t), "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, number, _ := strings.Cut(string(version), "v=")
	number, _, _ = strings.Cut(number, " ")
	serve(t, s.Instances()[0].URL.Reveal(), devenv.ClientOptions{}, nil, append(strings.Split(s.ACL(number), "\n"), fmt.Sprint("port ", port), "requirepass r00t")...)
	if users := s.Users(); len(users) != len(aclCommands) {
		t.Fatalf("%d users, want %d", len(users), len(aclCommands))
	}
	for _, u := range s.Users() {
		t.Run(u.Name, func(t *testing.T) {
			t.Parallel()
			o := &redis.Options{Addr: fmt.Sprintf("127.0.0.1:%d", port), Username: u.Name, Password: u.Password.Reveal(), PoolSize: 1, DisableIdentity: true}
			client := redis.NewClient(o)
			defer client.Close()
			ask := func(command string) error {
				var args []any
				for _, word := range strings.Fields(command) {
					args = append(args, strings.Replace(word, "return(1)", "return 1", 1))
				}
				err := client.Do(t.Context(), args...).Err()
				if err != nil && strings.HasPrefix(err.Error(), "NOPERM") {
					return err
				}
				return nil // any other error is about the arguments
			}
			commands := aclCommands[u.Name]
			for _, c := range commands.may {
				if err := ask(c); err != nil {
					t.Errorf("%s may not %s, want that it may: %v", u.Name, c, err)
				}
			}
			for _, c := range commands.mayNot {
				if ask(c) == nil {
					t.Errorf("%s may %s, want that it may not", u.Name, c)
				}
			}
		})
	}
}

func TestACLPasswordsAreMadeAndKept(t *testing.T) {
	t.Parallel()
	a, b := mustLoad(t, "REDKIT_PROFILE=acl", "REDKIT_PASSWORD=one"), mustLoad(t, "REDKIT_PROFILE=acl", "REDKIT_PASSWORD=one")
	other := mustLoad(t, "REDKIT_PROFILE=acl", "REDKIT_PASSWORD=two")
	seen := map[string]bool{}
	for i, u := range a.Users() {
		text := u.Password.Reveal()
		if len(text) != 32 || seen[text] || text != b.Users()[i].Password.Reveal() || text == other.Users()[i].Password.Reveal() {
			t.Errorf("the password of %s is %q, want 32 letters of its own, the same for the same REDKIT_PASSWORD", u.Name, text)
		}
		seen[text] = true
	}
	_, err := load(t, "REDKIT_PROFILE=acl\nREDIS_APP_USERNAME=celery\nREDIS_CELERY_PASSWORD=a b", nil, nil)
	for _, want := range []string{"REDKIT_PASSWORD: profile acl needs it", "REDIS_CELERY_USERNAME=celery: this user is another already", "REDIS_CELERY_PASSWORD=*** (.env:3)"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load = %v, want an error that says %q", err, want)
		}
	}
}
