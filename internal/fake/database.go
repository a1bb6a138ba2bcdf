package fake

import (
	"bufio"
	"bytes"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"

	"github.com/redkit-dev/redkit/internal/resp"
)

// database is one numbered database: miniredis' data, reached through its Go
// API and through its commands, which run as those of a client that has
// selected the database. All methods need the server's lock.
type database struct {
	s    *Server
	id   int
	peer *server.Peer
	keys *miniredis.RedisDB
}

// sink is where miniredis' commands write: the reply of the moment.
type sink struct{ w *resp.Writer }

func (s *sink) Write(b []byte) (int, error) {
	if s.w == nil {
		return len(b), nil
	}
	return s.w.Write(b)
}

// database returns the database of that number.
func (s *Server) database(id int) *database {
	if db := s.dbs[id]; db != nil {
		return db
	}
	db := &database{s: s, id: id, keys: s.redis.DB(id)}
	s.dbs[id] = db
	return db
}

// commandServer is the part of miniredis that runs commands. It is made when the
// first one is needed, since making it takes longer than many a test.
func (s *Server) commandServer() *server.Server {
	if s.redis.Server() == nil {
		if c, err := s.redis.Dial(); err == nil { // registers them, without a listener
			c.Close()
		}
	}
	return s.redis.Server()
}

// run runs a command of miniredis and writes its reply to w; nil drops it. A
// panic in miniredis becomes an error reply.
func (db *database) run(w *resp.Writer, args ...string) {
	if db.peer == nil {
		db.peer = server.NewPeer(bufio.NewWriterSize(&db.s.sink, 512))
		db.dispatch(db.peer, nil, []string{"SELECT", itoa(db.id)})
	}
	db.dispatch(db.peer, w, args)
}

func (db *database) dispatch(peer *server.Peer, w *resp.Writer, args []string) {
	db.s.sink.w = w
	start := 0
	if w != nil {
		start = w.Len()
		peer.Resp3 = w.RESP3
	}
	defer func() {
		if p := recover(); p != nil {
			db.recovered(peer, w, start, args, p)
		}
		db.s.sink.w = nil
	}()
	db.s.commandServer().Dispatch(peer, args)
	peer.Flush()
}

// recovered cleans up behind a panic inside a command of miniredis, which
// leaves its lock held.
func (db *database) recovered(peer *server.Peer, w *resp.Writer, start int, args []string, p any) {
	db.s.redis.TryLock()
	db.s.redis.Unlock()
	db.s.sink.w = nil
	peer.Flush() // what it had written so far
	if w != nil {
		w.Truncate(start)
		w.Error(db.s.errFailed(args[0], p))
	}
}

// ask runs a command of miniredis and returns its reply as a value, in RESP2.
func (db *database) ask(args ...string) resp.Value {
	var w resp.Writer
	db.run(&w, args...)
	v, err := resp.NewReader(bytes.NewReader(w.Bytes()), resp.Limits{}).Value()
	if err != nil {
		return resp.Value{Kind: resp.Error, Str: "ERR the fake failed at " + args[0] + ": " + err.Error()}
	}
	return v
}

// typ is the type of a key as TYPE tells it, "" if there is none.
func (db *database) typ(key string) string {
	t := db.keys.Type(key)
	if t == "hll" { // a type of miniredis alone
		return "string"
	}
	return t
}

func (db *database) exists(key string) bool { return db.keys.Type(key) != "" }

func (db *database) remove(key string) bool { return db.keys.Del(key) }

// end is when the key ends, in Unix milliseconds, or 0 for never.
func (db *database) end(key string) int64 { return int64(db.keys.TTL(key)) }

// setEnd lets an existing key end at a time, in Unix milliseconds.
func (db *database) setEnd(key string, at int64) {
	db.keys.SetTTL(key, time.Duration(at))
	db.s.hintAt(hint{at: at, key: dbKey{db.id, key}})
}

// rehint makes sure a key that has come with an end is looked at.
func (db *database) rehint(key string) {
	if at := db.end(key); at != 0 {
		db.s.hintAt(hint{at: at, key: dbKey{db.id, key}})
	}
	if db.keys.Type(key) != "hash" {
		return
	}
	fields, _ := db.keys.HKeys(key)
	for _, f := range fields {
		if at := db.fieldEnd(key, f); at != 0 {
			db.s.hintAt(hint{at: at, key: dbKey{db.id, key}, field: f, inside: true})
		}
	}
}

// persist takes the end away and reports whether there was one.
func (db *database) persist(key string) bool {
	if db.end(key) == 0 {
		return false
	}
	db.run(nil, "PERSIST", key)
	return true
}

// fieldEnd is when a field of a hash ends, or 0 for never.
func (db *database) fieldEnd(key, field string) int64 { return int64(db.keys.HTTL(key, field)) }

// setFieldEnd lets an existing field end at a time.
func (db *database) setFieldEnd(key, field string, at int64) {
	db.keys.HExpire(key, field, time.Duration(at))
	db.s.hintAt(hint{at: at, key: dbKey{db.id, key}, field: field, inside: true})
}

func (db *database) removeField(key, field string) { db.run(nil, "HDEL", key, field) }

// get is the value of a string key; ok is false if there is none or it is of
// another type.
func (db *database) get(key string) (value string, ok bool) {
	v, err := db.keys.Get(key)
	return v, err == nil
}

// set gives a string key a value, and no end.
func (db *database) set(key, value string) {
	db.keys.Del(key)
	db.keys.Set(key, value)
}

// replace gives a string key a value and leaves its end.
func (db *database) replace(key, value string) {
	at := db.keys.TTL(key)
	db.keys.Set(key, value)
	if at != 0 {
		db.keys.SetTTL(key, at)
	}
}
