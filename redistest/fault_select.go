package redistest

import (
	"slices"
	"strings"
	"time"

	"github.com/redkit-dev/redkit/internal/tap"
)

// A Selection is the commands that a fault is for. Its methods On, Where,
// Skip, Times, Always and Chance return a narrower one and change nothing;
// the others make a fault for it.
type Selection struct {
	faults   *Faults
	commands []string
	where    []func(args []string) bool
	skip     int
	times    int // 0 means what is usual for the verb, negative means always
	chance   float64
}

// On narrows the selection to the commands of these names, such as "EVALSHA"
// or "CONFIG SET", in any case.
func (s Selection) On(commands ...string) Selection {
	s.commands = slices.Clip(s.commands)
	for _, c := range commands {
		s.commands = append(s.commands, strings.ToUpper(c))
	}
	return s
}

// Where narrows the selection to the commands that f accepts. It is called
// with the name and the arguments as the client sent them, from the client's
// goroutines, and must not use the connection.
func (s Selection) Where(f func(args []string) bool) Selection {
	s.where = append(slices.Clip(s.where), f)
	return s
}

// Skip spares the first n commands of the selection.
func (s Selection) Skip(n int) Selection { s.skip = n; return s }

// Times ends the fault after n commands.
func (s Selection) Times(n int) Selection { s.times = max(n, 1); return s }

// Always keeps the fault until Heal.
func (s Selection) Always() Selection { s.times = -1; return s }

// Chance spares a command with probability 1-p, drawn from the seed of the
// faults. With it a fault holds until Heal, unless Times says otherwise.
func (s Selection) Chance(p float64) Selection { s.chance = p; return s }

// once is the usual extent of a verb that breaks the connection.
func (s Selection) once() Selection {
	if s.times == 0 && s.chance == 0 {
		s.times = 1
	}
	return s
}

// DropRequest loses a request on its way and breaks its connection: it was
// not executed, though its sender cannot know. It happens once, unless Times,
// Always or Chance say otherwise.
func (s Selection) DropRequest() {
	s.once().add(tap.Verdict{Lose: true, Name: "DropRequest"})
}

// DropReply lets a request reach the server, and breaks the connection in
// place of the reply: it was executed, though its sender cannot know. It
// happens once, unless Times, Always or Chance say otherwise.
func (s Selection) DropReply() {
	s.once().add(tap.Verdict{Hide: true, Name: "DropReply"})
}

// AfterBytes breaks the connection after the first n bytes of a reply; a
// reply that is shorter arrives whole before that. It happens once, unless
// Times, Always or Chance say otherwise.
func (s Selection) AfterBytes(n int) {
	s.once().add(tap.Verdict{Cut: true, After: max(n, 0), Name: "AfterBytes"})
}

// Delay holds every reply back for d after it has come, by the clock of the
// test: in a bubble it takes no time. The server has executed the command
// long before.
func (s Selection) Delay(d time.Duration) {
	s.add(tap.Verdict{Delay: d, Name: "Delay"})
}

// Stall holds replies back until Heal, as a server does that is stuck, so
// that clients run into their time limits. The commands are executed.
func (s Selection) Stall() {
	s.add(tap.Verdict{Delay: tap.Forever, Name: "Stall"})
}

// Reply answers commands with an error instead of asking the server: one of
// Loading, ReadOnly, OutOfMemory, Busy and their kin, Moved, Ask, or any text
// that begins with an error code.
func (s Selection) Reply(line string) {
	s.add(tap.Verdict{Answer: []byte("-" + oneLine.Replace(line) + "\r\n"), Name: "Reply"})
}

// oneLine keeps an error reply from ending early.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ")

func (s Selection) add(v tap.Verdict) { s.faults.add(s, v) }

// matches reports whether cmd belongs to the selection, skips and chances aside.
func (s Selection) matches(cmd *tap.Command) bool {
	if len(s.commands) == 0 && cmd.Setup {
		return false
	}
	if len(s.commands) > 0 && !slices.ContainsFunc(s.commands, func(c string) bool { return called(cmd.Args, c) }) {
		return false
	}
	return !slices.ContainsFunc(s.where, func(f func([]string) bool) bool { return !f(cmd.Args) })
}

// called reports whether args call the command of this name in upper case,
// which may have two words.
func called(args []string, name string) bool {
	first, second, two := strings.Cut(name, " ")
	return len(args) > 0 && strings.EqualFold(args[0], first) &&
		(!two || len(args) > 1 && strings.EqualFold(args[1], second))
}
