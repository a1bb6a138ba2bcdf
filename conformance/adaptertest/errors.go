package adaptertest

func errorRows() []row {
	return []row{
		{
			ID:    "ADAPTER-ERR-001",
			Says:  `An operation that the adapter does not know MUST be answered with the error "unsupported".`,
			Why:   "P: Errors. That is how a suite learns what an implementation does not have",
			Check: check(refusesOperations),
		},
		{
			ID:    "ADAPTER-ERR-002",
			Says:  `A line that is no JSON MUST be answered with "id": null and the error "invalid", and the adapter go on.`,
			Why:   "P: Errors. An adapter that dies of it hides why",
			Check: refusesLines(`hello`, `{"id": 1, "op": "echo"`, `{'id': 1}`),
		},
		{
			ID:    "ADAPTER-ERR-003",
			Says:  `JSON that is no question MUST be answered with "id": null and the error "invalid", and the adapter go on.`,
			Why:   "P: Errors",
			Check: refusesLines(`[]`, `5`, `null`, `{}`, `{"op": "echo", "args": {"value": 1}}`),
		},
		{
			ID:    "ADAPTER-ERR-004",
			Says:  `An argument that is no value of the protocol MUST be answered with the error "invalid".`,
			Why:   "P: Values. An adapter that guesses stores something else than it was given",
			Check: check(refusesValues),
		},
		{
			ID:    "ADAPTER-ERR-005",
			Says:  `An operation on something that was not opened MUST be answered with the error "invalid".`,
			Why:   "P: Errors. To open it in passing would hide a mistake in names",
			Check: check(refusesTheUnopened),
		},
		{
			ID:    "ADAPTER-ERR-006",
			Says:  `A question without an argument that its operation needs MUST be answered with the error "invalid".`,
			Why:   "P: Errors",
			Check: check(refusesMissingArguments),
		},
		{
			ID:    "ADAPTER-ERR-007",
			Says:  `An advance of the clock MUST be answered with null, or with the error "unsupported".`,
			Why:   "P: Time. An adapter without a clock of its own says so, and the suite uses another",
			Check: check(advances),
		},
	}
}

func refusesOperations(k *kit) {
	for _, op := range []string{"no-such-operation", "Echo", ""} {
		k.say(`{"id": 3, "op": "` + op + `", "args": {}}`)
		k.answer().id("3").fails("unsupported")
	}
	k.serves()
}

func refusesLines(lines ...string) func(*probe, Adapter) {
	return check(func(k *kit) {
		for _, line := range lines {
			k.say(line)
			k.answer().id("null").fails("invalid")
		}
		k.serves()
	})
}

func refusesValues(k *kit) {
	for _, value := range []string{`{"complex": "1"}`, `{}`, `{"int": "1", "float": "1"}`, `{"int": "one"}`, `{"bytes": "0g"}`, `{"dict": ["a"]}`} {
		k.say(`{"id": 4, "op": "echo", "args": {"value": ` + value + `}}`)
		k.answer().id("4").fails("invalid")
	}
	k.serves()
}

func refusesTheUnopened(k *kit) {
	k.say(`{"id": 5, "cache": "nobody opened me", "op": "drop", "args": {}}`)
	k.answer().id("5").fails("invalid")
	k.serves()
}

func refusesMissingArguments(k *kit) {
	for _, question := range []string{`{"id": 6, "op": "echo", "args": {}}`, `{"id": 6, "op": "echo"}`} {
		k.say(question)
		k.answer().id("6").fails("invalid")
	}
	k.serves()
}

func advances(k *kit) {
	k.say(`{"id": 7, "op": "advance", "args": {"seconds": {"float": "0.5"}}}`)
	a := k.answer().id("7")
	if _, refused := a.fields["error"]; refused {
		a.fails("unsupported")
	} else if got := string(a.ok()); got != "null" {
		k.Errorf("advance = %s, want null", got)
	}
	k.serves()
}
