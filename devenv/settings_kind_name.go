package devenv

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/lazy"
)

var profileKind = kind{form: "split, single, sentinel or cluster, and after a comma tls, acl, monitoring, as single,tls", set: func(l *loader, _, value string) error {
	var topology Profile
	features := map[string]bool{}
	for name := range strings.SplitSeq(value, ",") {
		switch name = strings.TrimSpace(name); name {
		case string(ProfileSplit), string(ProfileSingle), string(ProfileSentinel), string(ProfileCluster):
			if topology != "" && topology != Profile(name) {
				return fmt.Errorf("%s and %s exclude each other: want one of split, single, sentinel and cluster", topology, name)
			}
			topology = Profile(name)
		case featureTLS, featureACL, featureMonitoring:
			features[name] = true
		default:
			return fmt.Errorf("unknown profile %q: known are split, single, sentinel, cluster, tls, acl and monitoring", printable(name))
		}
	}
	if topology == "" {
		topology = ProfileSplit
	}
	s := l.settings
	s.Profile, s.ServerTLS, s.ServerACL, s.Monitoring = topology, features[featureTLS], features[featureACL], features[featureMonitoring]
	return nil
}}

var userForm = lazy.Regexp(`^[A-Za-z0-9_-]{1,64}$`)

func userKind(field func(*Settings) *string) kind {
	k := kind{form: "letters, digits, '-' and '_', at most 64"}
	k.set = func(l *loader, _, value string) error {
		if !userForm().MatchString(value) {
			return k.wants()
		}
		*field(l.settings) = value
		return nil
	}
	return k
}

// passwordKind takes what survives a shell, a dotenv file, compose's
// interpolation and redis.conf unquoted or in double quotes.
func passwordKind(field func(*Settings) *Secret) kind {
	k := kind{form: "printable ASCII without spaces, quotes, backslash, backquote or '$' (compose replaces '$')", empty: true}
	k.set = func(l *loader, _, value string) error {
		for _, r := range value {
			if r <= ' ' || r > '~' || strings.ContainsRune("\"'\\`$", r) {
				return k.wants()
			}
		}
		*field(l.settings) = NewSecret(value)
		return nil
	}
	return k
}

func fileKind(field func(*Settings) *string) kind {
	return kind{form: "the path of a PEM file, relative to the project", set: func(l *loader, _, value string) error {
		*field(l.settings) = l.path(value)
		return nil
	}}
}

var addressForm = "host:port, or several separated by commas"

func addrsKind(field func(*loader) *[]string) kind {
	k := kind{form: addressForm}
	k.set = func(l *loader, _, value string) error {
		var addrs []string
		for part := range strings.SplitSeq(value, ",") {
			host, port, err := net.SplitHostPort(strings.TrimSpace(part))
			if err != nil || host == "" || port == "" {
				return k.wants()
			}
			addr, err := hostPort(net.JoinHostPort(host, port), "")
			if err != nil {
				return k.wants()
			}
			addrs = append(addrs, addr)
		}
		*field(l) = addrs
		return nil
	}
	return k
}

var urlVar = kind{form: urlForms, set: func(l *loader, name, value string) error {
	parts, err := parseURL(value)
	if err != nil {
		return err
	}
	if _, err := parts.readOptions(ClientOptions{}); err != nil {
		return err
	}
	l.urls[name] = newURL(parts)
	return nil
}}

// celeryURL is urlVar for what Celery can also keep elsewhere than in Redis
// (amqp://, django-db, rpc://): that is left alone, with a warning.
var celeryURL = kind{form: urlForms, set: func(l *loader, name, value string) error {
	scheme, _, _ := strings.Cut(value, "://")
	if _, ok := urlSchemes[strings.ToLower(scheme)]; ok || !celeryElsewhere().MatchString(scheme) {
		return urlVar.set(l, name, value)
	}
	l.elsewhere[name] = true
	l.warn("%s is not Redis (%s): redkit leaves it alone.", name, scheme)
	return nil
}}

// celeryElsewhere are the result backends of Celery and the transports of
// kombu that are not Redis.
var celeryElsewhere = lazy.Regexp(`^(amqps?|pyamqp|py-amqp|librabbitmq|rpc|memory|sqs|sqla|sqlalchemy|db|database|django-db|django-cache|cache|file|filesystem|` +
	`mongodb|elasticsearch|cassandra|couchbase|couchdb|dynamodb|s3|gs|azureblockblob|arangodb|consul|cosmosdbsql|disabled|kafka|confluentkafka|gcpubsub|qpid|zookeeper|etcd)(\+.*)?$`)

func imageKind(field func(*Settings) *string) kind {
	k := kind{form: "an image name with a tag or digest, as redis:7.4"}
	k.set = func(l *loader, _, value string) error {
		if !imageForm().MatchString(value) {
			return k.wants()
		}
		*field(l.settings) = value
		return nil
	}
	return k
}

var (
	imageForm   = lazy.Regexp(`^[a-z0-9][A-Za-z0-9._/:@-]*[A-Za-z0-9]$`)
	projectForm = lazy.Regexp(`^[a-z0-9][a-z0-9_-]{0,62}$`)
)

var projectKind = kind{form: "a-z, 0-9, '-' and '_', at most 63, beginning with a letter or digit", set: func(l *loader, _, value string) error {
	if !projectForm().MatchString(value) {
		return errors.New("want a-z, 0-9, '-' and '_', at most 63, beginning with a letter or digit")
	}
	l.settings.Project = value
	return nil
}}

var dirKind = kind{form: "a directory, relative to the project", set: func(l *loader, _, value string) error {
	l.settings.Dir = l.path(value)
	return nil
}}

var bindKind = kind{form: "an IPv4 address, 127.0.0.1 unless REDKIT_ALLOW_REMOTE=on", set: func(l *loader, _, value string) error {
	ip := net.ParseIP(value)
	if ip == nil || ip.To4() == nil {
		return errors.New("want an IPv4 address, 127.0.0.1 unless REDKIT_ALLOW_REMOTE=on")
	}
	l.settings.Bind = ip.String()
	return nil
}}

var transportKind = kind{form: "a JSON object, as kombu's transport options", set: func(l *loader, _, value string) error {
	var options struct {
		Master     string   `json:"master_name"`
		Visibility *float64 `json:"visibility_timeout"`
		Prefix     *string  `json:"global_keyprefix"`
	}
	if err := json.Unmarshal([]byte(value), &options); err != nil {
		return errors.New("want a JSON object, as {\"master_name\":\"mymaster\"}")
	}
	l.transport.master = options.Master
	if options.Visibility != nil {
		l.transport.visibility = time.Duration(*options.Visibility * float64(time.Second))
	}
	l.transport.prefix = options.Prefix
	return nil
}}

func (l *loader) path(value string) string {
	if filepath.IsAbs(value) {
		return filepath.Clean(value)
	}
	return filepath.Join(l.settings.Root, value)
}
