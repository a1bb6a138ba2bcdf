// Package process runs child processes: bound ones, which cannot outlive
// their owner however it dies, and daemons, which outlive it on purpose.
package process

// A Command is what StartBound runs.
type Command struct {
	// Path is the binary; Args its arguments without its name.
	Path string
	Args []string
	// Env is added to the environment of this process.
	Env []string
	// Dir is the working directory of the command. It is removed when the
	// command ends, and holds its output in the file named by Log.
	Dir string
}

// Log is the file in Command.Dir that holds what the command printed.
const Log = "output.log"
