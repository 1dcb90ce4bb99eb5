package scim

import (
	"bytes"
	"strings"
)

// Changed lists the attributes that differ between two stored docs of one
// resource, in the order of the docs: "name", "emails"; those of an extension
// by their short names: "department". id, schemas and meta are left out. No
// doc, nil, has no attributes. Nothing is decoded: docs are canonical, so
// equal values have equal bytes.
func Changed(before, after []byte) []string {
	var list []string
	differ(before, after, func(name string, old, now []byte) {
		switch {
		case name == "id" || name == "schemas" || name == "meta":
		case strings.HasPrefix(name, "urn:"):
			differ(old, now, func(name string, _, _ []byte) { list = append(list, name) })
		default:
			list = append(list, name)
		}
	})
	return list
}

// differ calls f for each member that two objects do not have alike; the
// value is nil where there is none.
func differ(before, after []byte, f func(name string, old, now []byte)) {
	for i := firstMember(after); i < len(after); {
		name, now, next := nextMember(after, i)
		if old := member(before, string(name)); !bytes.Equal(old, now) {
			f(string(name), old, now)
		}
		i = next
	}
	for i := firstMember(before); i < len(before); {
		name, old, next := nextMember(before, i)
		if member(after, string(name)) == nil {
			f(string(name), old, nil)
		}
		i = next
	}
}
