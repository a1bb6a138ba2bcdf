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
			fmt.Fprintf(&b, "\n# ---------- %s ----------\n", v.Group)
		}
		b.WriteString("\n" + v.comment())
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

// comment is what stands above a variable: its sentence, what its values mean,
// the allowed form and the flag, in lines of at most commentWidth.
func (v Variable) comment() string {
	var b strings.Builder
	b.WriteString(wrap(v.Doc, "# ", "# "))
	for _, means := range v.Values {
		b.WriteString(wrap(means, "#   ", "#     "))
	}
	form := "Want " + v.Form + "."
	if f := v.Flag(); f != "" {
		form += " Flag -" + f + "."
	}
	b.WriteString(wrap(form, "# ", "#   "))
	return b.String()
}

// commentWidth is the length of the longest comment in .env.example, save
// where one word is longer.
const commentWidth = 100

// wrap breaks text between words into lines that begin with first and next.
func wrap(text, first, next string) string {
	var b strings.Builder
	line, begin := first, first
	for word := range strings.FieldsSeq(text) {
		if line != begin && len(line)+len(" ")+len(word) > commentWidth {
			b.WriteString(line + "\n")
			line, begin = next, next
		}
		if line != begin {
			line += " "
		}
		line += word
	}
	b.WriteString(line + "\n")
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
	for _, v := range aliasVariables() {
		if strings.HasSuffix(v.Name, ">_"+field) {
			return v.Default
		}
	}
	return ""
}

// prefix is empty for default, as Django's, and the alias for the others.
func (st standardAlias) prefix() string {
	if st.name == "default" {
		return ""
	}
	return st.name
}
