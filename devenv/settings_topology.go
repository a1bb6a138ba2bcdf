package devenv

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/internal/fleet"
)

// How many servers the topologies have.
const (
	clusterMasters  = 3
	clusterReplicas = 1 // of each master
	watchedServers  = 3
	watchers        = 3
)

// portsKind takes a fixed number of ports, written as a list or a range.
func portsKind(count int, field func(*Settings) *[]int) kind {
	k := kind{form: fmt.Sprintf("%d ports, as 7001-%d or 7001,7002,…", count, 7000+count)}
	k.set = func(l *loader, _, value string) error {
		ports, err := parsePorts(value)
		if err != nil || len(ports) != count {
			return k.wants()
		}
		*field(l.settings) = ports
		return nil
	}
	return k
}

// parsePorts reads "7001-7003", "7001,7002" and "7001 7002".
func parsePorts(text string) ([]int, error) {
	var ports []int
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		first, err := strconv.Atoi(from)
		last, err2 := strconv.Atoi(to)
		if err != nil || err2 != nil || first < 1 || last > 65535 || last < first || last-first > 100 {
			return nil, errors.New("no list of ports")
		}
		for port := first; port <= last; port++ {
			ports = append(ports, port)
		}
	}
	return ports, nil
}

// formatPorts writes ports as parsePorts reads them, in one word.
func formatPorts(ports []int) string {
	words := make([]string, len(ports))
	for i, port := range ports {
		words[i] = strconv.Itoa(port)
	}
	return strings.Join(words, ",")
}

// nodeInstances are the nodes of the cluster. They keep an append-only file
// while they live: a master that came back empty would empty its replica.
func (s *Settings) nodeInstances(cache Instance) []Instance {
	var list []Instance
	for n, port := range s.ClusterPorts {
		i := cache
		i.Name, i.Group, i.Port, i.URL = fmt.Sprintf("node-%d", n+1), string(ProfileCluster), port, s.serverURL(s.admin(), port, 0)
		i.Persistence, i.Keep = PersistAOF, false
		list = append(list, i)
	}
	return list
}

// watchedInstances are the servers, the first master first, and the sentinels.
func (s *Settings) watchedInstances(broker Instance) []Instance {
	var list []Instance
	add := func(name string, port int) *Instance {
		i := broker
		i.Name, i.Group, i.Port, i.URL = name, string(ProfileSentinel), port, s.serverURL(s.admin(), port, 0)
		i.Keep = false
		list = append(list, i)
		return &list[len(list)-1]
	}
	for n, port := range s.SentinelDataPorts {
		add(fmt.Sprintf("redis-%d", n+1), port)
	}
	for n, port := range s.SentinelPorts {
		i := add(fmt.Sprintf("sentinel-%d", n+1), port)
		i.Watches, i.MaxMemory, i.Policy, i.Persistence = true, 0, "", PersistNone
	}
	return list
}

// service is what compose calls the container of an instance.
func (i Instance) service() string {
	if i.Group != "" {
		return i.Group
	}
	return i.Name
}

// cacheURL names the server of a cache in the profile: the evicting one, or
// the durable one.
func (s *Settings) cacheURL(u User, durable bool, db int) URL {
	switch {
	case s.Profile == ProfileSentinel:
		return s.watchedURL(u, db)
	case durable:
		return s.serverURL(u, s.brokerPort(), db)
	case s.Profile == ProfileCluster:
		return s.clusterURL(u)
	}
	return s.serverURL(u, s.CachePort, db)
}

// brokerURL names the durable server of the profile.
func (s *Settings) brokerURL(u User, db int) URL { return s.cacheURL(u, true, db) }

// watchedURL names the master that the toolkit's sentinels watch. Each of the
// URLs that kombu splits it into has the database: it takes that of the first.
func (s *Settings) watchedURL(u User, db int) URL {
	hosts := strings.Join(s.addrs(s.SentinelPorts), fmt.Sprintf("/%d;sentinel://", db))
	query := "?master_name=" + url.QueryEscape(s.Sentinel.Master)
	if s.ServerTLS {
		query += "&" + strings.TrimPrefix(s.tlsQuery(), "?")
	}
	return s.derivedURL(fmt.Sprintf("sentinel://%s%s/%d%s", userinfo(u), hosts, db, query))
}

// clusterURL names the toolkit's cluster.
func (s *Settings) clusterURL(u User) URL {
	scheme, query := "redis+cluster", ""
	if s.ServerTLS {
		scheme, query = "rediss+cluster", s.tlsQuery()
	}
	return s.derivedURL(scheme + "://" + userinfo(u) + strings.Join(s.addrs(s.ClusterPorts), ",") + query)
}

func (s *Settings) addrs(ports []int) []string {
	list := make([]string, len(ports))
	for i, port := range ports {
		list[i] = net.JoinHostPort(s.host(), strconv.Itoa(port))
	}
	return list
}

// derivedURL is none when a setting in it was refused, which Load reports.
func (s *Settings) derivedURL(raw string) URL {
	parts, err := parseURL(raw)
	if err != nil {
		return URL{}
	}
	return newURL(parts)
}

// A portSetting is a variable that names ports of the profile's servers.
type portSetting struct {
	variable, flag string
	ports          []int
	instances      []string // by name, in the order of ports
	bus            bool     // the port BusOffset above is taken too, on the machine of the server
}

// portSettings are those of the profile.
func (s *Settings) portSettings() []portSetting {
	return append(s.serverPorts(), s.companionPorts()...)
}

// companionPorts are those of profile monitoring.
func (s *Settings) companionPorts() []portSetting {
	if !s.Monitoring {
		return nil
	}
	list := []portSetting{{variable: "REDKIT_METRICS_PORT", flag: "metrics-port", ports: []int{s.MetricsPort}, instances: []string{companionMetrics}}}
	if s.Backend == BackendCompose || s.Backend == BackendAuto {
		list = append(list,
			portSetting{variable: "REDKIT_PROMETHEUS_PORT", flag: "prometheus-port", ports: []int{s.PrometheusPort}, instances: []string{companionPrometheus}},
			portSetting{variable: "REDKIT_GRAFANA_PORT", flag: "grafana-port", ports: []int{s.GrafanaPort}, instances: []string{companionGrafana}})
	}
	return list
}

func (s *Settings) serverPorts() []portSetting {
	cache := portSetting{variable: "REDKIT_CACHE_PORT", flag: "cache-port", ports: []int{s.CachePort}, instances: []string{"cache"}}
	broker := portSetting{variable: "REDKIT_BROKER_PORT", flag: "broker-port", ports: []int{s.BrokerPort}, instances: []string{"broker"}}
	named := func(prefix string, ports []int) (names []string) {
		for n := range ports {
			names = append(names, fmt.Sprintf("%s-%d", prefix, n+1))
		}
		return names
	}
	switch s.Profile {
	case ProfileSingle:
		cache.instances = []string{"redis"}
		return []portSetting{cache}
	case ProfileSentinel:
		return []portSetting{
			{variable: "REDKIT_SENTINEL_DATA_PORTS", flag: "sentinel-data-ports", ports: s.SentinelDataPorts, instances: named("redis", s.SentinelDataPorts)},
			{variable: "REDKIT_SENTINEL_PORTS", flag: "sentinel-ports", ports: s.SentinelPorts, instances: named("sentinel", s.SentinelPorts)},
		}
	case ProfileCluster:
		return []portSetting{
			{variable: "REDKIT_CLUSTER_PORTS", flag: "cluster-ports", ports: s.ClusterPorts, instances: named("node", s.ClusterPorts), bus: true},
			broker,
		}
	}
	return []portSetting{cache, broker}
}

// validateTopology checks the ports of the profile, and that its parts go
// together.
func (l *loader) validateTopology() {
	s := l.settings
	user := map[int]string{}
	for _, setting := range s.portSettings() {
		for _, port := range setting.ports {
			switch other, taken := user[port]; {
			case taken && other == "REDKIT_CACHE_PORT": // has a sentence of its own
			case taken:
				l.problem(setting.variable, formatPorts(setting.ports), fmt.Sprintf("two servers cannot both have port %d (see %s)", port, other), "give each server a port of its own")
			}
			user[port] = setting.variable
			if setting.bus && port+fleet.BusOffset > 65535 {
				l.problem(setting.variable, formatPorts(setting.ports), fmt.Sprintf("port %d: its nodes talk to each other %d ports above, and there is none", port, fleet.BusOffset), setting.variable+"=7001-7006")
			}
			if port >= ephemeralPorts {
				l.warn("%s=%s lies where the kernel takes ports for clients: it may be held at any moment. Use ports below %d.", setting.variable, formatPorts(setting.ports), ephemeralPorts)
				break
			}
		}
	}
}
