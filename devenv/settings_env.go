package devenv

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An EnvVar is one variable of the application's environment.
type EnvVar struct{ Name, Value string }

// Env returns what an application needs to use the environment, in a fixed
// order: REDIS_URL, the caches, Celery, Channels, TLS and sentinels. Passwords
// are "***" unless showSecrets.
func (s *Settings) Env(showSecrets bool) []EnvVar {
	var env []EnvVar
	add := func(name, value string) { env = append(env, EnvVar{name, value}) }
	addURL := func(name string, u URL) {
		switch {
		case u.IsZero(): // not Redis: the application's own value stands
		case showSecrets:
			add(name, u.Reveal())
		default:
			add(name, u.String())
		}
	}
	option := func(name, value string) {
		if value != "" {
			add(name, value)
		}
	}
	addURL("REDIS_URL", s.RedisURL)
	if a, ok := s.Alias("default"); ok {
		addURL("REDIS_CACHE_URL", a.URL)
	}
	for _, a := range s.Aliases {
		addURL(aliasVariableName(a.Name, "URL"), a.URL)
		add(aliasVariableName(a.Name, "TIMEOUT"), seconds(a.Timeout))
		add(aliasVariableName(a.Name, "KEY_PREFIX"), a.KeyPrefix)
		add(aliasVariableName(a.Name, "VERSION"), strconv.Itoa(a.Version))
		for _, o := range a.options() {
			option(aliasVariableName(a.Name, o.Name), o.Value)
		}
	}
	addURL("CELERY_BROKER_URL", s.Celery.BrokerURL)
	addURL("CELERY_RESULT_BACKEND", s.Celery.ResultBackend)
	add("CELERY_BROKER_VISIBILITY_TIMEOUT", seconds(s.Celery.VisibilityTimeout))
	option("CELERY_BROKER_GLOBAL_KEYPREFIX", s.Celery.GlobalKeyPrefix)
	add("CELERY_RESULT_EXPIRES", seconds(s.Celery.ResultExpires))
	if s.Celery.BrokerURL.parts().kind == kindSentinel {
		add("CELERY_BROKER_TRANSPORT_OPTIONS", s.transportOptions(showSecrets))
	}
	addURL("CHANNEL_LAYERS_DEFAULT_URL", s.Channels.URL)
	add("CHANNEL_LAYERS_DEFAULT_PREFIX", s.Channels.Prefix)
	add("CHANNEL_LAYERS_DEFAULT_BACKEND", string(s.Channels.Backend))
	secret := func(name string, p Secret) {
		if showSecrets {
			option(name, p.Reveal())
		} else {
			option(name, p.String())
		}
	}
	if s.ServerACL { // the other users' names and passwords are in the URLs
		add("REDIS_MONITOR_USERNAME", s.MonitorUser.Name)
		secret("REDIS_MONITOR_PASSWORD", s.MonitorUser.Password)
	}
	option("REDIS_TLS_CA_FILE", s.TLS.CAFile)
	option("REDIS_TLS_CERT_FILE", s.TLS.CertFile)
	option("REDIS_TLS_KEY_FILE", s.TLS.KeyFile)
	if len(s.Sentinel.Addrs) > 0 {
		add("REDIS_SENTINELS", strings.Join(s.Sentinel.Addrs, ","))
		add("REDIS_SENTINEL_MASTER", s.Sentinel.Master)
		secret("REDIS_SENTINEL_PASSWORD", s.Sentinel.Password)
	}
	return env
}

// transportOptions tells kombu the name of the master, which it does not read
// from the URL, and the sentinels' password. Before 5.4 kombu forgets behind
// sentinels to put the database into the names by which workers are asked and
// tell, and others do not hear it (celery/kombu#1987): fanout_prefix does.
func (s *Settings) transportOptions(showSecrets bool) string {
	options := map[string]any{
		"master_name":   firstNonEmpty(s.Celery.BrokerURL.parts().master, s.Sentinel.Master),
		"fanout_prefix": fmt.Sprintf("/%d.", s.Celery.BrokerURL.DB()),
	}
	kwargs := map[string]any{}
	if p := s.Sentinel.Password; !p.IsZero() {
		kwargs["password"] = p.String()
		if showSecrets {
			kwargs["password"] = p.Reveal()
		}
	}
	if s.Profile == ProfileSentinel && s.ServerTLS {
		kwargs["ssl"] = true
		for name, values := range s.tlsOptions() {
			kwargs[name] = values[0]
		}
	}
	if len(kwargs) > 0 {
		options["sentinel_kwargs"] = kwargs
	}
	text, _ := json.Marshal(options) // strings only
	return string(text)
}

// seconds writes a timeout as Django and Celery read it: "" for never.
func seconds(d time.Duration) string {
	if d == NoTimeout {
		return ""
	}
	return strconv.FormatInt(int64(d/time.Second), 10)
}

// FormatEnv writes one KEY=value line per variable. A value that a shell would
// read otherwise stands in single quotes, so that both `. file` in sh and a
// dotenv reader get the same text.
func FormatEnv(env []EnvVar) string {
	var b strings.Builder
	for _, v := range env {
		b.WriteString(v.Name + "=" + quote(v.Value) + "\n")
	}
	return b.String()
}
