package devenv

import "time"

func urlVariables() []Variable {
	return []Variable{
		{Name: "REDIS_URL", Group: groupURL, kind: urlVar, Doc: "The cache, and whatever has no URL of its own; derived from the toolkit's settings when unset.", Example: "redis://127.0.0.1:6379/0"},
		{Name: "REDIS_CACHE_URL", Group: groupCache, kind: urlVar, Doc: "Every cache that has no URL of its own; REDIS_URL when unset.", Example: "redis://127.0.0.1:6379/0"},
	}
}

// aliasVariables lists the pattern of any alias; aliasExamples fills
// .env.example.
func aliasVariables() []Variable {
	return []Variable{
		{Name: "REDIS_CACHE_<ALIAS>_URL", Group: groupCache, kind: urlVar, Doc: "Server and database of the cache; setting any variable of a new alias makes that cache."},
		{Name: "REDIS_CACHE_<ALIAS>_TIMEOUT", Group: groupCache, kind: aliasTimeoutKind, Doc: "How long an entry lives by default."},
		{Name: "REDIS_CACHE_<ALIAS>_KEY_PREFIX", Group: groupCache, kind: aliasPrefixKind, Doc: "What its keys begin with, as Django's KEY_PREFIX."},
		{Name: "REDIS_CACHE_<ALIAS>_VERSION", Group: groupCache, Default: "1", kind: aliasVersionKind, Doc: "The number in its keys, as Django's VERSION."},
		{Name: "REDIS_CACHE_<ALIAS>_SERIALIZER", Group: groupCache, Default: "pickle", kind: aliasChoice(func(a *Alias) *string { return &a.Serializer }, "pickle", "json", "msgpack"), Doc: "How values are written; all processes of the application must agree."},
		{Name: "REDIS_CACHE_<ALIAS>_COMPRESSOR", Group: groupCache, Default: "none", kind: aliasChoice(func(a *Alias) *string { return &a.Compressor }, "none", "zlib", "gzip", "lz4", "zstd", "lzma"), Doc: "What long values are compressed with; all processes of the application must agree."},
		{Name: "REDIS_CACHE_<ALIAS>_REPLICAS", Group: groupCache, kind: aliasReplicasKind, Doc: "Replicas that are read in place of its server, with the same database and credentials; they lag a little."},
		{Name: "REDIS_CACHE_<ALIAS>_MAX_CONNECTIONS", Group: groupCache, kind: aliasPoolKind, Doc: "The most connections of a process to its server; what the client sees fit when unset."},
		{Name: "REDIS_CACHE_<ALIAS>_IGNORE_EXCEPTIONS", Group: groupCache, Default: "off", kind: aliasIgnoreKind, Doc: "on: while its server is away it looks like an empty cache."},
	}
}

func celeryVariables() []Variable {
	return []Variable{
		{Name: "CELERY_BROKER_URL", Group: groupCelery, kind: celeryURL, Doc: "The broker; REDIS_BROKER_URL, then REDIS_URL when unset.", Example: "redis://127.0.0.1:6380/0"},
		{Name: "REDIS_BROKER_URL", Group: groupCelery, kind: urlVar, Doc: "The durable server, for broker, results and channels that have no URL of their own.", Example: "redis://127.0.0.1:6380/0"},
		{Name: "CELERY_RESULT_BACKEND", Group: groupCelery, kind: celeryURL, Doc: "The result backend; the broker's URL when unset and that is set.", Example: "redis://127.0.0.1:6380/1"},
		{Name: "CELERY_BROKER_VISIBILITY_TIMEOUT", Group: groupCelery, Default: "3600", kind: secondsKind(func(s *Settings) *time.Duration { return &s.Celery.VisibilityTimeout }), Doc: "When an unacknowledged task is delivered again."},
		{Name: "CELERY_BROKER_GLOBAL_KEYPREFIX", Group: groupCelery, kind: textKind(func(s *Settings) *string { return &s.Celery.GlobalKeyPrefix }), Doc: "What every key of the broker begins with.", Example: "shop:"},
		{Name: "CELERY_BROKER_TRANSPORT_OPTIONS", Group: groupCelery, kind: transportKind, Doc: "kombu's transport options; redkit reads master_name for sentinel:// URLs, visibility_timeout and global_keyprefix.", Example: `{"master_name":"mymaster"}`},
		{Name: "CELERY_RESULT_EXPIRES", Group: groupCelery, Default: "86400", kind: secondsKind(func(s *Settings) *time.Duration { return &s.Celery.ResultExpires }), Doc: "How long a result is kept."},
		{Name: "CHANNEL_LAYERS_DEFAULT_URL", Group: groupChannels, kind: urlVar, Doc: "The channel layer; REDIS_BROKER_URL, then REDIS_URL when unset.", Example: "redis://127.0.0.1:6380/2"},
		{Name: "CHANNEL_LAYERS_DEFAULT_PREFIX", Group: groupChannels, Default: "asgi", kind: textKind(func(s *Settings) *string { return &s.Channels.Prefix }), Doc: "What its keys begin with; Pub/Sub ignores the database, so two applications need two."},
		{Name: "CHANNEL_LAYERS_DEFAULT_BACKEND", Group: groupChannels, Default: string(LayerCore), kind: choice(func(s *Settings) *LayerKind { return &s.Channels.Backend }, LayerCore, LayerPubSub), Doc: "Which layer of channels_redis the application uses; the two do not reach each other."},
	}
}

// userVariables are the users of profile acl, in the application's words.
func userVariables() []Variable {
	return []Variable{
		{Name: "REDIS_APP_USERNAME", Group: groupUsers, Default: "app", kind: userKind(func(s *Settings) *string { return &s.AppUser.Name }), Doc: "Who uses caches and channels."},
		{Name: "REDIS_APP_PASSWORD", Group: groupUsers, Secret: true, kind: passwordKind(func(s *Settings) *Secret { return &s.AppUser.Password }), Doc: "Its password; made from REDKIT_PASSWORD when unset."},
		{Name: "REDIS_CELERY_USERNAME", Group: groupUsers, Default: "celery", kind: userKind(func(s *Settings) *string { return &s.CeleryUser.Name }), Doc: "Who uses queues and results."},
		{Name: "REDIS_CELERY_PASSWORD", Group: groupUsers, Secret: true, kind: passwordKind(func(s *Settings) *Secret { return &s.CeleryUser.Password }), Doc: "Its password; made from REDKIT_PASSWORD when unset."},
		{Name: "REDIS_MONITOR_USERNAME", Group: groupUsers, Default: "monitor", kind: userKind(func(s *Settings) *string { return &s.MonitorUser.Name }), Doc: "Who reads numbers and no values."},
		{Name: "REDIS_MONITOR_PASSWORD", Group: groupUsers, Secret: true, kind: passwordKind(func(s *Settings) *Secret { return &s.MonitorUser.Password }), Doc: "Its password; made from REDKIT_PASSWORD when unset."},
	}
}

func tlsVariables() []Variable {
	return []Variable{
		{Name: "REDIS_TLS_URL", Group: groupTLS, kind: urlVar, Doc: "As REDIS_URL, which wins, for hosts that name their TLS port so.", Example: "rediss://localhost:6390/0"},
		{Name: "REDIS_TLS_CA_FILE", Group: groupTLS, kind: fileKind(func(s *Settings) *string { return &s.TLS.CAFile }), Doc: "The authority that signed the server's certificate; the system's when unset.", Example: ".redkit/certs/ca.crt"},
		{Name: "REDIS_TLS_CERT_FILE", Group: groupTLS, kind: fileKind(func(s *Settings) *string { return &s.TLS.CertFile }), Doc: "The client's certificate, with REDIS_TLS_KEY_FILE.", Example: ".redkit/certs/client.crt"},
		{Name: "REDIS_TLS_KEY_FILE", Group: groupTLS, kind: fileKind(func(s *Settings) *string { return &s.TLS.KeyFile }), Doc: "The client's private key.", Example: ".redkit/certs/client.key"},
		{Name: "REDIS_TLS_VERIFY", Group: groupTLS, Default: "required", kind: choice(func(s *Settings) *string { return &s.TLS.Verify }, "required", "optional", "none"), Doc: "Whether the server's certificate is checked; optional is required, as in Python's ssl for a client."},
		{Name: "REDIS_SENTINELS", Group: groupSentinel, kind: addrsKind(func(l *loader) *[]string { return &l.settings.Sentinel.Addrs }), Doc: "The sentinels; they serve whatever has no URL.", Example: "127.0.0.1:26379,127.0.0.1:26380,127.0.0.1:26381"},
		{Name: "REDIS_SENTINEL_MASTER", Group: groupSentinel, Default: "mymaster", kind: textKind(func(s *Settings) *string { return &s.Sentinel.Master }), Doc: "Name of the master they watch."},
		{Name: "REDIS_SENTINEL_PASSWORD", Group: groupSentinel, Secret: true, kind: secretKind(func(s *Settings) *Secret { return &s.Sentinel.Password }), Doc: "Password of the sentinels themselves."},
		{Name: "REDIS_CLUSTER_NODES", Group: groupSentinel, kind: addrsKind(func(l *loader) *[]string { return &l.clusterNodes }), Doc: "Nodes of a cluster; they serve caches that have no URL (kombu cannot use a cluster).", Example: "127.0.0.1:7001,127.0.0.1:7002"},
	}
}
