package layertest

func sendRows() []row {
	return []row{
		{ID: "LAYER-SND-001", Says: "A message MUST be received as it was sent, with all types of its values.", Why: "S; L writes MessagePack", Check: check(func(k *kit) {
			want := Message{"type": "t", "text": "é", "int": int64(-5), "big": int64(1 << 40), "float": 1.5, "none": nil, "yes": true,
				"bytes": []byte{0, 255}, "list": []any{int64(1), "x"}, "map": map[string]any{"k": int64(2)}}
			for _, c := range k.channels() {
				k.send(c, want)
				k.holds(c, want)
			}
		})},
		{ID: "LAYER-SND-002", Says: "Messages of one sender MUST be received in the order in which they were sent.", Why: "S; L scores", Check: check(func(k *kit) {
			n := k.l.Limits().Capacity - 1
			for _, c := range k.channels() {
				k.send(c, msgs(n)...)
				k.holds(c, msgs(n)...)
			}
		})},
		{ID: "LAYER-SND-003", Says: "A message MUST NOT be received from another channel.", Why: "S", Check: check(func(k *kit) {
			a, b := k.newChannel(), k.newChannel()
			k.send(a, msg(1))
			k.holds(b)
			k.holds(a, msg(1))
			if k.Has(Queues) {
				k.send("a", msg(2))
				k.holds("b")
				k.holds("a", msg(2))
			}
		})},
		{ID: "LAYER-SND-004", Says: "A message MUST be received once.", Why: "S: at most once", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.send(c, msg(1))
				k.receive(c)
				k.holds(c)
			}
		})},
		{ID: "LAYER-SND-005", Says: "A message without keys MUST be received like any other.", Why: "L loses it while a receiver waits", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.send(c, Message{})
				k.holds(c, Message{})
			}
		})},
		{ID: "LAYER-SND-006", Says: "What the sender does to its message afterwards MUST NOT be seen by the receiver.", Why: "Channels copies", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				m := Message{"type": "t", "list": []any{"a"}}
				k.send(c, m)
				m["list"].([]any)[0] = "changed"
				k.holds(c, Message{"type": "t", "list": []any{"a"}})
			}
		})},
		{ID: "LAYER-SND-007", Says: "Sending MUST NOT change the sender's message.", Why: "L copies before it adds the routing key", Check: check(func(k *kit) {
			m := msg(1)
			k.send(k.newChannel(), m)
			if !same(m, msg(1)) {
				k.Errorf("the message is %v after Send, want %v", m, msg(1))
			}
		})},
		{ID: "LAYER-SND-008", Says: "A message with the reserved key __asgi_channel__ MUST be refused, and not sent.", Why: "L core.send", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.try(c, Message{"type": "t", "__asgi_channel__": "x"}).fails(ErrInvalid)
				k.holds(c)
			}
		})},
		{ID: "LAYER-SND-009", Says: "A message with a value that cannot be written MUST be refused, and not sent.", Why: "L: an encoding error", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.try(c, Message{"type": "t", "x": make(chan int)}).fails(ErrInvalid)
				k.holds(c)
			}
		})},
		{ID: "LAYER-SND-010", Says: "A message with map keys that are no text MUST be refused, and not sent.", Why: "L#217: it is sent, and cannot be read", Check: check(func(k *kit) {
			for _, c := range k.channels() {
				k.try(c, Message{"type": "t", "x": map[int]string{1: "a"}}).fails(ErrInvalid)
				k.holds(c)
			}
		})},
		{ID: "LAYER-SND-011", Says: "The routing of a message MUST NOT be seen by its receiver.", Why: "L strips __asgi_channel__", Check: check(func(k *kit) {
			name := k.newChannel()
			k.send(name, msg(1))
			k.add("g", name)
			k.groupSend("g", msg(2))
			k.holds(name, msg(1), msg(2))
		})},
	}
}
