package devenv

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// saveRDB takes the data of a server as a replica does, by SYNC: the server
// saves in the background and sends the file. It needs no access to the
// server's disk and changes nothing there.
func saveRDB(ctx context.Context, client redis.UniversalClient, path string) (err error) {
	single, ok := client.(*redis.Client)
	if !ok {
		return &Failure{
			Code: "unsupported", Exit: ExitUnsupported, Message: "only a server by itself gives its data in one file, no cluster",
			Fixes: []string{"name its servers one by one"}, Err: errors.ErrUnsupported,
		}
	}
	o := single.Options()
	conn, err := o.Dialer(ctx, o.Network, o.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	defer func() {
		if ctx.Err() != nil {
			err = ctx.Err() // the connection was closed for that reason
		}
	}()
	in := bufio.NewReaderSize(conn, 1<<16)
	if o.Password != "" {
		words := []string{"AUTH", o.Username, o.Password}
		if o.Username == "" {
			words = []string{"AUTH", o.Password}
		}
		if _, err := conn.Write(wire(words...)); err != nil {
			return err
		}
		switch line, err := in.ReadString('\n'); {
		case err != nil:
			return fmt.Errorf("AUTH: %w", err)
		case !strings.HasPrefix(line, "+"):
			return fmt.Errorf("AUTH: %s", strings.TrimSpace(line))
		}
	}
	if _, err := conn.Write(wire("SYNC")); err != nil {
		return err
	}
	size, err := syncSize(in)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.CopyN(file, in, size); err != nil {
		err = fmt.Errorf("receive %d bytes: %w", size, err)
	}
	return errors.Join(err, file.Sync(), file.Close())
}

// wire is a command as a client sends it.
func wire(words ...string) []byte {
	b := fmt.Appendf(nil, "*%d\r\n", len(words))
	for _, w := range words {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(w), w)
	}
	return b
}

// syncSize reads the length that the server puts before the file; while it
// saves, it sends empty lines.
func syncSize(in *bufio.Reader) (int64, error) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return 0, fmt.Errorf("wait for the file: %w", err)
		}
		switch line = strings.TrimSpace(line); {
		case line == "":
		case strings.HasPrefix(line, "$"):
			size, err := strconv.ParseInt(line[1:], 10, 64)
			if err != nil {
				return 0, fmt.Errorf("the server announces its file by %q", line)
			}
			return size, nil
		default:
			return 0, fmt.Errorf("SYNC: %s", strings.TrimPrefix(line, "-"))
		}
	}
}

// copyAOF copies the append-only files while the server goes on, as Redis
// advises: no rewrite may start meanwhile.
func (e *Env) copyAOF(ctx context.Context, eng engine, i Instance, client redis.UniversalClient, f info, to string) (err error) {
	files, ok := eng.(fileEngine)
	if !ok {
		return e.keepsFiles(BackendExternal, "backup")
	}
	const rewrite = "auto-aof-rewrite-percentage"
	old, err := client.ConfigGet(ctx, rewrite).Result()
	if err != nil {
		return err
	}
	if err := client.ConfigSet(ctx, rewrite, "0").Err(); err != nil {
		return err
	}
	defer func() {
		again, cancel := context.WithTimeout(context.WithoutCancel(ctx), perServer)
		defer cancel()
		err = errors.Join(err, client.ConfigSet(again, rewrite, old[rewrite]).Err())
	}()
	for f["aof_rewrite_in_progress"] == "1" || f["aof_rewrite_scheduled"] == "1" {
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
		if f, _, err = ask(ctx, client); err != nil {
			return err
		}
	}
	name := multipartDir
	if f.beforeMultipart() {
		name = singleAOF
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	return files.copyData(ctx, i.Name, name, to)
}

// Where a server keeps its data, below its directory.
const (
	multipartDir = "appendonlydir"  // since Redis 7.0
	singleAOF    = "appendonly.aof" // before
	rdbFile      = "dump.rdb"
)

// A fileEngine reaches the data directories of its servers.
type fileEngine interface {
	engine
	// copyData copies a file or a directory of a server's data, which may
	// grow meanwhile, into the directory to.
	copyData(ctx context.Context, name, path, to string) error
	// replaceData stops a server and gives it the files of a directory in
	// place of its data. It does not start it.
	replaceData(ctx context.Context, i Instance, from string) error
	// overwriteData puts files over those of a member of a group that does
	// not run. The others stay.
	overwriteData(ctx context.Context, i Instance, from string) error
}

// An rdbHeader is how an RDB file begins: which server wrote it, and in which
// version of the format.
type rdbHeader struct {
	Magic   string // REDIS, or VALKEY since Valkey 9
	Version int
	Writer  string // "redis 7.0.15"
}

var errNoRDB = errors.New("this is no RDB file")

// readHeader reads the first bytes of an RDB file.
func readHeader(path string) (h rdbHeader, err error) {
	file, err := os.Open(path)
	if err != nil {
		return h, err
	}
	defer file.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return h, err
	}
	return parseHeader(string(head[:n]), path)
}

// parseHeader reads the beginning of the file path.
func parseHeader(text, path string) (h rdbHeader, err error) {
	digits := 4
	switch {
	case strings.HasPrefix(text, "REDIS"):
		h.Magic = "REDIS"
	case strings.HasPrefix(text, "VALKEY"):
		h.Magic, digits = "VALKEY", 3
	default:
		return h, fmt.Errorf("%s: %w", filepath.Base(path), errNoRDB)
	}
	if rest := text[len(h.Magic):]; len(rest) >= digits {
		h.Version, err = strconv.Atoi(rest[:digits])
	}
	if err != nil || h.Version == 0 {
		return h, fmt.Errorf("%s: %w", filepath.Base(path), errNoRDB)
	}
	for _, product := range []string{"redis", "valkey"} {
		if _, after, ok := strings.Cut(text, product+"-ver"); ok && len(after) > 1 {
			if size := int(after[0]); size < len(after) { // a string of that length
				h.Writer = product + " " + after[1:1+size]
			}
		}
	}
	return h, nil
}

// readable reports whether a server that writes files as own reads this one: a
// server reads its own format and older ones. Formats 12 to 79 are Redis's
// since its ways parted from Valkey's, which refuses them.
func (h rdbHeader) readable(own rdbHeader) bool {
	if h.Version > own.Version || h.Magic == "VALKEY" && own.Magic == "REDIS" {
		return false
	}
	return own.Magic == "REDIS" || h.Version < 12 || h.Version >= 80
}

// headerOf is the header of a server's data in a backup; zero when it is all
// in commands.
func headerOf(dir string, s BackupServer) (rdbHeader, error) {
	for _, f := range s.Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		switch {
		case s.Format == BackupRDB, strings.HasSuffix(f.Path, ".base.rdb"):
			return readHeader(path)
		case strings.HasSuffix(f.Path, singleAOF):
			h, err := readHeader(path)
			if errors.Is(err, errNoRDB) {
				err = nil
			}
			return h, err
		}
	}
	return rdbHeader{}, nil
}
