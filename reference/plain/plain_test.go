package plain_test

import (
	"errors"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/redkit-dev/redkit/reference/plain"
)

type colour int

func TestNormalize(t *testing.T) {
	t.Parallel()
	huge := new(big.Int).Lsh(big.NewInt(1), 70)
	tests := []struct {
		in, want any
	}{
		{nil, nil},
		{true, true},
		{7, int64(7)},
		{colour(2), int64(2)},
		{uint8(9), int64(9)},
		{uint64(math.MaxUint64), new(big.Int).SetUint64(math.MaxUint64)},
		{big.NewInt(5), int64(5)},
		{huge, huge},
		{float32(1.5), 1.5},
		{[]string{"a"}, []any{"a"}},
		{[2]int{1, 2}, []any{int64(1), int64(2)}},
		{map[string]int{"a": 1}, map[string]any{"a": int64(1)}},
		{map[int]string{2: "b", 1: "a"}, plain.Dict{{Key: int64(1), Value: "a"}, {Key: int64(2), Value: "b"}}},
		{plain.Tuple{1, []any{2}}, plain.Tuple{int64(1), []any{int64(2)}}},
		{time.Second, time.Second},
	}
	for _, tt := range tests {
		got, err := plain.Normalize(tt.in)
		if err != nil {
			t.Errorf("Normalize(%#v) = %v", tt.in, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Errorf("Normalize(%#v) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestNormalizeRefusesWhatIsNotPlain(t *testing.T) {
	t.Parallel()
	loop := map[string]any{}
	loop["self"] = loop
	for _, in := range []any{struct{}{}, &struct{}{}, func() {}, make(chan int), (*big.Int)(nil), []any{1, func() {}}, loop} {
		if got, err := plain.Normalize(in); !errors.Is(err, plain.ErrNotPlain) {
			t.Errorf("Normalize(%T) = %v, %v, want ErrNotPlain", in, got, err)
		}
	}
}

func TestCopiesShareNothing(t *testing.T) {
	t.Parallel()
	inner := []any{[]byte("abc")}
	first, err := plain.Normalize(map[string]any{"a": inner})
	if err != nil {
		t.Fatal(err)
	}
	second := plain.Clone(first)
	inner[0].([]byte)[0] = 'X'
	first.(map[string]any)["a"].([]any)[0].([]byte)[1] = 'Y'
	if diff := cmp.Diff(map[string]any{"a": []any{[]byte("abc")}}, second); diff != "" {
		t.Errorf("a copy changed with its origin (-want +got):\n%s", diff)
	}
}

// A value that holds itself has no end: the error shows where it begins.
func TestTheWayIntoAValueIsShort(t *testing.T) {
	t.Parallel()
	self := map[string]any{}
	self["a"] = []any{self}
	for name, tt := range map[string]struct {
		in   any
		want string
	}{
		"shallow": {map[string]any{"a": []any{1, func() {}}}, `["a"]: [1]: not plain data: func(): want nil, a boolean, number, text, []byte, slice, map or a type of package plain`},
		"endless": {self, `["a"]: [0]: ["a"]: [0]: ["a"]: [0]: ["a"]: [0]: … 492 deeper: not plain data: nested deeper than 500`},
	} {
		_, err := plain.Normalize(tt.in)
		if !errors.Is(err, plain.ErrNotPlain) || err.Error() != tt.want {
			t.Errorf("%s: Normalize = %v\nwant %s", name, err, tt.want)
		}
	}
}
