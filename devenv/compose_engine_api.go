package devenv

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
)

// A dockerAPI speaks the Docker Engine API over its socket. The docker command
// takes some 100 ms for what this does in one, and its client library would
// triple what a magefile links. Safe for concurrent use.
type dockerAPI struct {
	where string // the address as DOCKER_HOST has it, for messages
	http  *http.Client
	base  string
}

// newDocker makes a client for the engine at host: unix:///path, or
// tcp://127.0.0.1:port. It connects to nothing yet. An engine on another
// machine is refused: its ports are not on this one.
func newDocker(host string) (*dockerAPI, error) {
	scheme, rest, _ := strings.Cut(host, "://")
	d := &dockerAPI{where: host, base: "http://docker"}
	network, addr := "unix", rest
	switch scheme {
	case "unix":
	case "tcp", "http":
		network, addr = "tcp", strings.TrimSuffix(rest, "/")
		name, _, err := net.SplitHostPort(addr)
		if err != nil || name != "localhost" && !net.ParseIP(name).IsLoopback() {
			return nil, fmt.Errorf("the engine at %s is not on this machine", host)
		}
		if os.Getenv("DOCKER_TLS_VERIFY") != "" {
			return nil, fmt.Errorf("the engine at %s wants TLS, which only its unix socket does without", host)
		}
	default:
		return nil, fmt.Errorf("the engine at %s is reached by %s, not by a socket of this machine", host, scheme)
	}
	dialer := net.Dialer{Timeout: 2 * time.Second}
	d.http = &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, addr)
		},
		DisableKeepAlives: true, // no connection and no goroutine stays behind
	}}
	return d, nil
}

// A dockerError is an answer of the engine that is not a success.
type dockerError struct {
	Status  int
	Message string
}

func (e *dockerError) Error() string { return e.Message }

func notFound(err error) bool {
	d, ok := errors.AsType[*dockerError](err)
	return ok && d.Status == http.StatusNotFound
}

// going reports that somebody else removes the thing already.
func going(err error) bool {
	d, ok := errors.AsType[*dockerError](err)
	return ok && d.Status == http.StatusConflict && strings.Contains(d.Message, "already in progress")
}

// stream sends a request and returns the body of the answer, which the caller closes.
func (d *dockerAPI) stream(ctx context.Context, method, path string, query url.Values, body any) (io.ReadCloser, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, d.base+path+"?"+query.Encode(), content)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := d.http.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode >= 400 {
		defer res.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(res.Body, 1<<16))
		var said struct{ Message string }
		if json.Unmarshal(text, &said) != nil || said.Message == "" {
			said.Message = fmt.Sprintf("%s: %s", res.Status, text)
		}
		return nil, &dockerError{res.StatusCode, said.Message}
	}
	return res.Body, nil
}

// call sends a request and decodes the answer into out, unless that is nil.
func (d *dockerAPI) call(ctx context.Context, method, path string, query url.Values, body, out any) error {
	answer, err := d.stream(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	if out == nil {
		_, err = io.Copy(io.Discard, answer)
		return err
	}
	return json.NewDecoder(answer).Decode(out)
}

// filters selects by a label, as the lists of the API take it.
func filters(label string) url.Values {
	text, _ := json.Marshal(map[string][]string{"label": {label}}) // cannot fail
	return url.Values{"filters": {string(text)}}
}

// exec runs a command in a container and returns what it printed.
func (d *dockerAPI) exec(ctx context.Context, id string, command ...string) (string, error) {
	var made struct{ ID string }
	request := map[string]any{"AttachStdout": true, "AttachStderr": true, "Tty": true, "Cmd": command}
	if err := d.call(ctx, http.MethodPost, "/containers/"+id+"/exec", nil, request, &made); err != nil {
		return "", err
	}
	out, err := d.stream(ctx, http.MethodPost, "/exec/"+made.ID+"/start", nil, map[string]any{"Detach": false, "Tty": true})
	if err != nil {
		return "", err
	}
	defer out.Close()
	text, err := io.ReadAll(io.LimitReader(out, 1<<20))
	return string(text), err
}

// explainDocker says why the engine does not answer.
func (e *Env) explainDocker(where string, err error) error {
	native := "do without Docker: REDKIT_BACKEND=native or embedded " + e.run("up")
	if _, answered := errors.AsType[*dockerError](err); answered {
		return fmt.Errorf("ask the Docker engine: %w", err)
	}
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EACCES) {
		return &Failure{
			Code: "docker_permission", Exit: ExitNoDocker,
			Message: fmt.Sprintf("this user may not talk to the Docker engine at %s", where), Detail: err.Error(),
			Fixes: []string{"join its group and log in again: sudo usermod -aG docker $USER", native}, Err: err,
		}
	}
	return &Failure{
		Code: "docker_down", Exit: ExitNoDocker,
		Message: fmt.Sprintf("no Docker engine answers at %s", where), Detail: err.Error(),
		Fixes: []string{"start it: sudo systemctl start docker, or Docker Desktop", native}, Err: err,
	}
}
