package differ

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A Grammar says what requests look like, for [Grammar.Case] to make up some.
// Its text has one rule a line:
//
//	GETEX string [EX sec|PX ms|PERSIST]   words, atoms and choices
//	SET string value (NX|XX|GET|EX sec)*  a choice taken 0 to 4 times
//	MSET (string value)+                  1 to 3 times
//	? SRANDMEMBER set [int]               chance decides the reply
//	~ TTL any                             the clock decides
//	& BLPOP list+ timeout                 may block: only inside MULTI
//	^ SPOP set [int]                      chance decides what is left: the key is removed
//	= SET s1 10                           a request that fills the databases, to begin with
//	- SUBSCRIBE why not                   a command that no rule is for
//
// An atom is a word in lower case, and stands for one of its values.
type Grammar struct {
	rules []rule
	fill  [][]string
	not   map[string]string // commands without a rule: why
}

// rule makes requests of one form.
type rule struct {
	mark  byte // of the line, or 0
	name  string
	form  []form
	words []string // the words in it
}

// form is a word, an atom, or a choice among sequences, taken some times.
type form struct {
	text        string
	among       [][]form
	least, most int
}

// ReadGrammar reads the text of a grammar.
func ReadGrammar(text string) (*Grammar, error) {
	g := &Grammar{not: map[string]string{}}
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		if err := g.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	return g, nil
}

func (g *Grammar) add(line string) error {
	mark, rest := line[0], strings.TrimSpace(line[1:])
	switch {
	case !strings.ContainsRune("?~&^=-", rune(mark)):
		mark, rest = 0, line
	case mark == '-':
		name, why, ok := strings.Cut(rest, ": ")
		if !ok {
			return fmt.Errorf("%q does not say why", line)
		}
		for _, n := range strings.Split(name, ", ") {
			g.not[n] = why
		}
		return nil
	case mark == '=':
		step, err := readStep(rest)
		g.fill = append(g.fill, step.Args)
		return err
	}
	p := parser{tokens: tokens(rest)}
	f, err := p.sequence()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("%q is not opened", p.tokens[0])
	}
	if err != nil {
		return err
	}
	r := rule{mark: mark, form: f}
	collect(f, &r.words)
	r.name = r.words[0]
	if containers[r.name] && len(f) > 1 && !isAtom(f[1].text) {
		r.name += " " + f[1].text
	}
	g.rules = append(g.rules, r)
	return nil
}

// Commands are the commands the grammar has a rule for, and why not for
// others.
func (g *Grammar) Commands() (rules map[string]bool, not map[string]string) {
	rules = map[string]bool{}
	for _, r := range g.rules {
		rules[r.name] = true
	}
	return rules, g.not
}

// tokens parts a rule into words and the signs of choices.
func tokens(line string) []string {
	var all []string
	word := ""
	end := func() {
		if word != "" {
			all, word = append(all, word), ""
		}
	}
	for i := range len(line) {
		c := line[i]
		switch {
		case c == ' ':
			end()
		case strings.IndexByte("()[]|", c) >= 0:
			end()
			all = append(all, string(c))
		case (c == '+' || c == '*') && i > 0 && (line[i-1] == ')' || line[i-1] == ']'):
			all = append(all, "times"+string(c))
		default:
			word += string(c)
		}
	}
	end()
	return all
}

type parser struct{ tokens []string }

func (p *parser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *parser) next() string {
	t := p.peek()
	p.tokens = p.tokens[min(1, len(p.tokens)):]
	return t
}

func (p *parser) sequence() ([]form, error) {
	var all []form
	for {
		switch t := p.peek(); t {
		case "", ")", "]", "|":
			return all, nil
		case "(", "[":
			f, err := p.choice()
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		default:
			p.next()
			if isAtom(t) && atoms[t] == nil {
				return nil, fmt.Errorf("no atom %q", t)
			}
			all = append(all, form{text: t})
		}
	}
}

func (p *parser) choice() (form, error) {
	open := p.next()
	f := form{least: 1, most: 1}
	closing := ")"
	if open == "[" {
		f.least, closing = 0, "]"
	}
	for {
		s, err := p.sequence()
		if err != nil {
			return f, err
		}
		f.among = append(f.among, s)
		switch t := p.next(); t {
		case "|":
			continue
		case closing:
		default:
			return f, fmt.Errorf("%q is not closed", open)
		}
		break
	}
	switch p.peek() {
	case "times+":
		p.next()
		f.most = 3
	case "times*":
		p.next()
		f.least, f.most = 0, 4
	}
	return f, nil
}

// isAtom reports whether a token is an atom: lower-case letters only.
func isAtom(t string) bool {
	return t != "" && strings.Trim(t, "abcdefghijklmnopqrstuvwxyz") == ""
}

// collect adds the words of a form.
func collect(f []form, words *[]string) {
	for _, x := range f {
		if x.among == nil && !isAtom(x.text) {
			*words = append(*words, x.text)
		}
		for _, s := range x.among {
			collect(s, words)
		}
	}
}

// write makes up words of a form.
func write(r *rand.Rand, f []form, args []string) []string {
	for _, x := range f {
		switch {
		case x.among == nil && isAtom(x.text):
			args = append(args, pick(r, atoms[x.text](r)))
		case x.among == nil:
			args = append(args, x.text)
		default:
			for range x.least + r.IntN(x.most-x.least+1) {
				args = write(r, x.among[r.IntN(len(x.among))], args)
			}
		}
	}
	return args
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// request makes up a request: most are as the rule has them, the others have
// faults.
func (x rule) request(r *rand.Rand) []string {
	args := write(r, x.form, nil)
	if r.IntN(3) == 0 {
		for range 1 + r.IntN(3) {
			args = x.spoil(r, args)
		}
	}
	return args
}

// spoil makes one fault.
func (x rule) spoil(r *rand.Rand, args []string) []string {
	args = slices.Clone(args)
	at := func() int { return 1 + r.IntN(max(1, len(args)-1)) }
	i := at()
	if len(args) == 1 {
		return append(args, pick(r, hostile))
	}
	switch r.IntN(6) {
	case 0:
		return slices.Delete(args, i, i+1)
	case 1:
		return slices.Insert(args, i, args[i])
	case 2:
		j := at()
		args[i], args[j] = args[j], args[i]
	case 3:
		args[i] = pick(r, hostile)
	case 4:
		return slices.Insert(args, at(), pick(r, x.words))
	case 5:
		return append(args, pick(r, hostile))
	}
	return args
}
