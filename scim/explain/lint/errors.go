package lint

import (
	"bytes"
	"strconv"

	"scimdeck/scim"
)

// keywords are the values of scimType (RFC 7644 §3.12, table 9; RFC 9865 §2.1).
var keywords = [...]string{
	scim.InvalidFilter, scim.TooMany, scim.Uniqueness, scim.Mutability, scim.InvalidSyntax, scim.InvalidPath,
	scim.NoTarget, scim.InvalidValue, scim.InvalidVers, scim.Sensitive, scim.InvalidCursor, scim.ExpiredCursor, scim.InvalidCount,
}

// errorBody is about the body of an error (RFC 7644 §3.12).
func (k *look) errorBody() {
	if !k.object(errorSchemas) {
		return
	}
	var m members
	var keyword, detail span
	named, status := false, false
	for k.next(&m) {
		k.into(m.name)
		switch name := k.name(m.name); {
		case string(name) == "schemas":
			named = k.namesSchema(scim.ErrorURN)
		case string(name) == "status":
			status = true
			k.errorStatus()
		case string(name) == "scimType" && k.peek() == '"':
			keyword = k.string()
		case string(name) == "detail" && k.peek() == '"':
			detail = k.string()
		default:
			k.skip(0)
		}
		k.out()
	}
	if k.ended {
		return
	}
	if !named {
		k.add(errorSchemas, here+"schemas", "want "+quote(scim.ErrorURN))
	}
	if !status {
		k.add(errorStatus, here+"status", "it is missing")
	}
	if detail.empty() {
		k.add(detailMissing, here+"detail", "")
	}
	k.keyword(keyword)
	k.conflict(keyword, detail)
}

func (k *look) errorStatus() {
	c := k.peek()
	from := k.pos
	k.skip(0)
	if k.ended {
		return
	}
	text := k.b[from:k.pos]
	if c == '"' {
		text = text[1 : len(text)-1]
	} else {
		k.add(errorNumber, here, k.raw(from, k.pos))
	}
	if string(text) != strconv.Itoa(k.ex.Status) {
		k.add(errorStatus, here, quote(text)+", the answer's is "+strconv.Itoa(k.ex.Status))
	}
}

func (k *look) keyword(s span) {
	if s.empty() {
		return
	}
	for _, w := range keywords {
		if string(k.b[s.from:s.to]) == w {
			return
		}
	}
	k.add(errorKeyword, here+"scimType", k.say(s))
}

// conflict is about what exists already.
func (k *look) conflict(keyword, detail span) {
	s := k.ex.Status
	unique := string(k.b[keyword.from:max(keyword.to, keyword.from)]) == scim.Uniqueness
	write := k.kind == collection && k.ex.Method == "POST" || k.kind == single && (k.ex.Method == "PUT" || k.ex.Method == "PATCH")
	switch {
	case !write:
	case s == 409:
		if !unique && k.kind == collection {
			k.add(uniquenessKeyword, here+"scimType", "")
		}
	case unique:
		k.add(uniquenessStatus, atStatus, strconv.Itoa(s))
	case s == 400 || s == 422 || s >= 500:
		text := bytes.ToLower(k.b[detail.from:max(detail.to, detail.from)])
		for _, w := range [...]string{"already exist", "already taken", "already in use", "duplicate", "unique constraint", "must be unique"} {
			if contains(text, w) {
				k.add(uniquenessStatus, atStatus, strconv.Itoa(s)+": "+k.say(detail))
				return
			}
		}
	}
}
