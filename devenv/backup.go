package devenv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The formats of a backup.
const (
	// BackupRDB is one file, taken as a replica takes it: any server gives
	// it, a remote one too, and every newer server reads it.
	BackupRDB = "rdb"
	// BackupAOF is the append-only files of a server that has them.
	BackupAOF = "aof"
)

// BackupOptions select what Backup saves. The zero value saves every server
// as RDB, under no name.
type BackupOptions struct {
	Service string // one server by name, or cluster or sentinel; empty means all
	Name    string // kept until it is deleted by hand; "": one of those that are pruned
	Format  string // BackupRDB ("" too) or BackupAOF
	Reason  string // why a command took it unasked
}

// A Backup is what its meta.json says. It holds no password.
type Backup struct {
	Schema   string         `json:"schema"`
	ID       string         `json:"id"` // its directory
	Name     string         `json:"name,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Project  string         `json:"project"`
	Backend  Backend        `json:"backend"`
	Created  time.Time      `json:"created"`
	Services []BackupServer `json:"services"`

	dir string
}

// A BackupServer is one server in a backup.
type BackupServer struct {
	Service    string           `json:"service"`
	Group      string           `json:"group,omitempty"` // cluster or sentinel, when it was a master there
	Slots      string           `json:"slots,omitempty"` // of a cluster that it had, as 0-5460
	Format     string           `json:"format"`
	Version    string           `json:"version"`     // of the server
	RDBVersion int              `json:"rdb_version"` // of its files
	AOF        bool             `json:"aof"`         // the server kept an append-only file
	Keys       map[string]int64 `json:"keys"`        // by database
	Users      []string         `json:"users,omitempty"`
	Files      []BackupFile     `json:"files"`
}

// A BackupFile is one file of a backup, relative to its directory.
type BackupFile struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Total is the number of keys.
func (s BackupServer) Total() (n int64) {
	for _, keys := range s.Keys {
		n += keys
	}
	return n
}

const backupSchema = "redkit/backup/v1"

// Backup saves the data of servers that run below Settings.Dir/backups, in one
// step: a backup that is listed is whole. Then it deletes the oldest backups
// without a name, but Settings.BackupKeep. Errors are *Failure.
func (e *Env) Backup(ctx context.Context, o BackupOptions) (*Backup, error) {
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	b, err := e.backup(ctx, o)
	if err != nil {
		return nil, AsFailure(err)
	}
	return b, e.prune()
}

// CanBackup tells why Backup cannot save the servers of a backend as RDB; nil:
// it can.
func (e *Env) CanBackup(b Backend) error {
	if b == BackendExternal {
		return nil
	}
	return e.keepsFiles(b, "backup")
}

// backup is Backup for a caller that holds the lock.
func (e *Env) backup(ctx context.Context, o BackupOptions) (*Backup, error) {
	st := readState(e.set.Dir)
	backend := e.backendOf(st)
	if err := e.CanBackup(backend); err != nil {
		return nil, err
	}
	if err := e.keepsFiles(backend, "backup"); err != nil && o.Format == BackupAOF {
		return nil, err
	}
	if strings.Trim(o.Name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
		return nil, &Failure{Code: "bad_name", Exit: ExitUsage, Message: "the name of a backup is made of letters, digits, - and _", Fixes: []string{"another name: " + e.run("backup", "-name=before-migration")}}
	}
	if st == nil && backend != BackendExternal {
		return nil, e.failNotRunning("the environment is not running")
	}
	instances, err := e.units(backend, o.Service)
	if err != nil {
		return nil, err
	}
	if instances, err = e.masters(ctx, instances); err != nil {
		return nil, err
	}
	now := time.Now()
	b := &Backup{Schema: backupSchema, Name: o.Name, Reason: o.Reason, Project: e.set.Project, Backend: backend, Created: now.UTC().Truncate(time.Millisecond)}
	b.ID = now.UTC().Format("20060102-150405.000")
	if label := firstNonEmpty(o.Name, strings.ReplaceAll(o.Reason, " ", "-")); label != "" {
		b.ID += "-" + label
	}
	final := filepath.Join(e.backupRoot(), b.ID)
	if _, err := os.Stat(final); err == nil {
		return nil, fmt.Errorf("make the backup: %s exists", final)
	}
	if err := os.MkdirAll(e.backupRoot(), 0o700); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp(e.backupRoot(), ".part-"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(b.dir) // nothing is there any more when it was renamed
	eng := e.engine(backend)
	for _, i := range instances {
		if i.Group != "" && o.Format == BackupAOF {
			return nil, failGroupAOF(e, i.Group)
		}
		s, err := e.backupServer(ctx, eng, i, b.dir, o.Format)
		if err != nil {
			return nil, fmt.Errorf("back up the %s: %w", i.Name, err)
		}
		b.Services = append(b.Services, s)
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(b.dir, "meta.json"), append(text, '\n')); err != nil {
		return nil, err
	}
	if err := os.Rename(b.dir, final); err != nil {
		return nil, err
	}
	saved := *b
	saved.dir = final
	return &saved, nil
}

// keepsFiles refuses a backend whose servers' files are out of reach.
func (e *Env) keepsFiles(b Backend, command string) error {
	f := &Failure{Code: "unsupported", Exit: ExitUnsupported, Err: errors.ErrUnsupported}
	switch {
	case b == BackendEmbedded:
		f.Message = "the embedded servers are fakes that keep nothing on disk: there is no " + command
		f.Fixes = []string{"install redis-server or Docker, for REDKIT_BACKEND=native or compose"}
	case b == BackendExternal:
		f.Message = "the files of external servers are where they run, out of reach for " + command
		f.Fixes = []string{"save their keys as one file: " + e.run("backup", "-format=rdb"), "restore on their own machine"}
	default:
		return nil
	}
	return f
}

// namedInstances are the servers of a backend, or the one of that name.
func (e *Env) namedInstances(b Backend, name string) ([]Instance, error) {
	instances := e.instances(b)
	if name == "" {
		return instances, nil
	}
	instances = slices.DeleteFunc(instances, func(i Instance) bool { return i.Name != name })
	if len(instances) == 0 {
		return nil, &Failure{
			Code: "no_such_service", Exit: ExitUsage, Message: fmt.Sprintf("there is no server %q", name),
			Fixes: []string{"see their names: " + e.run("status")},
		}
	}
	return instances, nil
}

// backupServer saves one server into dir.
func (e *Env) backupServer(ctx context.Context, eng engine, i Instance, dir, format string) (BackupServer, error) {
	s := BackupServer{Service: i.Name, Format: firstNonEmpty(format, BackupRDB), Keys: map[string]int64{}}
	client, err := eng.await(i, server{Name: i.Name}).open()
	if err != nil {
		return s, err
	}
	defer client.Close()
	limited, cancel := context.WithTimeout(ctx, perAnswer)
	defer cancel()
	f, _, err := ask(limited, client)
	if err != nil {
		if final := e.classify(i, err); final != nil {
			return s, final
		}
		return s, e.failNotRunning(fmt.Sprintf("the %s does not answer: %v", i.Name, err))
	}
	if s.Group = i.Group; i.Group == string(ProfileCluster) {
		if s.Slots, err = slotsOf(limited, client); err != nil {
			return s, err
		}
	}
	s.Version, s.AOF = f.version(), f["aof_enabled"] == "1"
	for name, value := range f {
		if db, ok := strings.CutPrefix(name, "db"); ok && strings.HasPrefix(value, "keys=") {
			s.Keys[db] = part(value, "keys")
		}
	}
	if users, err := client.ACLList(ctx).Result(); err == nil {
		for _, line := range users { // "user NAME on #hash …": the name only
			if words := strings.Fields(line); len(words) > 1 {
				s.Users = append(s.Users, words[1])
			}
		}
	}
	if s.Format == BackupAOF {
		if !s.AOF {
			return s, &Failure{
				Code: "no_aof", Exit: ExitUnsupported, Message: fmt.Sprintf("the %s keeps no append-only file", i.Name),
				Fixes: []string{"save its keys as one file: " + e.run("backup", "-format=rdb"), "only the broker: " + e.run("backup", "-service=broker", "-format=aof")},
			}
		}
		err = e.copyAOF(ctx, eng, i, client, f, filepath.Join(dir, i.Name))
	} else {
		err = saveRDB(ctx, client, filepath.Join(dir, i.Name+".rdb"))
	}
	if err != nil {
		return s, e.explained(i, err)
	}
	if s.Files, err = checksums(dir, i.Name); err != nil {
		return s, err
	}
	h, err := headerOf(dir, s)
	s.RDBVersion = h.Version
	return s, err
}

// checksums lists the files of a server in a backup.
func checksums(dir, service string) ([]BackupFile, error) {
	var files []BackupFile
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name != service+".rdb" && !strings.HasPrefix(name, service+string(filepath.Separator)) {
			return err
		}
		sum, size, err := checksum(path)
		files = append(files, BackupFile{filepath.ToSlash(name), size, sum})
		return err
	})
	return files, err
}

func checksum(path string) (sum string, size int64, err error) {
	file, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	h := sha256.New()
	if size, err = io.Copy(h, file); err != nil {
		return "", 0, fmt.Errorf("read %s: %w", path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}
