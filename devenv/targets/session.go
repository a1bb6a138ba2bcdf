package targets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/redkit-dev/redkit/devenv"
)

// A session is one target at work: its settings, its environment and its streams.
type session struct {
	settings *devenv.Settings
	env      *devenv.Env
	out      io.Writer // the result, and nothing else
	progress io.Writer // one line per change
	printed  bool      // as JSON, which is printed once
}

// flags collects the flags of a target that were given, by the names of
// devenv.LoadOptions.
type flags map[string]string

func (f flags) text(name string, value *string) flags {
	if value != nil {
		f[name] = *value
	}
	return f
}

func (f flags) flag(name string, value *bool) flags {
	if value != nil {
		f[name] = fmt.Sprint(*value)
	}
	return f
}

func (f flags) duration(name string, value *time.Duration) flags {
	if value != nil {
		f[name] = value.String()
	}
	return f
}

func (f flags) count(name string, value *int) flags {
	if value != nil {
		f[name] = fmt.Sprint(*value)
	}
	return f
}

// shape are the flags that say which servers there are. up records them, and
// later commands mean the same servers without repeating them.
func shape() []string {
	return []string{"profile", "cache-port", "broker-port", "cluster-ports", "sentinel-ports", "sentinel-data-ports", "metrics-port", "prometheus-port", "grafana-port", "env-file"}
}

// open loads the settings. A flag of the up that started the environment
// counts like one of this command, as long as the environment is recorded.
func open(f flags) (*session, error) {
	settings, err := devenv.Load(devenv.LoadOptions{Flags: f})
	if err != nil {
		return nil, devenv.AsFailure(err)
	}
	again := false
	for name, value := range devenv.RecordedFlags(settings.Dir) {
		if _, given := f[name]; !given {
			f[name], again = value, true
		}
	}
	if again {
		if settings, err = devenv.Load(devenv.LoadOptions{Flags: f}); err != nil {
			return nil, devenv.AsFailure(err)
		}
	}
	record := map[string]string{}
	for _, name := range shape() {
		if value, ok := f[name]; ok {
			record[name] = value
		}
	}
	redis.SetLogger(silent{}) // it tells the user of every refused connection
	s := &session{settings: settings, out: os.Stdout, progress: os.Stderr}
	p := newPrinter(s.progress, settings.Color)
	s.env = devenv.New(settings, devenv.Options{
		Notify: p.notice, Command: command, Serve: serveCommand, Metrics: metricsCommand, Flags: record, Registry: registry(),
	})
	for _, w := range settings.Warnings {
		if _, told := warned.LoadOrStore(w, true); told {
			continue
		}
		p.notice(devenv.Notice{Level: "warn", Text: w})
	}
	return s, nil
}

// warned are the warnings that this process has printed: mage runs the targets
// of one command line in one process, and each loads the settings anew.
var warned sync.Map

// silent drops what go-redis logs: what matters comes back as an error.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// run opens a session for a target and lets it work. With -o=json an error is
// on standard output too, in the envelope that every command has.
func run(name string, f flags, work func(*session) error) error {
	s, err := open(f)
	if err != nil {
		// Nobody has read the settings; the one that matters here is known.
		s = &session{settings: &devenv.Settings{Output: os.Getenv("REDKIT_OUTPUT")}, out: os.Stdout}
		if o, given := f["o"]; given {
			s.settings.Output = o
		}
	} else if err = onlyStats(name, s.settings.Output); err == nil {
		err = work(s)
	}
	if err == nil {
		return nil
	}
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		fmt.Fprintln(os.Stderr, annotation(name, err))
	}
	if !s.printed && s.settings.Output == "json" {
		err = errors.Join(err, s.printJSON(devenv.FailedReport(name, s.settings.Project, err)))
	}
	return devenv.AsFailure(err) // mage looks for its exit code in the error itself, not in what it wraps
}

// annotation is a line that GitHub shows at the run's head, in its own words
// for what would end a line.
func annotation(name string, err error) string {
	f := devenv.AsFailure(err)
	text := f.Message
	if len(f.Fixes) > 0 {
		text += "\nto mend: " + strings.Join(f.Fixes, "\nor: ")
	}
	text = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
	return "::error title=redkit " + name + " (" + f.Code + ")::" + text
}

// report runs a command whose result is a report.
func report(name string, f flags, do func(*session) (*devenv.Report, error)) error {
	return run(name, f, func(s *session) error {
		r, err := do(s)
		if printed := s.print(r); printed != nil && err == nil {
			return fmt.Errorf("print the result: %w", printed)
		}
		return err
	})
}
