package monitor

import (
	"fmt"
	"html/template"
	"strings"
	"sync"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// partNames are the templates of the parts of the page, which fill the
// elements whose data-live they are.
func partNames() []string {
	return []string{"summary", "alerts", "instances", "charts", "celery", "aliases", "layer", "slowlog", "topology", "persistence", "doings"}
}

// parts renders the page and its parts, once for all browsers.
type parts struct {
	m         *Monitor
	templates *template.Template

	mu      sync.Mutex
	version int
	now     []part
}

func newParts(m *Monitor) (*parts, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"bytes": devenv.FormatBytes, "span": span, "count": count, "decimal": decimal, "ms": ms, "clock": clock,
	}).ParseFS(assets, "assets/*.html")
	if err != nil {
		return nil, fmt.Errorf("read the templates of the page: %w", err)
	}
	return &parts{m: m, templates: t, version: -1}, nil
}

func (p *parts) render(name string, view any) (string, error) {
	var b strings.Builder
	if err := p.templates.ExecuteTemplate(&b, name, view); err != nil {
		return "", fmt.Errorf("render %s: %w", name, err)
	}
	return b.String(), nil
}

// at renders the parts of a version of the state.
func (p *parts) at(version int, now time.Time) ([]part, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.version == version {
		return p.now, nil
	}
	view := p.m.view(now)
	var all []part
	for _, name := range partNames() {
		text, err := p.render(name, view)
		if err != nil {
			return nil, err
		}
		all = append(all, part{name, text})
	}
	p.version, p.now = version, all
	return all, nil
}
