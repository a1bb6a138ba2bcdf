package devenv

import (
	"time"
)

// Backend names what runs the servers. See Settings.Backend.
type Backend string

// The backends. BackendAuto takes the first of the others that can serve.
const (
	BackendAuto     Backend = "auto"
	BackendCompose  Backend = "compose"
	BackendNative   Backend = "native"
	BackendEmbedded Backend = "embedded"
	BackendExternal Backend = "external"
)

// Profile names the topology of the servers. See Settings.Profile.
type Profile string

// The profiles.
const (
	// ProfileSplit runs two servers, a cache that evicts and a broker that
	// never does: an evicting cache silently deletes Celery's queues.
	ProfileSplit Profile = "split"
	// ProfileSingle runs one server for both, which never evicts and keeps
	// an append-only file.
	ProfileSingle Profile = "single"
	// ProfileSentinel runs a master with two replicas and three sentinels,
	// for both.
	ProfileSentinel Profile = "sentinel"
	// ProfileCluster runs a cluster of three masters with a replica each for
	// the caches, and a broker beside it: kombu cannot use a cluster.
	ProfileCluster Profile = "cluster"
)

// What REDKIT_PROFILE may add to one of these, after a comma.
const (
	featureTLS = "tls"
	featureACL = "acl"
	// featureMonitoring adds what shows the servers: see Companion.
	featureMonitoring = "monitoring"
)

// Persistence names what a server keeps on disk.
type Persistence string

// The ways to keep data.
const (
	PersistNone Persistence = "none"
	PersistRDB  Persistence = "rdb"
	PersistAOF  Persistence = "aof"
)

// Settings is all that the environment, the .env file and the flags say about
// the local Redis, and about the application that uses it. Load makes and
// validates it; it is not changed afterwards, and is then safe for concurrent
// use. Printing it shows no secret.
type Settings struct {
	// Root is the absolute directory of the project: relative paths start
	// here, and the default of Project is derived from it.
	Root string
	// Dir is the absolute directory of the environment's state (REDKIT_DIR).
	Dir string
	// Project names containers, volumes and networks (REDKIT_PROJECT). Its
	// default contains a hash of Root, so two checkouts do not fight.
	Project string

	Backend Backend // REDKIT_BACKEND
	Profile Profile // REDKIT_PROFILE, its part before tls, acl and monitoring
	Image   string  // REDKIT_IMAGE, of the compose backend
	Pull    string  // REDKIT_PULL: missing, never or always
	// RedisServer is the program of the native backend (REDKIT_REDIS_SERVER);
	// empty means redis-server or valkey-server on PATH.
	RedisServer string

	// Bind is the IPv4 address the servers listen on (REDKIT_BIND); it is
	// loopback unless AllowRemote.
	Bind string
	// CachePort is the port of the cache, or of the only server of
	// ProfileSingle (REDKIT_CACHE_PORT).
	CachePort int
	// BrokerPort is the port of the broker (REDKIT_BROKER_PORT).
	BrokerPort int
	// ClusterPorts are the ports of the six nodes of ProfileCluster
	// (REDKIT_CLUSTER_PORTS).
	ClusterPorts []int
	// SentinelPorts and SentinelDataPorts are those of the three sentinels
	// and of the three servers they watch in ProfileSentinel
	// (REDKIT_SENTINEL_PORTS, REDKIT_SENTINEL_DATA_PORTS).
	SentinelPorts, SentinelDataPorts []int
	// Password of the user default (REDKIT_PASSWORD). Empty: none.
	Password Secret

	// ServerTLS makes the servers speak TLS only, with the certificates in
	// CertsDir (REDKIT_PROFILE=tls).
	ServerTLS bool
	// TLSClients is optional, or required when clients must show a
	// certificate (REDKIT_TLS_CLIENTS).
	TLSClients string
	// ServerACL makes the users of Users (REDKIT_PROFILE=acl).
	ServerACL                        bool
	AppUser, CeleryUser, MonitorUser User // REDIS_APP_USERNAME, REDIS_APP_PASSWORD, …

	// Monitoring serves the metrics for as long as the environment runs, and
	// with compose runs Prometheus and Grafana on them
	// (REDKIT_PROFILE=monitoring).
	Monitoring bool
	// MetricsPort, PrometheusPort and GrafanaPort are theirs on this machine's
	// loopback (REDKIT_METRICS_PORT, REDKIT_PROMETHEUS_PORT,
	// REDKIT_GRAFANA_PORT).
	MetricsPort, PrometheusPort, GrafanaPort int
	// PrometheusImage and GrafanaImage are those of the compose backend
	// (REDKIT_PROMETHEUS_IMAGE, REDKIT_GRAFANA_IMAGE).
	PrometheusImage, GrafanaImage string

	CacheMaxMemory    Size        // REDKIT_CACHE_MAXMEMORY
	CachePolicy       string      // REDKIT_CACHE_POLICY, as maxmemory-policy
	CachePersistence  Persistence // REDKIT_CACHE_PERSISTENCE
	BrokerMaxMemory   Size        // REDKIT_BROKER_MAXMEMORY
	BrokerAppendFsync string      // REDKIT_BROKER_APPENDFSYNC: always, everysec or no
	// BrokerVolume is false when the broker's data may go with its process
	// (REDKIT_BROKER_VOLUME=off).
	BrokerVolume bool

	Output      string        // REDKIT_OUTPUT: table, env, json or, for stats, csv
	Color       string        // REDKIT_COLOR: auto, always or never
	Wait        time.Duration // REDKIT_WAIT, how long up and wait try
	Yes         bool          // REDKIT_YES: never ask
	ShowSecrets bool          // REDKIT_SHOW_SECRETS or -show-secrets
	AllowRemote bool          // REDKIT_ALLOW_REMOTE: act on hosts that are not loopback
	// External makes auto take the servers the URLs name (REDKIT_EXTERNAL).
	External bool
	// ExternalConfigure lets up set maxmemory and policy on them by CONFIG
	// SET (REDKIT_EXTERNAL_CONFIGURE).
	ExternalConfigure bool
	// BackupKeep is how many backups without a name stay (REDKIT_BACKUP_KEEP);
	// zero means all.
	BackupKeep int
	// Command is what one command is asked to do.
	Command CommandSettings
	// Alerts holds the limits of the alerts by rule (REDKIT_ALERT_<RULE>).
	Alerts map[string]Limit

	// Aliases are the caches of the application: default first, then by name.
	Aliases []Alias
	// RedisURL is REDIS_URL, or the cache's when that is not set.
	RedisURL URL
	// Celery is the application's broker and result backend.
	Celery Celery
	// Channels is the application's default channel layer.
	Channels ChannelLayer
	// TLS tells how clients check rediss:// servers (REDIS_TLS_*).
	TLS TLS
	// Sentinel names the sentinels (REDIS_SENTINEL*).
	Sentinel Sentinel

	// Warnings are what Load found odd but not wrong, in full sentences.
	Warnings []string

	origin       map[string]string // variable -> what set it: flag, environment or the .env file
	secretDotEnv string            // the .env file, when it holds a secret
}

// Alias is one cache of the application, as one entry of Django's CACHES.
type Alias struct {
	Name string // as in CACHES: "default", "api_responses"
	URL  URL    // REDIS_CACHE_<ALIAS>_URL
	// Timeout is how long an entry lives when the caller does not say
	// (REDIS_CACHE_<ALIAS>_TIMEOUT). Zero: at once gone, as in Django;
	// NoTimeout: for ever.
	Timeout   time.Duration
	KeyPrefix string // REDIS_CACHE_<ALIAS>_KEY_PREFIX
	Version   int    // REDIS_CACHE_<ALIAS>_VERSION
	// Serializer is pickle, json or msgpack (REDIS_CACHE_<ALIAS>_SERIALIZER),
	// Compressor zlib, gzip, lz4, zstd, lzma or none
	// (REDIS_CACHE_<ALIAS>_COMPRESSOR): all processes of an application must
	// agree. "" means pickle, and none.
	Serializer, Compressor string
	// Replicas are read in place of the server of URL, whose database and
	// credentials are theirs, too (REDIS_CACHE_<ALIAS>_REPLICAS, host:port).
	Replicas []string
	// MaxConnections bounds a process's pool to each server
	// (REDIS_CACHE_<ALIAS>_MAX_CONNECTIONS); 0 is what the client sees fit.
	MaxConnections int
	// IgnoreExceptions makes a server that is away look like an empty cache
	// (REDIS_CACHE_<ALIAS>_IGNORE_EXCEPTIONS).
	IgnoreExceptions bool
}

// NoTimeout is the Timeout of an alias whose entries never expire: Django's None.
const NoTimeout time.Duration = -1

// Celery is what the environment says about Celery.
type Celery struct {
	BrokerURL         URL           // CELERY_BROKER_URL
	ResultBackend     URL           // CELERY_RESULT_BACKEND
	VisibilityTimeout time.Duration // CELERY_BROKER_VISIBILITY_TIMEOUT
	GlobalKeyPrefix   string        // CELERY_BROKER_GLOBAL_KEYPREFIX
	ResultExpires     time.Duration // CELERY_RESULT_EXPIRES
}

// ChannelLayer is what the environment says about Django Channels.
type ChannelLayer struct {
	URL     URL       // CHANNEL_LAYERS_DEFAULT_URL
	Prefix  string    // CHANNEL_LAYERS_DEFAULT_PREFIX
	Backend LayerKind // CHANNEL_LAYERS_DEFAULT_BACKEND
}

// A LayerKind is one of the layers of channels_redis. Neither reads what the
// other sends, so all processes of an application must agree.
type LayerKind string

// The kinds of layers: channels_redis' core.RedisChannelLayer, which keeps
// messages in sorted sets, and its pubsub.RedisPubSubChannelLayer, which keeps
// none.
const (
	LayerCore   LayerKind = "core"
	LayerPubSub LayerKind = "pubsub"
)

// TLS tells how a client checks a server and shows itself. The zero value
// checks against the system's authorities and shows no certificate.
type TLS struct {
	CAFile   string // REDIS_TLS_CA_FILE, PEM
	CertFile string // REDIS_TLS_CERT_FILE, PEM
	KeyFile  string // REDIS_TLS_KEY_FILE, PEM
	Verify   string // REDIS_TLS_VERIFY: required (also ""), optional or none
}

// Sentinel names the sentinels of a master. The zero value: none.
type Sentinel struct {
	Addrs    []string // REDIS_SENTINELS, host:port
	Master   string   // REDIS_SENTINEL_MASTER
	Password Secret   // REDIS_SENTINEL_PASSWORD, of the sentinels themselves
}

// Origin tells what set a variable ("flag -profile", "the environment",
// ".env:12"), or "" when its default holds.
func (s *Settings) Origin(variable string) string { return s.origin[variable] }

// Alias returns the cache called name.
func (s *Settings) Alias(name string) (Alias, bool) {
	for _, a := range s.Aliases {
		if a.Name == name {
			return a, true
		}
	}
	return Alias{}, false
}
