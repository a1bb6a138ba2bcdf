package targets

import (
	"context"
	"fmt"
	"time"

	"github.com/redkit-dev/redkit/devenv"
)

// Doctor looks for what keeps the servers from working, and says how to mend it.
func Doctor(ctx context.Context,
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
) error {
	return run("doctor", flags{}.text("o", o), func(s *session) error { return s.doctor(ctx) })
}

func (s *session) doctor(ctx context.Context) error {
	begun := time.Now()
	findings := s.env.Doctor(ctx, devenv.DoctorOptions{})
	worst := devenv.Worst(findings)
	var err error
	if s.settings.Output == "json" {
		err = s.printJSON(map[string]any{
			"schema": devenv.ReportSchema, "command": "doctor", "ok": worst != devenv.LevelFail,
			"project": s.settings.Project, "elapsed_ms": time.Since(begun).Milliseconds(), "findings": findings,
		})
	} else {
		err = s.printFindings(findings)
	}
	if err != nil || worst != devenv.LevelFail {
		return err
	}
	return &devenv.Failure{Code: "unhealthy", Exit: devenv.ExitNotReady, Message: "the doctor found what keeps the servers from working: see the lines with FAIL"}
}

func (s *session) printFindings(findings []devenv.Finding) error {
	count := map[devenv.Level]int{}
	for _, f := range findings {
		count[f.Level]++
		if _, err := fmt.Fprintln(s.out, f); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(s.out, "%d failures, %d warnings, %d checks ok, %d could not be made\n",
		count[devenv.LevelFail], count[devenv.LevelWarn], count[devenv.LevelOK], count[devenv.LevelSkip])
	return err
}
