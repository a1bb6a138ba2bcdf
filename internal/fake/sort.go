package fake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// sortOptions are the options of SORT.
type sortOptions struct {
	by, store     string
	get           []string
	desc, alpha   bool
	unsorted      bool
	offset, count int
}

func (x *call) readSort(readOnly bool) (o sortOptions, ok bool) {
	o.count = -1
	args := x.args[2:]
	for len(args) > 0 {
		n := 1
		switch option := strings.ToLower(args[0]); {
		case option == "asc":
			o.desc = false
		case option == "desc":
			o.desc = true
		case option == "alpha":
			o.alpha = true
		case option == "limit" && len(args) > 2:
			var errOffset, errCount error
			o.offset, errOffset = atoi(args[1])
			o.count, errCount = atoi(args[2])
			if errOffset != nil || errCount != nil {
				x.err(errNotInteger)
				return o, false
			}
			n = 3
		case option == "by" && len(args) > 1:
			o.by, n = args[1], 2
			o.unsorted = o.unsorted || !strings.Contains(o.by, "*") // for good
		case option == "get" && len(args) > 1:
			o.get, n = append(o.get, args[1]), 2
		case option == "store" && len(args) > 1 && !readOnly:
			o.store, n = args[1], 2
		default:
			x.err(errSyntax)
			return o, false
		}
		args = args[n:]
	}
	return o, true
}

func (x *call) sort(readOnly bool) {
	o, ok := x.readSort(readOnly)
	if !ok {
		return
	}
	values, ok := x.sortable(x.args[1])
	if !ok {
		return
	}
	if o.unsorted && (o.store != "" || x.script != nil) && x.data().typ(x.args[1]) == "set" {
		o.unsorted, o.alpha, o.by = false, true, "" // what is kept has to be the same everywhere
	}
	if !o.unsorted {
		if !x.sortValues(values, o) {
			return
		}
	} else if o.desc && x.data().typ(x.args[1]) == "zset" {
		slices.Reverse(values)
	}
	from := min(max(o.offset, 0), len(values))
	to := len(values)
	if o.count >= 0 {
		to = from + min(o.count, to-from)
	}
	x.answerSort(values[from:to], o)
}

// sortable are the elements of a list, set or sorted set.
func (x *call) sortable(key string) (values []string, ok bool) {
	db := x.data()
	switch db.typ(key) {
	case "":
	case "list":
		l, _ := db.list(key)
		values = slices.Collect(l.all())
	case "set":
		values, _ = db.keys.Members(key)
	case "zset":
		for _, e := range db.zrange(key) {
			values = append(values, e.member)
		}
	default:
		x.err(errWrongType)
		return nil, false
	}
	return values, true
}

// sortValues orders the values by themselves or by what BY finds for each.
func (x *call) sortValues(values []string, o sortOptions) bool {
	type item struct {
		value, text string
		weight      float64
	}
	items := make([]item, len(values))
	for i, v := range values {
		items[i] = item{value: v, text: v}
		found := true
		if o.by != "" {
			items[i].text, found = x.lookup(o.by, v)
		}
		if o.alpha || !found {
			continue
		}
		f, err := strconv.ParseFloat(items[i].text, 64)
		if err != nil && items[i].text != "" {
			x.err("ERR One or more scores can't be converted into double")
			return false
		}
		items[i].weight = f
	}
	slices.SortStableFunc(items, func(a, b item) int {
		order := cmp.Compare(a.weight, b.weight)
		if o.alpha {
			order = strings.Compare(a.text, b.text)
		}
		if order == 0 && !(o.alpha && o.by != "") {
			order = strings.Compare(a.value, b.value)
		}
		if o.desc {
			return -order
		}
		return order
	})
	for i := range items {
		values[i] = items[i].value
	}
	return true
}

// lookup finds what a pattern of BY or GET names for a value: # is the value,
// "w_*" a key, "w_*->f" a field of a hash.
func (x *call) lookup(pattern, value string) (string, bool) {
	if pattern == "#" {
		return value, true
	}
	before, after, ok := strings.Cut(pattern, "*")
	if !ok {
		return "", false
	}
	name, field, isHash := strings.Cut(after, "->")
	if isHash && field != "" {
		v := x.data().ask("HGET", before+value+name, field)
		return v.Str, !v.Null && !v.IsError()
	}
	return x.data().get(before + value + after)
}

func (x *call) answerSort(values []string, o sortOptions) {
	get := o.get
	if len(get) == 0 {
		get = []string{"#"}
	}
	if o.store != "" {
		x.storeSort(values, get, o.store)
		return
	}
	x.w.Array(len(values) * len(get))
	for _, v := range values {
		for _, pattern := range get {
			if s, ok := x.lookup(pattern, v); ok {
				x.w.Bulk(s)
			} else {
				x.w.Null()
			}
		}
	}
}

func (x *call) storeSort(values, get []string, key string) {
	db := x.data()
	existed := db.remove(key)
	n := len(values) * len(get)
	if n == 0 {
		if existed {
			x.s.notify('g', "del", dbKey{*x.db, key})
		}
		x.w.Int(0)
		return
	}
	l := db.makeList(key)
	for _, v := range values {
		for _, pattern := range get {
			s, _ := x.lookup(pattern, v)
			l.push(false, s)
		}
	}
	x.s.notify('l', "sortstore", dbKey{*x.db, key})
	x.s.changed(dbKey{*x.db, key})
	x.w.Int(int64(n))
}

func sortCommands() map[string]handler {
	return map[string]handler{
		"sort": func(x *call) { x.sort(false) }, "sort_ro": func(x *call) { x.sort(true) }, "lcs": (*call).lcs,
	}
}
