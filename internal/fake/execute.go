package fake

import (
	"slices"
	"strings"
)

// execute runs one request of a client: it is refused, queued or run, in the
// order in which Redis decides.
func (s *Server) execute(c *conn, args []string) {
	s.tick()
	s.stats.commands++
	c.last = s.clock.now()
	s.feedMonitors(c, args)

	mark := c.out.Len()
	defer c.muted(mark)
	cmd, refusal := s.admit(c, args)
	if refusal != "" {
		if c.tx != nil && (cmd == nil || cmd.name != "exec") {
			c.tx.failed = true
		}
		s.stats.errors++
		if cmd != nil && cmd.name == "exec" {
			s.leaveTx(c)
			_, why, _ := strings.Cut(refusal, " ")
			refusal = "EXECABORT Transaction discarded because of: " + why
		}
		c.out.Error(refusal)
		return
	}
	c.lastName = cmd.name
	if s.pause.catches(cmd) {
		s.pause.hold(c, args)
		return
	}
	if c.tx != nil && !slices.Contains(neverQueued, cmd.name) {
		c.tx.queue = append(c.tx.queue, queued{cmd, args})
		c.out.Simple("QUEUED")
		return
	}
	s.run(&call{s: s, c: c, cmd: cmd, args: args, w: &c.out, db: &c.db})
	if !s.scripts.busy() {
		s.serveReady()
	}
}

// neverQueued are the commands that act inside MULTI at once.
var neverQueued = []string{"exec", "discard", "multi", "watch", "quit", "reset"}

// admit finds the command of a request and says why it may not run, if so.
func (s *Server) admit(c *conn, args []string) (cmd *command, refusal string) {
	cmd, container := s.commands.find(args)
	switch {
	case cmd == nil && container != nil:
		return nil, errUnknownSub(container, args[1])
	case cmd == nil:
		return nil, s.errUnknown(args)
	case !cmd.accepts(len(args)):
		return cmd, errArity(cmd)
	case !c.authed && !cmd.noAuth:
		return cmd, errNoAuth
	case cmd.run == nil:
		return nil, s.errMissing(cmd)
	case c.tx != nil && cmd.noMulti:
		return cmd, errNotInMulti
	}
	if why := c.user.refuses(cmd, args); why != "" {
		s.users.deny(c, cmd, args, why)
		return cmd, why
	}
	if s.scripts.busy() && !cmd.allowBusy {
		return cmd, errBusy
	}
	if c.subs.count() > 0 && !c.out.RESP3 && !slices.Contains(whileSubscribed, cmd.name) {
		return cmd, "ERR Can't execute '" + cmd.name + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
	}
	return cmd, ""
}

// run runs an admitted command and counts it.
func (s *Server) run(x *call) {
	s.stats.count(x)
	if x.cmd.readonly && x.cmd.keys != nil {
		x.countHits()
	}
	start := x.w.Len()
	x.guarded(start)
	if b := x.w.Bytes(); len(b) > start && b[start] == '-' {
		s.stats.failed(x.cmd, string(b[start+1:]))
		return
	}
	if x.cmd.write {
		s.stats.changes++
		if len(s.waiting) > 0 {
			s.changed(x.keys()...)
		}
	}
}

// guarded runs the command's handler. A panic in it, which is a defect of the
// fake, becomes an error reply, as one in miniredis does: it fails the test
// that asked, not the process with all the others.
func (x *call) guarded(start int) {
	defer func() {
		if p := recover(); p != nil {
			x.s.redis.TryLock() // it may have left the lock held
			x.s.redis.Unlock()
			x.w.Truncate(start)
			x.err(x.s.errFailed(x.args[0], p))
		}
	}()
	x.cmd.run(x)
}

// keys are the keys of the call with their database.
func (x *call) keys() []dbKey {
	names := x.cmd.keyNames(x.args)
	keys := make([]dbKey, len(names))
	for i, name := range names {
		keys[i] = dbKey{*x.db, name}
	}
	return keys
}

// countHits counts the keys a reading command finds and misses.
func (x *call) countHits() {
	db := x.data()
	for _, key := range x.cmd.keyNames(x.args) {
		if db.exists(key) {
			x.s.stats.hits++
		} else {
			x.s.stats.misses++
			x.s.notify('m', "keymiss", dbKey{*x.db, key})
		}
	}
}

// mute is what CLIENT REPLY has asked for.
type mute int

const (
	replyOn mute = iota
	replyOff
	replySkipNext // the command after CLIENT REPLY SKIP
	replySkip     // that command is being run
)

// muted drops the output behind mark if the client does not want it.
func (c *conn) muted(mark int) {
	switch c.mute {
	case replyOff, replySkip:
		c.out.Truncate(min(mark, c.out.Len()))
		if c.mute == replySkip {
			c.mute = replyOn
		}
	case replySkipNext:
		c.mute = replySkip
	}
}
