package targets

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// Doctor looks for what keeps the servers from working, and says how to mend it.
func Doctor(ctx context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
	fix *bool, // mend what can be mended without losing data (REDKIT_FIX)
	full *bool, // add versions, settings, INFO and logs: a report for an issue (REDKIT_FULL)
	color *string, // auto, always or never (REDKIT_COLOR)
) error {
	f := flags{}.text("o", o).flag("fix", fix).flag("full", full).text("color", color)
	return run("doctor", f, func(s *session) error { return s.doctor(ctx) })
}

func (s *session) doctor(ctx context.Context) error {
	begun := time.Now()
	findings := s.env.Doctor(ctx, devenv.DoctorOptions{Fix: s.settings.Command.Fix})
	worst := devenv.Worst(findings)
	var full *devenv.CaseFile
	if s.settings.Command.Full {
		full = s.env.CaseFile(ctx)
	}
	var err error
	if s.settings.Output == "json" {
		object := map[string]any{
			"schema": devenv.ReportSchema, "command": "doctor", "ok": worst != devenv.LevelFail,
			"project": s.settings.Project, "elapsed_ms": time.Since(begun).Milliseconds(), "findings": findings,
		}
		if full != nil {
			object["case"] = full
		}
		err = s.printJSON(object)
	} else {
		err = s.printFindings(findings)
		if full != nil && err == nil {
			_, err = fmt.Fprintf(s.out, "\n%s", full)
		}
	}
	if err != nil || worst != devenv.LevelFail {
		return err
	}
	return &devenv.Failure{Code: "unhealthy", Exit: devenv.ExitNotReady, Message: "the doctor found what keeps the servers from working: see the lines with FAIL"}
}

func (s *session) printFindings(findings []devenv.Finding) error {
	count := map[devenv.Level]int{}
	paint := newPrinter(s.out, s.settings.Color).paint
	for _, f := range findings {
		count[f.Level]++
		text := strings.Replace(f.String(), string(f.Level), paint(strings.ToLower(string(f.Level)), string(f.Level)), 1)
		if _, err := fmt.Fprintln(s.out, text); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(s.out, "%d failures, %d warnings, %d checks ok, %d could not be made\n",
		count[devenv.LevelFail], count[devenv.LevelWarn], count[devenv.LevelOK], count[devenv.LevelSkip])
	if err == nil && count[devenv.LevelFail] > 0 && !s.settings.Command.Full {
		_, err = fmt.Fprintf(s.out, "a report for an issue: %s > doctor.txt\n", command("doctor", "-full"))
	}
	return err
}
