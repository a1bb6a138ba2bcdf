// Package compose holds the compose files of a local Redis environment and
// says how to call compose with them. It runs nothing itself.
//
// The files work with docker-compose 1.29 and docker compose 2.x, and with
// images of Redis 6 and newer and of Valkey. Settings reach them through the
// environment of the compose process, so that no password stands in a file or
// in an argument:
//
//	stack := compose.Stack{Project: "shop", Password: password}
//	if err := stack.Write(dir); err != nil { … }
//	args := stack.Args(dir, append([]string{"up", "-d"}, stack.Services()...)...)
//	cmd := exec.Command("docker-compose", args...)
//	cmd.Env = stack.Environ(os.Environ())
package compose

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed docker-compose*.yml
var files embed.FS

const (
	baseFile      = "docker-compose.yml"
	cacheDataFile = "docker-compose.cache-data.yml"
	volatileFile  = "docker-compose.volatile.yml"
	tlsFile       = "docker-compose.tls.yml"
)

// Profiles of a Stack.
const (
	Split  = "split"  // services cache and broker
	Single = "single" // service redis
	// Sentinel is the service sentinel: a master, two replicas and three
	// sentinels in one container.
	Sentinel = "sentinel"
	// Cluster is the service cluster, six nodes in one container, and broker.
	Cluster = "cluster"
)

// A Stack is the servers of one environment. An empty field means the default
// that the compose file states; the zero value is the split profile with no
// password, the cache on 6379 and the broker on 6380.
type Stack struct {
	Project string // compose's project name; needed by Args
	Profile string // Split ("" too), Single, Sentinel or Cluster
	Image   string
	Bind    string // host address of the ports
	// CachePort is the port of the cache, and of the only server in Single.
	CachePort  int
	BrokerPort int
	// ClusterPorts are those of the six nodes in Cluster, SentinelPorts those
	// of the three sentinels and SentinelDataPorts those of the servers they
	// watch in Sentinel, under the name SentinelMaster. Each is empty for the
	// file's default, or complete.
	ClusterPorts, SentinelPorts, SentinelDataPorts []int

	SentinelMaster string
	Password       string // printable ASCII without spaces, quotes, backslash, '$'

	CacheMaxMemory    string // as redis.conf writes it: 128mb
	CachePolicy       string // as maxmemory-policy
	CachePersistence  string // none ("" too), rdb or aof
	BrokerMaxMemory   string
	BrokerAppendFsync string // always, everysec or no
	// Certs is the absolute directory of the certificates: ca.crt, redis.crt,
	// redis.key, client.crt and client.key, readable by any user because the
	// container's user is another. "": no TLS. Otherwise the servers speak TLS
	// only; TLSClients is optional ("" too) or yes, when clients must show a
	// certificate.
	Certs, TLSClients string
	// ACL holds lines of redis.conf that make users: user app on >… ~* &* +@read.
	// It holds passwords.
	ACL string

	// Metrics is host:port on this machine's loopback where the servers'
	// metrics are. "": no Prometheus and no Grafana. Otherwise they are the
	// services prometheus and grafana, on loopback ports of their own.
	Metrics                       string
	PrometheusImage, GrafanaImage string
	PrometheusPort, GrafanaPort   int

	// BrokerVolatile keeps the broker's data in memory: they go with the
	// container, and no volume is made.
	BrokerVolatile bool
}

// Files returns the names of the compose files the stack needs, base first.
func (s Stack) Files() []string {
	names := []string{baseFile}
	if s.CachePersistence == "rdb" || s.CachePersistence == "aof" {
		names = append(names, cacheDataFile)
	}
	if s.BrokerVolatile {
		names = append(names, volatileFile)
	}
	if s.Certs != "" {
		names = append(names, tlsFile)
	}
	if s.Metrics != "" {
		names = append(names, MonitoringFile)
	}
	return names
}

// Services returns the services to name after `up`.
func (s Stack) Services() []string {
	switch s.Profile {
	case Single:
		return []string{"redis"}
	case Sentinel:
		return []string{"sentinel"}
	case Cluster:
		return []string{"cluster", "broker"}
	}
	return []string{"cache", "broker"}
}

// Args returns the arguments of compose that precede and hold command, for
// files written to dir: -p project, one -f per file, then command, without
// colours and cursor codes. Args holds no secret.
func (s Stack) Args(dir string, command ...string) []string {
	args := []string{"--ansi", "never", "-p", s.Project}
	for _, name := range s.Files() {
		args = append(args, "-f", filepath.Join(dir, name))
	}
	return append(args, command...)
}

// Write puts the compose files into dir, which must exist, replacing what is
// there. They hold no secret, and no setting but the address of the metrics.
func (s Stack) Write(dir string) error {
	for _, name := range []string{baseFile, cacheDataFile, volatileFile, tlsFile} {
		content, err := files.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the embedded %s: %w", name, err)
		}
		if err := replace(filepath.Join(dir, name), content); err != nil {
			return fmt.Errorf("write the compose file: %w", err)
		}
	}
	if s.Metrics != "" {
		return WriteMonitoring(dir, s.Metrics)
	}
	return nil
}

// replace writes path by way of a second file, so that a reader never sees a
// part of it.
func replace(path string, content []byte) error {
	next := path + ".new"
	if err := os.WriteFile(next, content, 0o644); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// Environ returns the environment for the compose process: base without any
// COMPOSE_ and REDKIT_ variable, which would change the stack behind its back,
// then the stack's settings, the password among them. All compose profiles are
// on, so that down, ps and logs see every container, and up must name Services.
func (s Stack) Environ(base []string) []string {
	var env []string
	for _, entry := range base {
		if !strings.HasPrefix(entry, "COMPOSE_") && !strings.HasPrefix(entry, "REDKIT_") {
			env = append(env, entry)
		}
	}
	type variable struct{ name, value string }
	settings := []variable{
		// Compose 2 leaves containers of other profiles behind at down and
		// does not show them in ps and logs.
		{"COMPOSE_PROFILES", "single,sentinel,cluster"},
		{"REDKIT_IMAGE", s.Image},
		{"REDKIT_BIND", s.Bind},
		{"REDKIT_CACHE_PORT", port(s.CachePort)},
		{"REDKIT_BROKER_PORT", port(s.BrokerPort)},
		{"REDKIT_PASSWORD", s.Password},
		{"REDKIT_ACL", s.ACL},
		{"REDKIT_CERTS", s.Certs},
		{"REDKIT_TLS_CLIENTS", s.TLSClients},
		{"REDKIT_CACHE_MAXMEMORY", s.CacheMaxMemory},
		{"REDKIT_CACHE_POLICY", s.CachePolicy},
		{"REDKIT_CACHE_PERSISTENCE", s.CachePersistence},
		{"REDKIT_BROKER_MAXMEMORY", s.BrokerMaxMemory},
		{"REDKIT_BROKER_APPENDFSYNC", s.BrokerAppendFsync},
		{"REDKIT_SENTINEL_MASTER", s.SentinelMaster},
		{"PROMETHEUS_IMAGE", s.PrometheusImage},
		{"PROMETHEUS_PORT", port(s.PrometheusPort)},
		{"GRAFANA_IMAGE", s.GrafanaImage},
		{"GRAFANA_PORT", port(s.GrafanaPort)},
	}
	for _, list := range []struct {
		name  string
		ports []int
	}{{"REDKIT_CLUSTER_PORT", s.ClusterPorts}, {"REDKIT_SENTINEL_PORT", s.SentinelPorts}, {"REDKIT_SENTINEL_DATA_PORT", s.SentinelDataPorts}} {
		words := make([]string, len(list.ports))
		for i, p := range list.ports {
			words[i] = port(p)
			settings = append(settings, variable{fmt.Sprintf("%s_%d", list.name, i+1), words[i]})
		}
		settings = append(settings, variable{list.name + "S", strings.Join(words, " ")})
	}
	for _, v := range settings {
		if v.value != "" {
			env = append(env, v.name+"="+v.value)
		}
	}
	return env
}

func port(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
