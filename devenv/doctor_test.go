package devenv_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// project is an environment of its own with what Doctor says about it.
type project struct {
	root     string
	environ  []string
	settings *devenv.Settings
	env      *devenv.Env
}

// newProject makes an environment on free ports; entries of environ win.
func newProject(t *testing.T, environ ...string) project {
	t.Helper()
	ports := freePorts(t, 2)
	root := t.TempDir()
	base := []string{fmt.Sprint("REDKIT_CACHE_PORT=", ports[0]), fmt.Sprint("REDKIT_BROKER_PORT=", ports[1]), "REDKIT_BACKEND=native", "REDKIT_WAIT=20s"}
	environ = append(base, environ...)
	s, err := devenv.Load(devenv.LoadOptions{Root: root, Environ: environ})
	if err != nil {
		t.Fatal(err)
	}
	return project{root, environ, s, devenv.New(s, devenv.Options{})}
}

// up starts the servers and stops them with the test.
func (p project) up(t *testing.T) project {
	t.Helper()
	redisServer(t)
	t.Cleanup(func() {
		if _, err := p.env.Down(context.Background(), devenv.DownOptions{Volumes: true}); err != nil {
			t.Error(err)
		}
	})
	if _, err := p.env.Up(t.Context(), devenv.UpOptions{}); err != nil {
		t.Fatal(err)
	}
	return p
}

// examine runs Doctor and returns the findings of one check.
func (p project) examine(t *testing.T, check string, o devenv.DoctorOptions) string {
	t.Helper()
	var lines []string
	for _, f := range p.env.Doctor(t.Context(), o) {
		if f.Check == check {
			lines = append(lines, f.String())
		}
		if f.Message == "" || f.Check == "" || (f.Level == devenv.LevelFail && f.Fix == "") {
			t.Errorf("finding %+v is not complete", f)
		}
	}
	return strings.Join(lines, "\n")
}

// says checks that the findings of a check contain a text.
func (p project) says(t *testing.T, check, want string, o devenv.DoctorOptions) {
	t.Helper()
	if got := p.examine(t, check, o); !strings.Contains(got, want) {
		t.Errorf("doctor on %s = %q, want %q", check, got, want)
	}
}

// run sends one command to a server of the project.
func (p project) run(t *testing.T, u devenv.URL, args ...any) {
	t.Helper()
	client, err := p.settings.Open(u)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
}

var none devenv.DoctorOptions

func TestDoctorOfAHealthyEnvironment(t *testing.T) {
	t.Parallel()
	p := newProject(t, "REDKIT_PASSWORD=s3cret-word").up(t)
	var text strings.Builder
	for _, f := range p.env.Doctor(t.Context(), devenv.DoctorOptions{Root: kernel(t, "1", "madvise"), FreeDisk: free(10 << 30)}) {
		fmt.Fprintln(&text, f.Check, f)
		slow := f.Check == "slow commands" // which a busy machine makes of any
		if f.Level != devenv.LevelOK && f.Level != devenv.LevelSkip && !slow {
			t.Errorf("a healthy environment: %s", f)
		}
	}
	for _, want := range []string{
		"settings ok", "backend ok    the environment runs on native", "port ok", "(ours)", "server ok", "the cache asks for its password", "allkeys-lru", "noeviction",
		"runs with the settings of now", "queues ok    0 messages", "leftovers ok", "clock ok", "drift ok", "overcommit ok", "huge pages ok", "disk ok",
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("doctor does not say %q:\n%s", want, &text)
		}
	}
	if strings.Contains(text.String(), "s3cret-word") {
		t.Errorf("doctor shows the password:\n%s", &text)
	}
}

func TestDoctorOfAStoppedEnvironment(t *testing.T) {
	t.Parallel()
	redisServer(t)
	p := newProject(t)
	p.says(t, "backend", "ok    the environment does not run; up would take native", none)
	p.says(t, "server", "skip  the cache does not run", none)
	p.says(t, "port", "is free", none)
	p.says(t, "queues", "skip", none)
	p.says(t, "compose", "skip", none)
	p.says(t, "tls", "skip", none)
	p.says(t, "leftovers", "ok", none)
	if got := devenv.Worst(p.env.Doctor(t.Context(), devenv.DoctorOptions{Root: kernel(t, "1", "never"), FreeDisk: free(10 << 30)})); got != devenv.LevelOK {
		t.Errorf("the worst finding is %s, want ok", got)
	}
}

func TestDoctorOnSettings(t *testing.T) {
	t.Parallel()
	newProject(t).says(t, "settings", "ok", none)
	p := newProject(t, "REDIS_CACHE_URL=redis://127.0.0.1:1/0", "CELERY_BROKER_URL=redis://127.0.0.1:1/1")
	p.says(t, "settings", "warn  Cache aliases default, permissions", none)
	p.up(t)
	p.says(t, "urls", "warn  CELERY_BROKER_URL (environment) leads to 127.0.0.1:1, where no server", none)
	newProject(t).up(t).says(t, "urls", "ok", none)
}

func TestDoctorOnSecretFiles(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.says(t, "secret files", "ok", none)
	if err := os.Mkdir(p.settings.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	p.says(t, "secret files", "FAIL  other users of this machine can read", none)
}

// TestDoctorOnSecretFilesOfOthers: what was written by hand holds secrets, too.
func TestDoctorOnSecretFilesOfOthers(t *testing.T) {
	t.Parallel()
	for text, secret := range map[string]bool{
		"REDKIT_PASSWORD=s3cret-word\n": true, "REDIS_URL=redis://default:s3cret@127.0.0.1:1\n": true, "SHOP_DATABASE_URL=postgres://shop:s3cret@db/shop\n": true,
		"REDKIT_PASSWORD=\n": false, "REDIS_URL=redis://127.0.0.1:1\n": false, "REDKIT_PROJECT=shop\n": false,
	} {
		root := t.TempDir()
		file := filepath.Join(root, ".env")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := devenv.Load(devenv.LoadOptions{Root: root, Environ: []string{"REDKIT_BACKEND=embedded"}})
		if err != nil {
			t.Fatal(err)
		}
		p := project{root: root, settings: s, env: devenv.New(s, devenv.Options{})}
		found := p.examine(t, "secret files", none)
		if got := strings.Contains(found, "FAIL  other users of this machine can read "+file); got != secret || strings.Contains(found, "s3cret") {
			t.Errorf("doctor with %q in .env = %q, want it to fail: %t", text, found, secret)
		}
	}
	p := newProject(t, "REDKIT_PROFILE=split,tls")
	if err := os.Mkdir(p.settings.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := devenv.WriteCerts(p.settings.CertsDir(), time.Now()); err != nil {
		t.Fatal(err)
	}
	p.says(t, "secret files", "ok", none)
	key := filepath.Join(p.settings.CertsDir(), "ca.key")
	if err := os.Chmod(key, 0o640); err != nil {
		t.Fatal(err)
	}
	p.says(t, "secret files", "mended: keep others from reading "+key, devenv.DoctorOptions{Fix: true})
	p.says(t, "secret files", "ok", none)
}

func TestDoctorOnBackend(t *testing.T) {
	t.Parallel()
	p := newProject(t, "REDKIT_REDIS_SERVER=/nowhere/redis-server")
	p.says(t, "backend", "FAIL", none)
	p.says(t, "server", "", none)
}

func TestDoctorOnPorts(t *testing.T) {
	t.Parallel()
	redisServer(t)
	p := newProject(t)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", p.settings.CachePort))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p.says(t, "port", fmt.Sprintf("FAIL  port %d, meant for the cache, is taken by", p.settings.CachePort), none)
	p.says(t, "ipv6", "ok    nothing else listens", none)
	twin, err := net.Listen("tcp", fmt.Sprintf("[::1]:%d", p.settings.BrokerPort))
	if err != nil {
		t.Fatalf("this test needs the IPv6 loopback: %v", err)
	}
	defer twin.Close()
	p.says(t, "ipv6", "warn  another server listens at [::1]:", none)
}

func TestDoctorOnLeftovers(t *testing.T) {
	t.Parallel()
	p := newProject(t).up(t)
	p.says(t, "leftovers", "ok", none)
	if err := os.Remove(filepath.Join(p.settings.Dir, "state.json")); err != nil {
		t.Fatal(err)
	}
	p.says(t, "leftovers", "warn  left behind by an earlier run: native daemon broker", none)
	if err := os.RemoveAll(p.settings.Dir); err != nil {
		t.Fatal(err)
	}
	p.says(t, "port", "which an up that was killed left behind", none)
}

// kernel is a root directory with the files that Linux has.
func kernel(t *testing.T, overcommit, hugePages string) string {
	t.Helper()
	root := t.TempDir()
	choices := strings.Replace("always madvise never", hugePages, "["+hugePages+"]", 1)
	for path, text := range map[string]string{"proc/sys/vm/overcommit_memory": overcommit + "\n", "sys/kernel/mm/transparent_hugepage/enabled": choices + "\n"} {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func free(bytes uint64) func(string) (uint64, error) {
	return func(string) (uint64, error) { return bytes, nil }
}

func TestDoctorOnTheMachine(t *testing.T) {
	t.Parallel()
	redisServer(t)
	p := newProject(t)
	bad, empty := kernel(t, "0", "always"), t.TempDir()
	p.says(t, "overcommit", "warn  vm.overcommit_memory=0", devenv.DoctorOptions{Root: bad})
	p.says(t, "overcommit", "skip", devenv.DoctorOptions{Root: empty})
	p.says(t, "huge pages", "warn  transparent huge pages are always on", devenv.DoctorOptions{Root: bad})
	p.says(t, "huge pages", "skip", devenv.DoctorOptions{Root: empty})
	p.says(t, "disk", "warn  ", devenv.DoctorOptions{FreeDisk: free(500 << 20)})
	p.says(t, "disk", "FAIL  ", devenv.DoctorOptions{FreeDisk: free(5 << 20)})
	p.says(t, "disk", "skip  ", devenv.DoctorOptions{FreeDisk: func(string) (uint64, error) { return 0, os.ErrPermission }})
	p.says(t, "disk", "is free at ", none)
}

func TestDoctorOnTheClock(t *testing.T) {
	t.Parallel()
	p := newProject(t).up(t)
	p.says(t, "clock", "ok", none)
	p.says(t, "clock", "warn  the clock of the cache is", devenv.DoctorOptions{Now: func() time.Time { return time.Now().Add(time.Minute) }})
}

func TestDoctorOnCertificates(t *testing.T) {
	t.Parallel()
	certs := newCertificates(t)
	redisServer(t)
	p := newProject(t, "REDIS_TLS_CA_FILE="+certs.ca, "REDIS_TLS_CERT_FILE="+certs.clientCert, "REDIS_TLS_KEY_FILE="+certs.clientKey)
	at := func(d time.Duration) devenv.DoctorOptions {
		return devenv.DoctorOptions{Now: func() time.Time { return time.Now().Add(d) }}
	}
	p.says(t, "tls", "warn  the certificate "+certs.ca+" ends on", none)
	p.says(t, "tls", "warn  the certificate "+certs.clientCert+" ends on", none)
	p.says(t, "tls", "FAIL  the certificate "+certs.ca+" ended on", at(2*time.Hour))
	p.says(t, "tls", "FAIL  the certificate "+certs.ca+" is valid only from", at(-2*time.Hour))
	newProject(t, "REDIS_TLS_CA_FILE=missing.crt").says(t, "tls", "FAIL  read the authority's certificate", none)
}
