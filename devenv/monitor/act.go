package monitor

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// A doing is something that was done from the page.
type doing struct {
	at    time.Time
	what  string // backup or reset
	text  string
	level string // running, ok or fail
}

// doingsShown is how many the page lists.
const doingsShown = 5

// act runs one action at a time, in the background: it goes on when the
// browser goes away, and ends with Serve. It reports false when another runs.
func (m *Monitor) act(what string, do func(context.Context) (string, error)) bool {
	if !m.acting.TryLock() {
		return false
	}
	s := m.state
	s.set(func() {
		s.doings = append([]doing{{time.Now(), what, "running", "running"}}, s.doings[:min(len(s.doings), doingsShown-1)]...)
	})
	s.publish()
	m.actions.Go(func() {
		defer m.acting.Unlock()
		text, err := do(m.context())
		done := doing{time.Now(), what, text, "ok"}
		if err != nil {
			f := devenv.AsFailure(err)
			done.text, done.level = f.Message, "fail"
			if len(f.Fixes) > 0 {
				done.text += ". To mend: " + strings.Join(f.Fixes, "; or ")
			}
		}
		s.set(func() { s.doings[0] = done })
		s.publish()
	})
	return true
}

// start acts and sends the browser to where the outcome is told.
func (m *Monitor) start(w http.ResponseWriter, r *http.Request, what string, do func(context.Context) (string, error)) {
	if !m.act(what, do) {
		m.refuse(w, http.StatusConflict, "Another backup or reset is still running.")
		return
	}
	http.Redirect(w, r, "/#doings", http.StatusSeeOther)
}

func (m *Monitor) backup(w http.ResponseWriter, r *http.Request) {
	m.start(w, r, "backup", func(ctx context.Context) (string, error) {
		b, err := m.o.Env.Backup(ctx, devenv.BackupOptions{})
		if err != nil {
			return "", err
		}
		var words []string
		for _, s := range b.Services {
			words = append(words, many(s.Total(), "key")+" of the "+s.Service)
		}
		return fmt.Sprintf("%s holds %s; put it back with %s", b.ID, strings.Join(words, ", "), m.o.Command("restore", "-name="+b.ID)), nil
	})
}

// resetView is the form that confirms a reset.
type resetView struct {
	Project, CSRF, NoBackup string
	Losses                  []loss
	Whole                   bool // only all servers together
	Service, Typed, Wrong   string
	KeepBackup              bool
}

type loss struct{ Service, Keys string }

func (m *Monitor) resetView() resetView {
	v := resetView{Project: m.o.Settings.Project, CSRF: m.gate.csrf, KeepBackup: true}
	if err := m.o.Env.CanBackup(m.o.Watch.Backend); err != nil {
		v.NoBackup, v.KeepBackup = devenv.AsFailure(err).Message, false
	}
	m.state.mu.Lock()
	defer m.state.mu.Unlock()
	for n, server := range m.servers {
		if server.Instance.Watches {
			continue
		}
		v.Whole = v.Whole || server.Instance.Group != ""
		l := loss{server.Instance.Name, "all that it holds"}
		if n < len(m.state.samples) && m.state.samples[n].Up() {
			if h := m.state.history[server.Instance.Name]; len(h) > 0 {
				l.Keys = many(h[len(h)-1].Keys, "key")
			}
		}
		v.Losses = append(v.Losses, l)
	}
	return v
}

func (m *Monitor) serveReset(w http.ResponseWriter, _ *http.Request) {
	m.write(w, http.StatusOK, "reset", m.resetView())
}

// reset deletes the data when the name of the project was typed.
func (m *Monitor) reset(w http.ResponseWriter, r *http.Request) {
	v := m.resetView()
	v.Typed, v.Service = r.PostFormValue("project"), r.PostFormValue("service")
	v.KeepBackup = v.NoBackup == "" && r.PostFormValue("backup") == "on"
	if strings.TrimSpace(v.Typed) != v.Project {
		v.Wrong = "This is not the name of the project: nothing was deleted."
		m.write(w, http.StatusUnprocessableEntity, "reset", v)
		return
	}
	m.start(w, r, "reset", func(ctx context.Context) (string, error) {
		report, err := m.o.Env.Reset(ctx, devenv.ResetOptions{Service: v.Service, NoBackup: !v.KeepBackup})
		if err != nil {
			return "", err
		}
		var words []string
		for _, s := range report.Services {
			words = append(words, many(s.Keys, "key")+" of the "+s.Name)
		}
		return "deleted " + strings.Join(words, ", "), nil
	})
}
