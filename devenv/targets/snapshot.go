package targets

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/fixtures"
)

// defaultSnapshot is the name when none is given.
const defaultSnapshot = "latest"

func (s *session) snapshots() string { return filepath.Join(s.settings.Dir, "snapshots") }

var snapshotName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// Snapshot writes what caches, queues and channel layer hold into a set of data, as seed reads it.
func Snapshot(ctx context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
	name *string, // of the snapshot (REDKIT_NAME)
) error {
	return run("snapshot", flags{}.text("o", o).text("name", name), func(s *session) error {
		name := s.settings.Command.Name
		if name == "" {
			name = defaultSnapshot
		}
		if !snapshotName.MatchString(name) {
			return &devenv.Failure{Code: "settings", Exit: devenv.ExitUsage, Message: fmt.Sprintf("REDKIT_NAME=%q: want letters, digits, '_', '.' and '-'", name)}
		}
		set, err := s.dump(ctx, name)
		if err != nil {
			return err
		}
		text, err := set.YAML()
		if err != nil {
			return err
		}
		path := filepath.Join(s.snapshots(), name+".yaml")
		if err := os.MkdirAll(s.snapshots(), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
		if s.settings.Output == "json" {
			return s.printJSON(map[string]any{"schema": devenv.ReportSchema, "command": "snapshot", "ok": true, "name": name, "file": path})
		}
		_, err = fmt.Fprintf(s.out, "%s\ncompare with it: %s\nput it back:     %s\n", path, command("diff", "-name="+name), command("seed", "-set="+name, "-fixtures="+s.snapshots()))
		return err
	})
}

// Diff tells what changed since a snapshot; exit code 1 when something did.
func Diff(ctx context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
	name *string, // of the snapshot (REDKIT_NAME)
) error {
	return run("diff", flags{}.text("o", o).text("name", name), func(s *session) error {
		name := s.settings.Command.Name
		if name == "" {
			name = defaultSnapshot
		}
		before, err := fixtures.Read(os.DirFS(s.snapshots()), name)
		if errors.Is(err, fs.ErrNotExist) {
			return &devenv.Failure{
				Code: "no_such_snapshot", Exit: devenv.ExitUsage, Message: fmt.Sprintf("there is no snapshot %q", name),
				Fixes: []string{"make it: " + command("snapshot", "-name="+name)}, Err: err,
			}
		}
		if err != nil {
			return err
		}
		after, err := s.dump(ctx, name)
		if err != nil {
			return err
		}
		found := fixtures.Diff(before, after)
		if s.settings.Output == "json" {
			if found == nil {
				found = []fixtures.Difference{}
			}
			if err := s.printJSON(map[string]any{"schema": devenv.ReportSchema, "command": "diff", "ok": len(found) == 0, "differences": found}); err != nil {
				return err
			}
		} else if _, err := fmt.Fprint(s.out, lines(found)); err != nil {
			return err
		}
		if len(found) > 0 {
			return &devenv.Failure{Code: "different", Exit: devenv.ExitOther, Message: fmt.Sprintf("%d differences from the snapshot %s", len(found), name)}
		}
		return nil
	})
}

func lines(found []fixtures.Difference) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintln(&b, d)
	}
	if len(found) == 0 {
		b.WriteString("no differences\n")
	}
	return b.String()
}

// dump reads what the servers hold.
func (s *session) dump(ctx context.Context, name string) (*fixtures.Set, error) {
	if _, err := s.env.Status(ctx); err != nil {
		return nil, err
	}
	from, closeAll, err := destinations(s.settings)
	if err != nil {
		return nil, err
	}
	defer closeAll()
	return fixtures.Dump(ctx, name, from)
}
