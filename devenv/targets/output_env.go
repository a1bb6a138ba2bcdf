package targets

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/redkit-dev/redkit/devenv"
)

// printFlat writes a result as variables: the fields of its JSON, each under
// the names on the way to it, as STATS_CACHE_OPS_PER_SEC=38. An element of a
// list goes by its name, service or alias, else by its number.
func (s *session) printFlat(prefix string, result any) error {
	text, err := json.Marshal(result)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(strings.NewReader(string(text)))
	dec.UseNumber() // a number of bytes stays one
	var value any
	if err := dec.Decode(&value); err != nil {
		return err
	}
	_, err = fmt.Fprint(s.out, devenv.FormatEnv(flatten(prefix, value)))
	return err
}

func flatten(prefix string, value any) []devenv.EnvVar {
	var all []devenv.EnvVar
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			all = append(all, flatten(prefix+"_"+variableName(name), v[name])...)
		}
	case []any:
		for n, element := range v {
			all = append(all, flatten(prefix+"_"+variableName(elementName(n, element)), element)...)
		}
	case nil:
		all = append(all, devenv.EnvVar{Name: prefix})
	default:
		all = append(all, devenv.EnvVar{Name: prefix, Value: fmt.Sprint(v)})
	}
	return all
}

func elementName(n int, element any) string {
	if object, ok := element.(map[string]any); ok {
		for _, field := range []string{"name", "service", "alias"} {
			if name, ok := object[field].(string); ok {
				return name
			}
		}
	}
	return strconv.Itoa(n)
}

// variableName writes a name as the shell allows it in a variable.
func variableName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(name))
}
