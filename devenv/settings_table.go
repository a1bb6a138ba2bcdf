package devenv

import (
	"strings"
	"time"
)

// A Variable is one setting: the table of them drives parsing, .env.example
// and the documentation.
type Variable struct {
	// Name in the environment. <ALIAS> stands for the name of a cache in
	// upper case; such a variable may be set for any alias.
	Name    string
	Group   string   // the heading it stands under in .env.example
	Default string   // what an unset variable means; "" where it is derived
	Form    string   // the allowed form, as a reader sees it
	Doc     string   // one sentence
	Values  []string // "value: what it means", where the sentence does not say it
	Secret  bool     // its value is never shown
	// Example is a value for .env.example where Default does not show one.
	Example string

	noFlag bool
	flag   string // where it is not made from the name
	kind   kind
}

// Flag returns the name of the flag of a mage target that sets a toolkit
// variable (REDKIT_CACHE_PORT: cache-port), or "" when there is none: for a
// variable of the application, for what every command must agree on, and for
// the password, which others would see among the processes.
func (v Variable) Flag() string {
	name, ok := strings.CutPrefix(v.Name, "REDKIT_")
	switch {
	case !ok || v.noFlag:
		return ""
	case v.flag != "":
		return v.flag
	}
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}

const (
	groupToolkit  = "The toolkit: which servers run, and how"
	groupOutput   = "The toolkit: how it talks"
	groupCommand  = "The toolkit: what one command is asked to do (flags first)"
	groupAlerts   = "The toolkit: when alerts warns, and when it is critical"
	groupURL      = "The application: one URL is enough"
	groupCache    = "The application's caches: one entry of Django's CACHES each"
	groupCelery   = "Celery"
	groupChannels = "Channels"
	groupUsers    = "Users of profile acl"
	groupTLS      = "TLS, for rediss:// URLs"
	groupSentinel = "Sentinel and Cluster"
)

// Variables returns the table of all settings, in the order of .env.example.
func Variables() []Variable {
	var all []Variable
	for _, part := range [][]Variable{toolkitVariables(), outputVariables(), commandVariables(), alertVariables(), urlVariables(), aliasVariables(), celeryVariables(), userVariables(), tlsVariables()} {
		all = append(all, part...)
	}
	for i := range all {
		all[i].Form = all[i].kind.form
	}
	return all
}

func toolkitVariables() []Variable {
	v := func(name, standard, doc string, k kind) Variable {
		return Variable{Name: "REDKIT_" + name, Group: groupToolkit, Default: standard, Doc: doc, kind: k}
	}
	// Flags are for what one run wants otherwise; these stay as they are.
	fixed := func(v Variable) Variable {
		v.noFlag = true
		return v
	}
	password := v("PASSWORD", "", "Password of the servers; empty for none.", passwordKind(func(s *Settings) *Secret { return &s.Password }))
	password.Secret = true
	profile := v("PROFILE", "split", "Which servers run.", profileKind)
	profile.Values = []string{
		"split: an evicting cache and a durable broker",
		"single: one durable server for both",
		"sentinel: a master, two replicas and three sentinels for both",
		"cluster: six nodes for the caches, and a broker",
		"tls, after any: the servers speak TLS only",
		"acl, after any: users app, celery and monitor with least rights",
		"monitoring, after any: the metrics are served, with Prometheus and Grafana on compose",
	}
	return []Variable{
		v("BACKEND", "auto", "What runs the servers; auto takes the first that can: external, compose, native, embedded.",
			choice(func(s *Settings) *Backend { return &s.Backend }, BackendAuto, BackendCompose, BackendNative, BackendEmbedded, BackendExternal)),
		profile,
		fixed(v("TLS_CLIENTS", "optional", "Profile tls: whether clients must show a certificate.", choice(func(s *Settings) *string { return &s.TLSClients }, "optional", "required"))),
		v("IMAGE", "redis:7.4", "Image of the compose backend: Redis 6 and newer, or Valkey.", imageKind(func(s *Settings) *string { return &s.Image })),
		v("PULL", "missing", "When the compose backend pulls the image.", choice(func(s *Settings) *string { return &s.Pull }, "missing", "never", "always")),
		fixed(v("REDIS_SERVER", "", "Program of the native backend; the default is redis-server or valkey-server on PATH.", programKind)),
		fixed(v("PROJECT", "", "Name of containers, volumes and networks; the default is made from the directory.", projectKind)),
		fixed(v("DIR", ".redkit", "Directory of the environment's state, relative to the project.", dirKind)),
		v("ENV_FILE", "", "The file that is read in place of .env, relative to the project; set in the environment.", kind{form: "the path of a file that exists", set: func(*loader, string, string) error { return nil }}),
		fixed(v("BIND", "127.0.0.1", "IPv4 address the servers listen on; never 0.0.0.0 where others reach you: Docker bypasses the host's firewall.", bindKind)),
		v("CACHE_PORT", "6379", "Port of the cache, and of the only server in profile single.", portKind(func(s *Settings) *int { return &s.CachePort })),
		v("BROKER_PORT", "6380", "Port of the broker.", portKind(func(s *Settings) *int { return &s.BrokerPort })),
		v("CLUSTER_PORTS", "7001-7006", "Ports of the nodes in profile cluster: three masters, then their replicas.", portsKind(clusterMasters*(1+clusterReplicas), func(s *Settings) *[]int { return &s.ClusterPorts })),
		v("SENTINEL_PORTS", "26379-26381", "Ports of the sentinels in profile sentinel.", portsKind(watchers, func(s *Settings) *[]int { return &s.SentinelPorts })),
		v("SENTINEL_DATA_PORTS", "6391-6393", "Ports of the servers in profile sentinel, the first master first.", portsKind(watchedServers, func(s *Settings) *[]int { return &s.SentinelDataPorts })),
		v("METRICS_PORT", "8379", "Port of the metrics in profile monitoring.", portKind(func(s *Settings) *int { return &s.MetricsPort })),
		v("PROMETHEUS_PORT", "9090", "Port of Prometheus in profile monitoring, on compose.", portKind(func(s *Settings) *int { return &s.PrometheusPort })),
		v("GRAFANA_PORT", "3000", "Port of Grafana in profile monitoring, on compose.", portKind(func(s *Settings) *int { return &s.GrafanaPort })),
		fixed(v("PROMETHEUS_IMAGE", "prom/prometheus:v2.55.1", "Image of Prometheus.", imageKind(func(s *Settings) *string { return &s.PrometheusImage }))),
		fixed(v("GRAFANA_IMAGE", "grafana/grafana:11.3.1", "Image of Grafana.", imageKind(func(s *Settings) *string { return &s.GrafanaImage }))),
		fixed(password),
		fixed(v("CACHE_MAXMEMORY", "128mb", "Memory of the cache; 0 for no limit.", sizeKind(func(s *Settings) *Size { return &s.CacheMaxMemory }))),
		fixed(v("CACHE_POLICY", "allkeys-lru", "What the cache evicts when it is full.", choice(func(s *Settings) *string { return &s.CachePolicy }, "allkeys-lru", "allkeys-lfu", "allkeys-random", "volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "noeviction"))),
		fixed(v("CACHE_PERSISTENCE", "none", "What the cache keeps on disk.", choice(func(s *Settings) *Persistence { return &s.CachePersistence }, PersistNone, PersistRDB, PersistAOF))),
		fixed(v("BROKER_MAXMEMORY", "256mb", "Memory of the broker, whose policy is always noeviction; 0 for no limit.", sizeKind(func(s *Settings) *Size { return &s.BrokerMaxMemory }))),
		fixed(v("BROKER_APPENDFSYNC", "everysec", "When the broker's append-only file reaches the disk.", choice(func(s *Settings) *string { return &s.BrokerAppendFsync }, "always", "everysec", "no"))),
		fixed(v("BROKER_VOLUME", "on", "off: the broker's data go with its process or container.", boolKind(func(s *Settings) *bool { return &s.BrokerVolume }))),
		fixed(v("EXTERNAL", "off", "on: auto takes the servers that the application's URLs name.", boolKind(func(s *Settings) *bool { return &s.External }))),
		fixed(v("EXTERNAL_CONFIGURE", "off", "on: up sets maxmemory and policy of external servers by CONFIG SET.", boolKind(func(s *Settings) *bool { return &s.ExternalConfigure }))),
		fixed(v("BACKUP_KEEP", "20", "How many backups without a name stay; 0 for all.", countKind(func(s *Settings) *int { return &s.BackupKeep }))),
		v("ALLOW_REMOTE", "off", "on: bind, seed and reset may act on hosts other than this one.", boolKind(func(s *Settings) *bool { return &s.AllowRemote })),
	}
}

func outputVariables() []Variable {
	v := func(name, standard, doc string, k kind) Variable {
		return Variable{Name: "REDKIT_" + name, Group: groupOutput, Default: standard, Doc: doc, kind: k}
	}
	color := v("COLOR", "auto", "Colour of the output; auto asks the terminal and NO_COLOR.", choice(func(s *Settings) *string { return &s.Color }, "auto", "always", "never"))
	output := v("OUTPUT", "table", "Form of the result on standard output; csv is for stats.", choice(func(s *Settings) *string { return &s.Output }, "table", "env", "json", "csv"))
	output.flag = "o"
	return []Variable{
		output,
		color,
		v("WAIT", "60s", "How long up and wait try until every server answers.", durationKind(func(s *Settings) *time.Duration { return &s.Wait })),
		v("YES", "off", "on: never ask, answer yes.", boolKind(func(s *Settings) *bool { return &s.Yes })),
		v("SHOW_SECRETS", "off", "on: env and status print passwords.", boolKind(func(s *Settings) *bool { return &s.ShowSecrets })),
	}
}
