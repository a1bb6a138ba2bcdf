package fake

import (
	"encoding/hex"
	"slices"
	"strings"
)

// rules is the line of ACL LIST.
func (u *user) rules() string {
	parts := []string{"user", u.name}
	parts = append(parts, u.flagNames()...)
	for _, p := range u.passwords {
		parts = append(parts, "#"+p)
	}
	if keys := u.keyText(); keys != "" {
		parts = append(parts, keys)
	}
	channels := u.channelText()
	if channels != "&*" {
		parts = append(parts, "resetchannels")
	}
	if channels != "" {
		parts = append(parts, channels)
	}
	return strings.Join(append(parts, u.commandText()), " ")
}

func (u *user) flagNames() []string {
	flags := []string{"off"}
	if u.on {
		flags[0] = "on"
	}
	if u.noPass {
		flags = append(flags, "nopass")
	}
	return append(flags, "sanitize-payload")
}

func (u *user) keyText() string {
	var parts []string
	for _, k := range u.keys {
		switch {
		case k.read && k.write:
			parts = append(parts, "~"+k.pattern)
		case k.read:
			parts = append(parts, "%R~"+k.pattern)
		default:
			parts = append(parts, "%W~"+k.pattern)
		}
	}
	return strings.Join(parts, " ")
}

func (u *user) channelText() string {
	var parts []string
	for _, c := range u.channels {
		parts = append(parts, "&"+c)
	}
	return strings.Join(parts, " ")
}

func (u *user) commandText() string {
	if len(u.commands) == 0 || u.commands[0] != "+@all" && u.commands[0] != "-@all" {
		return strings.Join(append([]string{"-@all"}, u.commands...), " ")
	}
	return strings.Join(u.commands, " ")
}

// apply changes the user by one rule of ACL SETUSER, or says why not.
func (u *user) apply(rule string, table commandTable) (why string) {
	if u.applyWord(rule) || u.applyPattern(rule) {
		return ""
	}
	switch {
	case rule == "":
		return "Syntax error"
	case rule[0] == '>':
		u.addPassword(hashPassword(rule[1:]))
	case rule[0] == '#':
		if h, err := hex.DecodeString(rule[1:]); err != nil || len(h) != 32 || strings.ToLower(rule) != rule {
			return "The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters"
		}
		u.addPassword(rule[1:])
	case rule[0] == '<' || rule[0] == '!':
		hash := rule[1:]
		if rule[0] == '<' {
			hash = hashPassword(hash)
		}
		i := slices.Index(u.passwords, hash)
		if i < 0 {
			return "The password you are trying to remove from the user does not exist"
		}
		u.passwords = slices.Delete(u.passwords, i, i+1)
	case rule[0] == '+' || rule[0] == '-':
		return u.addCommand(strings.ToLower(rule), table)
	default:
		return "Syntax error"
	}
	return ""
}

func (u *user) addPassword(hash string) {
	u.noPass = false
	if !slices.Contains(u.passwords, hash) {
		u.passwords = append(u.passwords, hash)
	}
}

// applyWord applies a rule that is one word.
func (u *user) applyWord(rule string) bool {
	switch strings.ToLower(rule) {
	case "on":
		u.on = true
	case "off":
		u.on = false
	case "nopass":
		u.noPass, u.passwords = true, nil
	case "resetpass":
		u.noPass, u.passwords = false, nil
	case "allkeys":
		u.keys = []keyRule{{"*", true, true}}
	case "resetkeys":
		u.keys = nil
	case "allchannels":
		u.channels = []string{"*"}
	case "resetchannels":
		u.channels = nil
	case "allcommands":
		u.commands = []string{"+@all"}
	case "nocommands":
		u.commands = []string{"-@all"}
	case "reset":
		*u = user{name: u.name}
	case "sanitize-payload", "skip-sanitize-payload":
	default:
		return false
	}
	return true
}

// applyPattern applies a rule that is a pattern of keys or channels.
func (u *user) applyPattern(rule string) bool {
	switch {
	case strings.HasPrefix(rule, "~"):
		u.addKeys(keyRule{rule[1:], true, true})
	case strings.HasPrefix(rule, "%"):
		access, pattern, ok := strings.Cut(rule[1:], "~")
		access = strings.ToUpper(access)
		if !ok || access == "" || strings.Trim(access, "RW") != "" {
			return false
		}
		u.addKeys(keyRule{pattern, strings.Contains(access, "R"), strings.Contains(access, "W")})
	case strings.HasPrefix(rule, "&"):
		if !slices.Contains(u.channels, rule[1:]) {
			u.channels = append(u.channels, rule[1:])
		}
	default:
		return false
	}
	return true
}

func (u *user) addKeys(r keyRule) {
	if !slices.Contains(u.keys, r) {
		u.keys = append(u.keys, r)
	}
}

func (u *user) addCommand(rule string, table commandTable) (why string) {
	what := rule[1:]
	category, isCategory := strings.CutPrefix(what, "@")
	if table[what] == nil && (!isCategory || category != "all" && !slices.Contains(aclCategories, category)) {
		return "Unknown command or category name in ACL"
	}
	if what == "@all" {
		u.commands = nil
	}
	u.commands = append(slices.DeleteFunc(u.commands, func(c string) bool { return c[1:] == what }), rule)
	return ""
}
