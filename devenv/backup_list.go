package devenv

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func (e *Env) backupRoot() string { return filepath.Join(e.set.Dir, "backups") }

// Backups lists the backups, the newest first. What cannot be read as one is
// left out.
func (e *Env) Backups() ([]*Backup, error) {
	entries, err := os.ReadDir(e.backupRoot())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []*Backup
	for _, entry := range entries {
		dir := filepath.Join(e.backupRoot(), entry.Name())
		text, err := os.ReadFile(filepath.Join(dir, "meta.json"))
		var b Backup
		if err != nil || strings.HasPrefix(entry.Name(), ".") || json.Unmarshal(text, &b) != nil || b.Schema != backupSchema {
			continue
		}
		b.ID, b.dir = entry.Name(), dir
		list = append(list, &b)
	}
	slices.SortFunc(list, func(a, b *Backup) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
	})
	return list, nil
}

// findBackup returns the backup of that name or ID, the newest when there are
// several; "" means the newest of all that nobody's command took unasked.
func (e *Env) findBackup(name string) (*Backup, error) {
	list, err := e.Backups()
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		if name == b.ID || name != "" && name == b.Name || name == "" && b.Reason == "" {
			return b, nil
		}
	}
	message := "there is no backup"
	if name != "" {
		message = fmt.Sprintf("there is no backup %q", name)
	}
	return nil, &Failure{
		Code: "no_such_backup", Exit: ExitUsage, Message: message,
		Fixes: []string{"see them: " + e.run("backup", "-list"), "make one: " + e.run("backup")},
	}
}

// prune deletes the oldest backups without a name, but those to keep, and
// what backups that were killed left behind.
func (e *Env) prune() error {
	parts, err := filepath.Glob(filepath.Join(e.backupRoot(), ".part-*"))
	if err != nil {
		return err
	}
	for _, dir := range parts { // the lock is held: nobody writes there
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	list, err := e.Backups()
	if err != nil || e.set.BackupKeep == 0 {
		return err
	}
	unnamed := 0
	for _, b := range list {
		if b.Name != "" {
			continue
		}
		if unnamed++; unnamed <= e.set.BackupKeep {
			continue
		}
		if err := os.RemoveAll(b.dir); err != nil {
			return fmt.Errorf("delete an old backup: %w", err)
		}
		e.note("deleted the old backup %s", b.ID)
	}
	return nil
}

// lastBackup tells when a server was backed up last; zero: never.
func (e *Env) lastBackup(service string) time.Time {
	list, err := e.Backups()
	if err != nil {
		return time.Time{}
	}
	for _, b := range list {
		if slices.ContainsFunc(b.Services, func(s BackupServer) bool { return s.Service == service }) {
			return b.Created
		}
	}
	return time.Time{}
}

// verify compares the files with their checksums.
func (b *Backup) verify(s BackupServer) error {
	for _, f := range s.Files {
		sum, _, err := checksum(filepath.Join(b.dir, filepath.FromSlash(f.Path)))
		why := "has another checksum than when it was written"
		switch {
		case errors.Is(err, fs.ErrNotExist):
			why = "is gone"
		case err != nil:
			return err
		case sum == f.SHA256:
			continue
		}
		return &Failure{
			Code: "backup_damaged", Exit: ExitData, Message: fmt.Sprintf("the backup %s is damaged: %s %s", b.ID, f.Path, why),
			Fixes: []string{"take another backup"}, Err: err,
		}
	}
	return nil
}
