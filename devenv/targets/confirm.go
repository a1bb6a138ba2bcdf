package targets

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/redkit-dev/redkit/devenv"
)

// confirm asks before data are deleted. Where nobody can answer (CI, no
// terminal) it refuses unless -yes or REDKIT_YES says so.
func (s *session) confirm(what string) error {
	if s.settings.Yes {
		return nil
	}
	refuse := &devenv.Failure{
		Code: "needs_yes", Exit: devenv.ExitRefused,
		Message: "nobody has agreed to this: " + strings.TrimSuffix(what, "."),
		Fixes:   []string{"agree: -yes, or REDKIT_YES=1"},
	}
	if os.Getenv("CI") != "" || !terminal(os.Stdin) {
		return refuse
	}
	fmt.Fprintf(s.progress, "%s Continue? [y/N] ", what)
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return refuse
	}
	if a := strings.ToLower(strings.TrimSpace(answer)); a != "y" && a != "yes" {
		return refuse
	}
	return nil
}
