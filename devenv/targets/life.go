package targets

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/redkit-dev/redkit/devenv"
)

// registry is where the environments of this user are listed; "" when there
// is no place for it.
func registry() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "redkit", "environments")
}

// Restart stops servers and starts them again, with the data they keep.
func Restart(ctx context.Context,
	o *string, // form of the result: table, env or json (REDKIT_OUTPUT)
	service *string, // one server by name; empty for all (REDKIT_SERVICE)
	color *string, // auto, always or never (REDKIT_COLOR)
) error {
	f := flags{}.text("o", o).text("service", service).text("color", color)
	return report("restart", f, func(s *session) (*devenv.Report, error) {
		return s.env.Restart(ctx, devenv.RestartOptions{Service: s.settings.Command.Service})
	})
}

// Ps lists this environment, or with -all every one that you have started and not stopped.
func Ps(ctx context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
	all *bool, // wherever they were started (REDKIT_ALL)
) error {
	return run("ps", flags{}.text("o", o).flag("all", all), func(s *session) error {
		list, err := s.env.Environments(ctx, s.settings.Command.All)
		if err != nil {
			return err
		}
		if s.settings.Output == "json" {
			return s.printJSON(map[string]any{"schema": devenv.ReportSchema, "command": "ps", "ok": true, "environments": list})
		}
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "PROJECT\tSTATE\tBACKEND\tDIRECTORY\tSERVERS")
		for _, e := range list {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", e.Project, e.State, orDash(string(e.Backend)), e.Root, orDash(strings.Join(e.Servers, ", ")))
		}
		return w.Flush()
	})
}

// Cli opens redis-cli on a server, with its address, password and certificates.
func Cli(ctx context.Context,
	service *string, // the server; the first, or the sentinels' master, when empty (REDKIT_SERVICE)
	command *string, // what to send, as "INFO server"; empty for a prompt (REDKIT_COMMAND)
) error {
	return run("cli", flags{}.text("service", service).text("command", command), func(s *session) error {
		c := s.settings.Command
		cmd, err := s.env.CLI(ctx, c.Service, strings.Fields(c.Command)...)
		if err != nil {
			return err
		}
		cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, s.out, os.Stderr
		err = cmd.Run()
		if exit, ended := errors.AsType[*exec.ExitError](err); ended {
			return &devenv.Failure{Code: "cli_failed", Exit: devenv.ExitOther, Message: fmt.Sprintf("%s: %v", filepath.Base(cmd.Path), exit), Err: err}
		}
		return err
	})
}

// Certs writes the certificates of profile tls, where they are missing or end soon.
func Certs(_ context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
) error {
	return run("certs", flags{}.text("o", o), func(s *session) error {
		certs, err := s.env.Certs()
		if err != nil {
			return err
		}
		if s.settings.Output == "json" {
			return s.printJSON(map[string]any{"schema": devenv.ReportSchema, "command": "certs", "ok": true, "certs": certs})
		}
		verb := "are good"
		if certs.Written {
			verb = "are new"
		}
		_, err = fmt.Fprintf(s.out, "the certificates in %s %s until %s\n  REDIS_TLS_CA_FILE=%s\n", certs.Dir, verb, certs.Until.Format("2006-01-02"), certs.CA)
		return err
	})
}
