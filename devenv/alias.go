package devenv

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/lazy"
)

type standardAlias struct {
	name    string
	db      int
	durable bool
	timeout time.Duration
}

// standardAliases are the caches every project has, with the database each
// takes when no URL is set. Sessions live on the broker's server: on an
// evicting cache, a full memory logs users out.
var standardAliases = []standardAlias{
	{"default", 0, false, 300 * time.Second},
	{"permissions", 1, false, 60 * time.Second},
	{"api_responses", 2, false, 30 * time.Second},
	{"sessions", 3, true, 14 * 24 * time.Hour}, // as Django's SESSION_COOKIE_AGE
}

// Databases of the broker's server. In profile single the cache aliases take
// 0 to 3 of the same server, and Django's cache.clear() is FLUSHDB: Celery
// must live elsewhere.
const (
	brokerDB, resultDB, channelDB                   = 0, 1, 2
	singleBrokerDB, singleResultDB, singleChannelDB = 4, 5, 6
	firstFreeDB, lastDB                             = 7, 15
)

var aliasVariable = lazy.Regexp(`^REDIS_CACHE_([A-Z0-9]+(?:_[A-Z0-9]+)*)_(URL|TIMEOUT|KEY_PREFIX|VERSION|SERIALIZER|COMPRESSOR|REPLICAS|MAX_CONNECTIONS|IGNORE_EXCEPTIONS)$`)

// aliasOf returns the alias a variable belongs to, and its part of the table's pattern.
func aliasOf(variable string) (alias, field string, ok bool) {
	m := aliasVariable().FindStringSubmatch(variable)
	if m == nil {
		return "", "", false
	}
	return strings.ToLower(m[1]), m[2], true
}

// aliasVariableName returns the name of one setting of an alias.
func aliasVariableName(alias, field string) string {
	return "REDIS_CACHE_" + strings.ToUpper(alias) + "_" + field
}

func (l *loader) alias(variable string) *Alias {
	name, _, _ := aliasOf(variable)
	a, ok := l.aliases[name]
	if !ok {
		a = &Alias{Name: name, KeyPrefix: name, Timeout: 300 * time.Second, Version: 1}
		l.aliases[name] = a
	}
	return a
}

var aliasTimeoutKind = kind{form: "whole seconds from 0 up, or empty for never", empty: true, set: func(l *loader, name, value string) error {
	if value == "" || strings.EqualFold(value, "none") {
		l.alias(name).Timeout = NoTimeout
		return nil
	}
	d, ok := parseSeconds(value)
	if !ok {
		return errors.New("want whole seconds from 0 up, or empty for never")
	}
	l.alias(name).Timeout = d
	return nil
}}

var aliasPrefixKind = kind{form: "text", empty: true, set: func(l *loader, name, value string) error {
	l.alias(name).KeyPrefix = value
	return nil
}}

var aliasVersionKind = kind{form: "a whole number from 1 up", set: func(l *loader, name, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return errors.New("want a whole number from 1 up")
	}
	l.alias(name).Version = n
	return nil
}}

// resolveAliases gives every alias its URL: its own, REDIS_CACHE_URL, what
// the application names for everything, or the toolkit's server.
func (l *loader) resolveAliases() {
	s := l.settings
	common := l.first("REDIS_CACHE_URL", "REDIS_URL", "REDIS_TLS_URL")
	if common.IsZero() {
		common = l.cluster(l.sentinel(0))
	}
	free := firstFreeDB
	names := l.aliasNames()
	for _, name := range names {
		a := l.aliases[name]
		switch own := l.urls[aliasVariableName(name, "URL")]; {
		case !own.IsZero():
			a.URL = own
		case !common.IsZero():
			a.URL = common
		default:
			durable, db := false, free
			if i := slices.IndexFunc(standardAliases, func(st standardAlias) bool { return st.name == name }); i < 0 {
				free++
			} else {
				db, durable = standardAliases[i].db, standardAliases[i].durable
			}
			if db > lastDB {
				l.problem(aliasVariableName(name, "URL"), "", fmt.Sprintf("no database is left for cache alias %q: a server has %d", name, lastDB+1),
					aliasVariableName(name, "URL")+"=redis://127.0.0.1:6379/0")
				continue
			}
			a.URL = s.cacheURL(s.user(s.AppUser), durable, db)
		}
		s.Aliases = append(s.Aliases, *a)
	}
}

// aliasNames returns the names of the aliases: the standard ones, then the
// user's by name.
func (l *loader) aliasNames() []string {
	var names, own []string
	for _, st := range standardAliases {
		names = append(names, st.name)
	}
	for name := range l.aliases {
		if !slices.Contains(names, name) {
			own = append(own, name)
		}
	}
	slices.Sort(own)
	return append(names, own...)
}
