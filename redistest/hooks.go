package redistest

import "context"

// atEnd registers check to run first when the test ends, last one first,
// while clients, data and server are still there: guards live here. The
// context is good for the clean-up's time limit.
func (s *Server) atEnd(check func(ctx context.Context)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checks = append(s.checks, check)
}

// onFailure registers section to be asked for text when the test has failed,
// in the order of registration, after the checks. Empty text is left out.
func (s *Server) onFailure(section func(ctx context.Context) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sections = append(s.sections, section)
}

// onClose registers stop to run after the client was closed and before the
// server goes, last one first: proxies end here.
func (s *Server) onClose(stop func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closers = append(s.closers, stop)
}
