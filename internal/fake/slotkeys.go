package fake

// list returns the list at a key, nil if there is no key. ok is false if the
// key is of another type.
func (db *database) list(key string) (l *list, ok bool) {
	switch db.keys.Type(key) {
	case "":
		return nil, true
	case "list":
		return db.s.lists.values[db.slotOf(key)], true
	default:
		return nil, false
	}
}

// zset is the like for a sorted set.
func (db *database) zset(key string) (z *zset, ok bool) {
	switch db.keys.Type(key) {
	case "":
		return nil, true
	case "zset":
		return db.s.zsets.values[db.slotOf(key)], true
	default:
		return nil, false
	}
}

// stream is the like for a stream.
func (db *database) stream(key string) (s *streamValue, ok bool) {
	switch db.keys.Type(key) {
	case "":
		return nil, true
	case "stream":
		return db.s.streams.values[db.slotOf(key)], true
	default:
		return nil, false
	}
}

// slotOf is the number of the slot that a key's one element names.
func (db *database) slotOf(key string) string {
	var ids []string
	switch db.keys.Type(key) {
	case "list":
		ids, _ = db.keys.List(key)
	case "zset":
		ids, _ = db.keys.ZMembers(key)
	default:
		if entries, err := db.keys.Stream(key); err == nil && len(entries) > 0 {
			ids = entries[0].Values
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// makeList returns the list at a key that holds one or nothing, making it.
func (db *database) makeList(key string) *list {
	if l, _ := db.list(key); l != nil {
		return l
	}
	db.s.sweepSlots(db.s.lists.due())
	l := &list{}
	db.keys.Push(key, db.s.lists.add(l))
	return l
}

// makeZset is the like for a sorted set.
func (db *database) makeZset(key string) *zset {
	if z, _ := db.zset(key); z != nil {
		return z
	}
	db.s.sweepSlots(db.s.zsets.due())
	z := newZset()
	db.keys.ZAdd(key, 0, db.s.zsets.add(z))
	return z
}

// makeStream is the like for a stream.
func (db *database) makeStream(key string) *streamValue {
	if s, _ := db.stream(key); s != nil {
		return s
	}
	db.s.sweepSlots(db.s.streams.due())
	s := &streamValue{groups: map[string]*streamGroup{}}
	db.keys.XAdd(key, "1-1", []string{db.s.streams.add(s), ""})
	return s
}

// sized is a value that may have become empty.
type sized interface{ len() int }

// slotChanged lets WATCH see a change, and removes a value left empty.
func (db *database) slotChanged(key string, v sized) {
	if v.len() == 0 {
		db.remove(key)
		db.s.notify('g', "del", dbKey{db.id, key})
		return
	}
	if len(db.s.watchers) > 0 {
		db.keys.SetTTL(key, db.keys.TTL(key)) // counts as a change, and changes nothing
	}
}

// splitSlot gives a key just copied a value of its own.
func (db *database) splitSlot(key string) {
	if l, _ := db.list(key); l != nil {
		db.run(nil, "LSET", key, "0", db.s.lists.add(l.clone()))
	}
	if z, _ := db.zset(key); z != nil {
		old := db.slotOf(key)
		db.keys.ZAdd(key, 0, db.s.zsets.add(z.clone()))
		db.keys.ZRem(key, old)
	}
	if s, _ := db.stream(key); s != nil {
		at := db.keys.TTL(key)
		db.remove(key)
		db.keys.XAdd(key, "1-1", []string{db.s.streams.add(s.clone()), ""})
		db.keys.SetTTL(key, at)
	}
}

// sweepSlots frees values whose key is gone.
func (s *Server) sweepSlots(due bool) {
	if !due {
		return
	}
	lists, zsets, streams := map[string]*list{}, map[string]*zset{}, map[string]*streamValue{}
	for _, db := range s.dbs {
		for _, key := range db.keys.Keys() {
			switch db.keys.Type(key) {
			case "list":
				id := db.slotOf(key)
				lists[id] = s.lists.values[id]
			case "zset":
				id := db.slotOf(key)
				zsets[id] = s.zsets.values[id]
			case "stream":
				id := db.slotOf(key)
				streams[id] = s.streams.values[id]
			}
		}
	}
	s.lists.keep(lists)
	s.zsets.keep(zsets)
	s.streams.keep(streams)
}
