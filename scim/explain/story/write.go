package story

import (
	"slices"
	"strings"

	"scimdeck/scim"
	"scimdeck/scim/wire"
)

// put reads a PUT of a user: whether it is about more than the profile.
func (r *reading) put() shape {
	ex := r.ex
	off, password := false, false
	for w := scim.WalkJSON(ex.RequestBody); w.Next(); {
		switch {
		case w.Is("active"):
			off = isFalse(w.Value)
		case w.Is("password"):
			password = string(w.Value) != "null"
		}
	}
	switch {
	case off:
		return putUserOff
	case slices.Contains(ex.Changed, "active"):
		return putUserOn
	case password:
		return putUserPassword
	}
	return putUser
}

// isFalse also takes Entra's "False".
func isFalse(value []byte) bool {
	return string(value) == "false" || len(value) == 7 && strings.EqualFold(string(value), `"false"`)
}

// patch reads a PATCH of a user.
func (r *reading) patch() shape {
	const active, password = 1, 2
	touched, off := 0, false
	touch := func(name string, value []byte) {
		switch {
		case strings.EqualFold(name, "active"):
			touched |= active
			off = isFalse(value)
		case strings.EqualFold(name, "password"):
			touched |= password
		default:
			touched |= 4
		}
	}
	r.operations(func(_, path string, value []byte) {
		if path != "" {
			touch(path, value)
			return
		}
		for w := scim.WalkJSON(value); w.Next(); {
			if !w.Is("id") {
				touch(string(w.Name), w.Value)
			}
		}
	})
	switch {
	case touched == active && off:
		return patchUserOff
	case touched == active:
		return patchUserOn
	case touched == password:
		return patchUserPassword
	}
	return patchUser
}

// operations calls f for each operation of a PATCH, and sees Entra's capitals.
func (r *reading) operations(f func(op, path string, value []byte)) {
	for ops := scim.WalkJSON(scim.MemberOf(r.ex.RequestBody, "Operations")); ops.Next(); {
		var op, path string
		var value []byte
		for w := scim.WalkJSON(ops.Value); w.Next(); {
			switch {
			case w.Is("op"):
				op = word(w.Value)
			case w.Is("path"):
				path = scim.Unquote(w.Value)
			case w.Is("value"):
				value = w.Value
			}
		}
		switch op {
		case "Add", "Replace", "Remove":
			r.habit = ofEntra
		}
		f(strings.ToLower(op), path, value)
	}
}

// word is scim.Unquote for what is mostly the op of an operation.
func word(value []byte) string {
	for _, w := range [...]string{"add", "replace", "remove", "Add", "Replace", "Remove"} {
		if len(value) == len(w)+2 && value[0] == '"' && string(value[1:len(value)-1]) == w {
			return w
		}
	}
	return scim.Unquote(value)
}

// putGroup reads a PUT of a group, by what it changed.
func (r *reading) putGroup() shape {
	switch changed := r.ex.Changed; {
	case slices.Contains(changed, "members"):
		return putGroupMembers
	case slices.Contains(changed, "displayName"):
		return putGroupName
	}
	return putGroup
}

// patchGroup reads a PATCH of a group.
func (r *reading) patchGroup() shape {
	const name, add, remove, all, more = 1, 2, 4, 8, 16
	touched := 0
	touch := func(op, path string) {
		attribute, _, _ := strings.Cut(path, "[")
		switch isMembers := strings.EqualFold(attribute, "members"); {
		case strings.EqualFold(path, "displayName"):
			touched |= name
		case isMembers && op == "add":
			touched |= add
		case isMembers && op == "remove":
			touched |= remove
		case isMembers:
			touched |= all
		default:
			touched |= more
		}
	}
	r.operations(func(op, path string, value []byte) {
		if path != "" {
			touch(op, path)
			return
		}
		for w := scim.WalkJSON(value); w.Next(); {
			if !w.Is("id") {
				touch(op, string(w.Name))
			}
		}
	})
	switch {
	case touched&more != 0 || touched == 0:
		return patchGroup
	case touched == name:
		return patchGroupName
	case touched&all != 0:
		return patchGroupAll
	case touched == add:
		return patchGroupAdd
	case touched == remove:
		return patchGroupRemove
	}
	return patchGroupMembers
}

// client is whose stories an exchange may begin: its place in clientNames.
type client int

const (
	ofOkta client = iota + 1
	ofEntra
	ofOneLogin
)

var clientNames = [...]string{ofOkta: "Okta", ofEntra: "Entra", ofOneLogin: "OneLogin"}

// clientOf tells a client by its user agent (Okta: "Okta SCIM Client 1.0.0";
// its test suites, "OKTA SCIM Integration", tell no stories).
func clientOf(agent string) client {
	has := func(prefix string) bool {
		return len(agent) >= len(prefix) && strings.EqualFold(agent[:len(prefix)], prefix)
	}
	switch {
	case has("Okta SCIM Client"):
		return ofOkta
	case has("Microsoft Azure AD SCIM"):
		return ofEntra
	case has("OneLogin"):
		return ofOneLogin
	}
	return 0
}

// ClientOf names the client whose user agent it is, as Story.Client does; "" when
// it is not known.
func ClientOf(agent string) string { return clientNames[clientOf(agent)] }

// byHabit guesses the client of a request without a known user agent by what
// nobody else is known to do.
func (r *reading) byHabit(agent, query string) client {
	target := r.ex.Target
	switch {
	case r.habit != 0:
		return r.habit
	case query == "startIndex=1&count=2", strings.HasPrefix(query, "filter=") && strings.HasSuffix(query, "&startIndex=1&count=100"):
		return ofOkta
	case strings.HasPrefix(query, "excludedAttributes=members"):
		return ofEntra
	case agent == "" && (strings.HasSuffix(target, "?") || strings.HasSuffix(target, "&")):
		return ofOneLogin
	}
	return 0
}

// Known reports whether the client of an exchange is known by its user agent;
// else its stories are a guess.
func Known(ex *wire.Exchange) bool { return clientOf(ex.Header("User-Agent")) != 0 }
