package devenv

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// copyContainerLog gives each line of a container's log to line, with the time
// at which the engine has read it when that is asked for.
func copyContainerLog(ctx context.Context, d *dockerAPI, id string, o LogOptions, line func(time.Time, string)) error {
	query := url.Values{"stdout": {"1"}, "stderr": {"1"}, "tail": {"all"}}
	if o.Tail > 0 {
		query.Set("tail", strconv.Itoa(o.Tail))
	}
	if !o.Since.IsZero() {
		query.Set("since", fmt.Sprintf("%d.%09d", o.Since.Unix(), o.Since.Nanosecond()))
	}
	if o.Follow {
		query.Set("follow", "1")
	}
	told := func(text string) { line(time.Time{}, text) }
	if o.Timestamps || o.JSON {
		query.Set("timestamps", "1")
		told = func(text string) {
			stamp, rest, _ := strings.Cut(text, " ")
			at, err := time.Parse(time.RFC3339Nano, stamp)
			if err != nil {
				rest = text // an engine that tells no times
			}
			line(at, rest)
		}
	}
	body, err := d.stream(ctx, http.MethodGet, "/containers/"+id+"/logs", query, nil)
	if err != nil {
		return fmt.Errorf("read the log of container %.12s: %w", id, err)
	}
	defer body.Close()
	return splitFrames(body, told)
}

// copyMemberLog is copyContainerLog for the lines of one server among several
// in a container, which begin with prefix. Of these the last ones are meant.
func copyMemberLog(ctx context.Context, d *dockerAPI, id string, o LogOptions, prefix string, line func(time.Time, string)) error {
	type stamped struct {
		at   time.Time
		text string
	}
	var last []stamped
	tail := o.Tail
	o.Tail = 0
	err := copyContainerLog(ctx, d, id, o, func(at time.Time, text string) {
		switch {
		case !strings.HasPrefix(text, prefix):
		case o.Follow || tail == 0:
			line(at, text)
		default:
			last = append(last, stamped{at, text})
		}
	})
	for _, l := range last[max(0, len(last)-tail):] {
		line(l.at, l.text)
	}
	return err
}

// splitFrames undoes the engine's multiplexing of stdout and stderr: frames of
// one byte stream, three bytes zero, four bytes length, then the payload.
func splitFrames(r io.Reader, line func(string)) error {
	parts := map[byte]*bytes.Buffer{}
	for {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			for _, part := range parts {
				if part.Len() > 0 {
					line(part.String())
				}
			}
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		part := parts[head[0]]
		if part == nil {
			part = &bytes.Buffer{}
			parts[head[0]] = part
		}
		if _, err := io.CopyN(part, r, int64(binary.BigEndian.Uint32(head[4:]))); err != nil {
			return err
		}
		for {
			text, rest, whole := bytes.Cut(part.Bytes(), []byte("\n"))
			if !whole {
				break
			}
			line(string(text))
			part.Next(part.Len() - len(rest))
		}
	}
}
