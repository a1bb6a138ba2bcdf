package redistest_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/redkit-dev/redkit/redistest"
)

// useExternal leases from the server at a URL and writes to it.
func useExternal(t *testing.T, url string) *redistest.Server {
	t.Helper()
	srv := redistest.Start(t, redistest.External(url))
	if err := srv.Client().Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Errorf("SET on the master of %s = %v", url, err)
	}
	if srv.DB() == 0 {
		t.Errorf("DB() on %s = 0, want a leased database", url)
	}
	return srv
}

func TestExternalFindsTheMasterOfSentinels(t *testing.T) {
	t.Parallel()
	watched := redistest.Sentinel(t, 1, redistest.Auth("", "s3cret"))
	name := watched.MasterName()
	url := fmt.Sprintf("sentinel://:s3cret@%s/0?master_name=%s", strings.Join(watched.Addrs(), ","), name)
	srv := useExternal(t, url)
	useExternal(t, fmt.Sprintf("sentinel://:s3cret@%s/0?master_name=%s", strings.Join(watched.Addrs(), "/0;sentinel://:s3cret@"), name)) // kombu's form
	r := record(t, func(tb redistest.TB) {
		redistest.Start(tb, redistest.External(strings.Replace(url, name, "nobody", 1)))
	})
	wantText(t, r.text(), `master "nobody"`)
	if err := watched.KillMaster(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := patient(t, srv).Set(t.Context(), "k", "after the failover", 0).Err(); err != nil {
		t.Errorf("SET after a failover = %v", err)
	}
}

func TestExternalFindsTheMasterOfSentinelsBehindTLS(t *testing.T) {
	t.Parallel()
	watched := redistest.Sentinel(t, 1, redistest.MutualTLS())
	dir := t.TempDir()
	if err := watched.Certificates().Write(dir); err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("rediss+sentinel://%s/0?master_name=%s", strings.Join(watched.Addrs(), ","), watched.MasterName())
	authority := "&" + url.Values{"ssl_ca_certs": {filepath.Join(dir, "ca.crt")}}.Encode()
	known := authority + "&" + url.Values{"ssl_certfile": {filepath.Join(dir, "client.crt")}, "ssl_keyfile": {filepath.Join(dir, "client.key")}}.Encode()

	srv := useExternal(t, address+known)
	if srv.Options().TLSConfig == nil || !strings.HasPrefix(srv.URL(), "rediss://") {
		t.Errorf("URL = %s with TLSConfig %v, want rediss:// and one", srv.URL(), srv.Options().TLSConfig)
	}
	for query, want := range map[string]string{
		authority: "certificate required", // by the server
		"":        "certificate signed by unknown authority",
		"&ssl_cert_reqs=none&ssl_certfile=" + dir:                            "ssl_certfile and ssl_keyfile go together",
		"&ssl_cert_reqs=perhaps":                                             "want required, optional or none",
		"&ssl_ca_certs=" + url.QueryEscape(filepath.Join(dir, "nobody.crt")): "read ssl_ca_certs: open ",
		"&ssl_ca_certs=" + url.QueryEscape(filepath.Join(dir, "ca.key")):     "read ssl_ca_certs: open ",
		"&ssl_ca_certs=" + url.QueryEscape(filepath.Join(dir, "client.key")): "holds no certificate",
	} {
		wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, redistest.External(address+query)) }), want)
	}
	plain := strings.Replace(address, "rediss+", "", 1)
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, redistest.External(plain+known)) }), "needs TLS", "rediss+sentinel://")
}

// A server whose authority is known from a file is external like any other.
func TestExternalTrustsTheAuthorityOfItsURL(t *testing.T) {
	t.Parallel()
	host := redistest.Start(t, redistest.Native(), redistest.TLS())
	dir := t.TempDir()
	if err := host.Certificates().Write(dir); err != nil {
		t.Fatal(err)
	}
	useExternal(t, host.URL()+"?ssl_cert_reqs=required&ssl_ca_certs="+url.QueryEscape(filepath.Join(dir, "ca.crt")))
	useExternal(t, host.URL()+"?ssl_cert_reqs=none")
	wantText(t, recordFailure(t, func(tb redistest.TB) { redistest.Start(tb, redistest.External(host.URL())) }), "certificate signed by unknown authority")
}
