package fake

import (
	"context"
	"errors"
	"hash/maphash"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"

	"github.com/redkit-dev/redkit/internal/pipe"
	"github.com/redkit-dev/redkit/internal/resp"
)

// Server is one fake Redis server with its connections and its clock. Its
// methods are safe for concurrent use.
type Server struct {
	cfg      Config
	commands commandTable
	wg       sync.WaitGroup // every goroutine of the server

	// mu is the event loop: who holds it runs commands, one at a time.
	mu       sync.Mutex
	closed   bool
	redis    *miniredis.Miniredis
	dbs      map[int]*database
	sink     sink // where the database being used writes its reply
	clock    clock
	expiry   expiry
	conns    map[int64]*conn
	lastID   int64
	dirty    []*conn  // have output or an end to hand to their link
	resume   []*conn  // may have requests to go on with
	poller   *poller  // serves listeners of the operating system
	closers  []func() // end listeners
	channels topics
	patterns topics
	shards   topics
	waiting  map[dbKey][]*waiter
	ready    []dbKey // changed keys that waiters wait for
	watchers map[*conn]struct{}
	lists    slots[*list]
	zsets    slots[*zset]
	streams  slots[*streamValue]
	settings settings
	stats    stats
	users    users
	scripts  scripts
	pause    pause
	monitors []*conn
	seed     maphash.Seed // of the order of SCAN
}

// dbKey names a key of a database.
type dbKey struct {
	db  int
	key string
}

// New makes a Server that serves nobody yet. The caller closes it.
func New(cfg Config) *Server {
	s := &Server{
		cfg:      cfg.withDefaults(),
		commands: commands(),
		redis:    miniredis.NewMiniRedis(),
		dbs:      map[int]*database{},
		conns:    map[int64]*conn{},
		waiting:  map[dbKey][]*waiter{},
		watchers: map[*conn]struct{}{},
		seed:     maphash.MakeSeed(),
	}
	s.clock.init(cfg.Now)
	s.settings.init(s.cfg)
	s.users.init(s.cfg.Username, s.cfg.Password)
	s.stats.start = s.clock.now()
	s.setNow()
	return s
}

// Serve accepts connections from ln until Close, and returns at once. The
// server closes ln. Requests from listeners of the operating system are
// taken in the order of their arrival, also from connections just made; see
// the package documentation.
func (s *Server) Serve(ln net.Listener) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		ln.Close()
		return ErrClosed
	}
	if polled, err := s.pollListener(ln); polled || err != nil {
		return err
	}
	s.closers = append(s.closers, func() { ln.Close() })
	s.wg.Go(func() { // stopped by a closer, awaited by Close
		for {
			c, err := ln.Accept()
			if err != nil || s.ServeConn(c) != nil {
				return
			}
		}
	})
	return nil
}

// ServeConn serves one connection, and returns at once. The server closes it.
func (s *Server) ServeConn(nc net.Conn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		nc.Close()
		return ErrClosed
	}
	s.serveStream(nc)
	return nil
}

// Dial returns a connection to the server through memory, which works inside
// a testing/synctest bubble. The caller closes it.
func (s *Server) Dial() (net.Conn, error) {
	client, server := pipe.New()
	if err := s.ServeConn(server); err != nil {
		return nil, err
	}
	return client, nil
}

// Set changes a setting as CONFIG SET does, and fails as it does.
func (s *Server) Set(name, value string) error {
	s.mu.Lock()
	defer s.release()
	var w resp.Writer
	x := &call{s: s, args: []string{"CONFIG", "SET", name, value}, w: &w, cmd: s.commands["config|set"]}
	x.configSet()
	if b := w.Bytes(); b[0] == '-' {
		return errors.New(strings.TrimPrefix(strings.TrimSpace(string(b[1:])), "ERR "))
	}
	return nil
}

// Now is the time on the server's clock.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.clock.now()
}

// Advance moves the server's clock forward by d: keys expire, with their
// keyspace events, and blocked commands time out, before it returns.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.release()
	s.clock.moved += d
	s.tick()
	s.timeOut()
	s.settle()
}

// RunClock lets the clock run with real time until ctx ends or the server is
// closed; then it stands still again. Keys expire without waiting for a
// command to touch them, to a grain of 10 ms.
func (s *Server) RunClock(ctx context.Context) {
	s.mu.Lock()
	s.clock.run()
	s.mu.Unlock()
	tick := time.NewTicker(grain)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
		case <-tick.C:
			s.mu.Lock()
			closed := s.closed
			s.tick()
			s.settle()
			s.release()
			if !closed {
				continue
			}
		}
		s.mu.Lock()
		s.clock.stop()
		s.mu.Unlock()
		return
	}
}

// Close ends all connections and waits for every goroutine of the server.
// Closing again does nothing.
func (s *Server) Close() error {
	s.scripts.closing.Store(true)
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.wg.Wait()
		return nil
	}
	s.closed = true
	for _, end := range s.closers {
		end()
	}
	for _, c := range s.conns {
		c.kill()
	}
	s.expiry.stop()
	s.unpause()
	s.stopPoller()
	s.release()
	s.wg.Wait()
	s.redis.Close()
	return nil
}

// release ends a turn of the event loop: it hands the output of the turn to
// the links without holding the lock.
func (s *Server) release() {
	dirty := s.dirty
	s.dirty = nil
	for _, c := range dirty {
		c.queued = false
	}
	s.mu.Unlock()
	for _, c := range dirty {
		c.link.flush()
	}
}
