package monitor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// writeLimit is how long a browser may take to read what it is sent.
const writeLimit = 10 * time.Second

// A part is a piece of the page, sent when it has changed.
type part struct {
	ID   string `json:"id"` // the value of data-live of the element it fills
	HTML string `json:"html"`
}

// serveEvents sends the parts of the page that have changed whenever there is
// a new version of the state, until the browser goes away or the monitor ends.
func (m *Monitor) serveEvents(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	sent := map[string]string{}
	fmt.Fprint(w, "retry: 1000\n\n")
	for {
		version, changed := m.state.latest()
		now, err := m.parts.at(version, time.Now())
		if err != nil {
			return // the page's own request tells why
		}
		if control.SetWriteDeadline(time.Now().Add(writeLimit)) != nil {
			return
		}
		for _, p := range now {
			if sent[p.ID] == p.HTML {
				continue
			}
			text, err := json.Marshal(p)
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "event: part\ndata: %s\n\n", text); err != nil {
				return
			}
			sent[p.ID] = p.HTML
		}
		if _, err := fmt.Fprintf(w, "event: version\ndata: %d\n\n", version); err != nil || control.Flush() != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
