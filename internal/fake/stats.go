package fake

import (
	"strings"
	"time"
)

// stats are the counters of INFO.
type stats struct {
	start                                time.Time
	connections, rejected, slowDropped   int
	commands, errors, changes            int
	bytesIn, bytesOut                    int
	hits, misses, expired, expiredFields int
	byCommand                            map[string]*commandStats
	byError                              map[string]int
	denied                               struct{ auth, cmd, key, channel int }
}

type commandStats struct{ calls, rejected, failed int }

func (s *stats) of(name string) *commandStats {
	if s.byCommand == nil {
		s.byCommand = map[string]*commandStats{}
	}
	c := s.byCommand[name]
	if c == nil {
		c = &commandStats{}
		s.byCommand[name] = c
	}
	return c
}

func (s *stats) count(x *call) { s.of(x.cmd.name).calls++ }

// failed counts an error reply by its code.
func (s *stats) failed(c *command, text string) {
	s.of(c.name).failed++
	s.countError(text)
}

func (s *stats) countError(text string) {
	code, _, _ := strings.Cut(text, " ")
	code = strings.TrimRight(code, "\r\n")
	if s.byError == nil {
		s.byError = map[string]int{}
	}
	s.errors++
	s.byError[code]++
}

// reset is CONFIG RESETSTAT.
func (s *stats) reset() { *s = stats{start: s.start} }
