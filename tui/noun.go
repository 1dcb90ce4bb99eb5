package tui

import (
	"scimdeck/scim"
)

// noun is a resource type as the Users screen knows it: its words, and where the
// two that there are differ.
type noun struct {
	t         *scim.ResourceType // nil: the server does not have it
	name      string             // "User"
	one, many string             // "user", "users"
	endpoint  string             // "/Users"
	aside     string             // what the store keeps beside the resource: "groups" or "members"
	words     []string           // the attributes that plain words are looked for in
	policy    scim.Policy        // how the server reads requests about it
	inList    place
	inDetail  place
}

func userNoun(d *deps) noun {
	return noun{
		t: d.cat.Type("User"), name: "User", one: "user", many: "users", endpoint: "/Users", aside: "groups",
		words:  []string{"userName", "displayName", "name.formatted", "name.givenName", "name.familyName", "emails.value", "externalId", "id"},
		policy: d.opts.Policy, inList: inUsers, inDetail: inUser,
	}
}

func groupNoun(d *deps) noun {
	return noun{
		t: d.cat.Type("Group"), name: "Group", one: "group", many: "groups", endpoint: "/Groups", aside: "members",
		words:  []string{"displayName", "externalId", "id"},
		policy: d.opts.Policy, inList: inGroups, inDetail: inGroup,
	}
}

func (n *noun) isGroup() bool { return n.name == "Group" }
