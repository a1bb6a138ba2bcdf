package devenv_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"github.com/redkit-dev/redkit/devenv"
	"github.com/redkit-dev/redkit/internal/process"
)

// open returns a client that is closed with the test.
func open(t *testing.T, rawURL string, o devenv.ClientOptions) redis.UniversalClient {
	t.Helper()
	client, err := devenv.OpenClient(rawURL, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

// usable sets and gets a key, and checks the database the client selected.
func usable(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	if err := client.Set(t.Context(), "greeting", "hello", time.Minute).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := client.Get(t.Context(), "greeting").Result(); got != "hello" || err != nil {
		t.Errorf("GET greeting = %q, %v, want hello", got, err)
	}
}

func TestOpenClientOverTCPAndSocket(t *testing.T) {
	t.Parallel()
	port := freePorts(t, 1)[0]
	dir, err := os.MkdirTemp("", "redkit-sock-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "r.sock")
	const password = "p@ss:w/or#d?&%"
	escaped := url.QueryEscape(password)
	tcp := fmt.Sprintf("redis://default:%s@127.0.0.1:%d", escaped, port)
	serve(t, tcp, devenv.ClientOptions{}, nil, fmt.Sprint("port ", port), fmt.Sprintf("unixsocket %q", socket), fmt.Sprintf("requirepass %q", password))
	path := (&url.URL{Path: socket}).EscapedPath()
	for _, rawURL := range []string{
		tcp + "/3", tcp + "?db=3",
		fmt.Sprintf("redis://:%s@127.0.0.1:%d/3?client_name=test&protocol=2&socket_timeout=2.5&socket_connect_timeout=1&max_connections=4", escaped, port),
		fmt.Sprintf("redis://127.0.0.1:%d/3?username=default&password=%s", port, escaped),
		fmt.Sprintf("unix://default:%s@%s?db=3", escaped, path),
		fmt.Sprintf("redis+socket://:%s@%s?virtual_host=3", escaped, path),
	} {
		client := open(t, rawURL, devenv.ClientOptions{Name: "named"})
		usable(t, client)
		info := connection(t, client)
		wantName := "named"
		if strings.Contains(rawURL, "client_name") {
			wantName = "test"
		}
		if !strings.Contains(info, " db=3 ") || !strings.Contains(info, " name="+wantName+" ") {
			t.Errorf("%s: the connection is %s, want database 3 and name %s", devenv.RedactURL(rawURL), info, wantName)
		}
	}
	wrong := open(t, fmt.Sprintf("redis://default:wr0ng-s3cret@127.0.0.1:%d", port), devenv.ClientOptions{})
	if err := wrong.Ping(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), "WRONGPASS") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("PING with a wrong password = %v, want WRONGPASS without the password", err)
	}
}

// connection is what CLIENT LIST tells about a client's only connection.
func connection(t *testing.T, client redis.UniversalClient) string {
	t.Helper()
	id, err := client.Do(t.Context(), "client", "id").Int64()
	if err != nil {
		t.Fatal(err)
	}
	list, err := client.Do(t.Context(), "client", "list").Text()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(list) {
		if strings.HasPrefix(line, fmt.Sprintf("id=%d ", id)) {
			return line
		}
	}
	t.Fatalf("CLIENT LIST does not have connection %d:\n%s", id, list)
	return ""
}

func TestOpenClientOverTLS(t *testing.T) {
	t.Parallel()
	certs := newCertificates(t)
	port := freePorts(t, 1)[0]
	base := fmt.Sprintf("rediss://127.0.0.1:%d/0", port)
	full := devenv.TLS{CAFile: certs.ca, CertFile: certs.clientCert, KeyFile: certs.clientKey}
	serve(t, base, devenv.ClientOptions{TLS: full}, nil, "port 0", fmt.Sprint("tls-port ", port), "tls-cert-file "+certs.serverCert,
		"tls-key-file "+certs.serverKey, "tls-ca-cert-file "+certs.ca, "tls-auth-clients yes")
	byOption := "?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs=" + url.QueryEscape(certs.ca) + "&ssl_certfile=" + url.QueryEscape(certs.clientCert) + "&ssl_keyfile=" + url.QueryEscape(certs.clientKey)
	otherHost := strings.Replace(base, "127.0.0.1", "localhost", 1) // not in the certificate
	tests := []struct {
		name, rawURL string
		tls          devenv.TLS
		wantErr      string
	}{
		{name: "settings", rawURL: base, tls: full},
		{name: "options", rawURL: base + byOption},
		{name: "option wins over settings", rawURL: base + "?ssl_cert_reqs=required", tls: devenv.TLS{Verify: "none", CAFile: certs.ca, CertFile: certs.clientCert, KeyFile: certs.clientKey}},
		{name: "no check", rawURL: base + "?ssl_cert_reqs=none", tls: devenv.TLS{CertFile: certs.clientCert, KeyFile: certs.clientKey}},
		{name: "any host", rawURL: otherHost + byOption + "&ssl_check_hostname=false"},
		{name: "unknown authority", rawURL: base, tls: devenv.TLS{CertFile: certs.clientCert, KeyFile: certs.clientKey}, wantErr: "certificate"},
		{name: "unknown authority for any host", rawURL: base + "?ssl_check_hostname=no", tls: devenv.TLS{CertFile: certs.clientCert, KeyFile: certs.clientKey}, wantErr: "certificate"},
		{name: "wrong host", rawURL: otherHost, tls: full, wantErr: "localhost"},
		{name: "no client certificate", rawURL: base, tls: devenv.TLS{CAFile: certs.ca}, wantErr: "certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := open(t, tt.rawURL, devenv.ClientOptions{TLS: tt.tls})
			if tt.wantErr == "" {
				usable(t, client)
				return
			}
			if err := client.Ping(t.Context()).Err(); err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("PING = %v, want an error that says %q", err, tt.wantErr)
			}
		})
	}
	for name, tls := range map[string]devenv.TLS{
		"REDIS_TLS_CA_FILE": {CAFile: "missing.crt"}, "no certificate": {CAFile: certs.clientKey},
		"go together": {CertFile: certs.clientCert}, "client's certificate": {CertFile: certs.clientKey, KeyFile: certs.clientCert}, "REDIS_TLS_VERIFY": {Verify: "maybe"},
	} {
		if _, err := devenv.OpenClient(base, devenv.ClientOptions{TLS: tls}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("OpenClient with %+v = %v, want an error that says %q", tls, err, name)
		}
	}
}

func TestOpenClientThroughSentinels(t *testing.T) {
	t.Parallel()
	ports := freePorts(t, 2)
	serve(t, fmt.Sprintf("redis://default:dat4@127.0.0.1:%d", ports[0]), devenv.ClientOptions{}, nil, fmt.Sprint("port ", ports[0]), "requirepass dat4")
	sentinel := serve(t, fmt.Sprintf("redis://:gu4rd@127.0.0.1:%d", ports[1]), devenv.ClientOptions{}, []string{"--sentinel"}, fmt.Sprint("port ", ports[1]),
		"requirepass gu4rd", fmt.Sprintf("sentinel monitor shop 127.0.0.1 %d 1", ports[0]), "sentinel auth-pass shop dat4")
	o := devenv.ClientOptions{Sentinel: devenv.Sentinel{Master: "shop", Password: devenv.NewSecret("gu4rd")}}
	list := fmt.Sprintf("sentinel://default:dat4@127.0.0.1:%d;sentinel://default:dat4@127.0.0.1:1/2", ports[1])
	await(t, sentinel, func(ctx context.Context) error {
		client, err := devenv.OpenClient(list, o)
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		return client.Ping(ctx).Err()
	})
	usable(t, open(t, list, o))
	usable(t, open(t, list+"?master_name=shop&sentinel_password=gu4rd", devenv.ClientOptions{}))
}

func TestOpenClientOfACluster(t *testing.T) {
	t.Parallel()
	ports := clusterPorts(t, 3)
	var nodes []string
	var servers []*process.Bound
	for _, port := range ports {
		nodes = append(nodes, fmt.Sprintf("127.0.0.1:%d", port))
		servers = append(servers, serve(t, "redis://"+nodes[len(nodes)-1], devenv.ClientOptions{}, nil, fmt.Sprint("port ", port), "cluster-enabled yes", "cluster-node-timeout 3000"))
	}
	for i, node := range nodes {
		client := open(t, "redis://"+node, devenv.ClientOptions{})
		const slots = 16384
		add := []any{"cluster", "addslots"}
		for slot := i * slots / 3; slot < (i+1)*slots/3; slot++ {
			add = append(add, slot)
		}
		if err := client.Do(t.Context(), add...).Err(); err != nil {
			t.Fatal(err)
		}
		if err := client.Do(t.Context(), "cluster", "meet", "127.0.0.1", ports[0]).Err(); err != nil {
			t.Fatal(err)
		}
	}
	for i, node := range nodes {
		client := open(t, "redis://"+node, devenv.ClientOptions{})
		await(t, servers[i], func(ctx context.Context) error {
			info, err := client.ClusterInfo(ctx).Result()
			if err == nil && (!strings.Contains(info, "cluster_state:ok") || !strings.Contains(info, "cluster_known_nodes:3")) {
				err = fmt.Errorf("not formed: %s", info)
			}
			return err
		})
	}
	for _, scheme := range []string{"redis+cluster", "cluster"} {
		client := open(t, scheme+"://"+strings.Join(nodes, ","), devenv.ClientOptions{})
		for i := range 20 { // keys of several nodes
			if err := client.Set(t.Context(), fmt.Sprint("key", i), i, time.Minute).Err(); err != nil {
				t.Fatal(err)
			}
		}
		seedCluster(t, client)
	}
}

func TestSettingsOpenUsesTheSettings(t *testing.T) {
	t.Parallel()
	port := freePorts(t, 1)[0]
	s := mustLoad(t, "", fmt.Sprint("REDKIT_CACHE_PORT=", port), "REDKIT_PASSWORD=s3cret-word")
	serve(t, s.RedisURL.Reveal(), devenv.ClientOptions{}, nil, fmt.Sprint("port ", port), "requirepass s3cret-word")
	client, err := s.Open(s.RedisURL)
	if err != nil {
		t.Fatal(err)
	}
	usable(t, client)
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

func TestClosedClientsLeaveNoGoroutine(t *testing.T) {
	// Not parallel: goleak sees the whole process.
	ignore := goleak.IgnoreCurrent()
	nobody := fmt.Sprintf("127.0.0.1:%d", freePorts(t, 1)[0])
	for _, rawURL := range []string{"redis://" + nobody, "unix:///nowhere.sock", "sentinel://" + nobody + "?master_name=m", "cluster://" + nobody} {
		client, err := devenv.OpenClient(rawURL, devenv.ClientOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if err := client.Ping(ctx).Err(); err == nil {
			t.Errorf("PING of %s succeeds, want an error: nothing listens there", rawURL)
		}
		cancel()
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	}
	goleak.VerifyNone(t, ignore)
}
