package devenv

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// A User is one of the users that profile acl makes beside default, who
// administers with REDKIT_PASSWORD.
type User struct {
	Name     string
	Password Secret
	Rules    string // of the ACL, without the password
}

// The rules give what the clients send and nothing that harms others. They
// hold for Redis 6.2 and newer; 6.0 knows no channels (&*).
const (
	// app: django-redis and channels_redis. FLUSHDB is Django's cache.clear(),
	// KEYS is django-redis's cache.keys().
	appRules = "~* &* +@all -@admin -@dangerous +flushdb +keys +info" + naming
	// celery: kombu's transport and Celery's result backend.
	// TIME, which is in no category but @fast, is what a worker in Go goes by.
	celeryRules = "~* &* +@read +@write +@pubsub +@transaction +@connection +@scripting +@blocking -@dangerous +info +time" + naming
	// In Redis 6 CLIENT and CLUSTER as a whole are @admin, and SELECT not in
	// @connection. A client of a cluster asks for its slots.
	naming = " +select +client|setname +client|getname +client|id +cluster|slots"
	// monitor: numbers about keys, never their values.
	monitorRules = "~* resetchannels +@connection -@admin -@dangerous +info +dbsize +time +role +type +ttl +pttl +exists +scan +llen +hlen +scard +zcard +strlen +xlen " +
		"+zrange +object|encoding +memory|usage +memory|doctor +memory|stats +slowlog|get +slowlog|len +latency|latest +latency|doctor +latency|history +client|list +config|get" + naming
)

// Users returns the users of profile acl: app for caches and channels, celery
// for queues and results, monitor for looking. It returns none without it.
func (s *Settings) Users() []User {
	if !s.ServerACL {
		return nil
	}
	return []User{
		{s.AppUser.Name, s.AppUser.Password, appRules},
		{s.CeleryUser.Name, s.CeleryUser.Password, celeryRules},
		{s.MonitorUser.Name, s.MonitorUser.Password, monitorRules},
	}
}

// ACL returns the users as lines of redis.conf for a server of that version
// ("7.0.15"; "" for any but 6.0, which refuses rules for channels). It holds
// passwords; "" without profile acl.
func (s *Settings) ACL(version string) string {
	var lines []string
	for _, u := range s.Users() {
		rules := u.Rules
		if strings.HasPrefix(version, "6.0.") {
			rules = strings.NewReplacer(" &*", "", " resetchannels", "").Replace(rules)
		}
		lines = append(lines, "user "+u.Name+" on >"+u.Password.Reveal()+" "+rules)
	}
	return strings.Join(lines, "\n")
}

// resolveUsers makes the passwords that are not set from REDKIT_PASSWORD: the
// same each time, and none tells another.
func (l *loader) resolveUsers() {
	s := l.settings
	if !s.ServerACL {
		return
	}
	if s.Password.IsZero() {
		l.problem("REDKIT_PASSWORD", "", "profile acl needs it: the user default administers the servers", "REDKIT_PASSWORD=… in .env; the target password makes one")
	}
	seen := map[string]bool{"default": true}
	for _, u := range []struct {
		user     *User
		variable string
	}{{&s.AppUser, "REDIS_APP_USERNAME"}, {&s.CeleryUser, "REDIS_CELERY_USERNAME"}, {&s.MonitorUser, "REDIS_MONITOR_USERNAME"}} {
		if seen[u.user.Name] {
			l.problem(u.variable, u.user.Name, "this user is another already", "choose a name of its own, or remove it for the default")
		}
		seen[u.user.Name] = true
		if u.user.Password.IsZero() {
			mac := hmac.New(sha256.New, []byte(s.Password.Reveal()))
			mac.Write([]byte("redkit user " + u.user.Name))
			u.user.Password = NewSecret(hex.EncodeToString(mac.Sum(nil))[:32])
		}
	}
}
