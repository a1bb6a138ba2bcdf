package devenv

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// aliasChoice is one of some words; none and the first of them are the default
// of the field, "".
func aliasChoice(field func(*Alias) *string, allowed ...string) kind {
	k := kind{form: joinChoices(allowed)}
	k.set = func(l *loader, name, value string) error {
		if !slices.Contains(allowed, value) {
			return k.wants()
		}
		if value == allowed[0] {
			value = ""
		}
		*field(l.alias(name)) = value
		return nil
	}
	return k
}

var aliasReplicasKind = kind{form: addressForm, set: func(l *loader, name, value string) error {
	return addrsKind(func(*loader) *[]string { return &l.alias(name).Replicas }).set(l, name, value)
}}

var aliasPoolKind = kind{form: "a whole number from 1 up", set: func(l *loader, name, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		return errors.New("want a whole number from 1 up")
	}
	l.alias(name).MaxConnections = n
	return nil
}}

var aliasIgnoreKind = kind{form: "on or off", set: func(l *loader, name, value string) error {
	var on bool
	err := boolKind(func(*Settings) *bool { return &on }).set(l, name, value)
	l.alias(name).IgnoreExceptions = on
	return err
}}

// options are the variables of an alias that most leave alone, those without a
// value at their default.
func (a *Alias) options() []EnvVar {
	pool, ignore := "", ""
	if a.MaxConnections > 0 {
		pool = strconv.Itoa(a.MaxConnections)
	}
	if a.IgnoreExceptions {
		ignore = "on"
	}
	return []EnvVar{
		{"SERIALIZER", a.Serializer}, {"COMPRESSOR", a.Compressor}, {"REPLICAS", strings.Join(a.Replicas, ",")},
		{"MAX_CONNECTIONS", pool}, {"IGNORE_EXCEPTIONS", ignore},
	}
}
