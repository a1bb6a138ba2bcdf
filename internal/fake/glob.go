package fake

// match reports whether s matches a glob pattern of Redis: * ? [a-z] [^x]
// and \ for the next character, byte by byte. It takes no more than
// len(pattern) * len(s) steps.
func match(pattern, s string) bool {
	p, i := 0, 0
	star, mark := -1, 0 // the last * and what it has matched up to
	for i < len(s) {
		n, ok := 0, false
		if p < len(pattern) {
			if pattern[p] == '*' {
				star, mark = p, i
				p++
				continue
			}
			n, ok = matchOne(pattern[p:], s[i])
		}
		switch {
		case ok:
			p += n
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}

// matchOne matches c with the first element of a pattern that is not * and
// returns the length of that element.
func matchOne(pattern string, c byte) (int, bool) {
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		return matchClass(pattern, c)
	case '\\':
		if len(pattern) > 1 {
			return 2, pattern[1] == c
		}
	}
	return 1, pattern[0] == c
}

func matchClass(pattern string, c byte) (int, bool) {
	i, not, found := 1, false, false
	if i < len(pattern) && pattern[i] == '^' {
		not = true
		i++
	}
	for ; i < len(pattern) && pattern[i] != ']'; i++ {
		switch {
		case pattern[i] == '\\' && i+1 < len(pattern):
			i++
			found = found || pattern[i] == c
		case i+2 < len(pattern) && pattern[i+1] == '-':
			lo, hi := min(pattern[i], pattern[i+2]), max(pattern[i], pattern[i+2])
			found = found || lo <= c && c <= hi
			i += 2
		default:
			found = found || pattern[i] == c
		}
	}
	if i < len(pattern) {
		i++ // the closing bracket
	}
	return i, found != not
}
