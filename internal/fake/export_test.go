package fake

import "maps"

// Break makes a command of this server alone end in a panic.
func (s *Server) Break(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands = maps.Clone(s.commands)
	broken := *s.commands[name]
	broken.run = func(x *call) {
		x.w.Array(3) // half a reply
		s.redis.Lock()
		panic("out of order")
	}
	s.commands[name] = &broken
}
