package cache

import (
	"crypto/tls"
	"log/slog"
	"time"
)

// A Backend is the kind of store behind an alias.
type Backend string

const (
	// BackendRedis keeps entries in Redis as django-redis does. The default.
	BackendRedis Backend = "redis"
	// BackendDjango keeps entries in Redis as Django's own RedisCache does.
	BackendDjango Backend = "django"
	// BackendMemory keeps entries in this process, as LocMemCache does.
	BackendMemory Backend = "memory"
)

// An Alias is the configuration of one named cache: what Django calls an entry
// of CACHES. The zero value of every field but Location is useful.
type Alias struct {
	// Backend is BackendRedis when empty.
	Backend Backend
	// Location of a Redis cache: the URL of the primary, then of its read
	// replicas, as redis://[user][:password]@host[:port][/db], rediss:// for
	// TLS, unix://path?db=n; with Cluster the seed nodes, with Sentinel
	// redis://service/db, and ?is_master=0 behind it, as django-redis has it,
	// for a replica of the service. Location of a memory cache: the name of
	// the store; aliases with the same name share it.
	Location []string

	// Timeout of entries written without one. Default means 300 s.
	Timeout Timeout
	// KeyPrefix sets the entries of this alias apart on a shared server.
	KeyPrefix string
	// Version of the keys. Zero means 1.
	Version Version
	// KeyFunction replaces prefix:version:key; ReverseKey must then undo it,
	// or Keys and IterKeys fail.
	KeyFunction KeyFunction
	ReverseKey  ReverseKeyFunction
	// KeyPolicy decides about keys that memcached would refuse.
	KeyPolicy KeyPolicy

	// Serializer by name: pickle (the default), json, msgpack, raw.
	Serializer string
	// PickleVersion 2 to 5. Zero means 4, for BackendDjango 5; -1 the highest.
	PickleVersion int
	// Compressor by name: zlib, gzip, lz4, zstd, lzma. Empty means none.
	Compressor string
	// MaxDecoded bounds the size of a decompressed value in bytes. Zero means
	// 64 MiB.
	MaxDecoded int

	// DB selects the database and must not contradict the one in Location.
	DB int
	// Username and Password are used where the URL has none.
	Username, Password string
	// Cluster says that Location holds nodes of a Redis Cluster.
	Cluster bool
	// Sentinel names the sentinels; Location is then redis://service/db.
	Sentinel *Sentinel
	// TLS settings for rediss:// locations, which the ssl_ options of the URL
	// come before. Nil means the defaults of Go.
	TLS *tls.Config
	// PoolSize is the most connections per server, 0 means ten per CPU. It,
	// the timeouts and Retries are used where the URL says nothing.
	PoolSize int
	// DialTimeout and SocketTimeout bound connecting and one command. Zero
	// means 5 s and 3 s.
	DialTimeout, SocketTimeout time.Duration
	// PoolTimeout is how long a call waits for a connection when all are in
	// use; then it is ErrUnavailable. Zero means SocketTimeout plus 1 s.
	PoolTimeout time.Duration
	// Retries after a failed command. Zero means none, as in redis-py: a
	// repeated write may be applied twice.
	Retries int

	// IgnoreExceptions makes an unreachable cache behave as an empty one that
	// forgets what is written. See [Ignoring].
	IgnoreExceptions bool
	// Logger gets a record of every error that IgnoreExceptions swallows
	// (django-redis: DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS). Nil means none. How
	// many there were says Ignored of the cache, which is an [Ignoring].
	Logger *slog.Logger

	// HashV6 and Direct as RedisOptions has them; a memory cache has no use
	// for them.
	HashV6, Direct bool

	// MaxEntries and CullFrequency of a memory cache, as Options of Memory.
	MaxEntries, CullFrequency int
}

// Sentinel says how to find a primary and its replicas.
type Sentinel struct {
	// Addrs of the sentinels, host:port.
	Addrs []string
	// Username and Password of the sentinels themselves.
	Username, Password string
	// ReadReplicas sends reads to a replica when there is one.
	ReadReplicas bool
}
