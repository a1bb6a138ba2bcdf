package container

import (
	"bytes"
	"crypto/tls"

	"github.com/testcontainers/testcontainers-go"

	"github.com/redkit-dev/redkit/redistest"
)

// secure sees to it that conf has certificates, and returns what a client
// needs. The certificate is held against the name localhost, since the host
// of the container runtime may have any address.
func secure(conf *redistest.Config) (*tls.Config, error) {
	if conf.Certificates == nil {
		certs, err := redistest.NewCertificates()
		if err != nil {
			return nil, err
		}
		conf.Certificates = certs
	}
	return conf.Certificates.ClientConfig()
}

// files are those the server reads, which go into the container's /tmp. The
// server need not be root there, so everybody in the container may read them.
func files(conf redistest.Config) []testcontainers.ContainerFile {
	if !conf.TLS {
		return nil
	}
	file := func(name string, text []byte) testcontainers.ContainerFile {
		return testcontainers.ContainerFile{Reader: bytes.NewReader(text), ContainerFilePath: "/tmp/" + name, FileMode: 0o644}
	}
	c := conf.Certificates
	return []testcontainers.ContainerFile{file("ca.crt", c.CA), file("server.crt", c.ServerCert), file("server.key", c.ServerKey)}
}
