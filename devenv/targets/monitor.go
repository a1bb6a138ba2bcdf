package targets

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/devenv/monitor"
)

// Monitor serves a page on this machine that shows the servers, queues and caches as they change, until interrupted.
func Monitor(ctx context.Context,
	addr *string, // loopback address of the page (REDKIT_MONITOR_ADDR)
	port *int, // its port; 0 for any that is free (REDKIT_MONITOR_PORT)
	open *bool, // open it in a browser (REDKIT_MONITOR_OPEN)
) error {
	f := flags{}.text("addr", addr).count("port", port).flag("open", open)
	return run("monitor", f, func(s *session) error { return s.monitor(ctx) })
}

func (s *session) monitor(ctx context.Context) (err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM) // mage itself sees to SIGINT
	defer stop()
	w, err := s.env.Watch(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	m, err := monitor.New(monitor.Options{Env: s.env, Settings: s.settings, Watch: w, Command: command})
	if err != nil {
		return err
	}
	c := s.settings.Command
	l, err := net.Listen("tcp", net.JoinHostPort(c.MonitorAddr, strconv.Itoa(c.MonitorPort)))
	if err != nil {
		return &devenv.Failure{
			Code: "port_in_use", Exit: devenv.ExitPortTaken, Message: "the page cannot be served: " + err.Error(),
			Fixes: []string{command("monitor", "-port=0")}, Err: err,
		}
	}
	fmt.Fprintln(s.out, m.URL(l))
	fmt.Fprintln(s.progress, "Open this address: its token lets you in. Ctrl-C ends the monitor.")
	if c.MonitorOpen {
		if err := browse(m.Ticket(l)); err != nil {
			fmt.Fprintf(s.progress, "no browser was opened: %v\n", err)
		}
	}
	return m.Serve(ctx, l)
}

// browse has the system open an address in the user's browser.
func browse(url string) error {
	argv := []string{"xdg-open", url}
	switch runtime.GOOS {
	case "darwin":
		argv = []string{"open", url}
	case "windows":
		argv = []string{"rundll32", "url.dll,FileProtocolHandler", url}
	}
	opener := exec.Command(argv[0], argv[1:]...)
	if err := opener.Start(); err != nil {
		return err
	}
	go opener.Wait() // it hands on to a browser, and may stay as long as that does
	return nil
}
