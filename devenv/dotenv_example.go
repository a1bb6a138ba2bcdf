package devenv

import (
	"fmt"
	"strings"
)

// ExampleDotEnv returns the content of .env.example: every setting with its
// meaning, form and default, commented out, so that a copy of it changes
// nothing until a line is uncommented.
func ExampleDotEnv() string {
	var b strings.Builder
	b.WriteString(`# Settings of the local Redis. Copy to .env and uncomment what you change:
#   flags win over the environment, the environment wins over .env.
# This file is written from the table in devenv/settings_table.go.
`)
	group := ""
	for _, v := range Variables() {
		if v.Group != group {
			group = v.Group
			fmt.Fprintf(&b, "\n# ---------- %s ----------\n", group)
		}
		fmt.Fprintf(&b, "# %s Want %s.", v.Doc, v.Form)
		if f := v.Flag(); f != "" {
			fmt.Fprintf(&b, " Flag -%s.", f)
		}
		b.WriteByte('\n')
		if !strings.Contains(v.Name, "<ALIAS>") {
			fmt.Fprintf(&b, "#%s=%s\n", v.Name, quote(firstNonEmpty(v.Example, v.Default)))
			continue
		}
		_, field, _ := strings.Cut(v.Name, "<ALIAS>_")
		for _, st := range standardAliases {
			fmt.Fprintf(&b, "#%s=%s\n", aliasVariableName(st.name, field), st.example(field))
		}
	}
	return b.String()
}

// example is the value that an alias has when nothing is set.
func (st standardAlias) example(field string) string {
	switch field {
	case "URL":
		port := 6379
		if st.durable {
			port = 6380
		}
		return fmt.Sprintf("redis://127.0.0.1:%d/%d", port, st.db)
	case "TIMEOUT":
		return seconds(st.timeout)
	case "KEY_PREFIX":
		return st.prefix()
	}
	return "1"
}

// prefix is empty for default, as Django's, and the alias for the others.
func (st standardAlias) prefix() string {
	if st.name == "default" {
		return ""
	}
	return st.name
}
