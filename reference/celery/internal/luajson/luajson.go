// Package luajson reads JSON in Redis scripts with string functions alone.
// Redis usually brings cjson, but not every build does (Debian's 6.0 does
// not), and a message is taken apart faster this way than decoded whole.
package luajson

import _ "embed"

// Reader is put in front of a script that reads JSON. It defines the locals
// skip, members and escape, which its text explains.
//
//go:embed reader.lua
var Reader string
