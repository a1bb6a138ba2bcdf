package fake_test

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/internal/golden"
	"github.com/redkit-dev/redkit/internal/resp"
)

// TestCommandTableIsThatOfRedis80 makes commands.txt from COMMAND and COMMAND
// DOCS of the Redis 8.0 in REDISTEST_SERVERS.
func TestCommandTableIsThatOfRedis80(t *testing.T) {
	t.Parallel()
	path := ""
	for _, p := range filepath.SplitList(os.Getenv("REDISTEST_SERVERS")) {
		if strings.HasSuffix(p, "redis-server-8.0") {
			path = p
		}
	}
	if path == "" {
		if os.Getenv("REDISTEST_REQUIRE") != "" {
			t.Fatal("no redis-server-8.0 in REDISTEST_SERVERS: REDISTEST_SERVERS=$(.ci/servers /tmp/servers)")
		}
		t.Skip("no redis-server-8.0 in REDISTEST_SERVERS: REDISTEST_SERVERS=$(.ci/servers /tmp/servers)")
	}
	nc, err := net.Dial("unix", startServer(t, path))
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, nc)
	docs := pairs(ask(c, "COMMAND", "DOCS"))
	var b strings.Builder
	for _, command := range byName(ask(c, "COMMAND").Elems) {
		doc := pairs(docs[command.Elems[0].Str])
		writeRow(&b, command, doc)
		subs := pairs(doc["subcommands"])
		for _, sub := range byName(command.Elems[9].Elems) {
			writeRow(&b, sub, pairs(subs[sub.Elems[0].Str]))
		}
	}
	if kept, err := os.ReadFile("commands.txt"); err == nil && unnoted(string(kept)) == unnoted(b.String()) {
		return
	}
	golden.Equal(t, []byte(b.String()), "commands.txt")
}

// unnoted is a table without the flag that Debian's security updates of 8.0.2
// add to some key specifications, whose keyword a key's name may shift.
func unnoted(table string) string { return strings.ReplaceAll(table, "+incomplete", "") }

func ask(c *client, args ...string) resp.Value {
	c.t.Helper()
	c.send(args...)
	v, err := c.r.Value()
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func pairs(v resp.Value) map[string]resp.Value {
	m := map[string]resp.Value{}
	for p := range slices.Chunk(v.Elems, 2) {
		m[p[0].Str] = p[1]
	}
	return m
}

func byName(commands []resp.Value) []resp.Value {
	slices.SortFunc(commands, func(a, b resp.Value) int { return cmp.Compare(a.Elems[0].Str, b.Elems[0].Str) })
	return commands
}

// writeRow writes a command as the table has it.
func writeRow(b *strings.Builder, c resp.Value, doc map[string]resp.Value) {
	e := c.Elems
	var specs []string
	for _, s := range e[8].Elems {
		specs = append(specs, keySpec(pairs(s)))
	}
	fmt.Fprintln(b, strings.Join([]string{
		e[0].Str, e[1].Str, words(e[2], ""), e[3].Str + "," + e[4].Str + "," + e[5].Str, words(e[6], "@"),
		cmp.Or(doc["since"].Str, "8.0.0"), cmp.Or(doc["group"].Str, "module"), cmp.Or(strings.Join(specs, " "), "-"),
	}, "\t"))
}

func words(v resp.Value, prefix string) string {
	var all []string
	for _, e := range v.Elems {
		all = append(all, strings.TrimPrefix(e.Str, prefix))
	}
	return cmp.Or(strings.Join(all, ","), "-")
}

// keySpec writes a key specification in short, one that says nothing as "?".
func keySpec(spec map[string]resp.Value) string {
	begin, find := pairs(spec["begin_search"]), pairs(spec["find_keys"])
	where, how := pairs(begin["spec"]), pairs(find["spec"])
	text := ""
	switch begin["type"].Str {
	case "index":
		text = "i" + where["index"].Str
	case "keyword":
		text = "k" + where["keyword"].Str + "@" + where["startfrom"].Str
	default:
		return "?"
	}
	switch find["type"].Str {
	case "range":
		text += ":r" + how["lastkey"].Str + "/" + how["keystep"].Str + "/" + how["limit"].Str
	case "keynum":
		text += ":n" + how["keynumidx"].Str + "/" + how["firstkey"].Str + "/" + how["keystep"].Str
	default:
		return "?"
	}
	var flags []string
	for _, f := range spec["flags"].Elems {
		flags = append(flags, f.Str)
	}
	return text + ":" + strings.Join(flags, "+")
}
