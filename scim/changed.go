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
// value is nil where there is none. Members that stand at the same place in
// both, as most do, are found at once, others through a map: a body may have
// 100,000 unknown members, and they may have been kept.
func differ(before, after []byte, f func(name string, old, now []byte)) {
	old, now := membersOf(before), membersOf(after)
	for i, m := range now.list {
		if j := old.find(i, m.name); j < 0 {
			f(string(m.name), nil, m.value)
		} else if value := old.list[j].value; !bytes.Equal(value, m.value) {
			f(string(m.name), value, m.value)
		}
	}
	for i, m := range old.list {
		if now.find(i, m.name) < 0 {
			f(string(m.name), m.value, nil)
		}
	}
}

type rawMember struct{ name, value []byte }

type rawMembers struct {
	list   []rawMember
	byName map[string]int // made when it is needed
}

func membersOf(object []byte) *rawMembers {
	m := new(rawMembers)
	for i := firstMember(object); i < len(object); {
		name, value, next := nextMember(object, i)
		m.list = append(m.list, rawMember{object[name.from:name.to], object[value.from:value.to]})
		i = next
	}
	return m
}

// find returns the place of a member that is expected at place i, -1 if there is none.
func (m *rawMembers) find(i int, name []byte) int {
	if i < len(m.list) && bytes.Equal(m.list[i].name, name) {
		return i
	}
	if m.byName == nil {
		m.byName = make(map[string]int, len(m.list))
		for i := range m.list {
			m.byName[string(m.list[i].name)] = i
		}
	}
	if i, ok := m.byName[string(name)]; ok {
		return i
	}
	return -1
}
