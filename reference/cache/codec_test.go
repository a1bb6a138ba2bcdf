package cache_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/big"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/pickle"
	"github.com/redkit-dev/redkit/reference/plain"
)

func values(tb testing.TB) []python.Value {
	tb.Helper()
	all, err := python.Values()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

func TestJSONIsThatOfDjango(t *testing.T) {
	t.Parallel()
	for _, v := range values(t) {
		got, err := cache.JSON{}.Append(nil, v.Plain)
		if !v.Has("json") {
			if err == nil {
				t.Errorf("%s: %q, want an error as in Python", v.Name, got)
			}
			continue
		}
		if err != nil || !v.Is("json", got) {
			want, _ := v.Form("json")
			t.Errorf("%s: %v\n got %.200s\nwant %.200s", v.Name, err, got, want)
			continue
		}
		if _, err := (cache.JSON{}).Parse(got); err != nil {
			t.Errorf("%s: read %.100s: %v", v.Name, got, err)
		}
	}
}

func compressor(tb testing.TB, name string, limit int) cache.Compressor {
	tb.Helper()
	c, err := cache.NewCompressor(name, limit)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

var compressors = []string{"zlib", "gzip", "lz4", "zstd", "lzma"}

func TestCompressorsReadWhatPythonWrites(t *testing.T) {
	t.Parallel()
	for _, name := range compressors {
		c := compressor(t, name, 0)
		read := 0
		for _, v := range values(t) {
			data, ok := v.Form(name)
			if !ok {
				continue
			}
			read++
			got, err := c.Decompress(data)
			want, _ := pickle.Marshal(v.Plain)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %s: %v\n got %.80q\nwant %.80q", name, v.Name, err, got, want)
			}
		}
		if read == 0 {
			t.Errorf("no value was compressed with %s", name)
		}
	}
}

// TestLZ4HasPythonsBytes holds that what fits into a block is compressed as
// Python does it, byte for byte.
func TestLZ4HasPythonsBytes(t *testing.T) {
	t.Parallel()
	c, equal := compressor(t, "lz4", 0), 0
	for _, v := range values(t) {
		data := must[[]byte](t)(pickle.Marshal(v.Plain))
		want, ok := v.Form("lz4")
		if !ok || len(data) <= 15 || len(data) > 64<<10 {
			continue // kept as they are, or in blocks that Python links to each other
		}
		if got := must[[]byte](t)(c.Compress(data)); !bytes.Equal(got, want) {
			t.Errorf("lz4 of %s\n got %.200x\nwant %.200x", v.Name, got, want)
		}
		equal++
	}
	if equal < 80 {
		t.Errorf("%d values were compared, want at least 80", equal)
	}
}

// TestZstdFramesAreThoseOfPython holds that what does not get shorter is
// written as Python writes it, and all else behind the same header.
func TestZstdFramesAreThoseOfPython(t *testing.T) {
	t.Parallel()
	c, equal := compressor(t, "zstd", 0), 0
	for _, v := range values(t) {
		data := must[[]byte](t)(pickle.Marshal(v.Plain))
		want, ok := v.Form("zstd")
		if !ok || len(data) <= 15 {
			continue
		}
		got := must[[]byte](t)(c.Compress(data))
		if !bytes.Equal(got[:6], want[:6]) {
			t.Errorf("zstd of %s begins\n got %x\nwant %x", v.Name, got[:6], want[:6])
		}
		if bytes.Equal(got, want) {
			equal++
		} else if bytes.Contains(want, data) {
			t.Errorf("zstd of %s, which Python stores as it is:\n got %x\nwant %x", v.Name, got, want)
		}
	}
	if equal < 60 {
		t.Errorf("%d values have Python's bytes, want at least 60", equal)
	}
}

// TestLZ4IsReadBack compresses what repeats itself near and far, in lengths
// around those at which a token, a block or the search ends.
func TestLZ4IsReadBack(t *testing.T) {
	t.Parallel()
	c, r := compressor(t, "lz4", 0), rand.New(rand.NewPCG(1, 2))
	lengths := []int{16, 17, 18, 19, 20, 31, 32, 33, 270, 271, 64<<10 - 1, 64 << 10, 64<<10 + 1, 200_000}
	for range 300 {
		lengths = append(lengths, 16+r.IntN(3000))
	}
	for i, n := range lengths {
		data := make([]byte, n)
		for j := range data {
			data[j] = byte(r.IntN(1 + i%256))
			if j > 20 && r.IntN(30) > i%31 {
				data[j] = data[j-1-r.IntN(min(j, 1<<r.IntN(16)))]
			}
		}
		packed := must[[]byte](t)(c.Compress(data))
		if got, err := c.Decompress(packed); err != nil || !bytes.Equal(got, data) {
			t.Errorf("case %d: %d bytes, packed to %d, come back as %d, %v", i, n, len(packed), len(got), err)
		}
	}
}

func TestCompressorsKeepShortAndPlainData(t *testing.T) {
	t.Parallel()
	for _, name := range compressors {
		c := compressor(t, name, 0)
		threshold := 15
		if name == "lzma" {
			threshold = 100
		}
		short, long := bytes.Repeat([]byte("a"), threshold), bytes.Repeat([]byte("a"), threshold+1)
		if got, err := c.Compress(short); err != nil || !bytes.Equal(got, short) {
			t.Errorf("%s of %d bytes = %q, %v, want the data themselves", name, len(short), got, err)
		}
		packed, err := c.Compress(long)
		if err != nil || bytes.Equal(packed, long) {
			t.Errorf("%s of %d bytes = %q, %v, want them compressed", name, len(long), packed, err)
		}
		if got, err := c.Decompress(packed); err != nil || !bytes.Equal(got, long) {
			t.Errorf("%s: a round trip gives %q, %v", name, got, err)
		}
		for _, plain := range [][]byte{long, {}, []byte("\x80\x04N."), packed[:len(packed)-5]} {
			if got, err := c.Decompress(plain); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%s: Decompress(%.20q) = %.20q, %v, want the data themselves", name, plain, got, err)
			}
		}
	}
}

func TestDecompressionBombsAreErrors(t *testing.T) {
	t.Parallel()
	bomb := make([]byte, 4<<20)
	for _, name := range compressors {
		packed, err := compressor(t, name, 0).Compress(bomb)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := compressor(t, name, 1<<20).Decompress(packed); !errors.Is(err, cache.ErrTooLarge) {
			t.Errorf("%s: %d bytes, %v, want ErrTooLarge", name, len(got), err)
		}
		m := cache.NewMemory(cache.MemoryOptions{Serializer: cache.Raw{}, Compressor: compressor(t, name, 1<<20)})
		if err := m.Set(t.Context(), "k", bomb); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Get(t.Context(), "k"); !errors.Is(err, cache.ErrDeserialize) || !errors.Is(err, cache.ErrTooLarge) {
			t.Errorf("%s: Get = %v, want ErrDeserialize and ErrTooLarge", name, err)
		}
	}
}

// TestXzStreamsOfManyBlocksAreReadAndBounded joins the blocks of streams, each
// of which says that it needs a dictionary of 4 GiB.
func TestXzStreamsOfManyBlocksAreReadAndBounded(t *testing.T) {
	t.Parallel()
	one := must[[]byte](t)(compressor(t, "lzma", 0).Compress(bytes.Repeat([]byte("some text "), 2000)))
	const header, footer = 12, 12
	size := int(binary.LittleEndian.Uint32(one[len(one)-footer+4:])+1) * 4 // of the index
	block, index := one[header:len(one)-footer-size], one[len(one)-footer-size:len(one)-footer]
	block[4] = 40 // the dictionary's size
	binary.LittleEndian.PutUint32(block[8:], crc32.ChecksumIEEE(block[:8]))
	record := bytes.TrimRight(index[2:size-4], "\x00")

	all := append(slices.Clone(one[:header]), slices.Concat(block, block, block)...)
	index = slices.Concat([]byte{0, 3}, record, record, record)
	for len(index)%4 != 0 {
		index = append(index, 0)
	}
	index = binary.LittleEndian.AppendUint32(index, crc32.ChecksumIEEE(index))
	tail := append(binary.LittleEndian.AppendUint32(nil, uint32(len(index)/4-1)), one[6:8]...)
	all = append(all, index...)
	all = append(binary.LittleEndian.AppendUint32(all, crc32.ChecksumIEEE(tail)), tail...)
	all = append(all, "YZ"...)

	got, err := compressor(t, "lzma", 60_000).Decompress(all)
	if err != nil || !bytes.Equal(got, bytes.Repeat([]byte("some text "), 6000)) {
		t.Errorf("three blocks: %d bytes, %v, want the 60000 of all", len(got), err)
	}
	if _, err := compressor(t, "lzma", 59_999).Decompress(all); !errors.Is(err, cache.ErrTooLarge) {
		t.Errorf("three blocks beyond the limit: %v, want ErrTooLarge", err)
	}
	if path, err := exec.LookPath("/usr/bin/xz"); err == nil {
		cmd := exec.CommandContext(t.Context(), path, "-dc")
		cmd.Stdin = bytes.NewReader(all)
		if text, err := cmd.CombinedOutput(); err != nil && !strings.Contains(string(text), "Memory usage limit") || err == nil && !bytes.Equal(text, got) {
			t.Errorf("xz itself reads %d bytes, %v: the stream of this test is wrong", len(text), err)
		}
	}
	for at := range all[:64] { // what is damaged is taken for a value that was not compressed
		bad := slices.Clone(all)
		bad[at] ^= 1
		if got, err := compressor(t, "lzma", 0).Decompress(bad); err != nil || !bytes.Equal(got, bad) {
			t.Errorf("with byte %d changed: %d bytes, %v, want the data themselves", at, len(got), err)
		}
	}
}

func TestUnknownNamesAreErrors(t *testing.T) {
	t.Parallel()
	if _, err := cache.NewSerializer("yaml", 0); err == nil {
		t.Error("serializer yaml: no error")
	}
	if _, err := cache.NewCompressor("brotli", 0); err == nil {
		t.Error("compressor brotli: no error")
	}
	for _, v := range []int{1, 6, -2} {
		if _, err := cache.NewSerializer("pickle", v); err == nil {
			t.Errorf("pickle version %d: no error", v)
		}
	}
}

func TestSerializersOnMemory(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pickle", "json", "msgpack"} {
		s, err := cache.NewSerializer(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range append(compressors, "") {
			m := cache.NewMemory(cache.MemoryOptions{Serializer: s, Compressor: compressor(t, c, 0)})
			want := map[string]any{"n": int64(1), "list": []any{"x", 1.5, nil, true}, "huge": new(big.Int).SetUint64(1 << 63)}
			if err := m.Set(t.Context(), "k", want); err != nil {
				t.Fatal(err)
			}
			got := must[any](t)(m.Get(t.Context(), "k"))
			if diff := cmp.Diff(any(want), got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
				t.Errorf("%s with %s (-want +got):\n%s", name, c, diff)
			}
		}
	}
}

// FuzzParse reads bytes with each serializer, as a Get of a foreign entry does.
// What is read is plain data: it can be copied, and comes back from its own
// bytes.
func FuzzParse(f *testing.F) {
	serializers := []string{"pickle", "json", "msgpack"}
	for _, v := range values(f) {
		for i, form := range []string{"pickle4", "json", "msgpack"} {
			if data, ok := v.Form(form); ok {
				f.Add(i, data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		if which < 0 || which >= len(serializers) || len(data) > 4096 {
			return
		}
		s := must[cache.Serializer](t)(cache.NewSerializer(serializers[which], 0))
		v, err := s.Parse(data)
		if err != nil {
			return
		}
		if _, err := plain.Snapshot(v); err != nil {
			t.Fatalf("%s of %q is no plain data: %v", serializers[which], data, err)
		}
		again, err := s.Append(nil, v)
		if err != nil {
			return // texts that are no UTF-8, and timestamps, come in but not out
		}
		if back, err := s.Parse(again); err != nil || !cmp.Equal(v, back, same()) {
			t.Errorf("%s: a round trip of %v gave %v, %v", serializers[which], v, back, err)
		}
	})
}

func FuzzDecompress(f *testing.F) {
	for i, name := range compressors {
		c := compressor(f, name, 0)
		packed, err := c.Compress(bytes.Repeat([]byte("some text "), 20))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(i, packed)
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		if which < 0 || which >= len(compressors) {
			return
		}
		got, err := compressor(t, compressors[which], 1<<16).Decompress(data)
		if err == nil && len(got) > max(1<<16, len(data)) {
			t.Errorf("%d bytes pass a limit of %d", len(got), 1<<16)
		}
	})
}
