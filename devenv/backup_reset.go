package devenv

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// backupBeforeReset saves what a reset is about to delete: the servers that
// answer and hold keys. Fakes have nothing to come back to.
func (e *Env) backupBeforeReset(ctx context.Context, backend Backend, o ResetOptions) error {
	if o.NoBackup || backend == BackendEmbedded || e.CanBackup(backend) != nil {
		return nil
	}
	instances, err := e.namedInstances(backend, o.Service)
	if err != nil {
		return err
	}
	eng := e.engine(backend)
	var saved []string // a group is saved as a whole, when one of its servers holds keys
	for _, i := range instances {
		unit := i.service()
		if i.Watches || slices.Contains(saved, unit) {
			continue
		}
		client, err := eng.await(i, server{Name: i.Name}).open()
		if err != nil {
			return err
		}
		limited, cancel := context.WithTimeout(ctx, perAnswer)
		f, _, err := ask(limited, client)
		cancel()
		client.Close()
		if err != nil || f.keys() == 0 {
			continue // what does not answer is told of by the reset itself
		}
		b, err := e.backup(ctx, BackupOptions{Service: unit, Reason: "before reset"})
		if err != nil {
			f := *AsFailure(err)
			f.Message = fmt.Sprintf("nothing was deleted: no backup of the %s: %s", unit, f.Message)
			f.Fixes = append([]string{"without one: " + e.run("reset", "-no-backup")}, f.Fixes...)
			return &f
		}
		saved = append(saved, unit)
		var keys int64
		for _, s := range b.Services {
			keys += s.Total()
		}
		e.ok("%-6s backed up %d keys: %s", unit, keys, strings.Join([]string{e.backupRoot(), b.ID}, "/"))
	}
	return e.prune()
}
