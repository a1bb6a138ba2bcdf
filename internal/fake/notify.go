package fake

import "strings"

// notify publishes a keyspace event of a class, if CONFIG SET
// notify-keyspace-events asks for it.
func (s *Server) notify(class byte, event string, k dbKey) {
	flags := s.settings.events
	if flags == "" || !strings.ContainsRune(flags, rune(class)) {
		return
	}
	db := itoa(k.db)
	if strings.Contains(flags, "K") {
		s.publish("__keyspace@"+db+"__:"+k.key, event)
	}
	if strings.Contains(flags, "E") {
		s.publish("__keyevent@"+db+"__:"+event, k.key)
	}
}

// eventClasses are the letters of notify-keyspace-events in the order in
// which CONFIG GET tells them; A stands for those before it... and K and E
// say where to publish.
const (
	eventAll   = "g$lshzxetd"
	eventOther = "KEnmo"
)

// readEvents reads the letters of notify-keyspace-events; ok is false if one
// is unknown.
func readEvents(text string) (flags string, ok bool) {
	set := map[rune]bool{}
	for _, r := range text {
		switch {
		case r == 'A':
			for _, all := range eventAll {
				set[all] = true
			}
		case strings.ContainsRune(eventAll+eventOther, r):
			set[r] = true
		default:
			return "", false
		}
	}
	if !set['K'] && !set['E'] {
		return "", true
	}
	var b strings.Builder
	for _, r := range eventAll + eventOther {
		if set[r] {
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// showEvents is how CONFIG GET tells the letters.
func showEvents(flags string) string {
	all := true
	for _, r := range eventAll {
		all = all && strings.ContainsRune(flags, r)
	}
	if all {
		for _, r := range eventAll {
			flags = strings.ReplaceAll(flags, string(r), "")
		}
		flags = "A" + flags
	}
	return flags
}
