package fake

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/glob"
)

// users are the ACL: the users and what they were refused.
type users struct {
	byName  map[string]*user
	log     []denial
	entries int64
}

// user is one ACL user. Rules are kept as they were given and judged from the
// last to the first.
type user struct {
	name      string
	on        bool
	noPass    bool
	passwords []string // hex SHA-256
	commands  []string // "+get", "-@all", ...
	keys      []keyRule
	channels  []string // patterns
}

// keyRule is a pattern of keys and the access it gives.
type keyRule struct {
	pattern     string
	read, write bool
}

// denial is one entry of ACL LOG.
type denial struct {
	count                           int
	reason, context, object, client string
	username                        string
	id                              int64
	created, updated                time.Time
}

func (u *users) init(name, password string) {
	d := &user{name: "default", on: true, noPass: true}
	d.allowAll()
	u.byName = map[string]*user{"default": d}
	if name == "" || name == "default" {
		u.setDefaultPassword(password)
		return
	}
	d.on = false
	other := &user{name: name, on: true}
	other.allowAll()
	other.addPassword(hashPassword(password))
	u.byName[name] = other
}

func (u *user) allowAll() {
	u.commands = []string{"+@all"}
	u.keys = []keyRule{{"*", true, true}}
	u.channels = []string{"*"}
}

// setDefaultPassword is CONFIG SET requirepass.
func (u *users) setDefaultPassword(password string) {
	d := u.byName["default"]
	d.noPass, d.passwords = password == "", nil
	if password != "" {
		d.passwords = []string{hashPassword(password)}
	}
}

func hashPassword(p string) string {
	sum := sha256.Sum256([]byte(p))
	return hex.EncodeToString(sum[:])
}

// greet is the user of a new connection, and whether it may begin without
// AUTH.
func (u *users) greet() (*user, bool) {
	d := u.byName["default"]
	return d, d.on && d.noPass
}

// login returns the user of that name if the password is its.
func (u *users) login(name, password string) *user {
	user := u.byName[name]
	if user == nil || !user.on || !user.noPass && !slices.Contains(user.passwords, hashPassword(password)) {
		return nil
	}
	return user
}

// refuses says why the user may not run a request, in Redis' words, or "".
func (u *user) refuses(c *command, args []string) string {
	if u.unlimited() {
		return ""
	}
	if !c.noAuth && !u.mayRun(c) {
		return "NOPERM User " + u.name + " has no permissions to run the '" + c.name + "' command"
	}
	if u.forbiddenKey(c, args) != "" {
		return "NOPERM No permissions to access a key"
	}
	for _, channel := range c.channels(args) {
		if !u.mayUse(channel, strings.HasPrefix(c.name, "psub")) {
			return "NOPERM No permissions to access a channel"
		}
	}
	return ""
}

// forbiddenKey is the first key of a request that the user may not touch.
func (u *user) forbiddenKey(c *command, args []string) string {
	for _, spec := range c.keys {
		for _, at := range spec.positions(nil, args) {
			if !u.mayTouch(args[at], spec) {
				return args[at]
			}
		}
	}
	return ""
}

func (u *user) unlimited() bool {
	return len(u.commands) == 1 && u.commands[0] == "+@all" &&
		len(u.keys) > 0 && u.keys[0] == keyRule{"*", true, true} && slices.Contains(u.channels, "*")
}

// mayRun finds the last rule that speaks of the command.
func (u *user) mayRun(c *command) bool {
	container, _, _ := strings.Cut(c.name, "|")
	for _, rule := range slices.Backward(u.commands) {
		what := rule[1:]
		category, isCategory := strings.CutPrefix(what, "@")
		if what == "@all" || what == c.name || what == container || isCategory && slices.Contains(c.categories, category) {
			return rule[0] == '+'
		}
	}
	return false
}

func (u *user) mayTouch(key string, spec keySpec) bool {
	read := slices.Contains(spec.flags, "access")
	write := spec.writes() && (!read || slices.Contains(spec.flags, "update") || slices.Contains(spec.flags, "insert") || slices.Contains(spec.flags, "delete"))
	return slices.ContainsFunc(u.keys, func(r keyRule) bool {
		return (r.read || !read) && (r.write || !write) && glob.Match(r.pattern, key)
	})
}

// mayUse judges a channel; a pattern to subscribe must be given literally.
func (u *user) mayUse(channel string, literal bool) bool {
	return slices.ContainsFunc(u.channels, func(p string) bool {
		return p == "*" || p == channel || !literal && glob.Match(p, channel)
	})
}

// channels are the channels a request names.
func (c *command) channels(args []string) []string {
	switch c.name {
	case "publish", "spublish":
		return args[1:2]
	case "subscribe", "psubscribe", "ssubscribe":
		return args[1:]
	}
	return nil
}

// deny notes a refusal for ACL LOG and INFO.
func (u *users) deny(c *conn, cmd *command, args []string, why string) {
	d := denial{reason: "command", context: "toplevel", object: cmd.name, username: c.user.name, client: c.info()}
	if c.tx != nil {
		d.context = "multi"
	}
	s := &c.s.stats.denied
	switch {
	case strings.HasSuffix(why, "a key"):
		d.reason = "key"
		s.key++
		d.object = c.user.forbiddenKey(cmd, args)
	case strings.HasSuffix(why, "a channel"):
		d.reason = "channel"
		s.channel++
	default:
		s.cmd++
	}
	u.note(d, c.s)
}

func (u *users) note(d denial, s *Server) {
	d.created, d.updated, d.count = s.clock.now(), s.clock.now(), 1
	for i := range u.log {
		e := &u.log[i]
		if e.reason == d.reason && e.context == d.context && e.object == d.object && e.username == d.username {
			e.count++
			e.updated = d.updated
			return
		}
	}
	d.id = u.entries
	u.entries++
	u.log = slices.Insert(u.log, 0, d)
	if limit := s.settings.number("acllog-max-len"); len(u.log) > limit {
		u.log = u.log[:limit]
	}
}
