package pickle_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/redkit-dev/redkit/fixtures/golden/python"
	"github.com/redkit-dev/redkit/reference/pickle"
	"github.com/redkit-dev/redkit/reference/plain"
)

// same compares decoded values: numbers exactly, NaN equal to itself, and a
// Dict of text keys equal to the map that decoders return for it.
func same() cmp.Options {
	return cmp.Options{
		cmpopts.EquateNaNs(),
		cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 }),
		cmp.Comparer(func(a, b time.Time) bool {
			_, x := a.Zone()
			_, y := b.Zone()
			return a.Equal(b) && x == y
		}),
	}
}

func values(t *testing.T) []python.Value {
	t.Helper()
	all, err := python.Values()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestMarshalWritesWhatCPythonWrites(t *testing.T) {
	t.Parallel()
	for _, v := range values(t) {
		for proto := 2; proto <= 5; proto++ {
			got, err := pickle.Encoding{Protocol: proto}.Append(nil, v.Plain)
			if err != nil {
				t.Errorf("%s, protocol %d: %v", v.Name, proto, err)
				continue
			}
			form := fmt.Sprint("pickle", proto)
			if !v.Is(form, got) {
				want, _ := v.Form(form)
				t.Errorf("%s, protocol %d:\n got %.200q\nwant %.200q", v.Name, proto, got, want)
			}
		}
	}
}

func TestUnmarshalReadsWhatCPythonWrites(t *testing.T) {
	t.Parallel()
	for _, v := range values(t) {
		for proto := 2; proto <= 5; proto++ {
			data, ok := v.Form(fmt.Sprint("pickle", proto))
			if !ok {
				// Only the digest is kept; the encoder was shown to be exact.
				var err error
				if data, err = (pickle.Encoding{Protocol: proto}).Append(nil, v.Plain); err != nil {
					t.Fatal(err)
				}
			}
			got, err := pickle.Unmarshal(data)
			if err != nil {
				t.Errorf("%s, protocol %d: %v", v.Name, proto, err)
				continue
			}
			want, err := plain.Snapshot(v.Plain)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, same()); diff != "" {
				t.Errorf("%s, protocol %d (-want +got):\n%s", v.Name, proto, diff)
			}
		}
	}
}

func TestShareAllWritesLiteralsAsOneObject(t *testing.T) {
	t.Parallel()
	// pickle.dumps(["abc", "abc", b"xy", b"xy"], 4) of a literal
	want := "\x80\x04\x95\x14\x00\x00\x00\x00\x00\x00\x00]\x94(\x8c\x03abc\x94h\x01C\x02xy\x94h\x02e."
	got, err := pickle.Encoding{Share: pickle.ShareAll}.Append(nil, []any{"abc", "abc", []byte("xy"), []byte("xy")})
	if err != nil || string(got) != want {
		t.Errorf("Append = %q, %v, want %q", got, err, want)
	}
}

func TestUnmarshalRunsNothing(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"\x80\x02cos\nsystem\nX\x02\x00\x00\x00id\x85R.",
		"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.",
		"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.",
		"\x80\x02cdjango.contrib.auth.models\nUser\n)\x81}b.",
		"\x80\x04\x8c\x08datetime\x8c\x08datetime\x93.",
		"\x80\x04]]\x85R.",
		"\x80\x04]}b.",
	} {
		if got, err := pickle.Unmarshal([]byte(data)); !errors.Is(err, pickle.ErrUnsafe) {
			t.Errorf("Unmarshal(%q) = %v, %v, want ErrUnsafe", data, got, err)
		}
	}
}

func TestUnmarshalRefusesDamage(t *testing.T) {
	t.Parallel()
	whole, err := pickle.Marshal([]any{"text", int64(1), map[string]any{"k": []byte("v")}})
	if err != nil {
		t.Fatal(err)
	}
	for n := range whole {
		if got, err := pickle.Unmarshal(whole[:n]); !errors.Is(err, pickle.ErrCorrupt) {
			t.Errorf("Unmarshal of the first %d bytes = %v, %v, want ErrCorrupt", n, got, err)
		}
	}
	for _, data := range []string{
		"", ".", "\x80\x04N.x", "\x80\x06N.", "\x80\x04NN.", "\x80\x04(.", "\x80\x04h\x05.", "\x80\x04(u.", "\x80\x04}(K\x01u.",
		"\x80\x04X\xff\xff\xff\xffab.", "\x80\x04]\x94h\x00a.", "\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\xff.", "\x80\x04i.",
	} {
		if got, err := pickle.Unmarshal([]byte(data)); !errors.Is(err, pickle.ErrCorrupt) {
			t.Errorf("Unmarshal(%q) = %v, %v, want ErrCorrupt", data, got, err)
		}
	}
}

func TestUnmarshalIsBounded(t *testing.T) {
	t.Parallel()
	deep := "\x80\x04" + strings.Repeat("]", 1000) + strings.Repeat("a", 999) + "."
	laughs := "\x80\x04]\x94K\x01a0"
	for n := range 40 { // each list holds the one before twice
		laughs += fmt.Sprintf("]\x94(h%ch%[1]ce0", rune(n))
	}
	laughs += "h\x28."
	// One long argument, and then its class again and again.
	text := "\x80\x04c_codecs\nencode\n\x940X\x00\x00\x10\x00" + strings.Repeat("x", 1<<20) + "\x8c\x06latin1\x86\x940](" +
		strings.Repeat("h\x00h\x01R", 1000) + "e."
	list := "\x80\x04cbuiltins\nset\n\x940](" + strings.Repeat("N", 1<<16) + "e\x85\x940](" + strings.Repeat("h\x00h\x01R", 1000) + "e."
	// A long integer that is copied at each reference.
	number := "\x80\x04\x8b\x00\x00\x10\x00" + strings.Repeat("\x7f", 1<<20) + "\x940](" + strings.Repeat("h\x00", 1000) + "e."
	for _, data := range []string{deep, laughs, text, list, number} {
		if got, err := pickle.Unmarshal([]byte(data)); !errors.Is(err, pickle.ErrTooLarge) {
			t.Errorf("Unmarshal(%.20q…) = %T, %v, want ErrTooLarge", data, got, err)
		}
	}
}

func TestMarshalRefusesWhatHasNoForm(t *testing.T) {
	t.Parallel()
	for _, v := range []any{struct{}{}, func() {}, "not \xff UTF-8", []any{make(chan int)}, time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if got, err := pickle.Marshal(v); !errors.Is(err, pickle.ErrUnencodable) || got != nil {
			t.Errorf("Marshal(%T) = %q, %v, want ErrUnencodable", v, got, err)
		}
	}
	if _, err := (pickle.Encoding{Protocol: 6}).Append(nil, 1); !errors.Is(err, pickle.ErrUnencodable) {
		t.Errorf("protocol 6: %v, want ErrUnencodable", err)
	}
}

func FuzzUnmarshal(f *testing.F) {
	all, err := python.Values()
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range all {
		for _, form := range []string{"pickle2", "pickle4"} {
			if data, ok := v.Form(form); ok {
				f.Add(data)
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4096 {
			return
		}
		v, err := (pickle.Decoding{MaxNodes: 1000}).Unmarshal(data)
		if err != nil {
			return
		}
		again, err := pickle.Marshal(v)
		if err != nil {
			return // texts with lone surrogates come in, but not out
		}
		back, err := pickle.Unmarshal(again)
		if err != nil {
			t.Fatalf("own pickle of %v: %v", v, err)
		}
		if diff := cmp.Diff(v, back, same()); diff != "" {
			t.Errorf("a round trip changed the value (-first +second):\n%s", diff)
		}
	})
}

func BenchmarkMarshal(b *testing.B) {
	v := map[string]any{"id": 1, "name": "Ann", "roles": []any{"admin", "staff"}, "score": 1.5}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pickle.Marshal(v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	data, err := pickle.Marshal(map[string]any{"id": 1, "name": "Ann", "roles": []any{"admin", "staff"}, "score": 1.5})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := pickle.Unmarshal(data); err != nil {
			b.Fatal(err)
		}
	}
}
