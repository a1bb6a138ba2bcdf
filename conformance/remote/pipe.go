package remote

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// A Pipe is a child process seen from the other end of its standard input and
// output, line by line. It knows nothing of the protocol. Say, Hear and End
// are safe for concurrent use. Close it.
type Pipe struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout io.ReadCloser
	stderr tail
	lines  chan string
	closed chan struct{}
	read   chan struct{} // closed when the reader has ended
	err    error         // of the reader

	writing sync.Mutex
	deaf    sync.Once
	finish  sync.Once
	ended   error
}

// Run starts the program. The child ends with Close, or when this process does.
func Run(name string, args ...string) (*Pipe, error) {
	p := &Pipe{
		cmd: exec.Command(name, args...), lines: make(chan string),
		closed: make(chan struct{}), read: make(chan struct{}),
	}
	group(p.cmd)
	p.cmd.Stderr = &p.stderr
	p.cmd.WaitDelay = time.Second
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p.stdin = stdin
	if p.stdout, err = p.cmd.StdoutPipe(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go p.pump(bufio.NewReader(p.stdout)) // ended by the child's exit, awaited by Close
	return p, nil
}

// pump hands lines to Hear until the child ends.
func (p *Pipe) pump(out *bufio.Reader) {
	defer close(p.read)
	for {
		line, err := out.ReadString('\n')
		if err != nil {
			if line != "" && errors.Is(err, io.EOF) {
				err = fmt.Errorf("the last line does not end: %s: %w", short(line), io.ErrUnexpectedEOF)
			}
			p.err = err
			return
		}
		select {
		case p.lines <- strings.TrimSuffix(line, "\n"):
		case <-p.closed: // nobody listens any more: the rest is drained
		}
	}
}

// Say writes a line. A child that does not read for a quarter of a minute is
// an error, where the system's pipes have deadlines.
func (p *Pipe) Say(line string) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	if f, ok := p.stdin.(interface{ SetWriteDeadline(time.Time) error }); ok {
		_ = f.SetWriteDeadline(time.Now().Add(patience)) // as said above
	}
	_, err := io.WriteString(p.stdin, line+"\n")
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("the child has not read what it was told for %v", patience)
	}
	return err
}

// Hear returns the next line, or io.EOF when the child has closed its output.
func (p *Pipe) Hear(ctx context.Context) (string, error) {
	select {
	case line := <-p.lines:
		return line, nil
	default:
	}
	select {
	case line := <-p.lines:
		return line, nil
	case <-p.read:
		return "", p.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// End closes the child's input.
func (p *Pipe) End() error { return p.stdin.Close() }

// Wait returns when the child has ended, with its exit status if that is not 0.
func (p *Pipe) Wait(ctx context.Context) error {
	select {
	case <-p.read: // its output has ended, and it soon will
	case <-ctx.Done():
		return ctx.Err()
	}
	return p.wait()
}

// Close ends the child's input, waits for it, and kills it if it does not end.
func (p *Pipe) Close() error {
	p.deaf.Do(func() { close(p.closed) })
	_ = p.stdin.Close() // which ends it
	end := time.AfterFunc(5*time.Second, p.Kill)
	defer end.Stop()
	<-p.read
	return p.wait()
}

// Kill ends the child, and what it has started, at once. Close it nevertheless.
func (p *Pipe) Kill() {
	killGroup(p.cmd)
	_ = p.stdout.Close() // somebody else may hold the other end
}

func (p *Pipe) wait() error {
	p.finish.Do(func() {
		end := time.AfterFunc(5*time.Second, p.Kill) // a child that closes its output and stays
		defer end.Stop()
		if err := p.cmd.Wait(); err != nil {
			p.ended = fmt.Errorf("the child: %w%s", err, p.Complaint())
		}
	})
	return p.ended
}

// Complaint is the end of what the child wrote to its standard error, after a
// colon; it is empty if that is nothing.
func (p *Pipe) Complaint() string {
	if text := p.stderr.String(); text != "" {
		return ": " + text
	}
	return ""
}

// short is a line as a message shows it.
func short(line string) string {
	line = strings.TrimSpace(line)
	if most := 200; len(line) > most {
		return fmt.Sprintf("%s… (%d bytes)", line[:most], len(line))
	}
	return line
}

// A tail keeps the end of what the child wrote to its standard error.
type tail struct {
	mu   sync.Mutex
	text string
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text += string(b)
	if most := 4096; len(t.text) > most {
		t.text = t.text[len(t.text)-most:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.text)
}
