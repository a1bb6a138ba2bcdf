package devenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// RestoreOptions say what Restore takes. The zero value takes the newest
// backup that was asked for.
type RestoreOptions struct {
	Name    string // of a backup, or its ID
	File    string // an RDB file instead of a backup
	Service string // one server by name, or cluster or sentinel; empty means all that the backup has
}

// A Restored server is one with the data of a backup.
type Restored struct {
	Service string           `json:"service"`
	Backup  string           `json:"backup"` // its ID, or the file
	Before  string           `json:"before"` // ID of the backup of what was there
	Keys    map[string]int64 `json:"keys"`   // by database, as they are now
	// Missing is how many keys fewer there are than the backup counted: those
	// whose time has passed since. 0 for a file, whose keys nobody counted.
	Missing int64 `json:"missing"`
}

// Restore replaces the data of servers that run by those of a backup. What is
// there is backed up first. A backup that is damaged, or that one of the servers
// cannot read by the headers of its files, is refused before any is touched; when
// a server does not start with it after all, it gets its own data back. The servers of a cluster
// and those that sentinels watch are restored together, and stop for it; a
// cluster must have its slots as the backup has them. Errors are *Failure.
func (e *Env) Restore(ctx context.Context, o RestoreOptions) ([]Restored, error) {
	unlock, err := e.lockFor(ctx, e.set.Wait)
	if err != nil {
		return nil, err
	}
	defer unlock()
	st := readState(e.set.Dir)
	backend := e.backendOf(st)
	if err := e.keepsFiles(backend, "restore"); err != nil {
		return nil, err
	}
	if st == nil {
		return nil, e.failNotRunning("the environment is not running")
	}
	source, err := e.source(o, backend)
	if err != nil {
		return nil, AsFailure(err)
	}
	eng, ok := e.engine(backend).(fileEngine)
	if !ok {
		return nil, e.keepsFiles(BackendExternal, "restore")
	}
	for _, s := range source.Services {
		if err := source.verify(s); err != nil {
			return nil, AsFailure(err)
		}
	}
	c := chosen{backend: backend, engine: eng, serves: st.Reason}
	var ready []restoration
	for _, s := range source.in("") {
		one, err := e.prepare(ctx, c, source, s)
		if err != nil {
			return nil, AsFailure(fmt.Errorf("restore the %s: %w", s.Service, err))
		}
		ready = append(ready, one)
	}
	var done []Restored
	for _, group := range []string{string(ProfileSentinel), string(ProfileCluster)} {
		parts := source.in(group)
		if len(parts) == 0 {
			continue
		}
		some, err := e.restoreGroup(ctx, eng, c, source, group, parts)
		if err != nil {
			return done, AsFailure(fmt.Errorf("restore the %s: %w", group, err))
		}
		done = append(done, some...)
	}
	for _, one := range ready {
		r, err := e.restore(ctx, eng, c, source, one)
		if err != nil {
			return done, AsFailure(fmt.Errorf("restore the %s: %w", one.data.Service, err))
		}
		done = append(done, r)
	}
	return done, nil
}

// source is the backup to restore; a file is made one.
func (e *Env) source(o RestoreOptions, backend Backend) (*Backup, error) {
	instances, err := e.units(backend, o.Service)
	if err != nil {
		return nil, err
	}
	if o.File != "" {
		watched := groups(instances)[string(ProfileSentinel)]
		if len(instances) > 1 && len(watched) != len(instances) {
			return nil, &Failure{
				Code: "no_such_service", Exit: ExitUsage, Message: "a file is the data of one server, and it is not said which",
				Fixes: []string{e.run("restore", "-file="+o.File, "-service=broker")},
			}
		}
		s := BackupServer{Service: instances[0].Name, Group: instances[0].Group, Format: BackupRDB}
		sum, size, err := checksum(o.File)
		if err != nil {
			return nil, err
		}
		s.Files = []BackupFile{{filepath.Base(o.File), size, sum}}
		return &Backup{ID: o.File, dir: filepath.Dir(o.File), Services: []BackupServer{s}}, nil
	}
	b, err := e.findBackup(o.Name)
	if err != nil {
		return nil, err
	}
	b.Services = slices.DeleteFunc(b.Services, func(s BackupServer) bool {
		return !slices.ContainsFunc(instances, func(i Instance) bool { return i.Name == s.Service && i.Group == s.Group })
	})
	if len(b.Services) == 0 {
		return nil, &Failure{
			Code: "no_such_service", Exit: ExitUsage, Message: fmt.Sprintf("the backup %s has no server of this environment", b.ID),
			Fixes: []string{"see what it has: " + e.run("backup", "-list")},
		}
	}
	return b, nil
}

// A restoration is one server whose own data are saved, and which can read
// those it is to have.
type restoration struct {
	instance Instance
	data     BackupServer
	before   *Backup
}

// prepare saves what a server has and refuses what it cannot read.
func (e *Env) prepare(ctx context.Context, c chosen, b *Backup, s BackupServer) (restoration, error) {
	before, err := e.backup(ctx, BackupOptions{Service: s.Service, Reason: "before restore"})
	if err != nil {
		return restoration{}, err
	}
	i := e.instanceOf(c.backend, s.Service)
	return restoration{i, s, before}, e.canRead(i, b, s, before)
}

// restore gives one server its data.
func (e *Env) restore(ctx context.Context, eng fileEngine, c chosen, b *Backup, one restoration) (Restored, error) {
	i, before := one.instance, one.before
	r := Restored{Service: i.Name, Backup: b.ID, Before: before.ID}
	before7 := info{"redis_version": before.Services[0].Version}.beforeMultipart()
	if err := e.give(ctx, eng, c, i, b, one.data, before7); err != nil {
		if f := AsFailure(err); f.Code == "unsupported" {
			return r, err // nothing was touched
		}
		return r, e.giveBack(ctx, eng, c, i, b, before, before7, err)
	}
	return r, e.count(ctx, i, one.data, &r)
}

// giveBack gives a server the data it had, because it did not start with those
// of a backup.
func (e *Env) giveBack(ctx context.Context, eng fileEngine, c chosen, i Instance, b, before *Backup, before7 bool, cause error) error {
	f := *AsFailure(cause)
	f.Code, f.Exit, f.Err = "data_unreadable", ExitData, cause
	f.Message = fmt.Sprintf("the %s does not start with the data of %s, and has its own again: %s", i.Name, b.ID, f.Message)
	// The caller's context may be what ended it.
	if err := e.give(context.WithoutCancel(ctx), eng, c, i, before, before.Services[0], before7); err != nil {
		f.Message = fmt.Sprintf("the %s starts neither with the data of %s nor with its own again, which are in %s: %v: %v", i.Name, b.ID, before.dir, cause, err)
	}
	return &f
}

// canRead compares the header of the backup with that of the file the server
// has just written itself, and the forms of their data.
func (e *Env) canRead(i Instance, b *Backup, s BackupServer, before *Backup) error {
	theirs, err := headerOf(b.dir, s)
	if errors.Is(err, errNoRDB) {
		return &Failure{Code: "no_rdb", Exit: ExitData, Message: err.Error(), Fixes: []string{"name an RDB file: it begins with REDIS"}, Err: err}
	}
	if err != nil {
		return err
	}
	own, err := headerOf(before.dir, before.Services[0])
	if err != nil {
		return err
	}
	if theirs.Version > 0 && !theirs.readable(own) {
		return &Failure{
			Code: "data_too_new", Exit: ExitData,
			Message: fmt.Sprintf("the data in %s were written by %s (RDB format %d), and the %s, server %s, reads up to format %d of its own kind",
				b.ID, firstNonEmpty(theirs.Writer, s.Version, "another server"), theirs.Version, i.Name, before.Services[0].Version, own.Version),
			Fixes: []string{"run a server that reads them: REDKIT_IMAGE=" + theirs.imageFor() + " or REDKIT_REDIS_SERVER=/path/to/it"},
		}
	}
	if s.Format != BackupAOF {
		return nil
	}
	if i.Persistence != PersistAOF {
		return &Failure{
			Code: "data_ignored", Exit: ExitData, Message: fmt.Sprintf("the backup %s holds append-only files, which the %s would not read: it keeps none", b.ID, i.Name),
			Fixes: []string{"back up as one file: " + e.run("backup", "-format=rdb"), "let it keep one: REDKIT_CACHE_PERSISTENCE=aof"},
		}
	}
	if (info{"redis_version": before.Services[0].Version}).beforeMultipart() && multipart(s) {
		return e.failTooOld(i.Name, before.Services[0].Version)
	}
	return nil
}

func multipart(s BackupServer) bool {
	return slices.ContainsFunc(s.Files, func(f BackupFile) bool { return filepath.Ext(f.Path) == ".manifest" })
}

// give stops a server, replaces its data and starts it again. before7 is
// whether the server is older than Redis 7.
func (e *Env) give(ctx context.Context, eng fileEngine, c chosen, i Instance, b *Backup, s BackupServer, before7 bool) error {
	stage, err := os.MkdirTemp(e.set.Dir, ".restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	if err := stageData(stage, b, s, i.Persistence, before7); err != nil {
		return err
	}
	if err := eng.replaceData(ctx, i, stage); err != nil {
		return err
	}
	found, err := eng.find(ctx)
	if err != nil {
		return err
	}
	r := e.begin("restore")
	r.Reason = c.reason()
	return e.complete(ctx, c, found, r)
}

// stageData lays the files of a backup out as the server reads them. A server
// with an append-only file reads no dump.rdb, without a word: there the RDB
// file becomes the base of one. Before Redis 7 that is the file itself, whose
// beginning may be RDB.
func stageData(stage string, b *Backup, s BackupServer, p Persistence, before7 bool) error {
	if s.Format == BackupAOF {
		return os.CopyFS(stage, os.DirFS(filepath.Join(b.dir, s.Service)))
	}
	place := rdbFile
	switch {
	case p == PersistAOF && before7:
		place = singleAOF
	case p == PersistAOF:
		const base = singleAOF + ".1.base.rdb"
		place = filepath.Join(multipartDir, base)
		if err := os.Mkdir(filepath.Join(stage, multipartDir), 0o700); err != nil {
			return err
		}
		manifest := filepath.Join(stage, multipartDir, singleAOF+".manifest")
		if err := os.WriteFile(manifest, []byte("file "+base+" seq 1 type b\n"), 0o600); err != nil {
			return err
		}
	}
	in, err := os.Open(filepath.Join(b.dir, filepath.FromSlash(s.Files[0].Path)))
	if err != nil {
		return err
	}
	defer in.Close()
	return fill(filepath.Join(stage, place), in)
}
