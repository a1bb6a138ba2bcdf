package targets

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// print writes the result of a command to standard output in the form asked
// for. A nil report prints nothing.
func (s *session) print(r *devenv.Report) error {
	if r == nil {
		return nil
	}
	switch s.settings.Output {
	case "json":
		return s.printJSON(r)
	case "env":
		if r.Error != nil {
			return nil
		}
		return s.printEnv()
	}
	switch r.Command {
	case "up", "restart":
		return s.printReady(r)
	case "status", "wait":
		return s.printTable(r)
	}
	return nil
}

// printJSON writes one value, and nothing else, to standard output.
func (s *session) printJSON(value any) error {
	s.printed = true
	enc := json.NewEncoder(s.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

// printReady ends an up: the time it took and the URLs.
func (s *session) printReady(r *devenv.Report) error {
	if r.Error != nil {
		return nil
	}
	verb := "Ready in"
	if r.Already {
		verb = "Already running, checked in"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s.\n", verb, r.Elapsed().Round(time.Millisecond))
	for _, v := range s.settings.Env(s.settings.ShowSecrets) {
		if v.Name == "REDIS_URL" || v.Name == "CELERY_BROKER_URL" {
			fmt.Fprintf(&b, "  %s=%s\n", v.Name, v.Value)
		}
	}
	for _, c := range r.Companions {
		fmt.Fprintf(&b, "  %s: %s\n", c.Name, c.URL)
	}
	fmt.Fprintf(&b, "More: %s · %s · %s\n", command("status"), command("env"), command("down"))
	_, err := fmt.Fprint(s.out, b.String())
	return err
}

func (s *session) printTable(r *devenv.Report) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SERVICE\tSTATE\tADDRESS\tVERSION\tROLE\tMEMORY\tKEYS\tCLIENTS\tOPS/S\tUP")
	for _, v := range r.Services {
		if !v.Ready {
			fmt.Fprintf(w, "%s\t%s\t%s\t-\t-\t-\t-\t-\t-\t-\n", v.Name, v.State, v.Addr)
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%.0f\t%s\n", v.Name, v.State, v.Addr,
			orDash(v.Version), orDash(v.Role), memory(v), v.Keys, v.Clients, v.OpsPerSec, time.Duration(v.UptimeS)*time.Second)
	}
	for _, c := range r.Companions {
		fmt.Fprintf(w, "%s\t%s\t%s\t-\t-\t-\t-\t-\t-\t-\n", c.Name, c.State, c.URL)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, v := range r.Services {
		if v.Detail != "" {
			fmt.Fprintf(s.out, "%s: %s\n", v.Name, v.Detail)
		}
	}
	if r.Backend == "" {
		return nil
	}
	fmt.Fprintf(s.out, "backend %s (%s)\n", r.Backend, r.Reason)
	for _, v := range s.settings.Env(s.settings.ShowSecrets) {
		if v.Name == "REDIS_URL" || v.Name == "CELERY_BROKER_URL" {
			fmt.Fprintf(s.out, "%s=%s\n", v.Name, v.Value)
		}
	}
	fmt.Fprintf(s.out, "all variables, with secrets: %s\n", s.env.EnvFile())
	return nil
}

func memory(v devenv.Service) string {
	switch {
	case v.UsedMemory == 0:
		return "-"
	case v.MaxMemory == 0:
		return devenv.FormatBytes(v.UsedMemory)
	}
	return devenv.FormatBytes(v.UsedMemory) + " of " + devenv.FormatBytes(v.MaxMemory)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// printEnv writes the application's variables.
func (s *session) printEnv() error {
	env := s.settings.Env(s.settings.ShowSecrets)
	switch s.settings.Output {
	case "json":
		object := make(map[string]string, len(env))
		for _, v := range env {
			object[v.Name] = v.Value
		}
		return s.printJSON(object)
	case "table":
		if _, err := fmt.Fprintf(s.out, "# with secrets, for this user only: %s\n", s.env.EnvFile()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(s.out, devenv.FormatEnv(env))
	return err
}
