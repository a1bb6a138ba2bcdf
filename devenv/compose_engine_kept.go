package devenv

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// lookIntoVolume prints the server's version, then each file with the data
// and how it begins, in hexadecimal.
const lookIntoVolume = `"$(command -v redis-server || command -v valkey-server)" --version
for f in /data/dump.rdb /data/appendonlydir/*.base.rdb; do
  [ ! -f "$f" ] || { printf '\n%s ' "$f"; head -c 64 "$f" | od -An -v -tx1 | tr -d " \n"; }
done`

// kept looks into the volume of an instance, by a container of the image that
// would read it: without a network, and it may not write.
func (x composeEngine) kept(ctx context.Context, name string) (k kept, err error) {
	d, err := x.docker()
	if err != nil {
		return k, err
	}
	volume := x.e.set.Project + "_" + name + "-data"
	volumes, err := x.volumes(ctx, d)
	if err != nil || !slices.Contains(volumes, volume) {
		return k, err // nothing is kept
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var made struct {
		ID string `json:"Id"`
	}
	request := map[string]any{
		"Image": x.e.set.Image, "Entrypoint": []string{"sh", "-c", lookIntoVolume}, "Cmd": []string{}, "User": "0",
		"Labels":     map[string]string{projectLabel: x.e.set.Project}, // a down ends it if this command is killed
		"HostConfig": map[string]any{"Binds": []string{volume + ":/data:ro"}, "NetworkMode": "none"},
	}
	if err := d.call(ctx, http.MethodPost, "/containers/create", nil, request, &made); err != nil {
		return k, fmt.Errorf("make a container that looks into the volume %s: %w", volume, err)
	}
	defer func() { _ = deleteContainer(context.WithoutCancel(ctx), d, made.ID) }() // the down of the project ends it, too
	if err := d.call(ctx, http.MethodPost, "/containers/"+made.ID+"/start", nil, nil, nil); err != nil {
		return k, fmt.Errorf("look into the volume %s: %w", volume, err)
	}
	if err := d.call(ctx, http.MethodPost, "/containers/"+made.ID+"/wait", nil, nil, nil); err != nil {
		return k, fmt.Errorf("look into the volume %s: %w", volume, err)
	}
	return k, copyContainerLog(ctx, d, made.ID, LogOptions{}, func(_ time.Time, line string) {
		path, head, ok := strings.Cut(line, " ")
		switch {
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
}
