package devenv

import (
	"errors"
	"net"
	"strconv"
	"time"
)

// CommandSettings are what one command is asked to do. They are flags first;
// the variables exist so that nothing depends on a flag.
type CommandSettings struct {
	PortAuto   bool          // REDKIT_PORT_AUTO: up moves to free ports where others are taken
	Recreate   bool          // REDKIT_RECREATE: up stops the servers first
	Clean      bool          // REDKIT_CLEAN: up deletes the kept data first
	Volumes    bool          // REDKIT_VOLUMES: down deletes the kept data too
	Grace      time.Duration // REDKIT_GRACE: how long down lets a server save and end
	Service    string        // REDKIT_SERVICE: logs, reset, restart, cli, backup and restore take one server by name
	NoRollback bool          // REDKIT_NO_ROLLBACK: up leaves what it started when it fails
	Since      time.Duration // REDKIT_SINCE: logs leaves out what is older; 0 means nothing
	Tail       int           // REDKIT_TAIL: logs shows so many last lines of each; 0 means all
	Timestamps bool          // REDKIT_TIMESTAMPS: logs tells when each line was written
	Follow     bool          // REDKIT_FOLLOW: logs goes on until it is interrupted
	Set        string        // REDKIT_SET: the set of data that seed writes
	Fixtures   string        // REDKIT_FIXTURES: absolute directory of the user's own sets; "" for none
	Only       string        // REDKIT_ONLY: the parts of the set that seed writes; "" for all
	Flush      bool          // REDKIT_FLUSH: seed empties the databases it writes to first
	Fix        bool          // REDKIT_FIX: doctor mends what it can
	Full       bool          // REDKIT_FULL: doctor writes a report for an issue
	DryRun     bool          // REDKIT_DRY_RUN: seed tells what it would change
	Interval   time.Duration // REDKIT_INTERVAL: how often stats asks
	Count      int           // REDKIT_COUNT: how often in all; 0 means until it is interrupted
	Sample     int           // REDKIT_SAMPLE: how many keys of a cache keys looks at; 0 means all
	FailOn     Severity      // REDKIT_FAIL_ON: which alerts make the target fail
	Name       string        // REDKIT_NAME: of the backup that backup makes or restore takes, or of a snapshot
	Format     string        // REDKIT_FORMAT: of a backup, rdb or aof
	List       bool          // REDKIT_LIST: backup lists those there are
	Latest     bool          // REDKIT_LATEST: restore takes the newest backup
	File       string        // REDKIT_FILE: restore takes this RDB file
	Stop       string        // REDKIT_DOWN_PROJECT: the environment that down stops, by name; "" for this one
	All        bool          // REDKIT_ALL: ps and down mean every environment of this user
	Watch      time.Duration // REDKIT_WATCH: status repeats this often; 0 means once
	Command    string        // REDKIT_COMMAND: that cli sends; "" for a prompt
	Listen     string        // REDKIT_LISTEN: host:port of the target metrics
	NoBackup   bool          // REDKIT_NO_BACKUP: reset does not back up first
	// MonitorAddr and MonitorPort are where monitor serves its page
	// (REDKIT_MONITOR_ADDR, REDKIT_MONITOR_PORT; port 0: any that is free),
	// MonitorOpen has it open a browser (REDKIT_MONITOR_OPEN).
	MonitorAddr string
	MonitorPort int
	MonitorOpen bool
}

func commandVariables() []Variable {
	v := func(name, standard, doc string, k kind) Variable {
		return Variable{Name: "REDKIT_" + name, Group: groupCommand, Default: standard, Doc: doc, Form: k.form, kind: k}
	}
	called := func(flag string, v Variable) Variable {
		v.flag = flag
		return v
	}
	return []Variable{
		v("PORT_AUTO", "off", "on: up moves to free ports where others are taken, and every URL follows.", boolKind(func(s *Settings) *bool { return &s.Command.PortAuto })),
		v("RECREATE", "off", "on: up stops the servers first, so that changed settings apply.", boolKind(func(s *Settings) *bool { return &s.Command.Recreate })),
		v("CLEAN", "off", "on: up begins without the kept data; it asks first.", boolKind(func(s *Settings) *bool { return &s.Command.Clean })),
		v("NO_ROLLBACK", "off", "on: up leaves what it started when it fails, for a look at it.", boolKind(func(s *Settings) *bool { return &s.Command.NoRollback })),
		v("VOLUMES", "off", "on: down deletes the kept data too.", boolKind(func(s *Settings) *bool { return &s.Command.Volumes })),
		v("GRACE", "20s", "How long down lets a server save its data and end.", durationKind(func(s *Settings) *time.Duration { return &s.Command.Grace })),
		v("SERVICE", "", "The one server that logs, reset, restart, backup and restore take, empty for all, and that cli opens, empty for the first.", textKind(func(s *Settings) *string { return &s.Command.Service })),
		v("TAIL", "200", "How many last lines of each server logs shows; 0 for all.", countKind(func(s *Settings) *int { return &s.Command.Tail })),
		v("SINCE", "", "How far back logs goes, as 10m; empty for all.", durationKind(func(s *Settings) *time.Duration { return &s.Command.Since })),
		v("TIMESTAMPS", "off", "on: logs tells before each line when it was written, in UTC.", boolKind(func(s *Settings) *bool { return &s.Command.Timestamps })),
		v("SET", "demo", "The set of data that seed writes.", textKind(func(s *Settings) *string { return &s.Command.Set })),
		v("FIXTURES", "", "Directory with your own sets of data for seed, relative to the project; empty for those of the toolkit.", setsDirKind),
		v("ONLY", "", "The parts of the set that seed writes, between commas: caches, queues, results, channels, or names of aliases; empty for all.", textKind(func(s *Settings) *string { return &s.Command.Only })),
		v("FLUSH", "off", "on: seed first empties the databases it writes to; it asks.", boolKind(func(s *Settings) *bool { return &s.Command.Flush })),
		v("FIX", "off", "on: doctor mends what it can without losing data.", boolKind(func(s *Settings) *bool { return &s.Command.Fix })),
		v("FULL", "off", "on: doctor adds versions, settings, the servers' INFO and last words: a report for an issue, without secrets.", boolKind(func(s *Settings) *bool { return &s.Command.Full })),
		v("DRY_RUN", "off", "on: seed tells what it would change, and writes nothing.", boolKind(func(s *Settings) *bool { return &s.Command.DryRun })),
		v("FOLLOW", "off", "on: logs goes on until it is interrupted.", boolKind(func(s *Settings) *bool { return &s.Command.Follow })),
		v("INTERVAL", "1s", "How often stats asks the servers.", durationKind(func(s *Settings) *time.Duration { return &s.Command.Interval })),
		v("COUNT", "0", "How often stats asks in all; 0 for until it is interrupted.", countKind(func(s *Settings) *int { return &s.Command.Count })),
		v("SAMPLE", "10000", "How many keys of each cache keys looks at; 0 for all.", countKind(func(s *Settings) *int { return &s.Command.Sample })),
		v("NAME", "", "Name of the backup that backup makes, which is then kept, or that restore takes; of what snapshot writes and diff compares with.", textKind(func(s *Settings) *string { return &s.Command.Name })),
		v("FORMAT", "rdb", "Form of a backup: one file, or the append-only files.", choice(func(s *Settings) *string { return &s.Command.Format }, BackupRDB, BackupAOF)),
		v("ALL", "off", "on: ps and down mean every environment of this user, wherever it was started.", boolKind(func(s *Settings) *bool { return &s.Command.All })),
		called("project", v("DOWN_PROJECT", "", "The environment that down stops, by its name in ps -all; empty for that of this directory.", textKind(func(s *Settings) *string { return &s.Command.Stop }))),
		v("WATCH", "", "How often status tells anew, until it is interrupted; empty for once.", durationKind(func(s *Settings) *time.Duration { return &s.Command.Watch })),
		v("COMMAND", "", "What cli sends, as INFO server; empty for a prompt, or standard input.", textKind(func(s *Settings) *string { return &s.Command.Command })),
		v("LIST", "off", "on: backup lists the backups.", boolKind(func(s *Settings) *bool { return &s.Command.List })),
		v("LATEST", "off", "on: restore takes the newest backup.", boolKind(func(s *Settings) *bool { return &s.Command.Latest })),
		v("FILE", "", "RDB file that restore takes, of the server that REDKIT_SERVICE names.", textKind(func(s *Settings) *string { return &s.Command.File })),
		v("NO_BACKUP", "off", "on: reset takes no backup first.", boolKind(func(s *Settings) *bool { return &s.Command.NoBackup })),
		v("LISTEN", "127.0.0.1:8379", "Where metrics serves, on this machine's loopback.", listenKind),
		called("addr", v("MONITOR_ADDR", "127.0.0.1", "Loopback address of the page that monitor serves.", loopbackKind)),
		called("port", v("MONITOR_PORT", "8381", "Port of the page that monitor serves; 0 for any that is free.", freePortKind(func(s *Settings) *int { return &s.Command.MonitorPort }))),
		called("open", v("MONITOR_OPEN", "off", "on: monitor opens the page in a browser.", boolKind(func(s *Settings) *bool { return &s.Command.MonitorOpen }))),
		v("FAIL_ON", "critical", "Which alerts make alerts end with exit code 3.", choice(func(s *Settings) *Severity { return &s.Command.FailOn }, SeverityWarn, SeverityCritical)),
	}
}

var setsDirKind = kind{form: "a directory, relative to the project", set: func(l *loader, _, value string) error {
	l.settings.Command.Fixtures = l.path(value)
	return nil
}}

var listenKind = kind{form: "a loopback address and a port, as 127.0.0.1:8379", set: func(l *loader, _, value string) error {
	host, port, err := net.SplitHostPort(value)
	n, notANumber := strconv.Atoi(port)
	if err != nil || !net.ParseIP(host).IsLoopback() || notANumber != nil || n < 0 || n > 65535 {
		return errors.New("want a loopback address and a port, as 127.0.0.1:8379")
	}
	l.settings.Command.Listen = value
	return nil
}}

var loopbackKind = kind{form: "a loopback address, as 127.0.0.1 or ::1", set: func(l *loader, _, value string) error {
	if !net.ParseIP(value).IsLoopback() {
		return errors.New("want a loopback address, as 127.0.0.1 or ::1")
	}
	l.settings.Command.MonitorAddr = value
	return nil
}}

func freePortKind(field func(*Settings) *int) kind {
	k := portKind(field)
	set := k.set
	k.form = "a port from 0 to 65535"
	k.set = func(l *loader, name, value string) error {
		if value == "0" {
			*field(l.settings) = 0
			return nil
		}
		if set(l, name, value) != nil {
			return k.wants()
		}
		return nil
	}
	return k
}

func countKind(field func(*Settings) *int) kind {
	return kind{form: "a number from 0 up", set: func(l *loader, _, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil || n < 0 {
			return errors.New("want a number from 0 up")
		}
		*field(l.settings) = n
		return nil
	}}
}
