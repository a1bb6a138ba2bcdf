package differ

import (
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/resp"
)

// A Case is a sequence of requests that begins on an empty server.
type Case struct {
	Name  string // "family/name"
	Steps []Step
}

// A Step is one line of a case.
type Step struct {
	Conn    int           // 1 and up
	Args    []string      // the request; nil to read only or to wait
	Blocks  bool          // do not read the reply: wait for the server to block
	Unread  bool          // do not read the reply
	Chance  bool          // compare kinds of values only
	Clock   bool          // a number near the server's is as good
	Advance time.Duration // let time pass
}

// Command is the command the step tells about, as "CONFIG GET", or "".
func (s Step) Command() string {
	if len(s.Args) == 0 {
		return ""
	}
	name := strings.ToUpper(s.Args[0])
	if containers[name] && len(s.Args) > 1 {
		name += " " + strings.ToUpper(s.Args[1])
	}
	return name
}

// containers are the commands whose first argument is a subcommand.
var containers = map[string]bool{
	"ACL": true, "CLIENT": true, "CLUSTER": true, "COMMAND": true, "CONFIG": true, "DEBUG": true, "FUNCTION": true, "LATENCY": true, "MEMORY": true,
	"MODULE": true, "OBJECT": true, "PUBSUB": true, "SCRIPT": true, "SLOWLOG": true, "XGROUP": true, "XINFO": true,
}

// Read reads the corpus, in the order of the file names.
func Read(fsys fs.FS) ([]Case, error) {
	names, err := fs.Glob(fsys, "*.txt")
	if err != nil {
		return nil, err
	}
	var cases []Case
	for _, name := range names {
		if name == verdictFile {
			continue
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		family := strings.TrimSuffix(path.Base(name), ".txt")
		for i, line := range strings.Split(string(text), "\n") {
			if cases, err = addLine(cases, family, line); err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
	}
	return cases, nil
}

func addLine(cases []Case, family, line string) ([]Case, error) {
	line = strings.TrimSpace(line)
	if name, ok := strings.CutPrefix(line, "== "); ok {
		return append(cases, Case{Name: family + "/" + strings.ReplaceAll(name, " ", "-")}), nil
	}
	if line == "" || line[0] == '#' {
		return cases, nil
	}
	if len(cases) == 0 || !strings.HasPrefix(cases[len(cases)-1].Name, family+"/") {
		return nil, fmt.Errorf("step %q before the first == line", line)
	}
	step, err := readStep(line)
	if err != nil {
		return nil, err
	}
	last := &cases[len(cases)-1]
	last.Steps = append(last.Steps, step)
	return cases, nil
}

func readStep(line string) (Step, error) {
	s := Step{Conn: 1}
	if d, ok := strings.CutPrefix(line, "@advance "); ok {
		var err error
		s.Advance, err = time.ParseDuration(d)
		return s, err
	}
	if len(line) > 1 && line[0] >= '1' && line[0] <= '9' && (line[1] == ':' || line[1] == '<') {
		s.Conn = int(line[0] - '0')
		if line[1] == '<' {
			s.Chance = line[2:] == "?"
			return s, nil
		}
		line = strings.TrimSpace(line[2:])
	}
	if rest, ok := strings.CutPrefix(line, "& "); ok {
		s.Blocks, line = true, rest
	}
	for mark, flag := range map[string]*bool{"? ": &s.Chance, "~ ": &s.Clock, "> ": &s.Unread} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			*flag, line = true, rest
		}
	}
	var err error
	if s.Args, err = resp.SplitInline(line); err == nil && len(s.Args) == 0 {
		err = fmt.Errorf("step %q without a request", line)
	}
	return s, err
}

// ID names a step of the case in one protocol.
func (c Case) ID(step, protocol int) string {
	id := c.Name + ":" + strconv.Itoa(step+1)
	if protocol == 3 {
		id += "@3"
	}
	return id
}

// CommandAt is the command a step tells about: for a reply read later that of
// the connection's last request, for a pause none.
func (c Case) CommandAt(step int) string {
	s := c.Steps[step]
	if s.Advance > 0 || s.Blocks || s.Unread {
		return ""
	}
	for i := step; i >= 0; i-- {
		if c.Steps[i].Conn == s.Conn && c.Steps[i].Args != nil {
			return c.Steps[i].Command()
		}
	}
	return ""
}
