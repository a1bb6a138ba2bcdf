package devenv

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// LoadOptions says where Load looks. The zero value reads the environment of
// the process and the .env file of the working directory.
type LoadOptions struct {
	// Flags are the flags of the command line, by name without dashes
	// ("cache-port"). They win over everything.
	Flags map[string]string
	// Environ is the environment as KEY=value; nil means os.Environ().
	Environ []string
	// Root is the directory of the project; "" means the working directory.
	Root string
	// DotEnv is the path of the .env file, relative to Root. "" means .env,
	// which need not exist; a file that is named must.
	DotEnv string
}

// Load reads and validates the settings: flags win over the environment, the
// environment over the .env file, and that over the defaults. A variable that
// is set to nothing counts as set: it restores the default.
//
// The error lists every problem at once (see Problems) and wraps ErrSettings.
func Load(o LoadOptions) (*Settings, error) {
	root, err := filepath.Abs(o.Root)
	if err != nil {
		return nil, fmt.Errorf("find the project's directory: %w", err)
	}
	l := &loader{
		settings:  &Settings{Root: root, origin: map[string]string{}},
		values:    map[string]given{},
		urls:      map[string]URL{},
		aliases:   map[string]*Alias{},
		elsewhere: map[string]bool{},
	}
	environ := o.Environ
	if environ == nil {
		environ = os.Environ()
	}
	if err := l.readDotEnv(o.dotEnv(environ)); err != nil {
		return nil, err
	}
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			l.values[name] = given{value, "environment"}
		}
	}
	l.readFlags(o.Flags)
	l.refuseUnknown()
	l.apply()
	l.warnMisspelt()
	l.resolve()
	l.validate()
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	return l.settings, nil
}

// dotEnvVariable names the .env file, so that file cannot hold it.
const dotEnvVariable = "REDKIT_ENV_FILE"

// dotEnv is the .env file that the caller, a flag or the environment names.
func (o LoadOptions) dotEnv(environ []string) string {
	name := o.DotEnv
	for _, entry := range environ {
		if value, ok := strings.CutPrefix(entry, dotEnvVariable+"="); ok && o.DotEnv == "" {
			name = value
		}
	}
	return firstNonEmpty(o.Flags["env-file"], name)
}

// A given is a value and what gave it.
type given struct{ value, origin string }

// A loader collects values and problems while the settings are made.
type loader struct {
	settings     *Settings
	values       map[string]given
	urls         map[string]URL
	aliases      map[string]*Alias
	elsewhere    map[string]bool // variables that name a server which is not Redis
	clusterNodes []string
	transport    struct {
		master     string
		visibility time.Duration
		prefix     *string
	}
	problems Problems
}

func (l *loader) problem(variable, value, want, fix string) {
	l.problems = append(l.problems, Problem{Variable: variable, Origin: l.values[variable].origin, Value: value, Want: want, Fix: fix})
}

func (l *loader) warn(format string, args ...any) {
	l.settings.Warnings = append(l.settings.Warnings, fmt.Sprintf(format, args...))
}

func (l *loader) readDotEnv(name string) error {
	path := l.path(name)
	if name == "" {
		path = filepath.Join(l.settings.Root, ".env")
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && name == "" {
		return nil
	}
	if err != nil {
		return Problems{{Variable: dotEnvVariable, Value: printable(name), Want: "want a file that can be read: " + err.Error(), Fix: "copy .env.example there, or leave it out for .env", err: err}}
	}
	entries, problems := ParseDotEnv(filepath.Base(path), string(content))
	l.problems = append(l.problems, problems...)
	for _, e := range entries {
		if e.Name == dotEnvVariable && e.Value != "" {
			l.problems = append(l.problems, Problem{Variable: e.Name, Origin: fmt.Sprintf("%s:%d", filepath.Base(path), e.Line), Want: "a .env file cannot name another", Fix: "set it in the environment, or give -env-file"})
			continue
		}
		if e.secret() {
			l.settings.secretDotEnv = path
		}
		l.values[e.Name] = given{e.Value, fmt.Sprintf("%s:%d", filepath.Base(path), e.Line)}
	}
	return nil
}

func (l *loader) readFlags(flags map[string]string) {
	known := map[string]string{}
	var names []string
	for _, v := range Variables() {
		if f := v.Flag(); f != "" {
			known[f] = v.Name
			names = append(names, f)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(flags)) {
		name, ok := known[f]
		if !ok {
			l.problems = append(l.problems, Problem{Variable: "-" + f, Want: "there is no such flag", Fix: didYouMean(f, names, "-")})
			continue
		}
		l.values[name] = given{flags[f], "flag -" + f}
	}
}

func didYouMean(name string, known []string, dash string) string {
	if n := nearest(name, known); n != "" {
		return "did you mean " + dash + n + "?"
	}
	return "see .env.example for every setting"
}
