package fake

import (
	"fmt"
	"slices"
	"strings"
)

func (x *call) startMonitor() {
	if !x.c.monitor {
		x.c.monitor = true
		x.s.monitors = append(x.s.monitors, x.c)
	}
	x.w.OK()
}

func (s *Server) unmonitor(c *conn) {
	if c.monitor {
		c.monitor = false
		s.monitors = slices.DeleteFunc(s.monitors, func(o *conn) bool { return o == c })
	}
}

// unmonitored are the commands MONITOR does not show, for their secrets.
var unmonitored = []string{"auth", "hello", "acl", "config"}

// feedMonitors shows a request to the clients that monitor.
func (s *Server) feedMonitors(c *conn, args []string) {
	if len(s.monitors) == 0 || slices.Contains(unmonitored, strings.ToLower(args[0])) {
		return
	}
	now := s.clock.now()
	line := fmt.Sprintf("%d.%06d [%d %s]", now.Unix(), now.Nanosecond()/1000, c.db, c.link.remote())
	var b strings.Builder
	b.WriteString(line)
	for _, a := range args {
		b.WriteString(" " + quote(a))
	}
	for _, m := range s.monitors {
		if m != c {
			m.out.Simple(b.String())
			m.touch()
			m.checkOutput()
		}
	}
}

// quote writes a string as MONITOR and redis-cli do.
func quote(s string) string {
	var b strings.Builder
	monitorText.write(&b, s)
	return b.String()
}

// An escaping is a way to write any bytes between double quotes.
type escaping struct {
	special, letters string // a byte of special is a backslash and its letter
	first, last      byte   // the others in this range are written as they are
	code             string // and the rest in this format
}

var (
	monitorText = escaping{"\\\"\n\r\t\a\b", `\"nrtab`, ' ', '~', `\x%02x`}
	jsonText    = escaping{"\\\"/\b\f\n\r\t", `\"/bfnrt`, ' ', 0xff, `\u%04x`}
)

func (e escaping) write(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := range len(s) {
		switch at := strings.IndexByte(e.special, s[i]); {
		case at >= 0:
			b.WriteString(`\` + e.letters[at:at+1])
		case s[i] < e.first || s[i] > e.last || s[i] == 0x7f:
			fmt.Fprintf(b, e.code, s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	b.WriteByte('"')
}
