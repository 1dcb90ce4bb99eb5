package find

import (
	"slices"
	"strings"

	"scimdeck/scim/wire"
	"scimdeck/store"
)

// The steps of the fields: what each makes of a value. Their errors are *slip.

// anywhere looks for a word in everything that a row shows.
func anywhere(text string) step {
	n := newNeedle(text)
	ops := slices.ContainsFunc(operations, n.in) // no other is ever in a row
	return step{func(r *store.Row, _ *wire.Exchange) Verdict {
		return verdict(n.in(r.Sentence) || n.in(r.Target) || n.in(r.Name) || n.in(r.KeyName) || ops && n.in(r.Op) || n.in(r.Method) ||
			r.Remark.Note != "" && n.in(r.Remark.Note))
	}, costText}
}

// rowText looks into texts of a row.
func rowText(of ...func(*store.Row) string) func(Value, Env) (step, error) {
	return func(v Value, _ Env) (step, error) {
		is, err := matcher(v)
		if err != nil {
			return step{}, err
		}
		return step{func(r *store.Row, _ *wire.Exchange) Verdict {
			for _, text := range of {
				if is(text(r)) {
					return Yes
				}
			}
			return No
		}, costText}, nil
	}
}

// rowWord compares a word of a fixed set.
func rowWord(name string, words []string, of func(*store.Row) string) func(Value, Env) (step, error) {
	return func(v Value, _ Env) (step, error) {
		want := strings.ToLower(v.Text)
		switch {
		case v.Op != "" && v.Op != "=":
			return step{}, slipf("", "%s: takes words, not %s", name, v.Op)
		case want == "*":
			return ofRow(func(r *store.Row) bool { return of(r) != "" }), nil
		case !slices.Contains(words, want):
			return step{}, unknownWord(name, v.Text, words)
		case want == "client": // whoever it is, it came over the network
			return ofRow(func(r *store.Row) bool { return r.Source == "" }), nil
		}
		return step{func(r *store.Row, _ *wire.Exchange) Verdict { return verdict(of(r) == want) }, costWord}, nil
	}
}

func methodStep(v Value, _ Env) (step, error) {
	switch {
	case v.Op != "" && v.Op != "=":
		return step{}, slipf("", "method: takes names, not %s", v.Op)
	case strings.EqualFold(v.Text, "write"):
		return ofRow(IsWrite), nil
	case strings.EqualFold(v.Text, "read"):
		return ofRow(func(r *store.Row) bool { return !IsWrite(r) }), nil
	}
	return ofRow(func(r *store.Row) bool { return strings.EqualFold(r.Method, v.Text) }), nil
}

// IsWrite reports whether a request is one that may change something: method:write.
func IsWrite(r *store.Row) bool {
	switch r.Method {
	case "POST", "PUT", "PATCH", "DELETE":
		return true
	}
	return false
}

func statusStep(v Value, _ Env) (step, error) {
	text := strings.ToLower(v.Text)
	if v.Op == "" || v.Op == "=" {
		switch text {
		case "ok":
			return ofRow(func(r *store.Row) bool { return r.Status > 0 && r.Status < 400 }), nil
		case "problem":
			return ofRow(func(r *store.Row) bool { return r.Problem }), nil
		case "none":
			return ofRow(func(r *store.Row) bool { return r.Status == 0 }), nil
		case "*":
			return ofRow(func(r *store.Row) bool { return r.Status != 0 }), nil
		}
		if len(text) == 3 && text[1:] == "xx" && text[0] >= '1' && text[0] <= '5' {
			class := int(text[0] - '0')
			return ofRow(func(r *store.Row) bool { return r.Status/100 == class }), nil
		}
	}
	in, ok := compare(v, readStatus)
	if !ok {
		return step{}, slipf("for example status:409, status:4xx, status:>=400, status:problem", "%q is no status", v.whole())
	}
	return ofRow(func(r *store.Row) bool { return in(int64(r.Status)) }), nil
}

// whole is the value without its comparison.
func (v Value) whole() string {
	if v.Op == ".." {
		return v.Text + ".." + v.To
	}
	return v.Text
}

func tookStep(v Value, _ Env) (step, error) {
	in, ok := compare(v, readDuration)
	if !ok {
		if _, bare := number(v.Text); bare {
			return step{}, slipf("for example took:"+v.Op+v.Text+"ms", "%q has no unit", v.Text)
		}
		return step{}, slipf("for example took:>500ms or took:10ms..1s", "%q is no duration", v.whole())
	}
	return ofRow(func(r *store.Row) bool { return in(int64(r.Took)) }), nil
}

func timeStep(name string) func(Value, Env) (step, error) {
	return func(v Value, env Env) (step, error) {
		at, ok := readTime(v.Text, env.Now)
		switch {
		case !ok || v.Op != "":
			return step{}, slipf("for example 5m, 14:00, 2025-01-02 or 2025-01-02T14:30", "%q is no time", v.Op+v.whole())
		case name == "since":
			return ofRow(func(r *store.Row) bool { return !r.Start.Before(at) }), nil
		}
		return ofRow(func(r *store.Row) bool { return !r.Start.After(at) }), nil
	}
}

func keyStep(v Value, env Env) (step, error) {
	if v.Op == "" && !v.Literal {
		switch strings.ToLower(v.Text) {
		case "none":
			return ofRow(func(r *store.Row) bool { return r.KeyID == 0 }), nil
		case "invalid":
			return ofRow(func(r *store.Row) bool { return r.Refused != "" }), nil
		}
	}
	is, err := matcher(v)
	if err != nil {
		return step{}, err
	}
	ids := map[uint64]bool{} // keys whose prefix or present name fits
	for _, k := range env.Keys {
		if is(k.Name) || v.Op == "" && begins(k.Prefix, v.Text) {
			ids[k.ID] = true
		}
	}
	return step{func(r *store.Row, _ *wire.Exchange) Verdict {
		return verdict(r.KeyID != 0 && (ids[r.KeyID] || is(r.KeyName)))
	}, costText}, nil
}

// begins reports whether a key's prefix begins with text, with or without the
// word that all keys begin with.
func begins(prefix, text string) bool {
	word, own, _ := strings.Cut(prefix, "_")
	if rest, ok := strings.CutPrefix(text, word+"_"); ok {
		text = rest
	}
	return text != "" && strings.HasPrefix(own, text)
}

func idStep(v Value, _ Env) (step, error) {
	if v.Op != "" && v.Op != "=" {
		return step{}, slipf("", "id: takes the beginning of an id, not %s", v.Op)
	}
	want := strings.ToLower(v.Text)
	return step{func(r *store.Row, _ *wire.Exchange) Verdict {
		return verdict(r.ID != "" && len(r.ID) >= len(want) && strings.EqualFold(r.ID[:len(want)], want))
	}, costWord}, nil
}

// seqStep takes a story's id or part of it, or the number of its first request,
// which all of one telling share.
func seqStep(v Value, _ Env) (step, error) {
	if v.Op == "" && !v.Literal {
		if strings.EqualFold(v.Text, "none") {
			return ofRow(func(r *store.Row) bool { return r.Part.Story == "" }), nil
		}
		if n, ok := number(v.Text); ok {
			return ofRow(func(r *store.Row) bool { return r.Part.First == n && r.Part.Story != "" }), nil
		}
	}
	return rowText(func(r *store.Row) string { return r.Part.Story })(v, Env{})
}

// lintStep takes a level, which is that of the worst finding, or the id of a rule.
func lintStep(v Value, _ Env) (step, error) {
	if v.Op == "" && !v.Literal {
		level := map[string]byte{"error": wire.LevelError, "warn": wire.LevelWarning, "note": wire.LevelNote, "none": 0}
		text := strings.ToLower(v.Text)
		if want, ok := level[text]; ok {
			return ofRow(func(r *store.Row) bool { return r.Lint == want }), nil
		}
		if text == "any" || text == "*" {
			return ofRow(func(r *store.Row) bool { return r.Lint > 0 }), nil
		}
		if !strings.ContainsAny(text, "-*") {
			return step{}, unknownWord("lint", v.Text, levels)
		}
		if !strings.Contains(text, "*") {
			v.Op = "=" // an id is meant whole
		}
	}
	is, err := matcher(v)
	if err != nil {
		return step{}, err
	}
	return step{func(r *store.Row, _ *wire.Exchange) Verdict {
		for id := range strings.FieldsSeq(r.Rules) {
			if is(id) {
				return Yes
			}
		}
		return No
	}, costText}, nil
}

func isStep(v Value, env Env) (step, error) {
	if v.Op != "" && v.Op != "=" {
		return step{}, slipf("", "is: takes words, not %s", v.Op)
	}
	switch strings.ToLower(v.Text) {
	case "marked":
		return ofRow(func(r *store.Row) bool { return r.Remark.Marked }), nil
	case "new":
		return ofRow(func(r *store.Row) bool { return env.New != nil && env.New(r.Seq) }), nil
	case "noted":
		return ofRow(func(r *store.Row) bool { return r.Notes > 0 }), nil
	case "problem":
		return ofRow(func(r *store.Row) bool { return r.Problem }), nil
	case "proxied":
		return ofRow(func(r *store.Row) bool { return r.Source == "proxy" }), nil
	case "replay":
		return ofRow(func(r *store.Row) bool { return Source(r) == "replay" }), nil
	case "write":
		return ofRow(IsWrite), nil
	case "changed":
		return deep(mayChange, func(ex *wire.Exchange) bool {
			return ex.Op == "create" || ex.Op == "delete" || len(ex.Changed) > 0
		}), nil
	}
	return step{}, unknownWord("is", v.Text, states)
}

// mayChange says no for what cannot have changed anything.
func mayChange(r *store.Row) bool { return IsWrite(r) && r.Status >= 200 && r.Status < 300 }

func attrStep(v Value, _ Env) (step, error) {
	is, err := matcher(v)
	if err != nil {
		return step{}, err
	}
	return deep(mayChange, func(ex *wire.Exchange) bool { return slices.ContainsFunc(ex.Changed, is) }), nil
}

func deepText(of func(*wire.Exchange) [][]byte) func(Value, Env) (step, error) {
	return func(v Value, _ Env) (step, error) {
		is, err := matcher(v)
		if err != nil {
			return step{}, err
		}
		return deep(nil, func(ex *wire.Exchange) bool {
			for _, body := range of(ex) {
				if is(string(body)) {
					return true
				}
			}
			return false
		}), nil
	}
}

func sizeStep(of func(*wire.Exchange) int64) func(Value, Env) (step, error) {
	return func(v Value, _ Env) (step, error) {
		in, ok := compare(v, readSize)
		if !ok {
			return step{}, slipf("for example 812, 1.1kB or >1MB", "%q is no size", v.whole())
		}
		return deep(nil, func(ex *wire.Exchange) bool { return in(of(ex)) }), nil
	}
}

func ipStep(v Value, _ Env) (step, error) {
	is, err := matcher(v)
	if err != nil {
		return step{}, err
	}
	return deep(nil, func(ex *wire.Exchange) bool { return is(ex.Remote) }), nil
}

// headerStep takes a name, or name=part. The values of fields that carry a
// secret never match: what is stored of them is not what was sent.
func headerStep(v Value, _ Env) (step, error) {
	if v.Op != "" {
		return step{}, slipf("for example header:If-Match or header:Content-Type=json", "header: takes a name, not %s", v.Op)
	}
	name, part, hasPart := strings.Cut(v.Text, "=")
	named, err := matcher(Value{Op: "=", Text: name})
	if strings.Contains(name, "*") {
		named, err = matcher(Value{Text: name})
	}
	if err != nil {
		return step{}, err
	}
	n := newNeedle(part)
	fits := func(f wire.Field) bool {
		return named(f.Name) && (!hasPart || !wire.SecretHeader(f.Name) && n.in(f.Value))
	}
	return deep(nil, func(ex *wire.Exchange) bool {
		return slices.ContainsFunc(ex.RequestHeader, fits) || slices.ContainsFunc(ex.ResponseHeader, fits)
	}), nil
}
