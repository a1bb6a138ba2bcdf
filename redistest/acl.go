package redistest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/redis/go-redis/v9"
)

// User gives the test a server of its own with an ACL user of this name and
// these rules, as ACL SETUSER takes them: "on", ">password", "~app:*",
// "+@read". The test's own client stays who it is, who may do everything;
// OptionsAs speaks as the user. The fake has no rules and refuses them.
func User(name string, rules ...string) Option {
	return func(set *settings) {
		if err := checkUser(name, rules); err != nil {
			set.problems = append(set.problems, fmt.Errorf("redistest.User(%q): %w", name, err))
			return
		}
		if set.users == nil {
			set.users = map[string]string{}
		}
		set.users[name] = anyPassword
		for _, rule := range rules {
			if password, is := strings.CutPrefix(rule, ">"); is {
				set.users[name] = password
			}
		}
		set.conf.Conf = append(slices.Clip(set.conf.Conf), "user "+name+" "+strings.Join(rules, " "))
	}
}

// anyPassword is what a user says for whom no password was set: right for
// nopass, wrong otherwise. Without one go-redis would not log in at all, and
// speak as the default user.
const anyPassword = "none was set"

// checkUser looks for what a line of redis.conf cannot hold.
func checkUser(name string, rules []string) error {
	if name == "" || strings.ContainsAny(name, " \t\r\n\"'\x00") {
		return errors.New("want a name without blanks and quotes")
	}
	for _, rule := range rules {
		if strings.ContainsAny(rule, "\r\n\x00") || strings.Contains(rule, " ") && !strings.HasPrefix(rule, "(") {
			return errors.New("want one rule per argument, such as \"on\", \">password\", \"~app:*\", \"+@read\"")
		}
	}
	return nil
}

// OptionsAs returns options like those of Options for a client that logs in
// as an ACL user of the test, one of redistest.User. It fails the test when
// there is no such user.
func (s *Server) OptionsAs(name string) *redis.Options {
	opts := s.Options()
	opts.Username, opts.Password = s.set.user(s.tb, name)
	return opts
}

// user returns the credentials of a user of the test.
func (set *settings) user(tb TB, name string) (username, password string) {
	password, found := set.users[name]
	if !found {
		tb.Fatalf("redistest: the server has no user %q: give Start a redistest.User(%q, \"on\", \">password\", …)", name, name)
	}
	return name, password
}

// RESP sets the version of the protocol that Options and Client speak, 2 or 3.
// Without it they speak 3, as go-redis does.
func RESP(version int) Option {
	return func(set *settings) {
		if version != 2 && version != 3 {
			set.problems = append(set.problems, fmt.Errorf("redistest.RESP(%d): want 2 or 3", version))
		}
		set.protocol = version
	}
}
