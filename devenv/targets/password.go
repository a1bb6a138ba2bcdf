package targets

import (
	"context"
	"fmt"

	"github.com/redkit-dev/redkit/devenv"
)

// Password writes a generated REDKIT_PASSWORD to the .env file, unless one is set; profile acl needs it.
func Password(_ context.Context,
	envFile *string, // the .env file (REDKIT_ENV_FILE)
	o *string, // form of the result: table or json (REDKIT_OUTPUT)
) error {
	given := flags{}.text("env-file", envFile)
	place, failed := devenv.EnsurePassword(devenv.LoadOptions{Flags: given})
	return run("password", given.text("o", o), func(s *session) error {
		if failed != nil {
			return failed
		}
		if s.settings.Output == "json" {
			return s.printJSON(map[string]any{"schema": devenv.ReportSchema, "command": "password", "ok": true, "password": place})
		}
		if !place.Written {
			_, err := fmt.Fprintf(s.out, "REDKIT_PASSWORD is set already: %s\n", place.Origin)
			return err
		}
		_, err := fmt.Fprintf(s.out, "REDKIT_PASSWORD is new: %s\nservers that run take it by: %s\n", place.Origin, command("up", "-recreate"))
		return err
	})
}
