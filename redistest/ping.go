package redistest

import (
	"bufio"
	"context"
	"fmt"
	"strings"
	"time"
)

// Ping asks the server for a PONG on a connection of its own, as an engine
// does that waits for a booting server: one that is still loading its data has
// not booted. It logs in if the endpoint has a password; without one, a server
// that asks for credentials has answered.
func (e Endpoint) Ping(ctx context.Context) error {
	conn, err := e.open(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(endLimit)
	}
	if err := conn.SetDeadline(deadline); err != nil {
		return err
	}
	replies := bufio.NewReader(conn)
	ask := func(words ...string) (string, error) {
		if _, err := conn.Write(appendRequest(nil, words)); err != nil {
			return "", err
		}
		line, err := replies.ReadString('\n')
		return strings.TrimSpace(line), err
	}
	if e.Password != "" {
		if line, err := ask(e.login()...); err != nil {
			return err
		} else if line != "+OK" {
			return fmt.Errorf("AUTH answered %q", line)
		}
	}
	line, err := ask("PING")
	if err != nil {
		return err
	}
	if line == "+PONG" || strings.HasPrefix(line, "-NOAUTH") {
		return nil
	}
	return fmt.Errorf("PING answered %q", line)
}

// login is the request by which a connection logs in.
func (e Endpoint) login() []string {
	if e.Username == "" {
		return []string{"AUTH", e.Password}
	}
	return []string{"AUTH", e.Username, e.Password}
}
