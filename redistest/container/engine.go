package container

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"

	"github.com/redkit-dev/redkit/redistest"
)

const (
	// DefaultImage is the official image that an empty name means.
	DefaultImage = "redis:8"

	port      = "6379/tcp"
	readyPoll = 2 * time.Millisecond
)

// Redis returns the engine that runs image, such as "redis:7.2" or
// "valkey/valkey:8.1"; empty means DefaultImage. The image needs sh and a
// redis-server or valkey-server on its PATH. It is pulled if it is not local;
// if that fails, or no container runtime answers, tests skip saying so.
func Redis(image string) redistest.Engine {
	if image == "" {
		image = DefaultImage
	}
	return engine{image: image}
}

type engine struct{ image string }

// Name is the image.
func (e engine) Name() string { return e.image }

// Boot runs a container and waits for its PONG.
func (e engine) Boot(ctx context.Context, conf redistest.Config) (redistest.Instance, error) {
	docker, err := newDocker(ctx)
	if err != nil {
		return nil, err
	}
	i := &instance{docker: docker, end: redistest.Endpoint{Network: "tcp", Username: conf.Username, Password: conf.Password}}
	if conf.TLS {
		if i.end.TLS, err = secure(&conf); err != nil {
			return nil, err
		}
	}
	if err := i.run(ctx, e.image, conf); err != nil {
		return nil, errors.Join(fmt.Errorf("run %s: %w", e.image, err), i.Stop(context.WithoutCancel(ctx)))
	}
	return i, nil
}

// leash is the first process of the container. When its standard input ends,
// whose other end only this process holds, it ends the server and with it the
// container. When the server ends first it says so and stays, so that the
// server's last words can be read.
const leash = `
printf '%s\n' "$REDISTEST_CONF" > /tmp/redistest.conf
server=$(command -v redis-server || command -v valkey-server) || echo "no redis-server on PATH"
exec 3<&0
"$server" /tmp/redistest.conf & pid=$!
(while read -r _; do :; done <&3; kill -9 $pid) &
wait $pid
echo "` + endedMark + `"
wait
`

const endedMark = "redistest: the server ended"

// lines are the lines of redis.conf. Protected mode would refuse the host,
// whose address is not loopback in there.
func lines(conf redistest.Config) []string {
	listen := []string{"port 6379"}
	if conf.TLS {
		listen = conf.TLSLines("/tmp", 6379)
	}
	return slices.Concat(listen, []string{"protected-mode no", `save ""`, "dir /tmp"}, conf.Lines())
}

// run starts the container, holds its leash and waits until the server
// answers.
func (i *instance) run(ctx context.Context, image string, conf redistest.Config) error {
	local := i.docker.local()
	c, err := testcontainers.Run(ctx, image,
		testcontainers.WithLogger(log.NewNoopLogger()),
		testcontainers.WithEntrypoint("sh", "-c", leash),
		testcontainers.WithEnv(map[string]string{"REDISTEST_CONF": strings.Join(lines(conf), "\n")}),
		testcontainers.WithFiles(files(conf)...),
		testcontainers.WithExposedPorts(port),
		testcontainers.WithLabels(labels(time.Now())),
		testcontainers.WithConfigModifier(func(c *container.Config) {
			c.Cmd = nil
			c.OpenStdin, c.StdinOnce, c.AttachStdin = true, true, true
		}),
		testcontainers.WithHostConfigModifier(func(h *container.HostConfig) {
			h.AutoRemove = true
			if local { // nobody else on the network may use an open server
				h.PortBindings = network.PortMap{network.MustParsePort(port): {{HostIP: netip.MustParseAddr("127.0.0.1")}}}
			}
		}),
	)
	if c != nil {
		i.id = c.GetContainerID()
	}
	if err != nil {
		return missingImage(ctx, i.docker, image, err)
	}
	if err := i.hold(ctx); err != nil {
		return err
	}
	host, err := c.Host(ctx)
	if err != nil {
		return err
	}
	mapped, err := c.MappedPort(ctx, port)
	if err != nil {
		return err
	}
	if i.end.Addr, err = literal(ctx, host, mapped.Port()); err != nil {
		return err
	}
	return i.ready(ctx)
}

// literal joins host and port, with the host's address for its name: clients
// look names up at every connection.
func literal(ctx context.Context, host, port string) (string, error) {
	if override := os.Getenv("TESTCONTAINERS_HOST_OVERRIDE"); override != "" {
		host = override
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host)
	if err != nil || len(addrs) == 0 {
		return "", fmt.Errorf("find the address of the container runtime's host %q: set TESTCONTAINERS_HOST_OVERRIDE: %w", host, err)
	}
	return net.JoinHostPort(addrs[0].Unmap().String(), port), nil
}

// missingImage tells an image that cannot be had from other failures.
func missingImage(ctx context.Context, d *docker, image string, err error) error {
	if d.hasImage(ctx, image) {
		return err
	}
	return fmt.Errorf("%w: the image is not local and cannot be pulled: docker pull %s: %w", redistest.ErrMissing, image, err)
}
