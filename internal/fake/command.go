package fake

import (
	_ "embed" // the command table
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// commandsText describes every command of Redis, one a line: name, arity,
// flags, first, last and step of the keys, ACL categories, since, group and
// key specifications, as COMMAND INFO and COMMAND DOCS of Redis 8.0 tell them.
//
//go:embed commands.txt
var commandsText string

// A handler runs one command whose arity has been checked. It writes exactly
// one reply, unless it blocks the connection.
type handler func(x *call)

// command is one command or, as "config|get", one subcommand.
type command struct {
	name              string
	arity             int // negative: at least
	flags             []string
	first, last, step int
	categories        []string
	since, group      string
	keys              []keySpec
	subs              []*command // of a container, in the order of the table
	run               handler    // nil: the fake has no such command

	write, readonly, noAuth, noMulti, noScript, allowBusy, blocking bool
}

// keySpec says where the keys of a command stand; see COMMAND INFO.
type keySpec struct {
	index   int    // where they begin,
	keyword string // or the word they begin behind,
	from    int    // searched from here, from the end if negative

	numkeys           bool // their number stands among the arguments
	last, step, limit int  // of a range; with numkeys: its place, the first key's, the step
	flags             []string
	unknown           bool
}

// commandTable finds commands by their lower-case name.
type commandTable map[string]*command

// commands is the table, read once in the life of a process and then only
// read. It is a function value because building it is work.
var commands = sync.OnceValue(func() commandTable {
	table, err := readCommands(commandsText)
	if err != nil {
		panic(err) // the text is embedded: only a wrong build gets here
	}
	table.bind()
	return table
})

func readCommands(text string) (commandTable, error) {
	table := make(commandTable, 400)
	for line := range strings.Lines(text) {
		c, err := readCommand(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, err
		}
		table[c.name] = c
		if container, _, ok := strings.Cut(c.name, "|"); ok {
			table[container].subs = append(table[container].subs, c)
		}
	}
	return table, nil
}

func readCommand(line string) (*command, error) {
	f := strings.Split(line, "\t")
	if len(f) != 8 {
		return nil, fmt.Errorf("command table: line %q has %d fields, want 8", line, len(f))
	}
	c := &command{name: f[0], flags: words(f[2], ","), categories: words(f[4], ","), since: f[5], group: f[6]}
	var err error
	if c.arity, err = strconv.Atoi(f[1]); err != nil {
		return nil, fmt.Errorf("command table: %s: arity: %w", c.name, err)
	}
	if _, err = fmt.Sscanf(f[3], "%d,%d,%d", &c.first, &c.last, &c.step); err != nil {
		return nil, fmt.Errorf("command table: %s: keys: %w", c.name, err)
	}
	for _, spec := range words(f[7], " ") {
		c.keys = append(c.keys, readKeySpec(spec))
	}
	has := func(flag string) bool { return slices.Contains(c.flags, flag) }
	c.write, c.readonly, c.blocking = has("write"), has("readonly"), has("blocking")
	c.noAuth, c.noMulti, c.noScript, c.allowBusy = has("no_auth"), has("no_multi"), has("noscript"), has("allow_busy")
	return c, nil
}

func words(s, separator string) []string {
	if s == "-" {
		return nil
	}
	return strings.Split(s, separator)
}

// readKeySpec reads "i1:r0/1/0:RO+access" (from argument 1 a range) or
// "kSTREAMS@1:n0/1/1:RW" (behind STREAMS a number of keys).
func readKeySpec(s string) keySpec {
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return keySpec{unknown: true}
	}
	k := keySpec{flags: strings.Split(parts[2], "+")}
	if word, from, ok := strings.Cut(parts[0], "@"); ok {
		k.keyword = word[1:]
		k.from, _ = strconv.Atoi(from)
	} else {
		k.index, _ = strconv.Atoi(parts[0][1:])
	}
	k.numkeys = parts[1][0] == 'n'
	numbers := strings.Split(parts[1][1:], "/")
	k.last, _ = strconv.Atoi(numbers[0])
	k.step, _ = strconv.Atoi(numbers[1])
	k.limit, _ = strconv.Atoi(numbers[2])
	if k.numkeys {
		k.limit, k.step = k.step, k.limit // written: place, first key, step
	}
	return k
}

// find resolves a request to its command, down to the subcommand. It returns
// nil for a name Redis does not know; sub is then the unknown subcommand.
func (t commandTable) find(args []string) (c *command, container *command) {
	c = t[strings.ToLower(args[0])]
	if c == nil || strings.Contains(c.name, "|") {
		return nil, nil
	}
	if len(c.subs) == 0 || len(args) == 1 {
		return c, nil
	}
	name := c.name + "|" + strings.ToLower(args[1])
	if sub := t[name]; sub != nil {
		return sub, c
	}
	return nil, c
}

// accepts reports whether a request of n words has the arity of the command.
func (c *command) accepts(n int) bool {
	return n == c.arity || c.arity < 0 && n >= -c.arity
}

// title is the command as its users write it: "CONFIG GET".
func (c *command) title() string {
	return strings.ToUpper(strings.Replace(c.name, "|", " ", 1))
}
