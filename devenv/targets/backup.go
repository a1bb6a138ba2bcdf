package targets

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// Backup saves the data of the servers below .redkit/backups, or lists what was saved.
func Backup(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	service *string, // one server: cache or broker (REDKIT_SERVICE)
	name *string, // a name, by which the backup is found and kept (REDKIT_NAME)
	format *string, // rdb: one file; aof: the append-only files (REDKIT_FORMAT)
	list *bool, // list the backups instead (REDKIT_LIST)
) error {
	f := flags{}.text("o", o).text("service", service).text("name", name).text("format", format).flag("list", list)
	return run("backup", f, func(s *session) error {
		c := s.settings.Command
		if c.List {
			all, err := s.env.Backups()
			if err != nil {
				return err
			}
			return s.printBackups("backups", all)
		}
		b, err := s.env.Backup(ctx, devenv.BackupOptions{Service: c.Service, Name: c.Name, Format: c.Format})
		if err != nil {
			return err
		}
		return s.printBackups("backup", []*devenv.Backup{b})
	})
}

func (s *session) printBackups(name string, all []*devenv.Backup) error {
	switch s.settings.Output {
	case "json":
		var result any = append([]*devenv.Backup{}, all...)
		if name == "backup" {
			result = all[0]
		}
		return s.printJSON(map[string]any{"schema": devenv.ReportSchema, "command": "backup", "ok": true, "project": s.settings.Project, name: result})
	case "env":
		return s.printFlat("BACKUPS", all)
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "BACKUP\tSERVER\tFORMAT\tVERSION\tKEYS\tSIZE\tAGE")
	for _, b := range all {
		for _, v := range b.Services {
			var size int64
			for _, f := range v.Files {
				size += f.Bytes
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", b.ID, v.Service, v.Format, v.Version, v.Total(), devenv.FormatBytes(size), time.Since(b.Created).Round(time.Second))
		}
	}
	return w.Flush()
}

// Restore replaces the data of the servers by those of a backup, after backing up what is there.
func Restore(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	latest *bool, // the newest backup (REDKIT_LATEST)
	name *string, // the backup of this name (REDKIT_NAME)
	file *string, // an RDB file (REDKIT_FILE)
	service *string, // one server: cache or broker (REDKIT_SERVICE)
	yes *bool, // do not ask (REDKIT_YES)
) error {
	f := flags{}.text("o", o).flag("latest", latest).text("name", name).text("file", file).text("service", service).flag("yes", yes)
	return run("restore", f, func(s *session) error {
		c := s.settings.Command
		var given []string
		for _, one := range []struct {
			set  bool
			text string
		}{{c.Latest, "the newest backup"}, {c.Name != "", "the backup " + c.Name}, {c.File != "", "the file " + c.File}} {
			if one.set {
				given = append(given, one.text)
			}
		}
		if len(given) != 1 {
			return &devenv.Failure{
				Code: "which_backup", Exit: devenv.ExitUsage, Message: fmt.Sprintf("restore takes one of -latest, -name and -file, and has %d", len(given)),
				Fixes: []string{command("restore", "-latest"), "see what there is: " + command("backup", "-list")},
			}
		}
		what := "the servers"
		if c.Service != "" {
			what = "the " + c.Service
		}
		if err := s.confirm(fmt.Sprintf("This replaces the data of %s of %s by %s.", what, s.settings.Project, given[0])); err != nil {
			return err
		}
		done, err := s.env.Restore(ctx, devenv.RestoreOptions{Name: c.Name, File: c.File, Service: c.Service})
		if err != nil {
			return err
		}
		return s.printRestored(done)
	})
}

func (s *session) printRestored(done []devenv.Restored) error {
	if told, err := s.printForm("RESTORE", "restored", done); told {
		return err
	}
	for _, r := range done {
		var total int64
		for _, n := range r.Keys {
			total += n
		}
		line := fmt.Sprintf("%-6s has %d keys of %s", r.Service, total, r.Backup)
		if r.Missing > 0 {
			line += fmt.Sprintf("; %d more have expired since", r.Missing)
		}
		if _, err := fmt.Fprintf(s.out, "%s; what was there: %s\n", line, strings.Join([]string{command("restore"), "-name=" + r.Before}, " ")); err != nil {
			return err
		}
	}
	return nil
}
