package cache_test

import (
	"bytes"
	"errors"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/reference/cache"
	"github.com/redkit-dev/redkit/reference/pickle"
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
	huge := []byte("\xfd7zXZ\x00\x00\x04\xe6\xd6\xb4F\x02\x00!\x01\x28")
	if _, err := compressor(t, "lzma", 0).Decompress(huge); !errors.Is(err, cache.ErrTooLarge) {
		t.Errorf("an xz dictionary of 4 GiB: %v, want ErrTooLarge", err)
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
