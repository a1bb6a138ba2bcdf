//go:build unix

package targets_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// A vault knows the secrets that a script has planted, by what they are.
type vault struct {
	mu      sync.Mutex
	secrets map[string][]string // what it is -> its spellings
}

type vaultKey struct{}

func vaultOf(ts *testscript.TestScript) *vault { return ts.Value(vaultKey{}).(*vault) }

// add remembers a secret in every spelling in which a careless program shows it.
func (v *vault) add(what, secret string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.secrets[what] = append(v.secrets[what], secret, url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)), fmt.Sprintf("%x", secret), strings.Trim(fmt.Sprintf("%q", secret), `"`))
}

// shown tells which secrets stand in a text.
func (v *vault) shown(text []byte) []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var found []string
	for what, spellings := range v.secrets {
		if slices.ContainsFunc(spellings, func(s string) bool { return bytes.Contains(text, []byte(s)) }) {
			found = append(found, what)
		}
	}
	slices.Sort(found)
	return found
}

// argumentsShown fails when a process of this machine has a secret among its
// arguments.
func (v *vault) argumentsShown() error {
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		return err
	}
	for _, path := range lines {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		if found := v.shown(text); len(found) > 0 {
			return fmt.Errorf("the arguments of process %s show %s: %q", filepath.Base(filepath.Dir(path)), strings.Join(found, ", "), text)
		}
	}
	return nil
}

// watchArguments looks at the arguments of all processes again and again, as
// programs come and go, until the returned function is called.
func (v *vault) watchArguments() (stop func() error) {
	over, told := make(chan struct{}), make(chan error, 1)
	go func() { // ends with stop, which waits for it
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-over:
				told <- nil
				return
			case <-tick.C:
				if err := v.argumentsShown(); err != nil {
					told <- err
					return
				}
			}
		}
	}()
	return func() error {
		close(over)
		return <-told
	}
}

// plant sets variables, each with a secret of its own where its value has a %.
func plant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: plant NAME=TEXT%%TEXT…")
	}
	for _, arg := range args {
		name, form, _ := strings.Cut(arg, "=")
		secret := "S3CR3T-" + rand.Text()
		vaultOf(ts).add(name, secret)
		ts.Setenv(name, strings.ReplaceAll(form, "%", secret))
	}
}

// learn remembers secrets that the toolkit has made: the values of variables
// as env -show-secrets prints them, and the lines of PEM keys.
func learn(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: learn NAME|FILE.key…")
	}
	for _, name := range args {
		if strings.HasSuffix(name, ".key") {
			lines := strings.Split(ts.ReadFile(name), "\n")
			if len(lines) < 3 || !strings.Contains(lines[0], "PRIVATE KEY") {
				ts.Fatalf("%s holds no key", name)
			}
			vaultOf(ts).add(name, lines[1])
			continue
		}
		ts.Check(ts.Exec("rk", "env", "-o=json", "-show-secrets"))
		var values map[string]string
		ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &values))
		if values[name] == "" {
			ts.Fatalf("env -show-secrets shows no %s", name)
		}
		vaultOf(ts).add(name, values[name])
	}
}

// invocations are the ways in which every target is run. The order is that of
// a life; a target that is not here fails the test.
func invocations() map[string][][]string {
	forms := func(args ...string) (all [][]string) {
		for _, form := range []string{"table", "json", "env"} {
			all = append(all, append([]string{"-o=" + form}, args...))
		}
		return all
	}
	return map[string][][]string{
		"up": append(forms(), []string{"-backend=nowhere"}), "status": append(forms(), []string{"-watch=100ms"}),
		"wait": forms("-wait=3s"), "ps": forms("-all"), "env": forms(), "certs": forms(), "password": forms(), "doctor": forms("-full"),
		"logs": {nil, {"-service=broker"}, {"-o=json", "-timestamps"}, {"-follow"}}, "cli": {{"-command=PING"}, {"-service=nowhere"}, {"-command=ACL LIST"}},
		"stats": forms("-count=1", "-interval=50ms"), "queues": forms(), "keys": forms(), "alerts": forms(), "metrics": {nil},
		"seed": append(forms(), []string{"-set=nowhere"}), "snapshot": forms(), "diff": forms(),
		"backup": append(forms(), []string{"-list"}, []string{"-name=../up"}), "restore": append(forms("-latest", "-yes"), []string{"-name=nowhere", "-yes"}),
		"restart": forms(), "reset": append(forms("-yes"), []string{"-service=nowhere"}),
		"serve": {nil}, "monitor": {{"-port=0"}}, "down": nil, // the script itself ends what it started
	}
}

// everyTarget runs all targets in all forms, whether they succeed or fail, and
// fails when one shows a secret.
func everyTarget(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: everytarget [FORM]")
	}
	ts.Check(ts.Exec("rk", "-l"))
	var names []string
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if name, _, _ := strings.Cut(strings.TrimSpace(line), " "); strings.HasPrefix(line, "  ") && name != "start" && name != "test" {
			names = append(names, name)
		}
	}
	stop := vaultOf(ts).watchArguments()
	defer func() { ts.Check(stop()) }()
	environ := environOf(ts)
	runs := invocations()
	order := []string{"up", "seed", "snapshot"} // so that the others have something to tell of
	slices.SortFunc(names, func(a, b string) int { return slices.Index(order, b) - slices.Index(order, a) })
	for _, name := range names {
		if _, known := runs[name]; !known {
			ts.Fatalf("target %s is not among invocations(): say how it is run", name)
		}
		for _, arguments := range runs[name] {
			if len(args) == 1 && slices.ContainsFunc(arguments, func(a string) bool { return strings.HasPrefix(a, "-o=") && a != "-o="+args[0] }) {
				continue
			}
			out := runShortly(ts, environ, append([]string{name}, arguments...))
			if found := vaultOf(ts).shown(out); len(found) > 0 {
				ts.Fatalf("rk %s %s shows %s:\n%s", name, strings.Join(arguments, " "), strings.Join(found, ", "), out)
			}
			if bytes.Contains(out, []byte("goroutine ")) {
				ts.Fatalf("rk %s %s crashes:\n%s", name, strings.Join(arguments, " "), out)
			}
		}
	}
	if len(names) < 20 {
		ts.Fatalf("rk -l lists %v: are these all?", names)
	}
}

// noSecret fails when a process of this machine has a secret among its
// arguments, or a file of the script that others may read holds one.
func noSecret(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: nosecret")
	}
	v := vaultOf(ts)
	ts.Check(v.argumentsShown())
	held := 0
	ts.Check(filepath.WalkDir(ts.Getenv("WORK"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		stat, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found := v.shown(text)
		if len(found) > 0 {
			held++
		}
		// The keys of servers and clients are read by the user of a container,
		// who is another one: a directory that only this user enters holds them.
		key := filepath.Ext(path) == ".key" && modeOf(ts, filepath.Dir(filepath.Dir(path)))&0o077 == 0
		if len(found) > 0 && stat.Mode().Perm()&0o077 != 0 && !key {
			return fmt.Errorf("%s has mode %v and holds %s", path, stat.Mode(), strings.Join(found, ", "))
		}
		return nil
	}))
	if held == 0 {
		ts.Fatalf("no file of the script holds a secret: is anything looked for?")
	}
}

func modeOf(ts *testscript.TestScript, path string) fs.FileMode {
	stat, err := os.Stat(path)
	ts.Check(err)
	return stat.Mode().Perm()
}
