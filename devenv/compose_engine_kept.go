package devenv

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// lookIntoVolume prints the server's version, each file with the data and how
// it begins, in hexadecimal, and what is said of append-only files, of a copy:
// to check them is to open them for writing.
const lookIntoVolume = findAOFChecker + `
"$server" --version
for f in /data/dump.rdb /data/appendonlydir/*.base.rdb; do
  [ ! -f "$f" ] || { printf '\n%s ' "$f"; head -c 64 "$f" | od -An -v -tx1 | tr -d " \n"; }
done
echo
mkdir /tmp/aof && cp -r /data/appendonly* /tmp/aof 2>/dev/null
for f in /tmp/aof/appendonlydir/*.manifest /tmp/aof/appendonly.aof; do
  [ ! -f "$f" ] || "$check" "$f" 2>&1 | sed 's/^/aof /'
done`

// mendInVolume cuts append-only files off where the damage begins.
const mendInVolume = findAOFChecker + `
for f in /data/appendonlydir/*.manifest /data/appendonly.aof; do
  [ ! -f "$f" ] || echo y | "$check" --fix "$f" 2>&1 | sed 's/^/aof /'
done`

// findAOFChecker finds the server and the program that checks its files; they
// are one program, which goes by its name.
const findAOFChecker = `server=$(command -v redis-server || command -v valkey-server)
check=$(command -v redis-check-aof || command -v valkey-check-aof) || { check=/tmp/redis-check-aof; ln -s "$server" "$check"; }`

// kept looks into the volume of an instance.
func (x composeEngine) kept(ctx context.Context, name string) (k kept, err error) {
	var told strings.Builder
	err = x.inVolume(ctx, name, lookIntoVolume, ":ro", nil, func(line string) {
		path, head, ok := strings.Cut(line, " ")
		switch {
		case path == "aof":
			told.WriteString(head + "\n")
		case strings.Contains(line, " v="):
			k.serverVersion(line)
		case ok && strings.HasPrefix(path, "/data/"):
			k.multipart = k.multipart || strings.Contains(path, multipartDir)
			text, err := hex.DecodeString(strings.TrimSpace(head))
			if err != nil {
				return // no file, or one that is being written
			}
			if h, err := parseHeader(string(text), path); err == nil {
				k.files = append(k.files, h)
			}
		}
	})
	k.aof = aofCheck(told.String())
	return k, err
}

// mendAOF cuts off what is damaged in the volume of an instance, after a copy
// to the directory keep.
func (x composeEngine) mendAOF(ctx context.Context, name, keep string) error {
	_, list, err := x.containers(ctx)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(list, func(c container) bool { return c.Labels[serviceLabel] == name }) {
		return fmt.Errorf("it has a container: stop it first, with %s", x.e.run("down"))
	}
	var told strings.Builder
	err = x.inVolume(ctx, name, mendInVolume, "", func(d *dockerAPI, id string) error {
		if err := os.MkdirAll(keep, 0o700); err != nil {
			return err
		}
		if err := d.copyOut(ctx, id, "/data", keep); err != nil {
			return fmt.Errorf("keep a copy: %w", err)
		}
		return nil
	}, func(line string) { told.WriteString(strings.TrimPrefix(line, "aof ") + "\n") })
	if err != nil {
		return err
	}
	return aofCheck(told.String()).wantMended()
}

// inVolume runs a script beside the data of an instance, in a container of the
// image that would read them, without a network. mode is ":ro" unless it may
// write. first is called before it starts; nil: nothing is to be done. Without
// a volume it does nothing.
func (x composeEngine) inVolume(ctx context.Context, name, script, mode string, first func(d *dockerAPI, id string) error, line func(string)) error {
	d, err := x.docker()
	if err != nil {
		return err
	}
	volume := x.e.set.Project + "_" + name + "-data"
	volumes, err := x.volumes(ctx, d)
	if err != nil || !slices.Contains(volumes, volume) {
		return err // nothing is kept
	}
	ctx, cancel := context.WithTimeout(ctx, perMend)
	defer cancel()
	var made struct {
		ID string `json:"Id"`
	}
	request := map[string]any{
		"Image": x.e.set.Image, "Entrypoint": []string{"sh", "-c", script}, "Cmd": []string{}, "User": "0",
		"Labels":     map[string]string{projectLabel: x.e.set.Project}, // a down ends it if this command is killed
		"HostConfig": map[string]any{"Binds": []string{volume + ":/data" + mode}, "NetworkMode": "none"},
	}
	if err := d.call(ctx, http.MethodPost, "/containers/create", nil, request, &made); err != nil {
		return fmt.Errorf("make a container that looks into the volume %s: %w", volume, err)
	}
	defer func() { _ = deleteContainer(context.WithoutCancel(ctx), d, made.ID) }() // the down of the project ends it, too
	if first != nil {
		if err := first(d, made.ID); err != nil {
			return err
		}
	}
	for _, step := range []string{"start", "wait"} {
		if err := d.call(ctx, http.MethodPost, "/containers/"+made.ID+"/"+step, nil, nil, nil); err != nil {
			return fmt.Errorf("look into the volume %s: %w", volume, err)
		}
	}
	return copyContainerLog(ctx, d, made.ID, LogOptions{}, func(_ time.Time, text string) { line(text) })
}
