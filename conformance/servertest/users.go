package servertest

import "context"

func userRows() []row {
	own := needs{Disposable, users}
	return []row{
		{ID: "SERVER-ACL-001", Needs: needs{users}, Says: "ACL WHOAMI MUST name the user of the connection.",
			Why: "doctor", Check: check(func(k *kit) {
				if name := k.do("ACL", "WHOAMI").text(); name == "" {
					k.Errorf("ACL WHOAMI is empty, want a name")
				}
			})},
		{ID: "SERVER-ACL-002", Needs: own, Says: "A user MUST log in with the password that ACL SETUSER gave, and with no other.",
			Why: "the profile acl", Check: check(func(k *kit) {
				u := k.user("+@all", "~*")
				defer u.close()
				u.do("AUTH", "servertest", "wrong").fails("WRONGPASS")
				u.do("AUTH", "servertest", "s3cret").is("OK")
				u.do("ACL", "WHOAMI").is("servertest")
			})},
		{ID: "SERVER-ACL-003", Needs: own, Says: "A command that a user may not run MUST be refused with NOPERM.",
			Why: "app users must not FLUSHALL", Check: check(func(k *kit) {
				u := k.user("+get", "+set", "~*")
				defer u.close()
				u.do("AUTH", "servertest", "s3cret").is("OK")
				u.do("SET", "a", "v").is("OK")
				u.do("FLUSHALL").fails("NOPERM")
				u.do("CONFIG", "GET", "*").fails("NOPERM")
				k.do("GET", "a").is("v")
			})},
		{ID: "SERVER-ACL-004", Needs: own, Says: "A key that a user may not touch MUST be refused with NOPERM, in scripts too.",
			Why: "one server, several applications", Check: check(func(k *kit) {
				u := k.user("+@all", "~app:*")
				defer u.close()
				u.do("AUTH", "servertest", "s3cret").is("OK")
				u.do("SET", "app:a", "v").is("OK")
				u.do("SET", "other", "v").fails("NOPERM")
				u.do("MGET", "app:a", "other").fails("NOPERM")
				k.do("EXISTS", "other").is(0)
			})},
		{ID: "SERVER-ACL-005", Needs: needs{Disposable, users, since62}, Says: "A channel that a user may not use MUST be refused with NOPERM.",
			Why: "K needs &/<db>.* and C &celery-task-meta-*", Check: check(func(k *kit) {
				u := k.user("+@all", "~*", "resetchannels", "&celery-task-meta-*")
				defer u.close()
				u.do("AUTH", "servertest", "s3cret").is("OK")
				u.do("PUBLISH", "celery-task-meta-1", "{}").is(0)
				u.do("PUBLISH", "other", "{}").fails("NOPERM")
				u.do("SUBSCRIBE", "other").fails("NOPERM")
			})},
		{ID: "SERVER-ACL-006", Needs: own, Says: "A user that is gone MUST NOT log in any more.",
			Why: "Redis", Check: check(func(k *kit) {
				u := k.user("+@all", "~*")
				defer u.close()
				k.do("ACL", "DELUSER", "servertest").is(1)
				u.do("AUTH", "servertest", "s3cret").fails("WRONGPASS")
			})},
	}
}

// user makes a user with rights and returns a connection that is not logged in
// as it. The user is deleted when that closes.
func (k *kit) user(rights ...string) *kit {
	k.Helper()
	k.do(append([]string{"ACL", "SETUSER", "servertest", "reset", "on", ">s3cret"}, rights...)...).is("OK")
	u := k.another("user")
	u.c = leaving{u.c, func() {
		_, _ = ask(context.WithoutCancel(k.Context()), k.srv, "ACL", "DELUSER", "servertest") // the server is disposable
	}}
	return u
}

// leaving runs something when its connection closes.
type leaving struct {
	Conn
	after func()
}

func (l leaving) Close() error {
	defer l.after()
	return l.Conn.Close()
}
