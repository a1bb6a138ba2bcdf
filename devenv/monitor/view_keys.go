package monitor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// celeryView is what is known of Celery's broker.
type celeryView struct {
	Known   bool
	Note    string // why nothing is, or what is missing
	Waiting int64  // messages in all queues

	Facts   []fact
	Steps   []string // the columns of priorities
	Queues  []queueRow
	Workers []workerRow
	Heard   string // how the workers are known
}

type fact struct{ Name, Value string }

type queueRow struct {
	Name, Depth string
	Steps       []string
	Bound       bool
	Lost        bool // messages wait, and producers do not find the queue
}

type workerRow struct {
	Name, State, Active, Processed, Software string
	Alive                                    bool
}

// celery needs the lock of the state, as all that a view is made of.
func (m *Monitor) celery(now time.Time) celeryView {
	s := m.state
	v := celeryView{}
	switch q := s.queues; {
	case m.o.Settings.Celery.BrokerURL.IsZero():
		v.Note = "No URL names Celery's broker: set CELERY_BROKER_URL."
	case q.err != nil:
		v.Note = fmt.Sprintf("The queues cannot be read: %v.", q.err)
	case q.at.IsZero():
		v.Note = "The queues have not been counted yet."
	default:
		v.Known = true
		m.queueRows(&v, q.value)
	}
	if v.Known {
		v.Workers, v.Heard = m.workerRows(s.queues.value, now)
	}
	return v
}

func (m *Monitor) queueRows(v *celeryView, q *devenv.Queues) {
	v.Waiting = q.Depth()
	oldest := "none"
	if q.Unacked > 0 {
		oldest = seconds(q.OldestUnackedS)
		if limit := m.o.Settings.Celery.VisibilityTimeout; limit > 0 {
			oldest += ", given out again after " + span(limit)
		}
	}
	v.Facts = []fact{
		{"Waiting", count(v.Waiting)}, {"With workers, unacknowledged", count(q.Unacked)}, {"Oldest unacknowledged", oldest},
		{"Connections that wait for messages", count(q.Consumers)}, {"Dead, kept by redkit's workers", count(q.Dead)},
	}
	steps := map[int]bool{0: true, 3: true, 6: true, 9: true} // those of Celery unless told otherwise
	for _, one := range q.Queues {
		for step := range one.Priorities {
			steps[step] = true
		}
	}
	order := slices.Sorted(maps.Keys(steps))
	for _, step := range order {
		v.Steps = append(v.Steps, fmt.Sprint(step))
	}
	for _, one := range q.Queues {
		row := queueRow{Name: printable(one.Name), Depth: count(one.Depth), Bound: one.Bound, Lost: one.Depth > 0 && !one.Bound}
		for _, step := range order {
			row.Steps = append(row.Steps, count(one.Priorities[step]))
		}
		v.Queues = append(v.Queues, row)
	}
}

// workerRows are the workers that were heard, and those that have declared
// themselves and keep silent.
func (m *Monitor) workerRows(q *devenv.Queues, now time.Time) (rows []workerRow, heard string) {
	s := m.state
	names := map[string]bool{}
	for name := range s.workers {
		names[name] = true
	}
	for _, name := range q.Declared {
		names[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		w, spoke := s.workers[name]
		row := workerRow{Name: printable(name), State: "declared, and not heard since the monitor runs", Active: "not known", Processed: "not known", Software: "not known"}
		if spoke {
			row.Alive = w.alive(now)
			row.Active, row.Processed, row.Software = count(int64(w.Active)), count(int64(w.Processed)), printable(w.Software)
			row.State = "heartbeat " + ago(now, w.At)
			if w.Kind == "worker-offline" {
				row.State = "said goodbye " + ago(now, w.At)
			} else if !row.Alive {
				row.State = "silent: last heartbeat " + ago(now, w.At)
			}
		}
		rows = append(rows, row)
	}
	switch {
	case s.heard.err != nil:
		heard = fmt.Sprintf("Heartbeats cannot be heard: %v.", s.heard.err)
	case !s.heard.value:
		heard = "Heartbeats are not listened to yet."
	case len(rows) == 0:
		heard = "No worker has declared itself, and none was heard since the monitor runs."
	}
	return rows, heard
}

// An aliasRow is one cache.
type aliasRow struct {
	Alias, DB, Prefix, URL string
	Known                  bool
	Note                   string
	Keys, Bytes, Forever   string
	MeanTTL, Looked        string
}

func (m *Monitor) aliases() []aliasRow {
	var rows []aliasRow
	for _, a := range m.o.Settings.Aliases {
		row := aliasRow{Alias: a.Name, DB: fmt.Sprint(a.URL.DB()), Prefix: fmt.Sprintf("%s:%d:", a.KeyPrefix, a.Version), URL: a.URL.String()}
		t, asked := m.state.aliases[a.Name]
		switch {
		case !asked:
			row.Note = "not looked at yet"
		case t.err != nil:
			row.Note = fmt.Sprintf("cannot be looked at: %v", t.err)
		default:
			row.Known = true
			row.fill(t.value)
		}
		rows = append(rows, row)
	}
	return rows
}

func (row *aliasRow) fill(k devenv.AliasKeys) {
	about := "about "
	if k.Exact {
		about = ""
	}
	row.Keys, row.Bytes, row.Forever = about+count(k.Keys), about+devenv.FormatBytes(k.Bytes), about+count(k.WithoutTTL)
	row.MeanTTL = "none"
	if k.MeanTTLS > 0 {
		row.MeanTTL = seconds(k.MeanTTLS)
	}
	row.Looked = fmt.Sprintf("%s of %s, %s measured", many(k.Sampled, "name"), count(max(k.Database, k.Sampled)), count(k.Measured))
}

// layerView is the channel layer.
type layerView struct {
	Note, Prefix     string
	Groups, Channels []layerRow
	More             string
}

type layerRow struct{ Name, Kind, Size string }

func (m *Monitor) layer() layerView {
	v := layerView{Prefix: m.o.Settings.Channels.Prefix}
	switch t := m.state.layer; {
	case m.o.Settings.Channels.URL.IsZero():
		v.Note = "No URL names the channel layer: set CHANNEL_LAYERS_DEFAULT_URL."
	case t.err != nil:
		v.Note = fmt.Sprintf("The channel layer cannot be looked at: %v.", t.err)
	case t.at.IsZero():
		v.Note = "The channel layer has not been looked at yet."
	default:
		v.fill(t.value)
	}
	return v
}

func (v *layerView) fill(l *devenv.Layer) {
	for _, g := range l.Groups {
		row := layerRow{printable(g.Name), "stored", many(g.Members, "channel")}
		if g.PubSub {
			row = layerRow{printable(g.Name), "publish and subscribe", many(g.Members, "listener")}
		}
		v.Groups = append(v.Groups, row)
	}
	for _, c := range l.Channels {
		row := layerRow{printable(c.Name), "general", many(c.Depth, "message") + " deep"}
		if strings.HasSuffix(c.Name, "!") {
			row.Kind = "of one process"
		}
		if c.PubSub {
			row.Kind, row.Size = "publish and subscribe", many(c.Subscribers, "listener")
		}
		v.Channels = append(v.Channels, row)
	}
	if l.More > 0 {
		v.More = many(int64(l.More), "more group or channel") + " not counted."
	}
	if !l.Exact {
		v.More = strings.TrimSpace(v.More + fmt.Sprintf(" The database has more than the %s keys that were looked at.", count(layerSampled)))
	}
}

// A keptRow is what one server keeps on disk.
type keptRow struct {
	Service                         string
	Note                            string
	Saved, Changes, SaveStatus      string
	AOF, AOFSize, AOFStatus, Backup string
	Bad                             bool
}

func (m *Monitor) kept(now time.Time) (rows []keptRow, last string) {
	s := m.state
	for n, sample := range s.samples {
		if m.servers[n].Instance.Watches {
			continue
		}
		row := keptRow{Service: sample.Service}
		switch {
		case !sample.Up():
			row.Note = "does not answer"
		case m.o.Watch.Backend == devenv.BackendEmbedded:
			row.Note = "a fake, which keeps nothing on disk"
		default:
			row.fill(sample.Info, now)
			row.Backup = m.lastBackup(sample.Service, now)
		}
		rows = append(rows, row)
	}
	if s.backups.err != nil {
		last = fmt.Sprintf("The backups cannot be listed: %v.", s.backups.err)
	} else if len(s.backups.value) > 0 {
		b := s.backups.value[0]
		last = fmt.Sprintf("The newest of %s: %s, %s.", many(int64(len(s.backups.value)), "backup"), b.ID, ago(now, b.Created))
	} else {
		last = "There is no backup."
	}
	return rows, last
}

func (row *keptRow) fill(f map[string]string, now time.Time) {
	row.Saved = "never"
	if at := number(f["rdb_last_save_time"]); at > 0 {
		row.Saved = ago(now, time.Unix(at, 0))
	}
	row.Changes, row.SaveStatus = count(number(f["rdb_changes_since_last_save"])), f["rdb_last_bgsave_status"]
	if f["rdb_bgsave_in_progress"] == "1" {
		row.SaveStatus = "is saving"
	}
	row.AOF, row.AOFSize, row.AOFStatus = "off", "none", "off"
	if f["aof_enabled"] == "1" {
		row.AOF, row.AOFSize, row.AOFStatus = "on", devenv.FormatBytes(number(f["aof_current_size"])), f["aof_last_write_status"]
		if f["aof_rewrite_in_progress"] == "1" {
			row.AOFStatus += ", rewriting"
		}
		if f["aof_last_bgrewrite_status"] == "err" {
			row.AOFStatus = "the rewrite failed"
		}
	}
	row.Bad = f["rdb_last_bgsave_status"] == "err" || f["aof_last_bgrewrite_status"] == "err" || f["aof_last_write_status"] == "err"
}

// lastBackup tells when a server was backed up last.
func (m *Monitor) lastBackup(service string, now time.Time) string {
	for _, b := range m.state.backups.value {
		if slices.ContainsFunc(b.Services, func(s devenv.BackupServer) bool { return s.Service == service }) {
			return ago(now, b.Created)
		}
	}
	return "none"
}
