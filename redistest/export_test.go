package redistest

import (
	"context"
	"os"
)

// EngineOf returns the engine that serves s.
func EngineOf(s *Server) Engine { return s.engine }

// NativeWith is a native engine whose shared server has this many databases.
// It is equal to no other.
func NativeWith(name string, databases int) Engine {
	return sized{nativeEngine: nativeEngine{path: os.Getenv(envServer), name: name}, databases: databases, one: new(int)}
}

type sized struct {
	nativeEngine
	databases int
	one       *int
}

func (s sized) Boot(ctx context.Context, conf Config) (Instance, error) {
	if s.databases != 0 && !conf.own() {
		conf.Databases = s.databases
	}
	return s.nativeEngine.Boot(ctx, conf)
}

// EndShared ends the shared server of e, which else stays till the process ends.
func EndShared(e Engine) error {
	servers.mu.Lock()
	sh := servers.of[e]
	servers.mu.Unlock()
	if sh == nil {
		return nil
	}
	servers.drop(e, sh)
	return sh.instance.Stop(context.Background())
}

// Settings is what an Option changes.
type Settings = settings

// Beat prolongs the leases of the server of s, as the heartbeat does.
func Beat(s *Server) error {
	servers.mu.Lock()
	sh := servers.of[s.engine]
	servers.mu.Unlock()
	return sh.leases.(*databases).slots.(*sharedSlots).beat.once(context.Background())
}

// StopNode stops a server of a topology behind its back.
func StopNode(c *ClusterServer, i int) error { return c.nodes[i].Stop(context.Background()) }
