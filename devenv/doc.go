// Package devenv holds the local Redis environment of a project: its settings,
// read from flags, the environment and a .env file, and the life of its
// servers, the cache and the message broker.
//
// # Settings
//
// Load reads them with every problem told at once: flags win over the
// environment, the environment over .env, and .env over the defaults. REDKIT_*
// configures the toolkit; REDIS_*, CELERY_* and CHANNEL_* are the
// application's, and what it does not set is derived, so that the same
// settings give the same URLs on every backend. Variables is the table of all
// of them, .env.example is written from it. Secrets are of type Secret, and
// URLs of type URL: no print, log or error shows a password.
//
// # Clients
//
// OpenClient opens every form of URL that redis-py and kombu write, with their
// options: a server, TLS, a socket, sentinels, a cluster.
//
// # Life
//
// New makes an Env, which starts the servers (Up), tells how they are (Status,
// Doctor) and stops them (Down), on Docker Compose, on redis-server, on fakes
// in the background, or on servers that run already. The mage targets of
// package targets do no more than call it.
package devenv
