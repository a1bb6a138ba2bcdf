package fake

import (
	"bufio"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/redkit-dev/redkit/internal/resp"
)

// transaction is what a connection has queued since MULTI.
type transaction struct {
	queue  []queued
	failed bool // a request was refused: EXEC will be
}

type queued struct {
	cmd  *command
	args []string
}

// watched is what a connection watches. miniredis counts the changes of each
// key, and compares the counts in its own EXEC; so WATCH, UNWATCH and an
// empty MULTI EXEC of its own are what is asked of it.
type watched struct {
	peer  *server.Peer
	keys  []dbKey
	dirty bool // something has happened that miniredis does not count
}

func transactionCommands() map[string]handler {
	return map[string]handler{
		"multi": (*call).multi, "exec": (*call).exec, "discard": (*call).discard,
		"watch": (*call).watch, "unwatch": (*call).unwatch,
	}
}

func (x *call) multi() {
	if x.c.tx != nil {
		x.err("ERR MULTI calls can not be nested")
		return
	}
	x.c.tx = &transaction{}
	x.w.OK()
}

func (x *call) discard() {
	if x.c.tx == nil {
		x.err("ERR DISCARD without MULTI")
		return
	}
	x.s.leaveTx(x.c)
	x.w.OK()
}

func (s *Server) leaveTx(c *conn) {
	c.tx = nil
	s.unwatch(c)
}

func (x *call) exec() {
	c := x.c
	if c.tx == nil {
		x.err("ERR EXEC without MULTI")
		return
	}
	tx, stale := c.tx, x.s.stale(c)
	x.s.leaveTx(c)
	switch {
	case tx.failed:
		x.err(errExecAbort)
	case stale:
		x.w.NullArray()
	default:
		x.w.Array(len(tx.queue))
		for _, q := range tx.queue {
			if why := c.user.refuses(q.cmd, q.args); why != "" {
				x.err(why)
				continue
			}
			x.s.run(&call{s: x.s, c: c, cmd: q.cmd, args: q.args, w: x.w, db: x.db, inTx: true})
		}
	}
}

func (x *call) watch() {
	c := x.c
	if c.tx != nil {
		x.err("ERR WATCH inside MULTI is not allowed")
		return
	}
	w := &c.watched
	if w.peer == nil {
		w.peer = server.NewPeer(bufio.NewWriterSize(&x.s.sink, 64))
		x.s.watchers[c] = struct{}{}
	}
	db := x.data()
	db.dispatch(w.peer, nil, []string{"SELECT", itoa(db.id)})
	for _, key := range x.args[1:] {
		if x.s.watches(c, dbKey{db.id, key}) {
			continue // the count of the first WATCH stands
		}
		db.dispatch(w.peer, nil, []string{"WATCH", key})
		w.keys = append(w.keys, dbKey{db.id, key})
	}
	x.w.OK()
}

func (x *call) unwatch() {
	x.s.unwatch(x.c)
	x.w.OK()
}

func (s *Server) unwatch(c *conn) {
	c.watched = watched{}
	delete(s.watchers, c)
}

func (s *Server) watches(c *conn, key dbKey) bool {
	for _, k := range c.watched.keys {
		if k == key {
			return true
		}
	}
	return false
}

// stale reports whether a watched key has changed since WATCH.
func (s *Server) stale(c *conn) bool {
	w := &c.watched
	if w.peer == nil || w.dirty {
		return w.dirty
	}
	db := s.database(0) // any: the keys know theirs
	var out resp.Writer
	db.dispatch(w.peer, nil, []string{"MULTI"})
	db.dispatch(w.peer, &out, []string{"EXEC"})
	return string(out.Bytes()) != "*0\r\n"
}

// spoil marks the transactions that watch a key of the database, for changes
// miniredis does not count: it forgets its counts when a database is flushed
// or swapped.
func (s *Server) spoil(db int) {
	for c := range s.watchers {
		for _, k := range c.watched.keys {
			if k.db == db && s.database(db).exists(k.key) {
				c.watched.dirty = true
			}
		}
	}
}
