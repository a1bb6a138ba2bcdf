package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/redkit-dev/redkit/internal/process"
)

// hire starts a worker at a place of the fleet.
func (s *storm) hire(place int) error {
	name := fmt.Sprintf("worker-%d", len(s.all))
	own, err := os.MkdirTemp(s.dir, name+"-")
	if err != nil {
		return err
	}
	w := &worker{name: name, journal: filepath.Join(s.dir, name+".journal")}
	command := s.command(s.proxy.addr(), w.journal, name)
	command.Dir = own
	if w.Bound, err = process.StartBound(command); err != nil {
		return err
	}
	s.all = append(s.all, w)
	if place == len(s.fleet) {
		s.fleet = append(s.fleet, w)
	} else {
		s.fleet[place] = w
	}
	return nil
}

// end kills a worker.
func (s *storm) end(w *worker) error {
	err := w.Kill()
	w.ended = time.Now()
	return err
}

// replace kills a worker and starts another.
func (s *storm) replace(place int) error {
	if err := s.end(s.fleet[place]); err != nil {
		return err
	}
	return s.hire(place)
}

// revive replaces workers that ended by themselves, as Celery's do when they
// cannot help it.
func (s *storm) revive() error {
	for place, w := range s.fleet {
		if w.Alive() {
			continue
		}
		if _, us := s.side.(ours); us {
			return fmt.Errorf("%s ended%s", w.name, w.Words())
		}
		s.ends++
		if err := s.replace(place); err != nil {
			return err
		}
	}
	return nil
}
