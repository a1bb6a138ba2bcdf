package devenv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// restoreGroup gives the servers of a group the data of a backup: each master
// its part, and its replicas the same. All of them stop for it, and come back
// in the roles they have.
func (e *Env) restoreGroup(ctx context.Context, eng fileEngine, c chosen, b *Backup, group string, parts []BackupServer) ([]Restored, error) {
	before, err := e.backup(ctx, BackupOptions{Service: group, Reason: "before restore"})
	if err != nil {
		return nil, err
	}
	now := before.in(group)
	for _, own := range now {
		s, err := match(b, parts, own)
		if err != nil {
			return nil, err
		}
		i := e.instanceOf(c.backend, own.Service)
		if err := e.canRead(i, b, s, &Backup{dir: before.dir, Services: []BackupServer{own}}); err != nil {
			return nil, err
		}
	}
	if len(parts) != len(now) {
		return nil, failSlots(b, fmt.Sprintf("it has %d masters, and there are %d", len(parts), len(now)))
	}
	members, owner, err := e.owners(ctx, c.backend, group, now)
	if err != nil {
		return nil, err
	}
	if err := e.giveGroup(ctx, eng, c, members, owner, b, parts, now); err != nil {
		cause := err
		f := *AsFailure(cause)
		f.Code, f.Exit, f.Err = "data_unreadable", ExitData, cause
		f.Message = fmt.Sprintf("the %s does not start with the data of %s, and has its own again: %s", group, b.ID, f.Message)
		if err := e.giveGroup(context.WithoutCancel(ctx), eng, c, members, owner, before, now, now); err != nil {
			f.Message = fmt.Sprintf("the %s starts neither with the data of %s nor with its own again, which are in %s: %v: %v", group, b.ID, before.dir, cause, err)
		}
		return nil, &f
	}
	var done []Restored
	for _, own := range now {
		s, err := match(b, parts, own)
		if err != nil {
			return nil, err
		}
		r := Restored{Service: own.Service, Backup: b.ID, Before: before.ID}
		if err := e.count(ctx, e.instanceOf(c.backend, own.Service), s, &r); err != nil {
			return done, err
		}
		done = append(done, r)
	}
	return done, nil
}

// match finds the part of a backup that belongs to a master of now: the only
// one of sentinels, and of a cluster that with the same slots.
func match(b *Backup, parts []BackupServer, own BackupServer) (BackupServer, error) {
	at := slices.IndexFunc(parts, func(s BackupServer) bool { return s.Slots == own.Slots })
	if at < 0 {
		return BackupServer{}, failSlots(b, fmt.Sprintf("%s has the slots %s now, which no server of it had", own.Service, own.Slots))
	}
	return parts[at], nil
}

func failSlots(b *Backup, why string) *Failure {
	return &Failure{
		Code: "slots_differ", Exit: ExitData, Message: fmt.Sprintf("the backup %s does not fit the cluster of now: %s", b.ID, why),
		Fixes: []string{"move the slots back with redis-cli --cluster reshard, or begin a new cluster: down, then up"},
	}
}

func (e *Env) instanceOf(b Backend, name string) Instance {
	all := e.instances(b)
	return all[slices.IndexFunc(all, func(i Instance) bool { return i.Name == name })]
}

// owners tells the master of each server of a group that holds data, by name.
func (e *Env) owners(ctx context.Context, b Backend, group string, masters []BackupServer) ([]Instance, map[string]string, error) {
	members := groups(e.instances(b))[group]
	owner := map[string]string{}
	byPort := map[string]string{}
	for _, s := range masters {
		owner[s.Service] = s.Service
	}
	for _, i := range members {
		byPort[fmt.Sprint(i.Port)] = i.Name
	}
	for _, i := range members {
		if i.Watches || owner[i.Name] != "" {
			continue
		}
		client, err := e.local(i)()
		if err != nil {
			return nil, nil, err
		}
		f, _, err := ask(ctx, client)
		client.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("ask %s for its master: %w", i.Name, err)
		}
		if owner[i.Name] = byPort[f["master_port"]]; owner[i.Name] == "" {
			return nil, nil, fmt.Errorf("%s follows port %s, which is none of this environment", i.Name, f["master_port"])
		}
	}
	return members, owner, nil
}

// giveGroup stops a group, gives every server that holds data those of its
// master in b, and starts it again.
func (e *Env) giveGroup(ctx context.Context, eng fileEngine, c chosen, members []Instance, owner map[string]string, b *Backup, parts, now []BackupServer) error {
	if err := eng.pause(ctx, instanceNames(members)); err != nil {
		return err
	}
	for _, i := range members {
		if i.Watches {
			continue
		}
		own := now[slices.IndexFunc(now, func(s BackupServer) bool { return s.Service == owner[i.Name] })]
		s, err := match(b, parts, own)
		if err != nil {
			return err
		}
		if err := e.overwrite(ctx, eng, i, b, s, info{"redis_version": own.Version}.beforeMultipart()); err != nil {
			return fmt.Errorf("replace the data of %s: %w", i.Name, err)
		}
	}
	found, err := eng.find(ctx)
	if err != nil {
		return err
	}
	r := e.begin("restore")
	r.Reason = c.reason()
	return e.complete(ctx, c, found, r)
}

// overwrite lays the file of a backup over what a server keeps. Files of Redis
// 7 have numbers that no earlier file has, so that none is taken up again.
func (e *Env) overwrite(ctx context.Context, eng fileEngine, i Instance, b *Backup, s BackupServer, before7 bool) error {
	stage, err := os.MkdirTemp(e.set.Dir, ".restore-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(stage)
	place := singleAOF
	if !before7 {
		seq := time.Now().UnixMilli()
		base, incr := fmt.Sprintf("%s.%d.base.rdb", singleAOF, seq), fmt.Sprintf("%s.%d.incr.aof", singleAOF, seq)
		place = filepath.Join(multipartDir, base)
		if err := os.Mkdir(filepath.Join(stage, multipartDir), 0o700); err != nil {
			return err
		}
		manifest := fmt.Sprintf("file %s seq %d type b\nfile %s seq %d type i\n", base, seq, incr, seq)
		for name, text := range map[string]string{singleAOF + ".manifest": manifest, incr: ""} {
			if err := os.WriteFile(filepath.Join(stage, multipartDir, name), []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	in, err := os.Open(filepath.Join(b.dir, filepath.FromSlash(s.Files[0].Path)))
	if err != nil {
		return err
	}
	defer in.Close()
	if err := fill(filepath.Join(stage, place), in); err != nil {
		return err
	}
	return eng.overwriteData(ctx, i, stage)
}

func (n nativeEngine) overwriteData(_ context.Context, i Instance, from string) error {
	data := n.data(i.Name)
	for _, name := range []string{multipartDir, singleAOF, rdbFile} {
		if err := os.RemoveAll(filepath.Join(data, name)); err != nil {
			return err
		}
	}
	return os.CopyFS(data, os.DirFS(from))
}

func (x composeEngine) overwriteData(ctx context.Context, i Instance, from string) error {
	d, id, err := x.containerOf(ctx, i.service())
	if err != nil {
		return err
	}
	return d.put(ctx, id, fmt.Sprintf("/fleet/%d", i.Port), from)
}

// count tells how many keys a server has, and how many fewer than the backup.
func (e *Env) count(ctx context.Context, i Instance, s BackupServer, r *Restored) error {
	client, err := e.local(i)()
	if err != nil {
		return err
	}
	defer client.Close()
	f, _, err := ask(ctx, client)
	if err != nil {
		return err
	}
	r.Keys = map[string]int64{}
	for name, value := range f {
		if db, ok := strings.CutPrefix(name, "db"); ok && strings.HasPrefix(value, "keys=") {
			r.Keys[db] = part(value, "keys")
		}
	}
	if s.Keys != nil {
		r.Missing = s.Total() - f.keys()
	}
	return nil
}
