package devenv

import (
	"maps"
	"slices"
	"strings"
)

// refuseUnknown makes a problem of every REDKIT_ variable that is none of
// ours: a slip of the finger must not leave a default in force unseen.
func (l *loader) refuseUnknown() {
	var known []string
	for _, v := range Variables() {
		known = append(known, v.Name)
	}
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		if strings.HasPrefix(name, "REDKIT_") && !slices.Contains(known, name) {
			l.problem(name, "", "there is no such setting", didYouMean(name, known, ""))
		}
	}
}

// warnMisspelt tells of variables that are almost those of the application. It
// has variables of its own, so this is no problem.
func (l *loader) warnMisspelt() {
	var known []string
	for _, v := range Variables() {
		if !strings.HasPrefix(v.Name, "REDKIT_") && !strings.Contains(v.Name, "<ALIAS>") {
			known = append(known, v.Name)
		}
	}
	for _, alias := range l.aliasNames() {
		for _, field := range []string{"URL", "TIMEOUT", "KEY_PREFIX", "VERSION"} {
			known = append(known, aliasVariableName(alias, field))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		ours := strings.HasPrefix(name, "REDIS_") || strings.HasPrefix(name, "CELERY_") || strings.HasPrefix(name, "CHANNEL_")
		if !ours || slices.Contains(known, name) {
			continue
		}
		if n := nearest(name, known); n != "" && edits(name, n) <= 2 {
			l.warn("%s (%s) is no setting: did you mean %s?", name, l.values[name].origin, n)
		}
	}
}

// apply gives every variable its default, then its value.
func (l *loader) apply() {
	for _, st := range standardAliases {
		a := l.alias(aliasVariableName(st.name, "URL"))
		a.Timeout, a.KeyPrefix = st.timeout, st.prefix()
	}
	l.settings.Dir = l.path(".redkit")
	l.settings.Project = projectName(l.settings.Root)
	for _, v := range Variables() {
		if strings.Contains(v.Name, "<ALIAS>") {
			continue
		}
		if v.Default != "" {
			if err := v.kind.set(l, v.Name, v.Default); err != nil {
				l.problem(v.Name, v.Default, "the default is refused: "+err.Error(), "report this as a bug")
			}
		}
		if g, ok := l.values[v.Name]; ok {
			l.applyOne(v, v.Name, g)
		}
	}
	l.applyAliases()
}

func (l *loader) applyOne(v Variable, name string, g given) {
	if g.value == "" && !v.kind.empty {
		return
	}
	l.settings.origin[name] = g.origin
	if err := v.kind.set(l, name, g.value); err != nil {
		shown := RedactSetting(v, g.value)
		fix := "write " + name + "=" + firstNonEmpty(v.Example, v.Default, "…")
		if g.origin != "environment" {
			fix += " (or remove it for the default)"
		}
		l.problem(name, shown, err.Error(), fix)
	}
}

// RedactSetting returns a value as an error may show it.
func RedactSetting(v Variable, value string) string {
	switch {
	case v.Secret && value != "":
		return redacted
	case strings.HasSuffix(v.Name, "_URL") || v.Name == "CELERY_RESULT_BACKEND":
		return RedactURL(value)
	case v.Name == "CELERY_BROKER_TRANSPORT_OPTIONS":
		return redacted // may hold sentinel_kwargs with a password
	}
	return printable(value)
}

// applyAliases reads the variables of caches, which the table has as patterns.
func (l *loader) applyAliases() {
	fields := map[string]Variable{}
	for _, v := range aliasVariables() {
		fields[strings.TrimPrefix(v.Name, "REDIS_CACHE_<ALIAS>_")] = v
	}
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		if _, field, ok := aliasOf(name); ok {
			l.alias(name)
			l.applyOne(fields[field], name, l.values[name])
		}
	}
}

func firstNonEmpty(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
