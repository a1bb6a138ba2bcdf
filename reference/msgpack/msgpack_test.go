package msgpack_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/reference/msgpack"
	"github.com/redkit-dev/redkit/reference/plain"
)

func same() cmp.Options {
	return cmp.Options{
		cmpopts.EquateNaNs(),
		cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }),
		cmp.Transformer("list", func(v plain.Tuple) []any { return v }),
	}
}

// untupled is v as it comes back: tuples become lists.
func untupled(v any) any {
	switch v := v.(type) {
	case plain.Tuple:
		return untupled([]any(v))
	case []any:
		for i := range v {
			v[i] = untupled(v[i])
		}
		return v
	case map[string]any:
		for k := range v {
			v[k] = untupled(v[k])
		}
		return v
	case plain.Dict:
		for i := range v {
			v[i] = plain.Item{Key: untupled(v[i].Key), Value: untupled(v[i].Value)}
		}
		return v
	}
	return v
}

func TestMarshalWritesWhatPythonWrites(t *testing.T) {
	t.Parallel()
	all, err := python.Values()
	if err != nil {
		t.Fatal(err)
	}
	taken := 0
	for _, v := range all {
		got, err := msgpack.Marshal(v.Plain)
		if !v.Has("msgpack") {
			if !errors.Is(err, msgpack.ErrUnencodable) {
				t.Errorf("%s: %q, %v, want ErrUnencodable as in Python", v.Name, got, err)
			}
			continue
		}
		taken++
		if err != nil || !v.Is("msgpack", got) {
			want, _ := v.Form("msgpack")
			t.Errorf("%s: %v\n got %.100q\nwant %.100q", v.Name, err, got, want)
			continue
		}
		back, err := msgpack.Unmarshal(got)
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		want, err := plain.Snapshot(v.Plain)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(untupled(want), back, same()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Name, diff)
		}
	}
	if taken < 50 {
		t.Errorf("only %d values were compared", taken)
	}
}

func TestUnmarshalRefusesDamage(t *testing.T) {
	t.Parallel()
	whole, err := msgpack.Marshal([]any{"text", int64(70000), map[string]any{"k": []byte("v")}, 1.5, strings.Repeat("x", 300)})
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if got, err := msgpack.Unmarshal(whole[:n]); !errors.Is(err, msgpack.ErrCorrupt) {
			t.Errorf("Unmarshal of the first %d bytes = %v, %v, want ErrCorrupt", n, got, err)
		}
	}
	for _, data := range []string{"\xc1", "\xc0\xc0", "\xdd\xff\xff\xff\xff", "\xdf\xff\xff\xff\xff", "\xdb\xff\xff\xff\xffa", "\xd4\x05a"} {
		if got, err := msgpack.Unmarshal([]byte(data)); !errors.Is(err, msgpack.ErrCorrupt) {
			t.Errorf("Unmarshal(%q) = %v, %v, want ErrCorrupt", data, got, err)
		}
	}
	if _, err := msgpack.Unmarshal([]byte(strings.Repeat("\x91", 2000) + "\xc0")); !errors.Is(err, msgpack.ErrTooDeep) {
		t.Errorf("2000 levels: %v, want ErrTooDeep", err)
	}
}

// TestCountsAreOnlyClaims decodes what claims, at each of many levels, as many
// items as there are bytes left. It is not parallel: it measures memory.
func TestCountsAreOnlyClaims(t *testing.T) {
	const size = 1 << 20
	for name, level := range map[string]string{"arrays": "\xdd", "maps": "\xdf"} {
		var data []byte
		for range 400 {
			claim := (size - len(data) - 8) / 2
			data = append(data, level...)
			data = binary.BigEndian.AppendUint32(data, uint32(claim))
			if name == "maps" {
				data = append(data, "\xa1a"...)
			}
		}
		data = append(data, make([]byte, size-len(data))...)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := msgpack.Unmarshal(data)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; err == nil || used > 100*size {
			t.Errorf("nested %s: %v, with %d MiB for %d", name, err, used>>20, size>>20)
		}
	}
}

// TestMapsOfMixedKeysAreReadOnce nests maps that turn out to have other keys
// than text after a map below them was read.
func TestMapsOfMixedKeysAreReadOnce(t *testing.T) {
	t.Parallel()
	data := strings.Repeat("\x82\xa1a", 300) + "\xc0" + strings.Repeat("\x01\x02", 300)
	v, err := msgpack.Unmarshal([]byte(data))
	for range 300 {
		d, ok := v.(plain.Dict)
		if err != nil || !ok || len(d) != 2 || d[0].Key != "a" || d[1] != (plain.Item{Key: int64(1), Value: int64(2)}) {
			t.Fatalf("Unmarshal = %v, %v, want a Dict of a and 1", v, err)
		}
		v = d[0].Value
	}
}

func TestUnmarshalReadsTimestamps(t *testing.T) {
	t.Parallel()
	got, err := msgpack.Unmarshal([]byte("\xd6\xff\x00\x00\x00\x01"))
	if want := time.Unix(1, 0).UTC(); err != nil || got != want {
		t.Errorf("Unmarshal = %v, %v, want %v", got, err, want)
	}
}

func FuzzUnmarshal(f *testing.F) {
	all, err := python.Values()
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range all {
		if data, ok := v.Form("msgpack"); ok {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		v, err := msgpack.Unmarshal(data)
		if err != nil {
			return
		}
		again, err := msgpack.Marshal(v)
		if err != nil {
			return // timestamps and texts that are not UTF-8 come in, but not out
		}
		if back, err := msgpack.Unmarshal(again); err != nil || !cmp.Equal(v, back, same()) {
			t.Errorf("a round trip of %v gave %v, %v", v, back, err)
		}
	})
}

func TestUnmarshalOrderedGivesTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	want, err := msgpack.Marshal(plain.Dict{{Key: "z", Value: int64(1)}, {Key: "a", Value: plain.Dict{{Key: "y", Value: nil}, {Key: "b", Value: []any{plain.Dict{}}}}}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := msgpack.UnmarshalOrdered(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := msgpack.Marshal(v)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Marshal(UnmarshalOrdered(%q)) = %q, %v", want, got, err)
	}
	if _, err := msgpack.UnmarshalOrdered(append(want, 0)); !errors.Is(err, msgpack.ErrCorrupt) {
		t.Errorf("UnmarshalOrdered with a byte behind = %v, want ErrCorrupt", err)
	}
}
