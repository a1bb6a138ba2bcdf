package docs_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// pages are the documents that people write.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(found) == 0 {
		t.Fatalf("docs holds no page: %v", err)
	}
	return append(found, "../../README.md", "../../CONTRIBUTING.md", "../../ARCHITECTURE.md", "../../CHANGELOG.md")
}

// TestCommandsOfTheDocumentsExist holds every mage command in a block or
// between backticks, with its flags and what they are given, to the targets.
func TestCommandsOfTheDocumentsExist(t *testing.T) {
	t.Parallel()
	known := targets(t)
	shown := 0
	for _, page := range pages(t) {
		for _, command := range commands(read(t, page)) {
			shown++
			for _, wrong := range known.wrong(command) {
				t.Errorf("%s shows %q: %s", filepath.Base(page), command, wrong)
			}
		}
	}
	if shown < 50 {
		t.Errorf("the documents show %d mage commands, want many: does the search still work?", shown)
	}
}

// TestWrongCommandsAreFound proves that the search above can fail.
func TestWrongCommandsAreFound(t *testing.T) {
	t.Parallel()
	text := "    go tool mage up wiat && go test\n`mage cli -o=json`, `go tool mage logs -o=env`, `mage up -prot-auto` and `mage ci -timeout=1h`\n```\nbin/redis up\n$ go tool mage redis:down -all   # each\n```\n"
	var got []string
	for _, command := range commands(text) {
		got = append(got, targets(t).wrong(command)...)
	}
	want := []string{"there is no target wiat", "cli takes no flag -o", "logs takes -o as table or json, an object for each line, not env", "up takes no flag -prot-auto"}
	if !slices.Equal(got, want) {
		t.Errorf("wrong in the sample: %q, want %q", got, want)
	}
}

var (
	mention = regexp.MustCompile("`((?:go tool )?mage [^`]+)`|(?m:^(?: {4}|\\$ | *- run: |  +- )\\$? ?(go tool mage .*))")
	flagRow = regexp.MustCompile("(?m)^\\| `-([a-z-]+)`[a-z ]* \\| (.*) \\| `[A-Z_]+` \\|$")
	section = regexp.MustCompile(`(?m)^## ([a-z]+)$`)
	listed  = regexp.MustCompile(`(?m)^  ([a-z:]+)\*? `)
	given   = regexp.MustCompile(`(?m)^\s+-([a-zA-Z]+)=`)
	magic   = []string{"-l", "-h", "-v", "-compile"} // flags of mage itself
)

// commands are the mage commands of a document, as words.
func commands(text string) (all []string) {
	for _, m := range mention.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.TrimPrefix(m[1]+m[2], "go tool "))
	}
	return all
}

// targetFlags are the targets with their flags and what each is said to take.
type targetFlags map[string]map[string]string

// targets reads docs/flags.md, which is generated, and asks mage for the
// targets that are not in it.
func targets(t *testing.T) targetFlags {
	t.Helper()
	list, err := magefile()
	if err != nil {
		t.Fatal(err)
	}
	all := targetFlags{}
	for _, m := range listed.FindAllStringSubmatch(list, -1) {
		all[m[1]] = nil
	}
	page := read(t, "../../docs/flags.md")
	at := section.FindAllStringSubmatchIndex(page, -1)
	for i, m := range at {
		end := len(page)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		flags := map[string]string{}
		for _, row := range flagRow.FindAllStringSubmatch(page[m[0]:end], -1) {
			flags[row[1]] = row[2]
		}
		all[page[m[2]:m[3]]] = flags
	}
	if len(all) < 35 || len(all["up"]) < 20 {
		t.Fatalf("%d targets and %d flags of up were found: does the search still work?", len(all), len(all["up"]))
	}
	return all
}

// magefile is what mage -l prints.
var magefile = sync.OnceValues(func() (string, error) { return mage("-l") })

func mage(args ...string) (string, error) {
	cmd := exec.Command("go", append([]string{"tool", "mage"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go tool mage %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// wrong says what of a command is not there. The namespace redis stands for
// any, as in a magefile of others.
func (known targetFlags) wrong(command string) (all []string) {
	var target string
	for _, word := range strings.Fields(command)[1:] {
		if strings.ContainsAny(word, "#&|>;·") || word == "--" || word == "…" {
			break
		}
		if flag, value, _ := strings.Cut(strings.TrimPrefix(word, "-"), "="); strings.HasPrefix(word, "-") {
			switch {
			case target == "" && word == "-compile":
				return all // the path of a program follows
			case target == "" && slices.Contains(magic, word):
			case target == "":
				all = append(all, "mage has no flag "+word)
			default:
				all = append(all, known.wrongFlag(target, flag, value)...)
			}
			continue
		}
		if strings.HasSuffix(word, ":…") || strings.Contains(word, "://") {
			break // a whole namespace, or an argument of the target
		}
		name := strings.TrimPrefix(strings.ToLower(strings.TrimRight(word, ".,")), "redis:")
		if _, is := known[name]; !is {
			all = append(all, "there is no target "+name)
			break
		}
		target = name
	}
	return all
}

func (known targetFlags) wrongFlag(target, flag, value string) []string {
	if known[target] == nil { // not a target of devenv
		help, err := mage("-h", target)
		if err != nil {
			return []string{err.Error()}
		}
		known[target] = map[string]string{}
		for _, m := range given.FindAllStringSubmatch(help, -1) {
			known[target][m[1]] = ""
		}
	}
	means, is := known[target][flag]
	if !is {
		return []string{target + " takes no flag -" + flag}
	}
	forms, chosen := strings.CutPrefix(means, "form of the result: ")
	if chosen && value != "" && !slices.Contains(regexp.MustCompile(`[a-z]+`).FindAllString(forms, -1), value) {
		return []string{fmt.Sprintf("%s takes -%s as %s, not %s", target, flag, forms, value)}
	}
	return nil
}
