package change

import (
	"testing"

	"scimdeck/scim/wire"
)

func TestBrief(t *testing.T) {
	for want, list := range map[string][]wire.Change{
		"no change":            nil,
		"created":              {{Kind: Created, N: 3}, {Kind: Unknown, Path: "x"}},
		"deleted":              {{Kind: Deleted, N: 3}},
		"~title":               {{Kind: Changed, Path: "title"}, {Kind: ReadOnly, Path: "id"}},
		"-title -nickName":     {{Kind: Removed, Path: "title"}, {Kind: LeftOut, Path: "nickName"}},
		"+emails":              {{Kind: Added, Path: "emails[home]"}, {Kind: Added, Path: "emails[a.b@c]"}},
		"~emails":              {{Kind: Added, Path: "emails[home]"}, {Kind: Removed, Path: "emails[work]"}},
		"~name":                {{Kind: Added, Path: "name.middleName"}},
		"~roles":               {{Kind: Reordered, Path: "roles", N: 2}},
		"+department ~manager": {{Kind: Added, Path: "urn:x:2.0:User", N: 2}, {Kind: Added, Path: "urn:x:2.0:User:department"}, {Kind: Added, Path: "urn:x:2.0:User:manager.value"}},
		"+2 members -1 member": {{Kind: Joined, Path: "members", N: 2}, {Kind: Left, Path: "members", N: 1}},
		"~title 7 more":        {{Kind: Recased, Path: "title"}, {Kind: More, N: 7}},
	} {
		if have := Brief(list); have != want {
			t.Errorf("%v is %q, want %q", list, have, want)
		}
	}
}
