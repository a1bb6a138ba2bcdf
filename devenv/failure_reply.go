package devenv

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redkit-dev/redkit/internal/lazy"
)

// classify turns a reply that waiting does not change into a Failure; it
// returns nil for one that may change.
func (e *Env) classify(i Instance, err error) error {
	if f, told := errors.AsType[*Failure](err); told {
		return f
	}
	raw := err.Error()
	switch {
	case strings.Contains(raw, "NOAUTH"):
		return e.failAuth("auth_required", i, "wants a password and none is set", err)
	case strings.Contains(raw, "WRONGPASS"), strings.Contains(raw, "invalid password"):
		return e.failAuth("auth_wrong", i, "refuses the password", err)
	case strings.Contains(raw, "without any password configured"):
		return e.failAuth("auth_unneeded", i, "has no password, but one is sent to it", err)
	case strings.Contains(raw, "DENIED"):
		return e.failAuth("protected_mode", i, "is in protected mode: without a password it serves its own machine only", err)
	case strings.Contains(raw, "NOPERM"):
		return failNoPermission(i, err)
	case strings.Contains(raw, "certificate required"):
		return e.failTLS("tls_client", i, "wants a client's certificate and none is shown", err,
			"show one: REDIS_TLS_CERT_FILE="+e.set.certFile("client.crt")+" REDIS_TLS_KEY_FILE="+e.set.certFile("client.key"))
	case strings.Contains(raw, "x509:"), strings.Contains(raw, "tls: failed to verify certificate"):
		return e.failUntrusted(i, err)
	case errors.Is(err, errStranger):
		return e.failStranger(i)
	}
	return nil
}

// explained is the Failure that an error of a server's means, or the error.
func (e *Env) explained(i Instance, err error) error {
	if err == nil {
		return nil
	}
	if final := e.classify(i, err); final != nil {
		return final
	}
	return err
}

// failAuth says why a server does not let us in; text follows "the cache at ADDR".
func (e *Env) failAuth(code string, i Instance, text string, raw error) *Failure {
	f := &Failure{
		Code: code, Exit: ExitAuth, Message: fmt.Sprintf("the %s at %s %s", i.Name, i.where(), text),
		Detail: raw.Error(), Fixes: e.authFixes(), Err: raw,
	}
	switch code {
	case "auth_unneeded":
		if e.set.Backend == BackendExternal {
			f.Fixes = []string{"take the password out of its URL: redis://HOST:PORT/0", "give the server one: CONFIG SET requirepass …"}
		}
	case "protected_mode":
		f.Fixes = []string{
			"give it a password: CONFIG SET requirepass … on its own machine, then redis://default:PASSWORD@HOST:PORT/0",
			"where nobody else reaches it, as behind a port of 127.0.0.1: start it with --protected-mode no",
		}
	}
	return f
}

func (e *Env) authFixes() []string {
	if e.set.Backend == BackendExternal {
		return []string{"put the server's password into its URL: redis://default:PASSWORD@HOST:PORT/0"}
	}
	return []string{
		"set the password it was started with: REDKIT_PASSWORD=…",
		"start it again with the password of the settings: " + e.run("up", "-recreate"),
	}
}

// refusedCommand finds the command in the words of Redis 6 ("'config' command
// or its subcommand") and later ("'config|get' command").
var refusedCommand = lazy.Regexp(`'([^']+)' command`)

// failNoPermission names the user and what it lacks.
func failNoPermission(i Instance, raw error) *Failure {
	user, what := "the user of the URL", "reach a key or a channel of it"
	grant := "the key or the channel"
	if u := i.URL.parts(); !i.URL.IsZero() && u.user != "" {
		user = "the user " + u.user
	}
	if m := refusedCommand().FindStringSubmatch(raw.Error()); m != nil {
		what, grant = "run "+strings.ToUpper(strings.ReplaceAll(m[1], "|", " ")), "+"+m[1]
	}
	where := "the server"
	if i.Name != "" {
		where = fmt.Sprintf("the %s at %s", i.Name, i.where())
	}
	return &Failure{
		Code: "noperm", Exit: ExitAuth, Message: fmt.Sprintf("%s may not %s: %s does not allow it", user, what, where), Detail: raw.Error(),
		Fixes: []string{"take a user who may: redis://USER:PASSWORD@HOST:PORT/0", "allow it there: ACL SETUSER NAME " + grant}, Err: raw,
	}
}

// failTLS says what is wrong with a connection by TLS.
func (e *Env) failTLS(code string, i Instance, text string, raw error, fixes ...string) *Failure {
	f := &Failure{Code: code, Exit: ExitAuth, Message: fmt.Sprintf("the %s at %s %s", i.Name, i.where(), text), Fixes: fixes, Err: raw}
	if raw != nil {
		f.Detail = raw.Error()
	}
	return f
}

// failUntrusted is a certificate that this client does not take.
func (e *Env) failUntrusted(i Instance, raw error) *Failure {
	ours := "make certificates that hold, and start the servers with them: " + e.run("certs") + " && " + e.run("up", "-recreate")
	if host, is := errors.AsType[x509.HostnameError](raw); is {
		return e.failTLS("tls_untrusted", i, "shows a certificate for another host than "+host.Host, raw,
			"call it by a name in the certificate: "+strings.Join(host.Certificate.DNSNames, ", "), ours)
	}
	if invalid, is := errors.AsType[x509.CertificateInvalidError](raw); is && invalid.Reason == x509.Expired {
		return e.failTLS("tls_untrusted", i, "shows a certificate whose time is over, or has not come", raw, ours)
	}
	return e.failTLS("tls_untrusted", i, "shows a certificate that no authority known here has signed", raw,
		"trust its authority: REDIS_TLS_CA_FILE=/path/to/ca.crt, which is "+e.set.certFile("ca.crt")+" for servers of this project", ours)
}

// unanswered asks a server that gives no answer of Redis in other ways, and
// tells why: it speaks TLS and the client does not, which then sees a closed
// connection; or the other way round, where the client waits for ever; or it
// is in protected mode, and closes the connection on its own refusal. It
// returns nil when it is none of these.
func (e *Env) unanswered(ctx context.Context, i Instance) error {
	if i.Host == "" {
		return nil // a socket, or several servers
	}
	ctx, cancel := context.WithTimeout(ctx, perServer)
	defer cancel()
	conn, err := dialUntil(ctx, i.Addr())
	if err != nil {
		return nil // nobody is there
	}
	defer conn.Close()
	if i.URL.parts().tls {
		if !answersPlain(conn) {
			return nil
		}
		return e.failTLS("tls_mismatch", i, "speaks no TLS, and its URL is rediss://", nil, e.mismatchFixes("write redis://HOST:PORT/0", "single or split, without tls")...)
	}
	hello := tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // what it shows is not trusted: nothing is sent
	err = hello.HandshakeContext(ctx)
	if plain, is := errors.AsType[tls.RecordHeaderError](err); is && plain.RecordHeader == [5]byte([]byte("-DENI")) {
		return e.classify(i, errors.New(greeting(ctx, i.Addr())))
	}
	if _, alert := errors.AsType[tls.AlertError](err); err != nil && !alert {
		return nil
	}
	return e.failTLS("tls_mismatch", i, "speaks TLS, and its URL is redis://", nil, e.mismatchFixes("write rediss://HOST:PORT/0", "with tls, as single,tls")...)
}

// dialUntil connects; what is done with the connection ends with ctx.
func dialUntil(ctx context.Context, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	if end, limited := ctx.Deadline(); limited {
		err = conn.SetDeadline(end)
	}
	return conn, err
}

// greeting is the first line that a server says unasked.
func greeting(ctx context.Context, addr string) string {
	conn, err := dialUntil(ctx, addr)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		return "DENIED"
	}
	line, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "-"), ". ") // a page of advice follows
	return line
}

func (e *Env) mismatchFixes(url, profile string) []string {
	if e.set.Backend == BackendExternal {
		return []string{url}
	}
	return []string{"start it again as the settings say: " + e.run("up", "-recreate"), "set the profile it was started with: REDKIT_PROFILE=" + profile}
}

// answersPlain reports whether a server answers PING without TLS, if only to
// refuse it. A TLS server closes the connection, or sends an alert.
func answersPlain(conn net.Conn) bool {
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	first := make([]byte, 1)
	n, err := conn.Read(first)
	return err == nil && n == 1 && (first[0] == '+' || first[0] == '-')
}
