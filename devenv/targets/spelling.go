package targets

import (
	"os"
	"slices"
	"strings"

	"github.com/redkit-dev/redkit/devenv"
)

// Mage makes a flag's name from a Go parameter, which cannot hold a hyphen:
// it knows showSecrets and would refuse -show-secrets, the spelling of the
// settings and of every other tool. This runs before mage reads the command
// line, and touches nothing but these exact spellings.
var _ = spell(os.Args[min(1, len(os.Args)):])

// spell writes the hyphenated flags of these targets as mage knows them.
func spell(args []string) struct{} {
	for i, arg := range args {
		name, value, given := strings.Cut(arg, "=")
		word := strings.TrimPrefix(strings.TrimPrefix(name, "-"), "-")
		if word == name || !strings.Contains(word, "-") || !isFlag(word) {
			continue
		}
		args[i] = "-" + strings.ReplaceAll(word, "-", "")
		if given {
			args[i] += "=" + value
		}
	}
	return struct{}{}
}

func isFlag(word string) bool {
	return slices.ContainsFunc(devenv.Variables(), func(v devenv.Variable) bool { return v.Flag() == word })
}
