// Package container is the engine of redistest that runs Redis, or anything
// compatible, from an image by testcontainers-go.
//
//	srv := redistest.Start(t, redistest.With(container.Redis("redis:8")))
//
// One container serves all tests of a test binary, which is one per package,
// each test in a database of its own; a test that asks for redistest.Exclusive,
// Conf or Auth gets a container of its own, which takes about half a second. A
// run over many packages is faster on one server that is started beforehand and
// named in REDISTEST_URL, with redistest.Real.
//
// Use it for versions and modules that are not installed here. When a
// redis-server is, redistest.Native boots it thirty times faster and links no
// container libraries: they are why this engine has a package of its own.
//
// A container ends with its test binary, even by SIGKILL: the first process
// in it ends when its standard input does, which the engine holds open. Ryuk,
// where it is enabled, and a sweep by label at the next run come on top.
package container
