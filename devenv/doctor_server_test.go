package devenv_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// external is a project whose broker and cache is one running server.
func external(t *testing.T, userinfo string, conf ...string) project {
	t.Helper()
	port := freePorts(t, 1)[0]
	serve(t, fmt.Sprintf("redis://%s127.0.0.1:%d/0", userinfo, port), devenv.ClientOptions{}, nil, append(conf, fmt.Sprint("port ", port))...)
	return newProject(t, "REDKIT_BACKEND=external", fmt.Sprintf("REDIS_URL=redis://%s127.0.0.1:%d/0", userinfo, port))
}

func TestDoctorOnPasswords(t *testing.T) {
	t.Parallel()
	p := external(t, "default:r1ght@", "requirepass r1ght")
	p.says(t, "password", "ok    the cache asks for its password", none)
	p.says(t, "port", "skip", none)
	// The user default is open beside a user with a password.
	open := external(t, "app:s3cret@", "user app on >s3cret ~* +@all", "user default on nopass ~* +@all")
	open.says(t, "password", "FAIL  the cache at 127.0.0.1:", none)
	external(t, "").says(t, "password", "ok    the cache has no password, and only this machine reaches it", none)

	port := p.settings.RedisURL.Addrs()[0]
	wrong := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL=redis://default:wr0ng-s3cret@"+port)
	text := wrong.examine(t, "server", none)
	if !strings.Contains(text, "FAIL  the cache at 127.0.0.1:") || !strings.Contains(text, "put the server's password into its URL") || strings.Contains(text, "s3cret") {
		t.Errorf("doctor with a wrong password = %s", text)
	}
}

// TestDoctorOnOpenServersOverTLS: certificates keep nobody out who has one.
func TestDoctorOnOpenServersOverTLS(t *testing.T) {
	t.Parallel()
	certs := newCertificates(t)
	port := freePorts(t, 1)[0]
	url := fmt.Sprintf("rediss://app:s3cret@127.0.0.1:%d/0?ssl_ca_certs=%s&ssl_certfile=%s&ssl_keyfile=%s", port, certs.ca, certs.clientCert, certs.clientKey)
	serve(t, url, devenv.ClientOptions{}, nil, "port 0", fmt.Sprint("tls-port ", port), "tls-auth-clients yes", "tls-ca-cert-file "+certs.ca,
		"tls-cert-file "+certs.serverCert, "tls-key-file "+certs.serverKey, "user app on >s3cret ~* +@all", "user default on nopass ~* +@all")
	p := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL="+url)
	p.says(t, "password", fmt.Sprintf("FAIL  the cache at 127.0.0.1:%d answers without its password", port), none)
	p.run(t, p.settings.RedisURL, "acl", "setuser", "default", "off")
	p.says(t, "password", "ok    the cache asks for its password", none)
}

// TestDoctorOnOpenServersOfGroups opens one server of a group at a time.
func TestDoctorOnOpenServersOfGroups(t *testing.T) {
	t.Parallel()
	for profile, opened := range map[string][]string{"sentinel": {"redis-3", "sentinel-2"}, "cluster": {"node-5"}} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			p := topologyProject(t, profile)
			broker := p.settings.Celery.BrokerURL.Reveal() // kombu cannot use a cluster
			other := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL="+p.settings.RedisURL.Reveal(), "REDIS_SENTINEL_PASSWORD=pw",
				"CELERY_BROKER_URL="+broker, "CELERY_RESULT_BACKEND="+broker, "CHANNEL_LAYERS_DEFAULT_URL="+broker)
			other.says(t, "password", "ok    the cache asks for its password", none)
			for _, i := range p.settings.Instances() {
				if !slices.Contains(opened, i.Name) {
					continue
				}
				p.run(t, i.URL, "acl", "setuser", "default", "nopass")
				p.says(t, "password", "FAIL  the "+i.Name+" at "+i.Addr()+" answers without its password", none)
				other.says(t, "password", "FAIL  the cache at "+i.Addr()+" answers without its password", none)
				p.run(t, i.URL, "acl", "setuser", "default", "resetpass", ">pw")
				p.says(t, "password", "ok    the "+i.Name+" asks for its password", none)
			}
		})
	}
}

func TestDoctorOnSocketsAndSentinels(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "redkit-sock-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "r.sock")
	serve(t, "unix://default:pw@"+socket, devenv.ClientOptions{}, nil, "port 0", "unixsocket "+socket, "requirepass pw")
	p := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL=unix://default:pw@"+socket)
	p.says(t, "server", "ok    the cache at "+socket, none)
	p.says(t, "password", "ok    the cache asks for its password", none)
	p.run(t, p.settings.RedisURL, "acl", "setuser", "default", "nopass")
	p.says(t, "password", "FAIL  the cache at "+socket+" answers without its password", none)
}

func TestDoctorOnOtherMachines(t *testing.T) {
	t.Parallel()
	// Nobody answers in this network, which is reserved for documentation.
	p := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL=redis://192.0.2.1/0", "CELERY_BROKER_URL=rediss://default:pw@192.0.2.2/0?ssl_cert_reqs=required")
	p.says(t, "remote", "FAIL  the cache at 192.0.2.1:6379 is on another machine and is used without a password and TLS", none)
	p.says(t, "remote", "ok    the broker at 192.0.2.2:6379 is on another machine and is used with a password and TLS", none)
	p.says(t, "server", "FAIL  the cache at 192.0.2.1:6379 is not answering", none)
}

// TestDoctorOnPrivateNetworks uses a bare name, as service containers have;
// nobody answers to it here.
func TestDoctorOnPrivateNetworks(t *testing.T) {
	t.Parallel()
	p := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL=redis://default:pw@redis-service:1/0", "CELERY_BROKER_URL=rediss://default:pw@redis-service:2/0?ssl_cert_reqs=required")
	p.says(t, "remote", "warn  the cache at redis-service:1 is on another machine of a private network and is used without TLS: whoever shares that network can read", none)
	p.says(t, "remote", "ok    the broker at redis-service:2 is on another machine and is used with a password and TLS", none)
	// 198.18.0.0/15 is for benchmarks, and private to nobody.
	open := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL=redis://10.255.255.1:1/0", "CELERY_BROKER_URL=redis://default:pw@198.18.0.1:1/0")
	open.says(t, "remote", "FAIL  the cache at 10.255.255.1:1 is on another machine and is used without a password", none)
	open.says(t, "remote", "FAIL  the broker at 198.18.0.1:1 is on another machine and is used without TLS", none)
}

func TestDoctorOnPolicies(t *testing.T) {
	t.Parallel()
	p := newProject(t).up(t)
	cache, broker := p.settings.RedisURL, p.settings.Celery.BrokerURL
	p.says(t, "policy", "ok    the broker has maxmemory 268435456 bytes, noeviction", none)
	p.says(t, "drift", "ok    the broker", none)
	p.run(t, broker, "config", "set", "maxmemory-policy", "allkeys-lru")
	p.run(t, cache, "config", "set", "maxmemory-policy", "noeviction")
	p.says(t, "policy", "FAIL  the broker evicts keys (allkeys-lru): it silently deletes Celery's queues", none)
	p.says(t, "policy", "warn  the cache evicts nothing", none)
	p.says(t, "drift", "warn  the broker runs with other settings than those of now: maxmemory-policy is allkeys-lru instead of noeviction", none)
	p.run(t, cache, "config", "set", "maxmemory", "0")
	p.says(t, "policy", "warn  the cache has no memory limit", none)
	fenced := external(t, "", "rename-command CONFIG \"\"")
	fenced.says(t, "policy", "skip  the cache does not show its configuration", none)
	fenced.says(t, "policy", "warn  the cache has no memory limit", none)
}

func TestDoctorOnPersistence(t *testing.T) {
	t.Parallel()
	p := newProject(t).up(t)
	broker := p.settings.Celery.BrokerURL
	p.says(t, "persistence", "ok    the broker saves what it should", none)
	p.run(t, broker, "config", "set", "appendonly", "no")
	p.says(t, "persistence", "warn  the broker keeps no append-only file", none)

	// A background save fails when its directory has gone.
	dir := t.TempDir()
	gone := filepath.Join(dir, "gone")
	if err := os.Mkdir(gone, 0o755); err != nil {
		t.Fatal(err)
	}
	port := freePorts(t, 1)[0]
	url := fmt.Sprintf("redis://127.0.0.1:%d", port)
	server := serve(t, url, devenv.ClientOptions{}, nil, fmt.Sprint("port ", port), "dir "+gone)
	if err := os.Remove(gone); err != nil {
		t.Fatal(err)
	}
	failing := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL="+url)
	failing.run(t, failing.settings.RedisURL, "bgsave")
	client := open(t, url, devenv.ClientOptions{})
	await(t, server, func(ctx context.Context) error {
		text, err := client.Info(ctx, "persistence").Result()
		if err == nil && !strings.Contains(text, "rdb_last_bgsave_status:err") {
			err = errors.New("the background save has not failed yet")
		}
		return err
	})
	failing.says(t, "persistence", "FAIL  the last background save of the cache failed", none)
}

func TestDoctorOnMemoryAndSlowCommands(t *testing.T) {
	t.Parallel()
	p := newProject(t, "REDKIT_CACHE_MAXMEMORY=256mb").up(t)
	cache := p.settings.RedisURL
	p.says(t, "memory", "ok    the memory doctor of the cache finds nothing", none)
	// The memory doctor remembers a peak.
	p.run(t, cache, "setrange", "stays", 20<<20, "x")
	p.run(t, cache, "setrange", "goes", 60<<20, "x")
	p.run(t, cache, "del", "goes")
	p.says(t, "memory", "warn  the memory doctor of the cache complains about: peak memory", none)
	patient := open(t, p.settings.Celery.BrokerURL.Reveal()+"?socket_timeout=60", devenv.ClientOptions{})
	if err := patient.Do(t.Context(), "eval", "for i = 1, 1e8 do end return 1 -- s3cret", 0).Err(); err != nil {
		t.Fatal(err)
	}
	text := p.examine(t, "slow commands", none)
	if !strings.Contains(text, " commands of the broker took 100ms or more in the last hour; the longest, EVAL, ") || strings.Contains(text, "s3cret") {
		t.Errorf("doctor after a slow command = %s", text)
	}
	p.says(t, "slow commands", "ok    no command of the broker", devenv.DoctorOptions{Now: func() time.Time { return time.Now().Add(2 * time.Hour) }})
}

func TestDoctorOnQueues(t *testing.T) {
	t.Parallel()
	p := newProject(t).up(t)
	broker := p.settings.Celery.BrokerURL
	p.says(t, "queues", "ok    0 messages", none)
	p.run(t, broker, "lpush", "celery", "a message")
	p.says(t, "queues", "warn  1 messages wait in the queue celery, but the set _kombu.binding.celery is missing", none)
	p.run(t, broker, "sadd", "_kombu.binding.celery", "celery\x06\x16\x06\x16celery")
	p.says(t, "queues", "ok    1 messages", none)
	// A queue of another name, by its priorities alone.
	p.run(t, broker, "lpush", "mail\x06\x166", "a message", "another")
	p.says(t, "queues", "warn  2 messages wait in the queue mail, but the set _kombu.binding.mail is missing", none)
	p.says(t, "queues", "ok    mended: declare the queue mail again", devenv.DoctorOptions{Fix: true})
	p.says(t, "queues", "ok    3 messages wait in 2 queues", none)
}

// TestDoctorOnCertificatesOfServers looks at what servers show, whatever the
// files of this machine hold.
func TestDoctorOnCertificatesOfServers(t *testing.T) {
	t.Parallel()
	certs := newCertificates(t) // good for an hour
	port := freePorts(t, 1)[0]
	url := fmt.Sprintf("rediss://127.0.0.1:%d/0?ssl_ca_certs=%s", port, certs.ca)
	serve(t, url, devenv.ClientOptions{}, nil, "port 0", fmt.Sprint("tls-port ", port), "tls-auth-clients no", "tls-ca-cert-file "+certs.ca,
		"tls-cert-file "+certs.serverCert, "tls-key-file "+certs.serverKey)
	p := newProject(t, "REDKIT_BACKEND=external", "REDIS_URL="+url)
	shown := fmt.Sprintf("the certificate that the cache at 127.0.0.1:%d shows ", port)
	at := func(d time.Duration) devenv.DoctorOptions {
		return devenv.DoctorOptions{Now: func() time.Time { return time.Now().Add(d) }}
	}
	p.says(t, "certificate", "warn  "+shown+"ends on", none)
	p.says(t, "certificate", "FAIL  "+shown+"ended on", at(2*time.Hour))
	p.says(t, "certificate", "FAIL  "+shown+"is valid only from", at(-2*time.Hour))
	trusting := newProject(t, "REDKIT_BACKEND=external", fmt.Sprintf("REDIS_URL=rediss://127.0.0.1:%d/0?ssl_cert_reqs=none", port))
	trusting.says(t, "certificate", "warn  "+shown+"is of no authority that is trusted", none)
	elsewhere := newProject(t, "REDKIT_BACKEND=external", fmt.Sprintf("REDIS_URL=rediss://0.0.0.0:%d/0?ssl_check_hostname=false&ssl_ca_certs=%s", port, certs.ca))
	elsewhere.says(t, "certificate", fmt.Sprintf("warn  the certificate that the cache at 0.0.0.0:%d shows is for others", port), none)
}
